-- The buyer node's own tables. Times are milliseconds since 1970, amounts and ids are text.

-- A message that we sent and what came of it.
create table buyer_request (
  message_id text primary key,
  transaction_id text not null,
  action text not null,
  peer text not null,
  order_id text not null,
  status text not null,
  sent_ms bigint not null,
  deadline_ms bigint not null,
  answers bigint not null,
  answer_action text not null,
  answer text not null,
  error text not null,
  updated_ms bigint not null
);
create index buyer_request_transaction on buyer_request (transaction_id, action);
create index buyer_request_sent on buyer_request (sent_ms);

-- Everything that happened in a transaction, for streams and pages.
create table buyer_event (
  id integer primary key autoincrement,
  transaction_id text not null,
  message_id text not null,
  order_id text not null,
  kind text not null,
  action text not null,
  at_ms bigint not null,
  body text not null
);
create index buyer_event_transaction on buyer_event (transaction_id, id);

create table buyer_idempotency (
  key text not null,
  route text not null,
  digest text not null,
  message_id text not null,
  created_ms bigint not null,
  primary key (key, route)
);

create table buyer_checkout (
  transaction_id text primary key,
  owner text not null,
  stage text not null,
  body text not null,
  version bigint not null,
  created_ms bigint not null,
  updated_ms bigint not null
);

create table buyer_order (
  order_id text primary key,
  transaction_id text not null unique,
  owner text not null,
  bpp_id text not null,
  state text not null,
  total text not null,
  body text not null,
  version bigint not null,
  created_ms bigint not null,
  updated_ms bigint not null
);
create index buyer_order_owner on buyer_order (owner, created_ms);
create index buyer_order_state on buyer_order (state, updated_ms);

create table buyer_payment (
  payment_id text primary key,
  transaction_id text not null,
  owner text not null,
  amount text not null,
  currency text not null,
  status text not null,
  reference text not null,
  refunded text not null,
  created_ms bigint not null,
  updated_ms bigint not null
);
create index buyer_payment_transaction on buyer_payment (transaction_id);

create table buyer_refund (
  refund_id text primary key,
  order_id text not null,
  fulfilment_id text not null,
  payment_id text not null,
  amount text not null,
  status text not null,
  attempts bigint not null,
  next_ms bigint not null,
  reference text not null,
  last_error text not null,
  created_ms bigint not null,
  updated_ms bigint not null
);
create index buyer_refund_due on buyer_refund (status, next_ms);
create index buyer_refund_order on buyer_refund (order_id);

create table buyer_cart_line (
  session_id text not null,
  domain text not null,
  city text not null,
  bpp_id text not null,
  provider_id text not null,
  item_id text not null,
  count bigint not null,
  updated_ms bigint not null,
  primary key (session_id, domain, bpp_id, provider_id, item_id)
);

-- The network's catalogue as sellers last told it, for the city they told it for.
create table buyer_provider (
  domain text not null,
  city text not null,
  bpp_id text not null,
  provider_id text not null,
  bpp_uri text not null,
  core_version text not null,
  name text not null,
  enabled boolean not null,
  told_ms bigint not null,
  body text not null,
  primary key (domain, city, bpp_id, provider_id)
);

create table buyer_location (
  domain text not null,
  city text not null,
  bpp_id text not null,
  provider_id text not null,
  location_id text not null,
  enabled boolean not null,
  told_ms bigint not null,
  body text not null,
  primary key (domain, city, bpp_id, provider_id, location_id)
);

create table buyer_item (
  domain text not null,
  city text not null,
  bpp_id text not null,
  provider_id text not null,
  item_id text not null,
  location_id text not null,
  name text not null,
  words text not null,
  category text not null,
  price_hundredths bigint not null,
  available boolean not null,
  enabled boolean not null,
  told_ms bigint not null,
  told_by text not null,
  body text not null,
  primary key (domain, city, bpp_id, provider_id, item_id)
);
create index buyer_item_browse on buyer_item (domain, city, category, name);
