-- Searches that were carried, with who was left out. `id` is the id of the inbox row.
create table gateway_search (
  seq integer primary key autoincrement,
  id text not null unique,
  received_ms bigint not null,
  buyer text not null,
  domain text not null,
  core_version text not null,
  country text not null,
  city text not null,
  transaction_id text not null,
  message_id text not null,
  target text,
  give_up_ms bigint not null,
  asked bigint not null,
  left_out text not null,
  relayed bigint not null
);
create index gateway_search_transaction on gateway_search (transaction_id, seq);
create index gateway_search_received on gateway_search (received_ms);

-- One row for each seller that was asked. `outbox_id` is the id of the outbox row.
create table gateway_ask (
  outbox_id text primary key,
  search_id text not null,
  seller text not null,
  state text not null,
  detail text,
  asked_ms bigint not null,
  done_ms bigint,
  attempts bigint not null
);
create index gateway_ask_search on gateway_ask (search_id);
create index gateway_ask_seller on gateway_ask (seller, asked_ms);
create index gateway_ask_asked on gateway_ask (asked_ms);
