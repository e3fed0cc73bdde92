-- Requests of the B2B intake, by the customer's own reference. `digest` tells whether a request that comes again is the same one;
-- the orders that it became are rows of `orders` with channel = 'b2b'.
create table b2b_requests (
  reference text not null primary key,
  digest text not null,
  state text not null,
  body text not null,
  created_at_ms bigint not null,
  updated_at_ms bigint not null
);
create index b2b_requests_open on b2b_requests (updated_at_ms) where state <> 'placed';
