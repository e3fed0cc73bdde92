//! Tells the catalogue of shelves that became empty, or are no longer, only because time went by: a lot has too little life left,
//! a number is believed less, a rejection is forgotten.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use crate::app::SellerApp;
use crate::inventory::Channel;
use crate::stock_room;
use crate::store::changes;

/// Lives and ages are counted in days.
const EVERY: Duration = Duration::from_secs(300);
/// How far back the first round looks: what it tells twice does no harm.
const FIRST_LOOK_BACK_MS: i64 = 86_400_000;

pub(super) fn start(app: &Arc<SellerApp>) {
    let (app, workers) = (app.clone(), app.node.workers.clone());
    let looked_at = Arc::new(AtomicI64::new(app.now().as_millisecond() - FIRST_LOOK_BACK_MS));
    workers.every("stock-ageing", EVERY, move || {
        let (app, looked_at) = (app.clone(), looked_at.clone());
        async move {
            let now_ms = app.now().as_millisecond();
            match round(&app, looked_at.load(Ordering::Relaxed)).await {
                Ok(_) => looked_at.store(now_ms, Ordering::Relaxed),
                Err(error) => {
                    tracing::warn!(%error, "shelves could not be judged anew; select and init judge them all the same")
                }
            }
        }
    });
}

/// Notes every shelf whose availability is another one than it was then, though nothing moved; returns their number.
///
/// # Errors
/// When the database fails.
pub async fn round(app: &SellerApp, since_ms: i64) -> Result<usize, sqlx::Error> {
    let (rules, stamp) = (&app.config.inventory, app.stamp());
    let shelves = stock_room::all(app, stamp.now).await?;
    let sells = |shelf: &stock_room::Shelf| shelf.available(Channel::Network) > 0;
    let flipped: Vec<_> =
        shelves.into_iter().filter(|shelf| sells(shelf) != sells(&shelf.as_of(rules, since_ms))).collect();
    if flipped.is_empty() {
        return Ok(0);
    }
    let mut tx = app.node.db.begin().await?;
    for shelf in &flipped {
        changes::note(&mut tx, &shelf.row.partner_id, &shelf.row.sku, &stamp).await?;
    }
    tx.commit().await?;
    Ok(flipped.len())
}
