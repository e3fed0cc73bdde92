//! Sweeps holds that ran out. They stopped counting at their deadline; this gives the units back in the books too, and
//! tells the catalogue when a shelf is no longer empty.

use std::sync::Arc;

use crate::app::SellerApp;
use crate::store::reservation;

/// Shelves that are swept before the worker looks at the clock again.
const BATCH: i64 = 200;

pub(super) fn start(app: &Arc<SellerApp>) {
    let (app, workers) = (app.clone(), app.node.workers.clone());
    workers.every("hold-expiry", app.config.hold_sweep(), move || {
        let app = app.clone();
        async move {
            match sweep(&app).await {
                Ok(0) => {}
                Ok(shelves) => tracing::info!(shelves, "holds that ran out were swept"),
                Err(error) => tracing::warn!(%error, "holds could not be swept; they do not count all the same"),
            }
        }
    });
}

/// Sweeps everything that has run out by now; returns the number of shelves.
///
/// # Errors
/// When the database fails; shelves before that are done.
pub async fn sweep(app: &SellerApp) -> Result<usize, sqlx::Error> {
    let mut swept = 0;
    loop {
        let now_ms = app.now().as_millisecond();
        let shelves = reservation::shelves_with_expired(&app.node.db, now_ms, BATCH).await?;
        if shelves.is_empty() {
            return Ok(swept);
        }
        for key in &shelves {
            let mut tx = app.node.db.begin().await?;
            reservation::sweep(&mut tx, key, &app.stamp()).await?;
            tx.commit().await?;
        }
        swept += shelves.len();
    }
}
