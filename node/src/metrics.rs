//! What a node counts. The registry is a value, so several nodes live in one process without mixing their numbers.

use std::fmt;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use prometheus_client::encoding::{EncodeLabelSet, text};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use prometheus_client::registry::{Metric, Registry};

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Handled {
    action: &'static str,
    verdict: &'static str,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Why {
    reason: &'static str,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Worker {
    worker: &'static str,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Queue {
    queue: &'static str,
    state: &'static str,
}

/// The counters of one node, and the registry that `/metrics` prints.
pub struct Metrics {
    registry: Mutex<Registry>,
    received: Family<Handled, Counter>,
    receive_seconds: Histogram,
    unproved: Family<Why, Counter>,
    warnings: Counter,
    repeated: Counter,
    group_size: Histogram,
    handled: Family<Handled, Counter>,
    sent: Family<Handled, Counter>,
    send_seconds: Histogram,
    panics: Family<Worker, Counter>,
    waiting: Family<Queue, Gauge>,
}

impl fmt::Debug for Metrics {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.debug_struct("Metrics").finish_non_exhaustive()
    }
}

impl Metrics {
    pub(crate) fn new() -> Self {
        let fast = || Histogram::new(exponential_buckets(0.000_25, 2.0, 16));
        let this = Self {
            registry: Mutex::new(Registry::with_prefix("haat")),
            received: Family::default(),
            receive_seconds: fast(),
            unproved: Family::default(),
            warnings: Counter::default(),
            repeated: Counter::default(),
            group_size: Histogram::new(exponential_buckets(1.0, 2.0, 10)),
            handled: Family::default(),
            sent: Family::default(),
            send_seconds: fast(),
            panics: Family::default(),
            waiting: Family::default(),
        };
        this.register("received", "Messages received from proved senders", this.received.clone());
        this.register("receive_seconds", "From the first byte to the answer", this.receive_seconds.clone());
        this.register("unproved", "Messages refused before their sender was proved", this.unproved.clone());
        this.register("rule_warnings", "Messages that broke a rule and were accepted", this.warnings.clone());
        this.register("repeated", "Messages received more than once", this.repeated.clone());
        this.register("commit_group_size", "Messages that shared one commit", this.group_size.clone());
        this.register("handled", "Runs of the handler", this.handled.clone());
        this.register("sent", "Tries to send a message", this.sent.clone());
        this.register("send_seconds", "From the signature to the counterparty's answer", this.send_seconds.clone());
        this.register("worker_panics", "Workers that panicked and were started again", this.panics.clone());
        this.register("queue_messages", "Messages in the inbox and in the outbox", this.waiting.clone());
        this
    }

    /// Adds an app's own metric; the name gets the prefix `haat_`.
    pub fn register(&self, name: &str, help: &str, metric: impl Metric) {
        self.registry.lock().unwrap_or_else(PoisonError::into_inner).register(name, help, metric);
    }

    /// All metrics in the text form of OpenMetrics.
    pub fn text(&self) -> String {
        let mut text = String::new();
        let registry = self.registry.lock().unwrap_or_else(PoisonError::into_inner);
        if text::encode(&mut text, &registry).is_err() {
            text.push_str("# metrics cannot be printed\n");
        }
        text
    }

    pub(crate) fn received(&self, action: &'static str, verdict: &'static str, took: Duration) {
        self.received.get_or_create(&Handled { action, verdict }).inc();
        self.receive_seconds.observe(took.as_secs_f64());
    }

    pub(crate) fn unproved(&self, reason: &'static str) {
        self.unproved.get_or_create(&Why { reason }).inc();
    }

    pub(crate) fn rule_warning(&self) {
        self.warnings.inc();
    }

    pub(crate) fn repeated(&self) {
        self.repeated.inc();
    }

    pub(crate) fn group(&self, size: usize) {
        self.group_size.observe(size as f64);
    }

    pub(crate) fn handled(&self, action: &'static str, verdict: &'static str) {
        self.handled.get_or_create(&Handled { action, verdict }).inc();
    }

    pub(crate) fn sent(&self, action: &'static str, verdict: &'static str, took: Duration) {
        self.sent.get_or_create(&Handled { action, verdict }).inc();
        self.send_seconds.observe(took.as_secs_f64());
    }

    pub(crate) fn worker_panic(&self, worker: &'static str) {
        self.panics.get_or_create(&Worker { worker }).inc();
    }

    pub(crate) fn queue(&self, queue: &'static str, state: &'static str, messages: i64) {
        self.waiting.get_or_create(&Queue { queue, state }).set(messages);
    }
}
