-- Tokens of the API. account_id is empty for a system's token; then role and partner_id are its own. permissions are words
-- divided by spaces, empty for all of the role. expires and revoked: a token counts while neither has come.
create table api_tokens (
  id text not null primary key,
  name text not null,
  digest text not null unique,
  account_id text not null,
  role text not null,
  partner_id text not null,
  permissions text not null,
  created_by text not null,
  created_at_ms bigint not null,
  expires_at_ms bigint not null,
  last_used_ms bigint not null,
  revoked_at_ms bigint not null
);

-- Who asked for what, written before it is done. Rows are only added.
create table audit (
  id text not null primary key,
  kind text not null,
  actor text not null,
  role text not null,
  partner_id text not null,
  method text not null,
  door text not null,
  target text not null,
  address text not null,
  at_ms bigint not null
);
create index audit_by_actor on audit (actor, id);
create index audit_by_target on audit (target, id);

-- What came of it. An act without a row here was cut off by a stop of the node.
create table audit_outcomes (
  audit_id text not null primary key references audit (id),
  status bigint not null,
  target text not null,
  summary text not null
);

-- Answers by Idempotency-Key. status is 0 while the act runs.
create table idempotency (
  caller text not null,
  given_key text not null,
  fingerprint text not null,
  started_at_ms bigint not null,
  status bigint not null,
  content_type text not null,
  location text not null,
  body bytea not null,
  primary key (caller, given_key)
);
create index idempotency_by_start on idempotency (started_at_ms);
