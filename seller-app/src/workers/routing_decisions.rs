//! Decides about carts and orders that changed, beside the answers to their buyers, and keeps why.

use std::sync::Arc;
use std::time::Duration;

use crate::app::SellerApp;
use crate::routing_desk::carts;

const EVERY: Duration = Duration::from_millis(500);

pub(super) fn start(app: &Arc<SellerApp>) {
    let (app, workers) = (app.clone(), app.node.workers.clone());
    workers.every("routing-decisions", EVERY, move || {
        let app = app.clone();
        async move {
            if let Err(error) = carts::decide_waiting(&app).await {
                tracing::warn!(%error, "routing decisions could not be kept; they are made again");
            }
        }
    });
}
