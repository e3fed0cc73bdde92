//! A payment provider for development and tests: accepts everything, and fails as often as it is told to.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use async_trait::async_trait;

use super::{CollectError, Collector};
use crate::money::Money;

#[derive(Debug, Default)]
pub struct FakeCollector {
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    /// Refunds to refuse before the next one succeeds.
    refuse_next: u32,
    /// What was paid back, by refund id.
    paid: HashMap<String, Money>,
}

impl FakeCollector {
    /// The next `count` refunds fail.
    pub fn refuse_next(&self, count: u32) {
        self.lock().refuse_next = count;
    }

    /// What was paid back under this id.
    pub fn refunded(&self, refund_id: &str) -> Option<Money> {
        self.lock().paid.get(refund_id).copied()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Collector for FakeCollector {
    fn checkout_url(&self, payment_id: &str) -> String {
        format!("/pay/{payment_id}")
    }

    async fn refund(&self, refund_id: &str, _payment_id: &str, amount: Money) -> Result<String, CollectError> {
        let mut state = self.lock();
        if state.refuse_next > 0 {
            state.refuse_next -= 1;
            return Err(CollectError::Refused("the fake provider was told to fail".to_owned()));
        }
        state.paid.insert(refund_id.to_owned(), amount);
        Ok(format!("fake-{refund_id}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn fails_as_often_as_told() {
        let fake = FakeCollector::default();
        fake.refuse_next(1);
        assert!(fake.refund("r1", "p1", Money::from_hundredths(100)).await.is_err());
        assert_eq!(fake.refunded("r1"), None);
        assert_eq!(fake.refund("r1", "p1", Money::from_hundredths(100)).await.unwrap(), "fake-r1");
        assert_eq!(fake.refunded("r1"), Some(Money::from_hundredths(100)));
    }
}
