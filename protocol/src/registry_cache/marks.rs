//! What the registry changed since an answer was asked for: such an answer is not used again.
//!
//! A mark says that something changed, not what. Marks are counted, and an answer remembers the count from before its question; so
//! an answer that was on its way when the change was heard of does not count either. No clock takes part.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use moka::future::Cache;

use crate::ids::SubscriberId;
use crate::registry_client::Filter;

/// Participants that changed lately.
const MARKS_MAX: u64 = 50_000;

#[derive(Debug)]
pub(super) struct Marks {
    count: AtomicU64,
    /// The last mark of each participant.
    of: Cache<SubscriberId, u64>,
    /// The last mark that concerned all.
    all: AtomicU64,
}

impl Marks {
    /// A mark lives as long as an answer can be served.
    pub(super) fn new(life: Duration) -> Self {
        let of = Cache::builder().max_capacity(MARKS_MAX).time_to_live(life).build();
        Self { count: AtomicU64::new(0), of, all: AtomicU64::new(0) }
    }

    /// Read it before a question.
    pub(super) fn count(&self) -> u64 {
        self.count.load(Ordering::Acquire)
    }

    pub(super) async fn set(&self, subscriber_id: &SubscriberId) {
        let mark = self.next();
        self.of.insert(subscriber_id.clone(), mark).await;
    }

    pub(super) fn set_all(&self) {
        let mark = self.next();
        self.all.fetch_max(mark, Ordering::AcqRel);
    }

    fn next(&self) -> u64 {
        self.count.fetch_add(1, Ordering::AcqRel) + 1
    }

    /// Answers about this participant count from here on.
    pub(super) async fn of(&self, subscriber_id: &SubscriberId) -> u64 {
        if self.count() == 0 {
            return 0; // the usual case: this is asked for every message
        }
        self.of.get(subscriber_id).await.unwrap_or(0).max(self.all.load(Ordering::Acquire))
    }

    /// The same for a list: anybody's change may concern it, unless it is about one participant.
    pub(super) async fn of_list(&self, question: &Filter) -> u64 {
        match &question.subscriber_id {
            Some(subscriber_id) => self.of(subscriber_id).await,
            None => self.count(),
        }
    }
}
