-- What somebody must look at from `due_ms` on; each save of an order writes its own anew. Money in the smallest unit.
create table watches (
  bap_id text not null,
  order_id text not null,
  kind text not null,
  partner_id text not null,
  domain text not null,
  core_version text not null,
  due_ms bigint not null,
  until_ms bigint not null,
  value_minor bigint not null,
  detail text not null,
  primary key (bap_id, order_id, kind)
);
create index watches_by_due on watches (kind, due_ms);
create index watches_by_until on watches (kind, until_ms);

-- Goods that are lost or damaged; closed_ms is null while somebody must care.
create table tickets (
  id text not null primary key,
  bap_id text not null,
  order_id text not null,
  fulfilment_id text not null,
  kind text not null,
  opened_by text not null,
  note text not null,
  opened_ms bigint not null,
  closed_ms bigint,
  outcome text not null
);
create index tickets_by_order on tickets (bap_id, order_id, id);

-- What was handed to a carrier. state: waiting (to be told), booked, cancelled, failed.
create table bookings (
  fulfilment_id text not null primary key,
  bap_id text not null,
  order_id text not null,
  carrier text not null,
  awb text not null,
  state text not null,
  body text not null,
  attempts bigint not null,
  last_error text not null,
  updated_ms bigint not null
);
create index bookings_by_state on bookings (state, updated_ms);

-- Events of carriers that were taken: each counts once.
create table carrier_events (
  carrier text not null,
  event_id text not null,
  at_ms bigint not null,
  primary key (carrier, event_id)
);
