//! Facts of orders for scorecards and statements; test orders are left out.

use jiff::Timestamp;
use node::{Database, read};

use crate::order::Order;
use crate::order::channel::TEST_BUYER;
use crate::partners::facts::OrderFacts;

use super::body;

const ORDERS: &str = "select bap_id, id, channel, body from orders \
     where partner_id = $1 and created_at_ms >= $2 and created_at_ms < $3 and bap_id <> $4 order by created_at_ms, id";
const EVENTS: &str = "select e.bap_id, e.order_id, e.kind, e.at_ms from order_events e \
     join orders o on o.bap_id = e.bap_id and o.id = e.order_id \
     where o.partner_id = $1 and o.created_at_ms >= $2 and o.created_at_ms < $3 and o.bap_id <> $4 \
     and e.kind in ('confirm', 'accept', 'pack') order by e.id";
/// Whatever moved since then may have been delivered or returned since then.
const MOVED: &str = "select body from orders where partner_id = $1 and updated_at_ms >= $2 and created_at_ms < $3 \
     and bap_id <> $4 and state = 'Completed' order by created_at_ms, id";

#[derive(sqlx::FromRow)]
struct OrderRow {
    bap_id: String,
    id: String,
    channel: String,
    body: String,
}

#[derive(sqlx::FromRow)]
struct EventRow {
    bap_id: String,
    order_id: String,
    kind: String,
    at_ms: i64,
}

/// Facts of the orders that a partner got in a time, oldest first.
pub async fn facts(
    db: &Database,
    partner_id: &str,
    (from, to): (Timestamp, Timestamp),
) -> Result<Vec<OrderFacts>, sqlx::Error> {
    let (from_ms, to_ms) = (from.as_millisecond(), to.as_millisecond());
    let orders = read!(db, |c| sqlx::query_as::<_, OrderRow>(ORDERS)
        .bind(partner_id)
        .bind(from_ms)
        .bind(to_ms)
        .bind(TEST_BUYER)
        .fetch_all(c)
        .await)?;
    let events = read!(db, |c| sqlx::query_as::<_, EventRow>(EVENTS)
        .bind(partner_id)
        .bind(from_ms)
        .bind(to_ms)
        .bind(TEST_BUYER)
        .fetch_all(c)
        .await)?;
    let mut by_order: std::collections::HashMap<(String, String), Vec<(String, Timestamp)>> =
        std::collections::HashMap::new();
    for event in events {
        let Ok(at) = Timestamp::from_millisecond(event.at_ms) else { continue };
        by_order.entry((event.bap_id, event.order_id)).or_default().push((event.kind, at));
    }
    let mut facts = Vec::with_capacity(orders.len());
    for row in orders {
        let order: Order = body::read(&row.body)?;
        let events = by_order.remove(&(row.bap_id, row.id)).unwrap_or_default();
        facts.push(OrderFacts::read(&order, &row.channel, &events));
    }
    Ok(facts)
}

/// Completed orders that may have something in a statement of this time.
pub async fn completed(
    db: &Database,
    partner_id: &str,
    (from, to): (Timestamp, Timestamp),
) -> Result<Vec<Order>, sqlx::Error> {
    let rows: Vec<String> = read!(db, |c| sqlx::query_scalar(MOVED)
        .bind(partner_id)
        .bind(from.as_millisecond())
        .bind(to.as_millisecond())
        .bind(TEST_BUYER)
        .fetch_all(c)
        .await)?;
    rows.iter().map(|text| body::read(text)).collect()
}
