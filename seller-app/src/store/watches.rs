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
    /// Unix milliseconds.
    pub due_ms: i64,
    pub until_ms: i64,
    /// Smallest unit of money.
    pub value_minor: i64,
    pub detail: String,
}

const DROP: &str = "delete from watches where bap_id = $1 and order_id = $2";
const ADD: &str = "insert into watches (bap_id, order_id, kind, partner_id, due_ms, until_ms, value_minor, detail) \
     values ($1, $2, $3, $4, $5, $6, $7, $8)";
const DUE: &str = "select bap_id, order_id, kind, partner_id, due_ms, until_ms, value_minor, detail from watches \
     where due_ms <= $1 and ($2 = '' or kind = $2) order by until_ms, order_id limit $3";
const COUNT: &str = "select count(*) from watches where due_ms <= $1 and kind <> 'estimate'";

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

/// What is due by `now_ms`, the soonest end first. `kind` empty = all kinds.
pub async fn due(db: &Database, kind: &str, now_ms: i64, limit: i64) -> Result<Vec<WatchRow>, sqlx::Error> {
    read!(db, |c| sqlx::query_as::<_, WatchRow>(DUE).bind(now_ms).bind(kind).bind(limit).fetch_all(c).await)
}

/// How many exceptions there are.
pub async fn count(db: &Database, now_ms: i64) -> Result<i64, sqlx::Error> {
    read!(db, |c| sqlx::query_scalar::<_, i64>(COUNT).bind(now_ms).fetch_one(c).await)
}

impl WatchRow {
    /// The order that it belongs to.
    pub fn order(&self) -> OrderKey {
        OrderKey { bap_id: self.bap_id.clone(), id: self.order_id.clone() }
    }
}
