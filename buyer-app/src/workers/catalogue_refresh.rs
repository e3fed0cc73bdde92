//! Keeps the catalogue fresh: a full search for every domain, version and city of the shop, now and then, and once the
//! push subscription for changes.

use std::sync::Arc;
use std::time::Duration;

use node::workers::CancellationToken;

use crate::asks::Caller;
use crate::asks::search::{SearchAsk, search};
use crate::buyer::Buyer;

/// After a failed round (no gateway yet, registry away) the next try comes soon.
const RETRY: Duration = Duration::from_secs(5);

pub async fn run(buyer: Arc<Buyer>, stop: CancellationToken) {
    let period = Duration::from_secs(buyer.config.catalogue_refresh_s);
    if period.is_zero() {
        return;
    }
    let mut wait = Duration::from_secs(buyer.config.catalogue_first_s);
    let mut subscribed = false;
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(wait) => {}
        }
        let done = round(&buyer, !subscribed && buyer.config.catalogue_push).await;
        subscribed |= done;
        wait = if done { period } else { RETRY };
    }
}

/// One round. False when a search could not be sent.
pub async fn round(buyer: &Buyer, subscribe: bool) -> bool {
    let config = &buyer.config;
    let mut done = true;
    for domain in &config.node.domains {
        for core_version in &config.node.core_versions {
            if buyer.node.specs.book(domain, core_version).is_none() {
                continue;
            }
            let ask = SearchAsk {
                domain: Some(domain.clone()),
                core_version: Some(core_version.clone()),
                ..SearchAsk::default()
            };
            for city in &config.shop_cities {
                done &= sent(buyer, &SearchAsk { city: Some(city.clone()), ..ask.clone() }).await;
            }
            if subscribe && done {
                done &= sent(buyer, &SearchAsk { incremental: Some("start".to_owned()), ..ask }).await;
            }
        }
    }
    done
}

async fn sent(buyer: &Buyer, ask: &SearchAsk) -> bool {
    match search(buyer, &Caller::new("catalogue-refresh"), ask).await {
        Ok(_) => true,
        Err(error) => {
            tracing::warn!(%error, "the catalogue could not be asked for");
            false
        }
    }
}
