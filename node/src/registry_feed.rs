//! Follows the registry's change feed, where it has one: a key that was revoked, or a participant that was suspended, is asked for
//! again within a second instead of when the answer gets old. Where the registry has none, answers get old as ever.
//!
//! The feed is believed in one thing only: that something changed. What it is, a lookup says.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use protocol::registry_cache::RegistryCache;
use protocol::registry_client::{Changes, LookupError, RegistryClient};

use crate::workers::CancellationToken;

/// How long one question may wait for a change.
const WAIT: Duration = Duration::from_secs(25);
/// Pauses after failures; the last one stays.
const PAUSES: [Duration; 4] =
    [Duration::from_secs(1), Duration::from_secs(5), Duration::from_secs(15), Duration::from_secs(60)];
/// Pause after an answer that says nothing and did not wait: the registry stops, or it does not know how to wait.
const HURRY: Duration = Duration::from_secs(1);
/// A registry without a feed may get one.
const NO_FEED: Duration = Duration::from_secs(3600);

/// The follower's place in the feed.
#[derive(Debug)]
pub(crate) struct Follower {
    client: RegistryClient,
    cache: Arc<RegistryCache>,
    /// Number of the last change that was heard of; `None` before the first answer.
    last: Option<i64>,
    failures: usize,
}

impl Follower {
    pub fn new(client: RegistryClient, cache: Arc<RegistryCache>) -> Self {
        Self { client, cache, last: None, failures: 0 }
    }

    /// Ends when the node stops.
    pub async fn run(mut self, stop: CancellationToken) {
        loop {
            let pause = tokio::select! {
                () = stop.cancelled() => return,
                pause = self.step() => pause,
            };
            tokio::select! {
                () = stop.cancelled() => return,
                () = tokio::time::sleep(pause) => {}
            }
        }
    }

    /// One question, and how long to wait before the next.
    async fn step(&mut self) -> Duration {
        let asked = tokio::time::Instant::now();
        match self.client.changes(self.last, WAIT).await {
            Ok(Some(changes)) => {
                let is_hurried = changes.changes.is_empty() && self.last.is_some() && asked.elapsed() < HURRY;
                if std::mem::take(&mut self.failures) > 0 {
                    tracing::info!("the registry's changes are followed again");
                }
                self.take_in(changes).await;
                if is_hurried { HURRY } else { Duration::ZERO }
            }
            Ok(None) => {
                tracing::info!("the registry tells no changes; a revoked key is noticed when its answer gets old");
                self.last = None;
                NO_FEED
            }
            Err(error) => self.failed(&error),
        }
    }

    async fn take_in(&mut self, changes: Changes) {
        match self.last {
            Some(last) if changes.head >= last => {
                let concerned: BTreeSet<_> = changes.changes.iter().filter_map(|one| one.subscriber()).collect();
                for subscriber_id in &concerned {
                    self.cache.changed(subscriber_id).await;
                }
                self.last = Some(changes.changes.last().map_or(last, |one| one.seq));
            }
            // The first answer, or the registry has lost a part of its history: what happened before is not known.
            Some(_) | None => {
                self.cache.all_changed();
                self.last = Some(changes.head);
            }
        }
    }

    fn failed(&mut self, error: &LookupError) -> Duration {
        let pause = PAUSES[self.failures.min(PAUSES.len() - 1)];
        if self.failures == 0 {
            tracing::warn!(%error, "the registry's changes cannot be followed; tried again until it answers");
        }
        self.failures += 1;
        pause
    }
}

#[cfg(test)]
mod tests;
