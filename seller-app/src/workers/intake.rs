//! Ends requests of the B2B intake that a node which stopped left half-way.

use std::sync::Arc;
use std::time::Duration;

use crate::app::SellerApp;
use crate::intake::placing::finish_left_behind;

/// A request that did not move for so long was left behind: nobody waits for it that long.
const QUIET: Duration = Duration::from_secs(60);
const EVERY: Duration = Duration::from_secs(20);

pub(super) fn start(app: &Arc<SellerApp>) {
    let (app, workers) = (app.clone(), app.node.workers.clone());
    workers.every("intake", EVERY, move || {
        let app = app.clone();
        async move {
            match finish_left_behind(&app, QUIET).await {
                Ok(0) => {}
                Ok(requests) => tracing::info!(requests, "requests that were left behind came to an end"),
                Err(error) => tracing::warn!(%error, "requests that were left behind wait for the next round"),
            }
        }
    });
}
