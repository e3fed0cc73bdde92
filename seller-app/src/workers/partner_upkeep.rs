//! Looks after partners: those that are suspended and have nothing open any more are drained.

use std::sync::Arc;

use crate::app::SellerApp;
use crate::partner_work::life;

pub(super) fn start(app: &Arc<SellerApp>) {
    let (app, workers) = (app.clone(), app.node.workers.clone());
    workers.every("partner-upkeep", app.config.partner_upkeep(), move || {
        let app = app.clone();
        async move {
            match life::drain(&app).await {
                Ok(0) => {}
                Ok(moved) => tracing::info!(moved, "suspended partners have no open order left"),
                Err(error) => tracing::warn!(%error, "partners could not be looked after; it is tried again"),
            }
        }
    });
}
