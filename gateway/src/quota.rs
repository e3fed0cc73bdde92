//! How many searches one buyer app may send: each one becomes a message to every seller. Counted in memory: a limit is no record.

use std::fmt;
use std::num::NonZeroU32;
use std::sync::atomic::{AtomicU32, Ordering};

use governor::{DefaultKeyedRateLimiter, Quota as Allowance, RateLimiter};
use protocol::ids::SubscriberId;

/// Buyers that never come back are forgotten once in so many searches.
const TIDY_EVERY: u32 = 4096;

/// One allowance per buyer.
pub struct Quota {
    limiter: Option<DefaultKeyedRateLimiter<SubscriberId>>,
    asked: AtomicU32,
}

impl fmt::Debug for Quota {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.debug_struct("Quota").field("limited", &self.limiter.is_some()).finish_non_exhaustive()
    }
}

impl Quota {
    /// `0` is no limit.
    pub fn per_minute(searches: u32) -> Self {
        let allowance = NonZeroU32::new(searches).map(Allowance::per_minute);
        Self { limiter: allowance.map(RateLimiter::keyed), asked: AtomicU32::new(0) }
    }

    /// May this buyer search now?
    pub fn allows(&self, buyer: &SubscriberId) -> bool {
        let Some(limiter) = &self.limiter else { return true };
        if self.asked.fetch_add(1, Ordering::Relaxed) % TIDY_EVERY == TIDY_EVERY - 1 {
            limiter.retain_recent();
        }
        limiter.check_key(buyer).is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_each_buyer_for_itself() {
        let quota = Quota::per_minute(2);
        let (one, two) = ("one.example.com".parse().unwrap(), "two.example.com".parse().unwrap());
        assert!(quota.allows(&one) && quota.allows(&one));
        assert!(!quota.allows(&one));
        assert!(quota.allows(&two));
    }

    #[test]
    fn zero_is_no_limit() {
        let (quota, buyer) = (Quota::per_minute(0), "one.example.com".parse().unwrap());
        assert!((0..1000).all(|_| quota.allows(&buyer)));
    }
}
