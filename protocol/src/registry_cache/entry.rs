//! One remembered answer and its age. Pure: told the time, asks nobody.

use jiff::{SignedDuration, Timestamp};

use super::CacheLimits;

/// The last thing the registry said (`answer`, at `answered_at`), and whether the last question failed.
#[derive(Debug, Clone)]
pub(super) struct Entry<T, E> {
    pub(super) answer: Result<T, E>,
    answered_at: Timestamp,
    asked_at: Timestamp,
    /// Marks ([`super::marks`]) that were set before the answer was asked for.
    marks: u64,
    outage: Option<E>,
}

impl<T: Clone, E: Clone> Entry<T, E> {
    pub(super) fn answered(now: Timestamp, marks: u64, answer: Result<T, E>) -> Self {
        Self { answer, answered_at: now, asked_at: now, marks, outage: None }
    }

    /// Keeps what was known before.
    pub(super) fn failed(now: Timestamp, marks: u64, held: Option<Self>, outage: E) -> Self {
        match held {
            Some(held) => Self { asked_at: now, outage: Some(outage), ..held },
            None => Self { answer: Err(outage.clone()), answered_at: now, asked_at: now, marks, outage: Some(outage) },
        }
    }

    /// Was it asked for after this mark?
    pub(super) fn after(&self, mark: u64) -> bool {
        self.marks >= mark
    }

    /// Is it time for a new question?
    pub(super) fn must_ask(&self, now: Timestamp, ttl: SignedDuration, limits: &CacheLimits) -> bool {
        let since_question = now.duration_since(self.asked_at);
        match self.outage {
            Some(_) => since_question >= limits.outage_retry,
            None => now.duration_since(self.answered_at) >= ttl,
        }
    }

    pub(super) fn asked_within(&self, now: Timestamp, least: SignedDuration) -> bool {
        now.duration_since(self.asked_at) < least
    }

    /// What may be used: the answer, or while the registry is down a good one that is not too old. A refusal stays a refusal.
    pub(super) fn serve(&self, now: Timestamp, limits: &CacheLimits) -> Result<T, E> {
        match (&self.answer, &self.outage) {
            (Ok(_), Some(outage)) if now.duration_since(self.answered_at) > limits.stale_max => Err(outage.clone()),
            (answer, _) => answer.clone(),
        }
    }
}
