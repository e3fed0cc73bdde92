-- Partners: life cycle and its history, what only the brand knows of them, capacity, claims, targets, proposals.
-- `active` stays what the catalogue reads; it always follows from `stage`.
alter table partners add column stage text not null default 'active';
alter table partners add column tier text not null default 'standard';
alter table partners add column terms text not null default '{}';
alter table partners add column leaving boolean not null default false;
update partners set stage = 'suspended' where active = false;

-- Where an order came from: `network`, or the name of another intake. Scorecards show channels side by side.
alter table orders add column channel text not null default 'network';

-- Append-only: who moved a partner where, and why.
create table partner_history (
  id text not null primary key,
  partner_id text not null references partners (id),
  from_stage text not null,
  to_stage text not null,
  step text not null,
  actor text not null,
  reason text not null,
  at_ms bigint not null
);
create index partner_history_by_partner on partner_history (partner_id, id);

-- Orders that a partner can work on in one day: the row is the lock under which places are counted.
create table partner_days (
  partner_id text not null references partners (id),
  day text not null,
  full_told boolean not null,
  updated_at_ms bigint not null,
  primary key (partner_id, day)
);

-- One place in a day (and slot) for one shopping transaction: held until expires_at_ms, then taken; or released.
create table partner_places (
  bap_id text not null,
  transaction_id text not null,
  partner_id text not null,
  day text not null,
  slot text not null,
  state text not null,
  expires_at_ms bigint not null,
  updated_at_ms bigint not null,
  primary key (bap_id, transaction_id)
);
create index partner_places_by_day on partner_places (partner_id, day, state);

-- Money that the brand and a partner want from each other beside the orders. Positive: the partner owes the brand.
create table partner_claims (
  id text not null primary key,
  partner_id text not null references partners (id),
  order_id text not null,
  cause text not null,
  amount text not null,
  state text not null,
  reason text not null,
  actor text not null,
  opened_at_ms bigint not null,
  decided_at_ms bigint
);
create index partner_claims_by_partner on partner_claims (partner_id, opened_at_ms);

-- Every version of the targets stays; the highest counts.
create table partner_targets (
  version bigint not null primary key,
  body text not null,
  actor text not null,
  reason text not null,
  at_ms bigint not null
);

-- What the scorecard suggests; a person confirms or dismisses it.
create table partner_proposals (
  id text not null primary key,
  partner_id text not null references partners (id),
  kind text not null,
  body text not null,
  state text not null,
  actor text not null,
  reason text not null,
  made_at_ms bigint not null,
  decided_at_ms bigint
);
create index partner_proposals_by_partner on partner_proposals (partner_id, made_at_ms);
create index partner_proposals_open on partner_proposals (state, partner_id);
