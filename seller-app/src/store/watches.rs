//! What somebody must look at, and from when on.

use node::{Database, Tx, read, run};

use crate::fulfilment::Policy;
use crate::fulfilment::watch::watches;
use crate::order::Order;

use super::orders::OrderKey;

/// A stored watch with what a list shows of its order.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct WatchRow {
    pub bap_id: String,
    pub order_id: String,
    pub kind: String,
    pub partner_id: String,
    pub domain: String,
    pub core_version: String,
    /// Unix milliseconds.
    pub due_ms: i64,
    pub until_ms: i64,
    /// Smallest unit of money.
    pub value_minor: i64,
    pub detail: String,
}

const DROP: &str = "delete from watches where bap_id = $1 and order_id = $2";
const FORGET: &str = "delete from watches where bap_id = $1 and order_id = $2 and kind = $3";
const ADD: &str = "insert into watches (bap_id, order_id, kind, partner_id, domain, core_version, due_ms, until_ms, \
     value_minor, detail) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
const DUE: &str = "select bap_id, order_id, kind, partner_id, domain, core_version, due_ms, until_ms, value_minor, detail \
     from watches where due_ms <= $1 and kind = $2 order by until_ms, order_id limit $3";
const OVER: &str = "select bap_id, order_id, kind, partner_id, domain, core_version, due_ms, until_ms, value_minor, detail \
     from watches where until_ms <= $1 and kind = $2 order by until_ms, order_id limit $3";
const EXCEPTIONS: &str = "select bap_id, order_id, kind, partner_id, domain, core_version, due_ms, until_ms, value_minor, \
     detail from watches where due_ms <= $1 and kind <> 'estimate' order by until_ms, order_id limit $2";

impl WatchRow {
    /// The order that it belongs to.
    pub fn order(&self) -> OrderKey {
        OrderKey { bap_id: self.bap_id.clone(), id: self.order_id.clone() }
    }
}

/// Writes what there is to watch in an order; what was there before is gone.
pub async fn save(tx: &mut Tx, order: &Order, policy: &Policy) -> Result<(), sqlx::Error> {
    run!(tx, |c| sqlx::query(DROP).bind(&order.bap_id).bind(&order.id).execute(c).await.map(|_| ()))?;
    let value_minor = order.quote.total().minor().unwrap_or(i64::MAX);
    for watch in watches(order, policy) {
        run!(tx, |c| sqlx::query(ADD)
            .bind(&order.bap_id)
            .bind(&order.id)
            .bind(watch.kind.as_str())
            .bind(&order.partner_id)
            .bind(&order.domain)
            .bind(&order.core_version)
            .bind(watch.due.as_millisecond())
            .bind(watch.until.as_millisecond())
            .bind(value_minor)
            .bind(&watch.detail)
            .execute(c)
            .await
            .map(|_| ()))?;
    }
    Ok(())
}

/// Nothing can be done about it; the next save of the order watches it again.
pub async fn forget(tx: &mut Tx, order: &OrderKey, kind: &str) -> Result<(), sqlx::Error> {
    run!(tx, |c| sqlx::query(FORGET).bind(&order.bap_id).bind(&order.id).bind(kind).execute(c).await.map(|_| ()))
}

/// What of one kind is due by `now_ms`, the soonest end first.
pub async fn due(db: &Database, kind: &str, now_ms: i64, limit: i64) -> Result<Vec<WatchRow>, sqlx::Error> {
    read!(db, |c| sqlx::query_as::<_, WatchRow>(DUE).bind(now_ms).bind(kind).bind(limit).fetch_all(c).await)
}

/// What of one kind is too late by `now_ms`.
pub async fn over(db: &Database, kind: &str, now_ms: i64, limit: i64) -> Result<Vec<WatchRow>, sqlx::Error> {
    read!(db, |c| sqlx::query_as::<_, WatchRow>(OVER).bind(now_ms).bind(kind).bind(limit).fetch_all(c).await)
}

/// All exceptions of now, the soonest end first.
pub async fn exceptions(db: &Database, now_ms: i64, limit: i64) -> Result<Vec<WatchRow>, sqlx::Error> {
    read!(db, |c| sqlx::query_as::<_, WatchRow>(EXCEPTIONS).bind(now_ms).bind(limit).fetch_all(c).await)
}
