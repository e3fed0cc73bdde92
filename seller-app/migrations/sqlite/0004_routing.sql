-- Routing: versions of the policy with their history, decisions with what they were made from, winners of the last publication.
-- At most one version is published; without one the node uses the policy of its settings (version 0).
create table routing_policies (
  version bigint not null primary key,
  state text not null,
  body text not null,
  note text not null,
  actor text not null,
  -- What the last decisions would have been (JSON); empty until it was replayed.
  replay text not null,
  made_at_ms bigint not null
);
create index routing_policies_by_state on routing_policies (state);

-- Append-only: what happened to a policy, and who did it.
create table routing_policy_events (
  id text not null primary key,
  version bigint not null,
  kind text not null,
  actor text not null,
  detail text not null,
  at_ms bigint not null
);

-- Append-only. problem, policy, outcome and explanation are JSON: enough to decide it again.
create table routing_decisions (
  id text not null primary key,
  bap_id text not null,
  transaction_id text not null,
  -- The partner that the order stands with; empty for a quote.
  partner_id text not null,
  place text not null,
  profile text not null,
  policy_version bigint not null,
  policy text not null,
  problem text not null,
  outcome text not null,
  explanation text not null,
  at_ms bigint not null
);
create index routing_decisions_by_transaction on routing_decisions (bap_id, transaction_id, at_ms);
create index routing_decisions_by_time on routing_decisions (at_ms);

-- In which postal codes a partner was the one that published an item in stock; kept only for a policy with hysteresis.
create table routing_published (
  partner_id text not null,
  sku text not null,
  cells text not null,
  updated_at_ms bigint not null,
  primary key (partner_id, sku)
);

-- How partners do, as routing counts it: measured now and then from their orders, and only for a policy that asks.
create table routing_standing (
  partner_id text not null primary key,
  tier bigint not null,
  score_permille bigint not null,
  rejection_permille bigint not null,
  over_share_percent bigint not null,
  measured_at_ms bigint not null
);
