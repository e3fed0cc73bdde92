//! Who waits for what. The database is the truth; this only saves the waiters from polling it fast. A wake-up happens
//! after the commit that wrote the answer, so a woken waiter always finds it. A waiter on another replica is not woken
//! and finds the answer by its slow poll.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use node::database::Tx;
use tokio::sync::Notify;

/// A waiter looks again after this long even when nobody woke it.
pub const SLOW_POLL: Duration = Duration::from_millis(500);

/// Waiters by key: a message id or a transaction id.
#[derive(Debug, Default)]
pub struct Waiters {
    by_key: Mutex<HashMap<String, Vec<Weak<Notify>>>>,
}

/// A registration; it ends when dropped.
#[derive(Debug)]
pub struct Listener {
    woken: Arc<Notify>,
}

impl Listener {
    /// Returns when woken, or after the slow poll. A wake-up before the call is not lost.
    pub async fn wait(&self) {
        drop(tokio::time::timeout(SLOW_POLL, self.woken.notified()).await);
    }
}

impl Waiters {
    /// Register before reading the row: what is committed after the read then wakes us.
    pub fn listen(&self, key: &str) -> Listener {
        let woken = Arc::new(Notify::new());
        let mut by_key = self.by_key.lock().unwrap_or_else(PoisonError::into_inner);
        by_key.retain(|_, waiting| waiting.iter().any(|w| w.strong_count() > 0));
        by_key.entry(key.to_owned()).or_default().push(Arc::downgrade(&woken));
        Listener { woken }
    }

    /// Wakes everyone who listens to one of the keys, once `tx` is committed.
    pub fn wake_after_commit(&self, tx: &mut Tx, keys: &[&str]) {
        let by_key = self.by_key.lock().unwrap_or_else(PoisonError::into_inner);
        let waiting = keys.iter().filter_map(|key| by_key.get(*key)).flatten().filter_map(Weak::upgrade);
        for notify in waiting {
            tx.wake_after_commit(&notify);
        }
    }

    /// Number of live registrations, for tests and metrics.
    pub fn len(&self) -> usize {
        let by_key = self.by_key.lock().unwrap_or_else(PoisonError::into_inner);
        by_key.values().flatten().filter(|w| w.strong_count() > 0).count()
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}
