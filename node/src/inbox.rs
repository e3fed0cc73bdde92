//! The inbox: messages that we answered with an ACK, until the app has worked on them.
//!
//! ```text
//!  receive ──▶ channel ──▶ writer: many messages, one commit ──▶ ACK        (writer.rs)
//!                                        │ shelf: what was committed, as it was read      (shelf.rs)
//!                                  queue: oldest message of each transaction                (queue.rs, backlog.rs)
//!                                  lanes ──▶ handler.handle ──▶ done, or later              (lanes.rs, work.rs)
//! ```
//!
//! A message is known by (sender, action, message id). The same bytes again get the same answer and no work; other bytes
//! under a known name are refused. A message is ours only after the commit, so a crash at any point loses nothing: rows that
//! are not done are taken again at the next start (SQLite), or when the lease of the lost replica ends (PostgreSQL).

use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use protocol::clock::Clock;
use serde::Serialize;
use sqlx::PgPool;
use tokio::sync::{Mutex, Notify, mpsc, oneshot};

use crate::config::NodeConfig;
use crate::database::Database;
use crate::ledger::{Ledger, NewEntry, entry_id};
use crate::metrics::Metrics;

pub(crate) mod arrival;
mod backlog;
mod lanes;
mod queue;
mod shelf;
mod store;
pub(crate) mod work;
mod writer;

use arrival::{Arrival, Item};
pub(crate) use arrival::{Message, Work};
pub use arrival::{NotStored, Taken};
use shelf::Shelf;

/// Messages that may wait for the writer, for each one that fits a commit; more make the receivers wait.
const WAITING_GROUPS: usize = 4;

/// How many messages wait.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct InboxCounts {
    /// Waiting or in work.
    pub waiting: i64,
    /// Laid aside after too many tries; an operator can start them again.
    pub dead: i64,
}

/// A message that was laid aside.
#[derive(Clone, Debug, Serialize)]
pub struct DeadMessage {
    pub id: String,
    pub sender: String,
    pub action: String,
    pub transaction_id: String,
    pub attempts: i64,
    pub received_ms: i64,
    pub last_error: Option<String>,
}

/// The inbox of one node; cheap to clone.
#[derive(Clone, Debug)]
pub struct Inbox {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    db: Database,
    clock: Arc<dyn Clock>,
    ledger: Ledger,
    metrics: Arc<Metrics>,
    items: mpsc::Sender<Item>,
    /// Taken by the writer; a mutex so that a writer that panicked can take it again.
    waiting: Mutex<mpsc::Receiver<Item>>,
    texts: store::Texts,
    shelf: Shelf,
    work: Arc<Notify>,
    /// A lane is free: whoever stores a message wakes them. Lanes that are all busy look when one of them gets free.
    hungry: AtomicBool,
    /// Names this process in claims (PostgreSQL).
    token: String,
    group_max: usize,
    lanes: usize,
    attempt_max: u32,
    lease: Duration,
}

impl Inbox {
    pub(crate) fn new(
        config: &NodeConfig,
        db: Database,
        clock: Arc<dyn Clock>,
        ledger: Ledger,
        metrics: Arc<Metrics>,
        token: String,
    ) -> Self {
        let (items, waiting) = mpsc::channel(config.inbox_group_max * WAITING_GROUPS);
        Self {
            inner: Arc::new(Inner {
                db,
                clock,
                ledger,
                metrics,
                items,
                waiting: Mutex::new(waiting),
                texts: store::Texts::new(config.inbox_group_max),
                shelf: Shelf::default(),
                work: Arc::new(Notify::new()),
                hungry: AtomicBool::new(true),
                token,
                group_max: config.inbox_group_max,
                lanes: config.inbox_lanes,
                attempt_max: config.inbox_attempt_max.max(1),
                lease: Duration::from_secs(config.lease_s.max(1)),
            }),
        }
    }

    /// Hands a message to the writer and waits until it is committed. Once it is with the writer it is stored, whoever waits.
    pub(crate) async fn accept(&self, entry: NewEntry, work: Work) -> Result<Taken, NotStored> {
        let (answer, committed) = oneshot::channel();
        let arrival = Arrival { entry, work: Some(work), answer: Some(answer) };
        self.inner.items.send(Item::Arrival(Box::new(arrival))).await.map_err(|_| NotStored)?;
        committed.await.unwrap_or(Err(NotStored))
    }

    /// Hands a ledger entry to the writer; it shares the next commit. Waits only when the writer is far behind.
    pub(crate) async fn note(&self, entry: NewEntry) {
        let arrival = Arrival { entry, work: None, answer: None };
        if self.inner.items.send(Item::Arrival(Box::new(arrival))).await.is_err() {
            tracing::warn!("a refused message is missing in the ledger: the node is stopping");
        }
    }

    /// What is known about a message without storing it; `None` when it never was accepted.
    pub(crate) async fn known(&self, key: &[u8; 16], digest: &[u8; 16]) -> Result<Option<Taken>, sqlx::Error> {
        store::known(&self.inner.db, key, digest).await
    }

    pub async fn counts(&self) -> Result<InboxCounts, sqlx::Error> {
        store::counts(&self.inner.db).await
    }

    /// Messages that were laid aside, newest first.
    pub async fn dead(&self, limit: u32) -> Result<Vec<DeadMessage>, sqlx::Error> {
        store::dead(&self.inner.db, limit).await
    }

    /// Starts a message that was laid aside again. False when there is none with this id.
    pub async fn retry(&self, id: &str) -> Result<bool, sqlx::Error> {
        let Some(seq) = entry_id::seq(id) else { return Ok(false) };
        let found = store::retry(&self.inner.db, seq, self.inner.clock.now().as_millisecond()).await?;
        self.inner.shelf.again(seq);
        self.inner.work.notify_one();
        Ok(found)
    }

    /// Forgets messages that were done before `keep_hours` ago.
    pub(crate) async fn prune(&self, keep_hours: u64) -> Result<u64, sqlx::Error> {
        let keep_ms = i64::try_from(keep_hours).unwrap_or(i64::MAX).saturating_mul(3_600_000);
        store::prune(&self.inner.db, self.inner.clock.now().as_millisecond().saturating_sub(keep_ms)).await
    }

    /// The writer's loop; ends when the node stops and everything that waits has been written.
    pub(crate) async fn write(&self, stop: tokio_util::sync::CancellationToken) {
        writer::run(&self.inner, stop).await;
    }
}

impl Inner {
    fn postgres(&self) -> Option<&PgPool> {
        match &self.db {
            Database::Postgres(pool) => Some(pool),
            Database::Sqlite { .. } => None,
        }
    }

    /// How often leases are renewed: twice may fail before one ends.
    fn renew_every(&self) -> Duration {
        self.lease / 3
    }

    fn lease_until(&self) -> i64 {
        let lease_ms = i64::try_from(self.lease.as_millis()).unwrap_or(i64::MAX);
        self.clock.now().as_millisecond().saturating_add(lease_ms)
    }
}

#[cfg(all(test, feature = "testing"))]
mod tests;
