//! Decides about carts and orders that changed, beside the answers to their buyers, and keeps why. Once in an hour measures
//! how partners do, when the policy counts it.

use std::sync::Arc;
use std::time::Duration;

use crate::app::SellerApp;
use crate::routing_desk::{carts, policies, standing};

const EVERY: Duration = Duration::from_millis(500);
/// Scores are of days; an hour is soon enough.
const MEASURE_EVERY: Duration = Duration::from_secs(3_600);

pub(super) fn start(app: &Arc<SellerApp>) {
    measuring(app);
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

fn measuring(app: &Arc<SellerApp>) {
    let (app, workers) = (app.clone(), app.node.workers.clone());
    workers.every("routing-standing", MEASURE_EVERY, move || {
        let app = app.clone();
        async move {
            match policies::current(&app).await {
                Ok(current) if standing::counts(&current.policy) => {
                    if let Err(error) = standing::measure(&app).await {
                        tracing::warn!(%error, "partners could not be measured for routing; it is tried again");
                    }
                }
                Ok(_) => {}
                Err(error) => tracing::warn!(%error, "the routing policy could not be read; it is tried again"),
            }
        }
    });
}
