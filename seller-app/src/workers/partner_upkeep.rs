//! Looks after partners: those that are suspended and have nothing open any more are drained; days that are no longer full
//! are told to the catalogue. Once in an hour, scorecards are looked at for proposals.

use std::sync::Arc;
use std::time::Duration;

use crate::app::SellerApp;
use crate::partner_work::{full, life, scores};

/// Scorecards are of days; an hour is soon enough.
const JUDGE_EVERY: Duration = Duration::from_secs(3_600);

pub(super) fn start(app: &Arc<SellerApp>) {
    judging(app);
    let (app, workers) = (app.clone(), app.node.workers.clone());
    workers.every("partner-upkeep", app.config.partner_upkeep(), move || {
        let app = app.clone();
        async move {
            if let Err(error) = round(&app).await {
                tracing::warn!(%error, "partners could not be looked after; it is tried again");
            }
        }
    });
}

fn judging(app: &Arc<SellerApp>) {
    let (app, workers) = (app.clone(), app.node.workers.clone());
    workers.every("partner-scores", JUDGE_EVERY, move || {
        let app = app.clone();
        async move {
            match scores::judge_all(&app).await {
                Ok(0) => {}
                Ok(new) => tracing::info!(new, "scorecards suggest something about partners"),
                Err(error) => tracing::warn!(%error, "scorecards could not be looked at; it is tried again"),
            }
        }
    });
}

/// One round.
///
/// # Errors
/// When the database fails; what was done before that stays done.
pub async fn round(app: &SellerApp) -> Result<(), sqlx::Error> {
    let moved = life::drain(app).await?;
    let reopened = full::reopen(app).await?;
    if moved + reopened > 0 {
        tracing::info!(moved, reopened, "partners were looked after");
    }
    Ok(())
}
