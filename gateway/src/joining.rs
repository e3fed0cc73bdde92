//! The gateway's own subscription: sellers verify `X-Gateway-Authorization` with the key that the registry has for it.

use std::sync::Arc;
use std::time::Duration;

use node::Node;
use node::onboarding::{Kind, NetworkEntry, OnboardingError, ensure_subscribed};

/// Waiting times after failed tries; the last one repeats.
const PAUSES: [Duration; 5] = [
    Duration::from_millis(500),
    Duration::from_secs(2),
    Duration::from_secs(5),
    Duration::from_secs(15),
    Duration::from_secs(60),
];

/// Subscribes as a gateway in every domain of the settings, and tries again while the registry is away or refuses.
pub(crate) fn start(node: &Arc<Node>) {
    let this = node.clone();
    node.workers.spawn("gateway-joining", move |stop| {
        let node = this.clone();
        async move {
            let mut failed = 0;
            loop {
                match ensure_subscribed(&node, &entries(&node)).await {
                    Ok(()) => return,
                    Err(error) => tell(&error),
                }
                let pause = PAUSES[failed.min(PAUSES.len() - 1)];
                failed += 1;
                tokio::select! {
                    () = stop.cancelled() => return,
                    () = tokio::time::sleep(pause) => {}
                }
            }
        }
    });
}

fn entries(node: &Node) -> Vec<NetworkEntry> {
    let entry = |domain: &String| NetworkEntry {
        domain: domain.clone(),
        kind: Kind::Gateway,
        cities: node.config.cities.clone(),
    };
    node.config.domains.iter().map(entry).collect()
}

fn tell(error: &OnboardingError) {
    match error {
        OnboardingError::Refused(_) | OnboardingError::NoEntry | OnboardingError::Form(_) => {
            tracing::error!(%error, "not subscribed; tried again");
        }
        OnboardingError::Registry(_) | OnboardingError::Busy => {
            tracing::warn!(%error, "not subscribed yet; tried again")
        }
    }
}
