-- One row for each participant that has proved itself.
create table registry_subscriber (
  subscriber_id text primary key,
  country text not null,
  callback_path text not null,
  entity text not null,
  created_ms bigint not null,
  updated_ms bigint not null
);

-- What a participant is, by domain and role. WHITELISTED rows may come before the participant itself.
create table registry_entry (
  subscriber_id text not null,
  domain text not null,
  role text not null,
  status text not null,
  subscriber_url text,
  cities text not null,
  created_ms bigint not null,
  updated_ms bigint not null,
  primary key (subscriber_id, domain, role)
);
create index registry_entry_domain on registry_entry (domain, role);

-- Keys. One signing key belongs to one row, for ever: keyId is not covered by signatures.
create table registry_key (
  subscriber_id text not null,
  unique_key_id text not null,
  signing_public_key text not null unique,
  encr_public_key text not null,
  valid_from_ms bigint not null,
  valid_until_ms bigint not null,
  retired_ms bigint,
  created_ms bigint not null,
  primary key (subscriber_id, unique_key_id)
);

-- Requests that were granted: an old site page proves nothing a second time.
create table registry_request (
  subscriber_id text not null,
  request_id text not null,
  digest text not null,
  granted_ms bigint not null,
  primary key (subscriber_id, request_id)
);

-- Who did what, and when. Refusals are kept within a limit.
create table registry_history (
  seq integer primary key autoincrement,
  at_ms bigint not null,
  subscriber_id text not null,
  event text not null,
  actor text not null,
  detail text not null
);
create index registry_history_subscriber on registry_history (subscriber_id, seq);
