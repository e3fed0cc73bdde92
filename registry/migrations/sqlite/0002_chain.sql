-- The sealed history: each change of the registry as the exact text that was hashed and signed, chained to the text before it.
-- Rows are added and never changed. Participants follow it, so it holds nothing that only staff may read.
create table registry_chain (
  seq bigint primary key,
  subscriber_id text not null,
  line text not null,
  hash text not null,
  unique_key_id text not null,
  signature text not null
);
