-- Returns as the brand keeps them: what the network need not know. The order stays the truth; these rows are written with it.
create table return_cases (
  bap_id text not null,
  order_id text not null,
  return_id text not null,
  partner_id text not null,
  holder_id text not null,
  state text not null,
  waits text not null,
  reason_id text not null,
  value_minor bigint not null,
  refund_minor bigint not null,
  asked_ms bigint not null,
  due_ms bigint,
  updated_ms bigint not null,
  primary key (bap_id, order_id, return_id)
);
create index return_cases_waiting on return_cases (waits, due_ms);
create index return_cases_by_partner on return_cases (partner_id, asked_ms);

-- What was asked to come back, and what became of it; empty while that is open.
create table return_lines (
  bap_id text not null,
  order_id text not null,
  return_id text not null,
  item_id text not null,
  parent_item_id text not null,
  count bigint not null,
  grade text not null,
  disposition text not null,
  primary key (bap_id, order_id, return_id, item_id, parent_item_id)
);

-- What arrived, line by line, and at which partner.
create table return_receipts (
  bap_id text not null,
  order_id text not null,
  return_id text not null,
  item_id text not null,
  partner_id text not null,
  expected bigint not null,
  received bigint not null,
  missing bigint not null,
  wrong bigint not null,
  damaged bigint not null,
  note text not null,
  photo text not null,
  received_by text not null,
  at_ms bigint not null,
  primary key (bap_id, order_id, return_id, item_id)
);

-- What shows it. claim_id is empty for what belongs to no claim.
create table return_evidence (
  id text not null primary key,
  bap_id text not null,
  order_id text not null,
  return_id text not null,
  claim_id text not null,
  kind text not null,
  content text not null,
  at_ms bigint not null
);
create index return_evidence_by_return on return_evidence (bap_id, order_id, return_id, id);

-- Who bears what. account: partner, carrier, brand, buyer. Positive: the account gets it. A row with a claim counts with the claim.
create table partner_ledger (
  id text not null primary key,
  account text not null,
  partner_id text not null,
  bap_id text not null,
  order_id text not null,
  return_id text not null,
  entry text not null,
  amount text not null,
  claim_id text not null,
  at_ms bigint not null
);
create index partner_ledger_by_partner on partner_ledger (partner_id, at_ms);
create index partner_ledger_by_return on partner_ledger (bap_id, order_id, return_id, id);

-- What carriers are asked to pay.
create table carrier_claims (
  id text not null primary key,
  carrier text not null,
  bap_id text not null,
  order_id text not null,
  return_id text not null,
  amount text not null,
  state text not null,
  reason text not null,
  opened_at_ms bigint not null
);
