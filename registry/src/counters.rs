//! What the registry counts beside its node.

use node::metrics::Metrics;
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Outcome {
    outcome: &'static str,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Lookup {
    form: &'static str,
    outcome: &'static str,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Within {
    days: u32,
}

/// Counters and gauges of one registry.
#[derive(Clone, Debug, Default)]
pub struct Counters {
    subscriptions: Family<Outcome, Counter>,
    lookups: Family<Lookup, Counter>,
    keys_ending: Family<Within, Gauge>,
}

impl Counters {
    pub(crate) fn new(metrics: &Metrics) -> Self {
        let this = Self::default();
        metrics.register("registry_subscriptions", "Subscriptions, by outcome", this.subscriptions.clone());
        metrics.register("registry_lookups", "Lookups, by form and outcome", this.lookups.clone());
        metrics.register("registry_keys_ending", "Keys in use that end within so many days", this.keys_ending.clone());
        this
    }

    pub(crate) fn subscription(&self, outcome: &'static str) {
        self.subscriptions.get_or_create(&Outcome { outcome }).inc();
    }

    pub(crate) fn lookup(&self, form: &'static str, outcome: &'static str) {
        self.lookups.get_or_create(&Lookup { form, outcome }).inc();
    }

    pub(crate) fn keys_ending(&self, days: u32, keys: i64) {
        self.keys_ending.get_or_create(&Within { days }).set(keys);
    }
}
