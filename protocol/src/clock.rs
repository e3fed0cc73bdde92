//! The only place that reads the machine's clock. Everything else is told the time, so that tests can set it.

use std::fmt::Debug;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use jiff::{SignedDuration, Timestamp};

/// Tells the time.
pub trait Clock: Send + Sync + Debug {
    /// The present instant.
    fn now(&self) -> Timestamp;
}

/// The machine's clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[allow(clippy::disallowed_methods)] // this is the clock's one home
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }
}

/// A clock that stands until it is moved. Clones share the same hands.
#[derive(Debug, Clone)]
pub struct ManualClock {
    microseconds: Arc<AtomicI64>,
}

impl ManualClock {
    /// A clock that stands at `start` (kept to the microsecond).
    pub fn new(start: Timestamp) -> Self {
        Self { microseconds: Arc::new(AtomicI64::new(start.as_microsecond())) }
    }

    /// Moves the hands to `to`.
    pub fn set(&self, to: Timestamp) {
        self.microseconds.store(to.as_microsecond(), Ordering::SeqCst);
    }

    /// Moves the hands on, or back when `by` is negative.
    pub fn advance(&self, by: SignedDuration) {
        let by = i64::try_from(by.as_micros()).unwrap_or(i64::MAX);
        self.microseconds.fetch_add(by, Ordering::SeqCst);
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_microsecond(self.microseconds.load(Ordering::SeqCst)).unwrap_or(Timestamp::MAX)
    }
}

/// `context.timestamp` as the network wants it: UTC, exactly three decimals, `Z`.
pub fn wire_timestamp(t: Timestamp) -> String {
    format!("{t:.3}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wire_form_has_three_decimals_always() {
        let at = |text: &str| wire_timestamp(text.parse().unwrap());
        assert_eq!(at("2025-10-09T08:53:20Z"), "2025-10-09T08:53:20.000Z");
        assert_eq!(at("2025-10-09T08:53:20.1Z"), "2025-10-09T08:53:20.100Z");
        assert_eq!(at("2025-10-09T08:53:20.999999Z"), "2025-10-09T08:53:20.999Z");
        assert_eq!(at("2025-10-09T14:23:20+05:30"), "2025-10-09T08:53:20.000Z");
    }

    #[test]
    fn clones_of_a_manual_clock_share_the_hands() {
        let clock = ManualClock::new("2025-10-09T08:53:20Z".parse().unwrap());
        let other = clock.clone();
        clock.advance(SignedDuration::from_secs(61));
        assert_eq!(wire_timestamp(other.now()), "2025-10-09T08:54:21.000Z");
        other.set("2025-01-01T00:00:00Z".parse().unwrap());
        assert_eq!(wire_timestamp(clock.now()), "2025-01-01T00:00:00.000Z");
    }
}
