//! How many questions one node may ask per minute. Strangers cause lookups, so there must be an end to them.

use std::sync::{Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};

#[derive(Debug)]
pub(super) struct LookupBudget {
    per_minute: u32,
    minute: Mutex<(Timestamp, u32)>,
}

impl LookupBudget {
    pub(super) fn new(per_minute: u32) -> Self {
        Self { per_minute, minute: Mutex::new((Timestamp::MIN, 0)) }
    }

    /// Takes one question from this minute's budget; `false` when it is used up.
    pub(super) fn take(&self, now: Timestamp) -> bool {
        let mut minute = self.minute.lock().unwrap_or_else(PoisonError::into_inner);
        if now.duration_since(minute.0) >= SignedDuration::from_mins(1) || now < minute.0 {
            *minute = (now, 0);
        }
        if minute.1 >= self.per_minute {
            return false;
        }
        minute.1 += 1;
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_used_up_and_comes_back_each_minute() {
        let start: Timestamp = "2025-10-09T08:53:20Z".parse().unwrap();
        let budget = LookupBudget::new(2);
        assert_eq!([budget.take(start), budget.take(start), budget.take(start)], [true, true, false]);
        assert!(!budget.take(start + SignedDuration::from_secs(59)));
        assert!(budget.take(start + SignedDuration::from_secs(60)));
    }
}
