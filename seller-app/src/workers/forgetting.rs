//! Forgets carts that nobody touched and changes that nobody will ask for any more. Orders and the stock ledger stay.

use std::sync::Arc;
use std::time::Duration;

use crate::app::{SellerApp, later_ms};
use crate::door::idempotency as door;
use crate::store::{changes, decisions, idempotency, orders, webhook_events};

const EVERY: Duration = Duration::from_secs(3600);
const HOUR_MS: i64 = 3_600_000;
/// What was told, and can be told again, for so long.
const WEBHOOKS_KEPT_HOURS: i64 = 30 * 24;

pub(super) fn start(app: &Arc<SellerApp>) {
    let (app, workers) = (app.clone(), app.node.workers.clone());
    workers.every("forgetting", EVERY, move || {
        let app = app.clone();
        async move {
            if let Err(error) = forget(&app).await {
                tracing::warn!(%error, "old carts could not be forgotten; tried again in an hour");
            }
        }
    });
}

async fn forget(app: &SellerApp) -> Result<(), sqlx::Error> {
    let before = |hours: i64| later_ms(app.now(), -hours * HOUR_MS).as_millisecond();
    let mut tx = app.node.db.begin().await?;
    let carts = orders::forget_drafts(&mut tx, before(i64::from(app.config.cart_keep_hours))).await?;
    let told = changes::forget(&mut tx, before(i64::from(app.config.changes_keep_days) * 24)).await?;
    decisions::forget(&mut tx, before(i64::from(app.config.cart_keep_hours))).await?;
    idempotency::forget(&mut tx, before(door::KEPT_HOURS)).await?;
    webhook_events::forget(&mut tx, before(WEBHOOKS_KEPT_HOURS)).await?;
    tx.commit().await?;
    if carts + told > 0 {
        tracing::info!(carts, changes = told, "forgotten");
    }
    Ok(())
}
