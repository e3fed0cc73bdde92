-- Where the brand's systems want to be told. kinds: words divided by spaces, with `*` for a rest. state is on or paused; state_why
-- says why it was paused by itself. The former secret signs too until its moment.
create table webhooks (
  id text not null primary key,
  url text not null,
  kinds text not null,
  description text not null,
  state text not null,
  state_why text not null,
  secret text not null,
  former_secret text not null,
  former_until_ms bigint not null,
  created_by text not null,
  created_at_ms bigint not null
);

-- What happened, as it is told: written in the transaction in which it happened, once for all who want it.
create table webhook_events (
  id text not null primary key,
  kind text not null,
  subject text not null,
  body text not null,
  at_ms bigint not null
);

-- One row for each event and place; replays are rows of their own. state is waiting, done or failed. Deliveries of one subject
-- leave in the order of their ids.
create table webhook_deliveries (
  id text not null primary key,
  webhook_id text not null,
  event_id text not null,
  subject text not null,
  state text not null,
  attempts bigint not null,
  due_ms bigint not null,
  created_at_ms bigint not null,
  ended_at_ms bigint not null,
  status bigint not null,
  took_ms bigint not null,
  answer text not null
);
create index webhook_deliveries_of on webhook_deliveries (webhook_id, id);
create index webhook_deliveries_due on webhook_deliveries (due_ms) where state = 'waiting';
create index webhook_deliveries_order on webhook_deliveries (webhook_id, subject, id) where state = 'waiting';
