-- Inventory: lots with their last day, quota of each channel, what rejections said about a number.

-- reserve_b2b: units that only B2B may take. cap_network: units that the network may still take; -1 = no cap.
-- rejections: how often the number proved wrong, and when the last time was.
alter table stock add column has_lots boolean not null default false;
alter table stock add column reserve_b2b bigint not null default 0 check (reserve_b2b >= 0);
alter table stock add column cap_network bigint not null default -1 check (cap_network >= -1);
alter table stock add column rejections bigint not null default 0;
alter table stock add column rejected_at_ms bigint not null default 0;

-- lot: '' = the unnamed lot of whatever has no date. channel: for whom, '' where it does not matter.
alter table stock_movements add column lot text not null default '';
alter table stock_movements add column channel text not null default '';
alter table stock_movements add column reserve_delta bigint not null default 0;
alter table stock_movements add column cap_delta bigint not null default 0;
-- What was sold in the last weeks.
create index stock_sales on stock_movements (partner_id, at_ms) where kind = 'commit';

-- What was sold has a lot, what is held has none yet.
alter table reservations add column lot text not null default '';
alter table reservations add column channel text not null default 'network';
create index reservations_by_buyer on reservations (bap_id, state, expires_at_ms);

-- The named part of a shelf. The unnamed lot is what the shelf has beyond the sum of these.
create table stock_lots (
  partner_id text not null,
  sku text not null,
  lot text not null,
  -- The first moment at which it may not be sold any more.
  expires_ms bigint not null,
  on_hand bigint not null check (on_hand >= 0),
  committed bigint not null check (committed >= 0),
  received_at_ms bigint not null,
  updated_at_ms bigint not null,
  primary key (partner_id, sku, lot),
  foreign key (partner_id, sku) references stock (partner_id, sku)
);
create index stock_lots_by_expiry on stock_lots (expires_ms) where on_hand > 0;
