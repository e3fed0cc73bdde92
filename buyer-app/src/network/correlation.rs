//! Who waits for what. The database is the truth; this only saves the waiters from polling it fast. A wake-up happens
//! after the commit that wrote the answer, so a woken waiter always finds it. A waiter on another replica is not woken
//! and finds the answer by its slow poll.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use node::database::Tx;
use tokio::sync::Notify;

/// A waiter looks again after this long even when nobody woke it.
pub const SLOW_POLL: Duration = Duration::from_millis(500);

type ByKey = Arc<Mutex<HashMap<String, Vec<Arc<Notify>>>>>;

/// Waiters by key: a message id or a transaction id.
#[derive(Debug, Default)]
pub struct Waiters {
    by_key: ByKey,
}

/// A registration; it ends when dropped.
#[derive(Debug)]
pub struct Listener {
    key: String,
    woken: Arc<Notify>,
    by_key: ByKey,
}

impl Listener {
    /// Returns when woken, or after the slow poll. A wake-up before the call is not lost.
    pub async fn wait(&self) {
        drop(tokio::time::timeout(SLOW_POLL, self.woken.notified()).await);
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        let mut by_key = self.by_key.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(waiting) = by_key.get_mut(&self.key) {
            waiting.retain(|woken| !Arc::ptr_eq(woken, &self.woken));
            if waiting.is_empty() {
                by_key.remove(&self.key);
            }
        }
    }
}

impl Waiters {
    /// Register before reading the row: what is committed after the read then wakes us.
    pub fn listen(&self, key: &str) -> Listener {
        let woken = Arc::new(Notify::new());
        let mut by_key = self.by_key.lock().unwrap_or_else(PoisonError::into_inner);
        by_key.entry(key.to_owned()).or_default().push(woken.clone());
        Listener { key: key.to_owned(), woken, by_key: self.by_key.clone() }
    }

    /// Wakes everyone who listens to one of the keys, once `tx` is committed.
    pub fn wake_after_commit(&self, tx: &mut Tx, keys: &[&str]) {
        let by_key = self.by_key.lock().unwrap_or_else(PoisonError::into_inner);
        for woken in keys.iter().filter_map(|key| by_key.get(*key)).flatten() {
            tx.wake_after_commit(woken);
        }
    }

    /// Number of registrations, for tests and metrics.
    pub fn len(&self) -> usize {
        let by_key = self.by_key.lock().unwrap_or_else(PoisonError::into_inner);
        by_key.values().map(Vec::len).sum()
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}
