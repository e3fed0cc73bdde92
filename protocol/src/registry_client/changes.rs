//! The registry's change feed, where it has one (ours does; the network's specification has none).

use std::time::Duration;

use serde::Deserialize;

use super::{LookupError, RegistryClient, overloaded};
use crate::ids::SubscriberId;

/// An answer of the feed: at most 500 sealed lines of a few hundred bytes.
const ANSWER_BYTES_MAX: usize = 4 * 1024 * 1024;
/// The answer comes this much after the wait, or not at all.
const GRACE: Duration = Duration::from_secs(10);

/// What changed in the registry since a place in its history.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Changes {
    /// Number of the newest change.
    pub head: i64,
    /// Oldest first.
    pub changes: Vec<Changed>,
}

/// One change: who is concerned. What it means is asked by a lookup.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Changed {
    /// Counts from 1 without gaps.
    pub seq: i64,
    /// A name that cannot be read concerns nobody we could talk to.
    pub subscriber_id: String,
}

impl Changed {
    /// Who is concerned.
    pub fn subscriber(&self) -> Option<SubscriberId> {
        SubscriberId::parse(self.subscriber_id.as_str()).ok()
    }
}

impl RegistryClient {
    /// Changes after number `after`; waits up to `wait` for one. Without `after` only the head is told. `None` when this registry has
    /// no feed.
    ///
    /// # Errors
    /// Unreachable, overloaded or unreadable.
    pub async fn changes(&self, after: Option<i64>, wait: Duration) -> Result<Option<Changes>, LookupError> {
        let question = after.map_or_else(String::new, |after| format!("?after={after}&wait_s={}", wait.as_secs()));
        let http = self.lookups.with_limits(wait + GRACE, ANSWER_BYTES_MAX);
        let answer = http.get(&format!("{}/changes{question}", self.url), &[("accept", "application/json")]).await?;
        if overloaded(&answer) {
            return Err(self.overload(&answer));
        }
        if answer.status != 200 {
            return Ok(None);
        }
        let read = serde_json::from_slice(&answer.body);
        read.map(Some).map_err(|error| LookupError::Unreadable(format!("/changes: {error}")))
    }
}
