//! The change feed: who follows it knows of a revoked key or a suspended participant within seconds.
//!
//! ```text
//!  GET /changes?after=N&wait_s=S   JSON; waits up to S seconds for something newer than N      (long poll)
//!  GET /changes, Accept: text/event-stream, Last-Event-ID: N                                   (server-sent events)
//!  GET /changes.ndjson?after=N     everything after N, a sealed line a line                    (to keep, and to verify)
//! ```
//!
//! All three give [`SealedLine`](crate::chain::SealedLine)s. Those who wait look at the store when something has changed, most of them at the same place in it,
//! so one look serves them all.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use actix_web::web::Bytes;
use moka::future::Cache;
use serde::Serialize;
use tokio::sync::{Semaphore, SemaphorePermit, watch};
use tokio_util::sync::CancellationToken;

use crate::chain::SealedLine;
use crate::registry::Registry;
use crate::store::chain;

/// Most lines of one answer.
const LINES_MAX: i64 = 500;
/// Longest wait; proxies cut connections that are silent for a minute.
pub const WAIT_MAX: Duration = Duration::from_secs(50);
/// Looks that are kept for those who come a moment later.
const LOOKS: u64 = 64;

/// Those who wait for the next change.
#[derive(Debug)]
pub struct Feed {
    /// Counts the changes that this process has heard of.
    heard: watch::Sender<u64>,
    looks: Cache<(u64, i64), Arc<Look>>,
    places: Semaphore,
    /// Newest line that was seen in the store (of this replica and of others).
    seen: AtomicI64,
    closing: CancellationToken,
}

/// What stands after a place in the history.
#[derive(Debug)]
pub struct Look {
    /// Number of the newest line.
    pub head: i64,
    pub changes: Vec<SealedLine>,
}

#[derive(Serialize)]
struct Body<'a> {
    head: i64,
    changes: &'a [SealedLine],
}

impl Look {
    /// As JSON.
    pub fn json(&self) -> Bytes {
        serde_json::to_vec(&Body { head: self.head, changes: &self.changes }).unwrap_or_default().into()
    }

    /// Where the next look begins.
    pub fn end(&self, after: i64) -> i64 {
        self.changes.last().map_or(after, |line| line.seq)
    }
}

impl Feed {
    pub(crate) fn new(waiters_max: usize) -> Self {
        Self {
            heard: watch::Sender::new(0),
            looks: Cache::builder().max_capacity(LOOKS).build(),
            places: Semaphore::new(waiters_max),
            seen: AtomicI64::new(0),
            closing: CancellationToken::new(),
        }
    }

    pub(crate) fn changed(&self) {
        self.heard.send_modify(|count| *count = count.wrapping_add(1));
    }

    /// Ends every wait: the server stops.
    pub(crate) fn close(&self) {
        self.closing.cancel();
    }

    pub(crate) fn is_closing(&self) -> bool {
        self.closing.is_cancelled()
    }

    /// A place among those who wait; `None` when there is none left.
    pub fn place(&self) -> Option<SemaphorePermit<'_>> {
        self.places.try_acquire().ok()
    }

    /// True when other replicas have changed something since the last call.
    pub(crate) fn is_news(&self, head: i64) -> bool {
        self.seen.swap(head, Ordering::AcqRel) != head
    }
}

/// What stands after number `after`; waits for something, at most `wait`.
///
/// # Errors
/// The database's.
pub async fn look(registry: &Registry, after: i64, wait: Duration) -> Result<Arc<Look>, Arc<sqlx::Error>> {
    let mut heard = registry.feed.heard.subscribe();
    let end = tokio::time::Instant::now() + wait.min(WAIT_MAX);
    loop {
        // Noted before the look: what changes meanwhile ends the wait.
        let count = *heard.borrow_and_update();
        let found = look_once(registry, count, after).await?;
        if !found.changes.is_empty() || tokio::time::Instant::now() >= end {
            return Ok(found);
        }
        tokio::select! {
            () = registry.feed.closing.cancelled() => return Ok(found),
            () = tokio::time::sleep_until(end) => return Ok(found),
            changed = heard.changed() => if changed.is_err() { return Ok(found) },
        }
    }
}

/// Number of the newest line, for those who begin to follow now.
///
/// # Errors
/// The database's.
pub async fn now(registry: &Registry) -> Result<Look, sqlx::Error> {
    let db = registry.node.db.clone();
    let head = registry.runtime.spawn(async move { chain::head(&db).await }).await;
    Ok(Look { head: head.unwrap_or(Err(sqlx::Error::WorkerCrashed))?, changes: Vec::new() })
}

async fn look_once(registry: &Registry, count: u64, after: i64) -> Result<Arc<Look>, Arc<sqlx::Error>> {
    let db = registry.node.db.clone();
    let read = async {
        let read = registry.runtime.spawn(async move {
            let changes = chain::after(&db, after, LINES_MAX).await?;
            let head = chain::head(&db).await?;
            Ok::<_, sqlx::Error>(Arc::new(Look { head, changes }))
        });
        read.await.unwrap_or(Err(sqlx::Error::WorkerCrashed))
    };
    registry.feed.looks.try_get_with((count, after), read).await
}

/// Looks for changes that other replicas have made (PostgreSQL).
pub(crate) async fn hear_replicas(registry: Arc<Registry>) {
    match chain::head(&registry.node.db).await {
        Ok(head) if registry.feed.is_news(head) => registry.changed(),
        Ok(_) => {}
        Err(error) => tracing::warn!(%error, "changes of other replicas could not be read; tried again in a moment"),
    }
}
