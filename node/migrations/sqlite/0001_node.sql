-- Which app's database this is: two apps on one database would work on each other's messages.
create table node_owner (
  name text primary key
);

-- The exact bytes of messages that we send, kept once however many rows speak of them.
create table node_body (
  id text primary key,
  bytes blob not null
);

-- Every message in both directions; for messages that we sent: one row for each try. A received message has its bytes here, a sent
-- one names its row in node_body. `transaction_key` is a hash of `transaction_id`: an index over random texts costs more to write
-- than the message itself. The bytes stand last, so that a list of messages need not read them.
create table node_ledger (
  seq integer primary key,
  at_ms bigint not null,
  direction text not null,
  peer text not null,
  action text not null,
  transaction_id text not null,
  transaction_key bigint not null,
  message_id text not null,
  verdict text not null,
  code text,
  detail text,
  http_status bigint not null,
  took_us bigint not null,
  bytes_len bigint not null,
  attempt bigint not null,
  repeats bigint not null,
  url text,
  outbox_id text,
  body_id text,
  headers text not null,
  bytes blob
);
create index node_ledger_transaction on node_ledger (transaction_key, seq);
create index node_ledger_body on node_ledger (body_id) where body_id is not null;

-- Messages that are ours to work on; `seq` is that of the message's row in the ledger. `key` is a hash of (sender, action,
-- message id) and makes a repeated message harmless; `digest` tells whether it has the same bytes.
create table node_inbox (
  seq integer primary key,
  key blob not null unique,
  digest blob not null,
  transaction_key bigint not null,
  state text not null,
  attempts bigint not null,
  due_ms bigint not null,
  done_ms bigint,
  claimed_by text,
  lease_ms bigint,
  last_error text
);
-- Small, and written at its end only: what is open, what was laid aside. The lanes keep order and due times in memory.
create index node_inbox_open on node_inbox (seq) where state = 'ready';
create index node_inbox_dead on node_inbox (seq) where state = 'dead';

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
