//! Asks the registry to list this node, until it does. The registry may start later than we do.

use std::sync::Arc;
use std::time::Duration;

use node::onboarding::{Kind, NetworkEntry, ensure_subscribed};

use crate::app::SellerApp;

/// Pause after the first failed try; it doubles up to the longest.
const PAUSE_FIRST: Duration = Duration::from_millis(200);
const PAUSE_LONGEST: Duration = Duration::from_secs(30);

pub(super) fn start(app: &Arc<SellerApp>) {
    let workers = app.node.workers.clone();
    let app = app.clone();
    workers.spawn("joining", move |stop| {
        let app = app.clone();
        async move {
            let mut pause = PAUSE_FIRST;
            loop {
                match ensure_subscribed(&app.node, &entries(&app)).await {
                    Ok(()) => return,
                    Err(error) => tracing::warn!(%error, retry_in_ms = pause.as_millis(), "not on the network yet"),
                }
                tokio::select! {
                    () = stop.cancelled() => return,
                    () = tokio::time::sleep(pause) => {}
                }
                pause = (pause * 2).min(PAUSE_LONGEST);
            }
        }
    });
}

/// One entry for each domain, as a seller.
fn entries(app: &SellerApp) -> Vec<NetworkEntry> {
    let config = &app.config.node;
    let entry =
        |domain: &String| NetworkEntry { domain: domain.clone(), kind: Kind::Seller, cities: config.cities.clone() };
    config.domains.iter().map(entry).collect()
}
