//! The message ledger: every message in both directions, with its exact bytes, its headers and what became of it.
//!
//! Incoming messages are written in the same commit as the inbox row; for outgoing ones there is one entry for each try.
//! Messages whose sender was not proved are counted, not stored, so that strangers cannot fill the disk.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use bytes::Bytes;
use jiff::Timestamp;
use protocol::clock::Clock;
use serde::Serialize;
use serde_json::json;
use tokio::sync::broadcast;

use crate::database::{Database, Tx};

pub(crate) mod entry_id;
pub(crate) mod hash;
mod store;

pub(crate) use store::{insert_body, repeat};

/// Entries that a slow watcher may lag behind before it loses some.
const WATCH_BUFFER: usize = 1024;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Direction {
    In,
    Out,
}

impl Direction {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::In => "in",
            Self::Out => "out",
        }
    }
}

/// What the receiver said; `Failed` when it said nothing that can be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    Ack,
    Nack,
    Failed,
}

impl Verdict {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ack => "ack",
            Self::Nack => "nack",
            Self::Failed => "failed",
        }
    }
}

/// One message, or one try to send one.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct LedgerEntry {
    pub id: String,
    pub at_ms: i64,
    pub direction: Direction,
    /// The other side: sender of an incoming message, receiver of an outgoing one.
    pub peer: String,
    pub action: String,
    pub transaction_id: String,
    pub message_id: String,
    pub verdict: Verdict,
    /// Error code of a NACK.
    pub code: Option<String>,
    /// Why it was refused or failed.
    pub detail: Option<String>,
    /// Status of the HTTP answer; 0 when there was none.
    pub http_status: u16,
    pub took_us: i64,
    pub bytes_len: i64,
    /// Try number of an outgoing message; 1 for incoming ones.
    pub attempt: u32,
    /// How often the same message came again.
    pub repeats: u32,
    /// Where an outgoing message was sent to.
    pub url: Option<String>,
    pub outbox_id: Option<String>,
}

/// One entry with everything that was on the wire.
#[derive(Clone, Debug)]
pub struct LedgerRecord {
    pub entry: LedgerEntry,
    /// Header names in lower case.
    pub headers: BTreeMap<String, String>,
    pub bytes: Bytes,
}

/// Where the bytes of a message are.
#[derive(Clone, Debug)]
pub(crate) enum Body {
    /// In its entry: a message that we received.
    Own(Bytes),
    /// In the row of `node_body` with this id, for all tries to send it.
    Kept(String),
}

/// An entry that is not stored yet, so it has no id.
#[derive(Clone, Debug)]
pub(crate) struct NewEntry {
    pub entry: LedgerEntry,
    pub transaction_key: i64,
    pub headers: String,
    pub body: Body,
}

impl NewEntry {
    pub fn new(entry: LedgerEntry, headers: String, body: Body) -> Self {
        Self { transaction_key: hash::transaction(&entry.transaction_id), entry, headers, body }
    }

    /// The entry as it was stored under this number.
    pub fn stored(self, seq: i64) -> LedgerEntry {
        LedgerEntry { id: entry_id::of(seq), ..self.entry }
    }
}

/// The ledger of one node; cheap to clone.
#[derive(Clone, Debug)]
pub struct Ledger {
    db: Database,
    clock: Arc<dyn Clock>,
    own_id: Arc<str>,
    watchers: broadcast::Sender<LedgerEntry>,
    numbers: Option<Numbers>,
}

/// Numbers of the entries, given by this process, the only one on its SQLite file: a counter in the database would be one more page in
/// every commit. On PostgreSQL the database counts.
#[derive(Clone, Debug)]
pub(crate) struct Numbers {
    last: Arc<AtomicI64>,
}

impl Numbers {
    /// Takes `count` numbers; the first of them. To be called when it is our turn to write, so that commits are in the order of numbers.
    pub fn take(&self, count: usize) -> i64 {
        self.last.fetch_add(i64::try_from(count).unwrap_or(i64::MAX), Ordering::Relaxed) + 1
    }
}

