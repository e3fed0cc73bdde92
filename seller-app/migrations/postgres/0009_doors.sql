-- People who sign in. partner_id is empty for people of the brand. password is an argon2id hash (PHC string).
create table accounts (
  id text not null primary key,
  login text not null unique,
  name text not null,
  password text not null,
  role text not null,
  partner_id text not null,
  active boolean not null,
  created_at_ms bigint not null
);

-- One row for each signed-in browser; the cookie's secret is stored as its digest.
create table sessions (
  digest text not null primary key,
  account_id text not null references accounts (id),
  seen_at_ms bigint not null,
  ends_at_ms bigint not null
);
create index sessions_by_account on sessions (account_id);

-- Tries to sign in since the last success; logins that do not exist are counted too.
create table sign_in_tries (
  login text not null primary key,
  tries bigint not null,
  since_ms bigint not null
);
