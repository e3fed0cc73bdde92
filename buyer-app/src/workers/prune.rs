//! Forgets what nobody will ask for any more. Orders, refunds and payments are kept for ever: they are the books.

use std::sync::Arc;

use crate::buyer::Buyer;

const DAY_MS: i64 = 24 * 3600 * 1000;
/// A checkout that never became an order, and a cart that nobody came back to.
const ABANDONED_DAYS: i64 = 30;
const EVENTS: &str = "delete from buyer_event where at_ms < $1";
const REQUESTS: &str = "delete from buyer_request where sent_ms < $1";
const KEYS: &str = "delete from buyer_idempotency where created_ms < $1";
const CHECKOUTS: &str = "delete from buyer_checkout where stage <> 'ordered' and updated_ms < $1";
const CARTS: &str = "delete from buyer_cart_line where updated_ms < $1";

/// One round.
pub async fn prune(buyer: Arc<Buyer>) {
    let now_ms = buyer.now_ms();
    let keep_ms = now_ms - i64::try_from(buyer.config.events_keep_days).unwrap_or(3650).saturating_mul(DAY_MS);
    let abandoned_ms = now_ms - ABANDONED_DAYS * DAY_MS;
    let all = [
        (EVENTS, keep_ms),
        (REQUESTS, keep_ms),
        (KEYS, now_ms - 2 * DAY_MS),
        (CHECKOUTS, abandoned_ms),
        (CARTS, abandoned_ms),
    ];
    for (statement, before_ms) in all {
        if let Err(error) = delete(&buyer, statement, before_ms).await {
            tracing::warn!(%error, "old rows could not be removed");
        }
    }
}

async fn delete(buyer: &Buyer, statement: &'static str, before_ms: i64) -> Result<(), sqlx::Error> {
    let mut tx = buyer.node.db.begin().await?;
    node::run!(tx, |c| sqlx::query(statement).bind(before_ms).execute(c).await.map(|_| ()))?;
    tx.commit().await
}
