//! What the gateway counts beside its node.

use node::metrics::Metrics;
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;

use crate::audience::Audience;

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Why {
    why: &'static str,
}

/// Counters of one gateway.
#[derive(Clone, Debug, Default)]
pub struct Counters {
    searches: Counter,
    asked: Counter,
    left_out: Family<Why, Counter>,
    over_quota: Counter,
}

impl Counters {
    pub(crate) fn new(metrics: &Metrics) -> Self {
        let this = Self::default();
        metrics.register("gateway_searches", "Searches that were carried", this.searches.clone());
        metrics.register("gateway_asked", "Sellers that searches were carried to", this.asked.clone());
        metrics.register("gateway_left_out", "Sellers that were left out, by reason", this.left_out.clone());
        metrics.register(
            "gateway_over_quota",
            "Searches refused because a buyer sent too many",
            this.over_quota.clone(),
        );
        this
    }

    pub(crate) fn carried(&self, audience: &Audience) {
        self.searches.inc();
        self.asked.inc_by(u64::try_from(audience.asked.len()).unwrap_or(u64::MAX));
        for one in &audience.left_out {
            self.left_out.get_or_create(&Why { why: one.why.as_str() }).inc();
        }
    }

    pub(crate) fn over_quota(&self) {
        self.over_quota.inc();
    }
}
