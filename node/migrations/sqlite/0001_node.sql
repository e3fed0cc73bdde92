-- Which app's database this is: two apps on one database would work on each other's messages.
create table node_owner (
  name text primary key
);

-- The exact bytes of messages, kept once however many rows speak of them.
create table node_body (
  id text primary key,
  bytes blob not null
);

-- Every message in both directions; for messages that we sent: one row for each try.
create table node_ledger (
  seq integer primary key autoincrement,
  id text not null unique,
  at_ms bigint not null,
  direction text not null,
  peer text not null,
  action text not null,
  transaction_id text not null,
  message_id text not null,
  verdict text not null,
  code text,
  detail text,
  http_status bigint not null,
  took_us bigint not null,
  bytes_len bigint not null,
  body_id text,
  headers text not null,
  url text,
  outbox_id text,
  attempt bigint not null,
  repeats bigint not null
);
create index node_ledger_transaction on node_ledger (transaction_id, seq);
create index node_ledger_at on node_ledger (at_ms);
create index node_ledger_body on node_ledger (body_id);

-- Messages that are ours to work on. The unique key makes a repeated message harmless.
create table node_inbox (
  seq integer primary key autoincrement,
  id text not null unique,
  sender text not null,
  action text not null,
  message_id text not null,
  transaction_id text not null,
  digest text not null,
  body_id text not null,
  auth_header text not null,
  state text not null,
  attempts bigint not null,
  due_ms bigint not null,
  received_ms bigint not null,
  done_ms bigint,
  claimed_by text,
  lease_ms bigint,
  last_error text,
  unique (sender, action, message_id)
);
create index node_inbox_due on node_inbox (due_ms, seq) where state in ('ready', 'claimed');
create index node_inbox_order on node_inbox (transaction_id, seq) where state in ('ready', 'claimed');
create index node_inbox_done on node_inbox (done_ms) where state = 'done';
create index node_inbox_body on node_inbox (body_id);

-- Messages to send. Rows of one counterparty and one transaction leave in the order of `seq`.
create table node_outbox (
  seq integer primary key autoincrement,
  id text not null unique,
  to_id text not null,
  to_role text not null,
  domain text not null,
  action text not null,
  transaction_id text not null,
  message_id text not null,
  body_id text not null,
  forwarded_authorization text,
  state text not null,
  attempts bigint not null,
  due_ms bigint not null,
  give_up_ms bigint not null,
  created_ms bigint not null,
  done_ms bigint,
  claimed_by text,
  lease_ms bigint,
  last_error text
);
create index node_outbox_due on node_outbox (to_id, due_ms, seq) where state in ('pending', 'claimed');
create index node_outbox_claimed on node_outbox (to_id, lease_ms) where state = 'claimed';
create index node_outbox_order on node_outbox (to_id, transaction_id, seq) where state in ('pending', 'claimed');
create index node_outbox_done on node_outbox (done_ms) where state in ('acked', 'refused');
create index node_outbox_body on node_outbox (body_id);
create index node_outbox_dead on node_outbox (seq) where state in ('refused', 'dead');