impl Ledger {
    pub(crate) async fn open(db: Database, clock: Arc<dyn Clock>, own_id: &str) -> Result<Self, sqlx::Error> {
        let numbers = match &db {
            Database::Sqlite { .. } => Some(Numbers { last: Arc::new(AtomicI64::new(store::last(&db).await?)) }),
            Database::Postgres(_) => None,
        };
        Ok(Self { db, clock, own_id: own_id.into(), watchers: broadcast::channel(WATCH_BUFFER).0, numbers })
    }

    pub(crate) fn numbers(&self) -> Option<&Numbers> {
        self.numbers.as_ref()
    }

    /// Writes the entries of messages that were sent; their numbers come back, in this order. The inbox writes those of messages that
    /// came with statements of its own.
    pub(crate) async fn insert_sent(&self, tx: &mut Tx, new: &[NewEntry]) -> Result<Vec<i64>, sqlx::Error> {
        store::insert_sent(tx, self.numbers.as_ref().map(|numbers| numbers.take(new.len())), new).await
    }

    /// All entries of one transaction, oldest first.
    pub async fn transaction(&self, transaction_id: &str) -> Result<Vec<LedgerEntry>, sqlx::Error> {
        store::transaction(&self.db, transaction_id).await
    }

    /// One entry with bytes and headers.
    pub async fn entry(&self, id: &str) -> Result<Option<LedgerRecord>, sqlx::Error> {
        store::record(&self.db, id).await
    }

    /// The newest entries first, at most `limit`; `before` is the id of the last entry of the page before.
    pub async fn recent(&self, limit: u32, before: Option<&str>) -> Result<Vec<LedgerEntry>, sqlx::Error> {
        store::recent(&self.db, limit, before).await
    }

    /// Every entry from now on, after it was committed.
    pub fn watch(&self) -> broadcast::Receiver<LedgerEntry> {
        self.watchers.subscribe()
    }

    /// One JSON object a line for each message of a transaction, with its body as JSON text: a log that another
    /// participant or the conformance suite can judge.
    pub async fn export(&self, transaction_id: &str) -> Result<String, sqlx::Error> {
        let mut text = String::new();
        for entry in self.transaction(transaction_id).await? {
            let Some(record) = self.entry(&entry.id).await? else { continue };
            let (from, to) = match entry.direction {
                Direction::In => (entry.peer.as_str(), &*self.own_id),
                Direction::Out => (&*self.own_id, entry.peer.as_str()),
            };
            let at = Timestamp::from_millisecond(entry.at_ms).map(protocol::clock::wire_timestamp).unwrap_or_default();
            let line = json!({
                "at": at, "from": from, "to": to, "action": entry.action, "direction": entry.direction,
                "verdict": entry.verdict, "code": entry.code, "http_status": entry.http_status, "took_us": entry.took_us,
                "attempt": entry.attempt, "headers": record.headers, "body": String::from_utf8_lossy(&record.bytes),
            });
            text.push_str(&line.to_string());
            text.push('\n');
        }
        Ok(text)
    }

    /// Deletes entries older than `keep_days` and bodies that nothing speaks of any more. Returns the number of entries.
    pub(crate) async fn prune(&self, keep_days: u64) -> Result<u64, sqlx::Error> {
        let keep_ms = i64::try_from(keep_days).unwrap_or(i64::MAX).saturating_mul(86_400_000);
        store::prune(&self.db, self.clock.now().as_millisecond().saturating_sub(keep_ms)).await
    }

    pub(crate) fn announce(&self, entry: LedgerEntry) {
        // An error only says that nobody is watching.
        let _ = self.watchers.send(entry);
    }

    pub(crate) fn is_watched(&self) -> bool {
        self.watchers.receiver_count() > 0
    }
}

#[cfg(all(test, feature = "testing"))]
mod tests;
