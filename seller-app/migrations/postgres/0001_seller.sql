-- Tables of the seller node. Times are Unix milliseconds, money and ids are text, bodies are JSON text that is never queried inside.
create table partners (
  id text not null primary key,
  name text not null,
  kind text not null,
  city text not null,
  active boolean not null,
  body text not null,
  token_digest text,
  updated_at_ms bigint not null
);
create unique index partners_by_token on partners (token_digest);

create table items (
  sku text not null primary key,
  name text not null,
  active boolean not null,
  body text not null,
  updated_at_ms bigint not null
);

-- What a partner sells and for how much. No price of its own (null) = the item's price.
create table offers (
  partner_id text not null references partners (id),
  sku text not null references items (sku),
  price text,
  active boolean not null,
  updated_at_ms bigint not null,
  primary key (partner_id, sku)
);

-- The balance of each shelf. It is always the sum of stock_movements; every change goes through store/stock.rs.
create table stock (
  partner_id text not null references partners (id),
  sku text not null references items (sku),
  on_hand bigint not null check (on_hand >= 0),
  held bigint not null check (held >= 0),
  committed bigint not null check (committed >= 0),
  safety bigint not null check (safety >= 0),
  counted_at_ms bigint not null,
  updated_at_ms bigint not null,
  primary key (partner_id, sku)
);

-- Append-only.
create table stock_movements (
  id text not null primary key,
  partner_id text not null,
  sku text not null,
  kind text not null,
  on_hand_delta bigint not null,
  held_delta bigint not null,
  committed_delta bigint not null,
  safety_delta bigint not null,
  reference text not null,
  at_ms bigint not null
);
create index stock_movements_by_shelf on stock_movements (partner_id, sku, id);

-- Units set aside for one shopping transaction: held (until expires_at_ms), then committed, shipped; or released, expired.
create table reservations (
  id text not null primary key,
  bap_id text not null,
  transaction_id text not null,
  partner_id text not null,
  sku text not null,
  count bigint not null check (count > 0),
  state text not null,
  expires_at_ms bigint not null,
  updated_at_ms bigint not null
);
create index reservations_by_transaction on reservations (bap_id, transaction_id, state);
create index reservations_by_shelf on reservations (partner_id, sku, state, expires_at_ms);
create index reservations_by_expiry on reservations (state, expires_at_ms);

-- A cart between select and confirm. requested_at_ms: timestamp of the last request that changed it; older ones are stale.
create table drafts (
  bap_id text not null,
  transaction_id text not null,
  body text not null,
  version bigint not null,
  requested_at_ms bigint not null,
  updated_at_ms bigint not null,
  primary key (bap_id, transaction_id)
);

-- Order ids are made by buyer apps: two buyer apps may use the same one.
create table orders (
  bap_id text not null,
  id text not null,
  transaction_id text not null,
  partner_id text not null,
  state text not null,
  fulfilment_state text not null,
  attention text not null,
  total text not null,
  due_ms bigint,
  body text not null,
  version bigint not null,
  requested_at_ms bigint not null,
  created_at_ms bigint not null,
  updated_at_ms bigint not null,
  primary key (bap_id, id)
);
create unique index orders_by_transaction on orders (bap_id, transaction_id);
create index orders_by_attention on orders (attention, created_at_ms);
create index orders_by_partner on orders (partner_id, created_at_ms);

create table order_events (
  id text not null primary key,
  bap_id text not null,
  order_id text not null,
  actor text not null,
  kind text not null,
  detail text not null,
  message_id text not null,
  at_ms bigint not null
);
create index order_events_by_order on order_events (bap_id, order_id, id);

-- What a buyer app proposed in its last search; it may not change afterwards.
create table finder_fees (
  bap_id text not null primary key,
  kind text not null,
  amount text not null,
  updated_at_ms bigint not null
);

-- Buyer apps that asked for pushes of what changed (search with catalog_inc mode=start).
create table subscriptions (
  bap_id text not null,
  transaction_id text not null,
  context text not null,
  started_at_ms bigint not null,
  primary key (bap_id, transaction_id)
);

-- What changed in the published catalogue: a shelf (sku) or the partner itself (sku = '').
create table catalogue_changes (
  id text not null primary key,
  partner_id text not null,
  sku text not null,
  pushed boolean not null,
  at_ms bigint not null
);
create index catalogue_changes_by_time on catalogue_changes (at_ms);
create index catalogue_changes_to_push on catalogue_changes (pushed, id);
