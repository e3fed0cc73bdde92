-- Tables for finance are read by time, page by page.
create index orders_by_created on orders (created_at_ms, bap_id, id);
create index return_cases_by_asked on return_cases (asked_ms, bap_id, order_id, return_id);

-- Who sells an item, for an order that is decided at once.
create index offers_by_sku on offers (sku, partner_id);
