//! The outbox: messages to send, written in the same transaction as the state that they tell of.
//!
//! ```text
//!  handler: enqueue(&mut tx) … tx.commit() ──wake──▶ worker: oldest of each (counterparty, transaction), few per counterparty
//!       look up the address, sign now, POST (delivery.rs) ──▶ closer: many outcomes, one commit (closer.rs)
//!       acked | refused (NACK) | later (retry_schedule.rs) | dead (an operator can resend)
//! ```
//!
//! A message is sent at least once: after a crash between the answer and the commit it goes out again, and the counterparty
//! answers a repeated message the same way. Each try is an entry in the ledger.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use jiff::{SignedDuration, Timestamp};
use protocol::ack::NetworkError;
use protocol::clock::Clock;
use protocol::context::Context;
use protocol::ids::SubscriberId;
use protocol::participant::Role;
use protocol::randomness::Randomness;
use serde::Serialize;
use serde_json::Value;
use tokio::sync::Notify;

use crate::config::NodeConfig;
use crate::database::{Database, Tx};

pub(crate) use delivery::Courier;

mod closer;
mod delivery;
mod store;
mod worker;

/// A message to send.
#[derive(Clone, Debug)]
pub struct Outgoing {
    pub to: SubscriberId,
    pub to_role: Role,
    /// Names action, domain, transaction and message; the bytes are what is sent.
    pub context: Context,
    pub bytes: Bytes,
    /// A gateway keeps the original sender's signature and adds its own as `X-Gateway-Authorization`.
    pub forwarded_authorization: Option<String>,
    /// Not sent before; `None` means at once.
    pub not_before: Option<Timestamp>,
    /// Not tried after; `None` means `give_up_after_s` of the config.
    pub give_up_at: Option<Timestamp>,
}

impl Outgoing {
    /// A message of our own: the bytes are rendered here, once.
    pub fn new(
        to: SubscriberId,
        to_role: Role,
        context: &Context,
        message: &Value,
        error: Option<&NetworkError>,
    ) -> Self {
        let bytes = protocol::envelope::render(context, message, error);
        Self {
            to,
            to_role,
            context: context.clone(),
            bytes,
            forwarded_authorization: None,
            not_before: None,
            give_up_at: None,
        }
    }
}

/// How many messages are in the outbox.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct OutboxCounts {
    /// Waiting or on their way.
    pub pending: i64,
    /// Answered with a NACK.
    pub refused: i64,
    /// Given up.
    pub dead: i64,
}

/// One message in the outbox, for pages.
#[derive(Clone, Debug, Serialize, sqlx::FromRow)]
pub struct OutboxRow {
    pub id: String,
    pub to_id: String,
    pub action: String,
    pub transaction_id: String,
    pub message_id: String,
    /// `pending`, `claimed`, `acked`, `refused` or `dead`.
    pub state: String,
    pub attempts: i64,
    pub due_ms: i64,
    pub created_ms: i64,
    pub last_error: Option<String>,
}

/// The outbox of one node; cheap to clone.
#[derive(Clone, Debug)]
pub struct Outbox {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    db: Database,
    clock: Arc<dyn Clock>,
    randomness: Arc<dyn Randomness>,
    wake: Arc<Notify>,
    /// Names this process in claims (PostgreSQL).
    token: String,
    give_up_after: SignedDuration,
    lease: Duration,
    in_flight: usize,
    per_peer: usize,
    schedule_s: Vec<u64>,
}

impl Outbox {
    pub(crate) fn new(
        config: &NodeConfig,
        db: Database,
        clock: Arc<dyn Clock>,
        randomness: Arc<dyn Randomness>,
        token: String,
    ) -> Self {
        Self {
            inner: Arc::new(Inner {
                db,
                clock,
                randomness,
                wake: Arc::new(Notify::new()),
                token,
                give_up_after: SignedDuration::from_secs(i64::try_from(config.give_up_after_s).unwrap_or(i64::MAX)),
                lease: Duration::from_secs(config.lease_s.max(1)),
                in_flight: config.outbox_in_flight,
                per_peer: config.per_peer_in_flight,
                schedule_s: config.retry_schedule_s.clone(),
            }),
        }
    }

    /// Puts a message into the outbox, in the caller's transaction. It leaves after the commit. Returns its id.
    pub async fn enqueue(&self, tx: &mut Tx, outgoing: Outgoing) -> Result<String, sqlx::Error> {
        let mut ids = self.enqueue_all(tx, vec![outgoing]).await?;
        ids.pop().ok_or(sqlx::Error::RowNotFound)
    }

    /// Puts many messages into the outbox. Clones of the same `Bytes` are stored once: a search to a thousand sellers is one body.
    pub async fn enqueue_all(&self, tx: &mut Tx, outgoing: Vec<Outgoing>) -> Result<Vec<String>, sqlx::Error> {
        let now = self.inner.clock.now();
        let mut rows = Vec::with_capacity(outgoing.len());
        let mut ids = Vec::with_capacity(outgoing.len());
        let mut body: Option<(Bytes, String)> = None;
        for one in outgoing {
            let id = self.inner.randomness.uuid_v7(now).to_string();
            let body_id = match &body {
                Some((bytes, body_id)) if same_memory(bytes, &one.bytes) => body_id.clone(),
                Some(_) | None => {
                    crate::ledger::insert_body(tx, &id, &one.bytes).await?;
                    body = Some((one.bytes.clone(), id.clone()));
                    id.clone()
                }
            };
            let last = || now.saturating_add(self.inner.give_up_after).unwrap_or(Timestamp::MAX);
            let (due, give_up) = (one.not_before.unwrap_or(now), one.give_up_at.unwrap_or_else(last));
            rows.push(store::NewRow::new(&id, &body_id, one, due, give_up));
            ids.push(id);
        }
        if !rows.is_empty() {
            store::insert(tx, &rows, now.as_millisecond()).await?;
        }
        tx.wake_after_commit(&self.inner.wake);
        Ok(ids)
    }

    /// Lets the worker look at once. [`Tx::commit`] does it after an [`enqueue`](Self::enqueue).
    pub fn wake(&self) {
        self.inner.wake.notify_one();
    }

    /// Sends a message that was refused or given up once more. False when there is none with this id.
    pub async fn resend(&self, id: &str) -> Result<bool, sqlx::Error> {
        let now = self.inner.clock.now();
        let give_up = now.saturating_add(self.inner.give_up_after).unwrap_or(Timestamp::MAX);
        let found = store::resend(&self.inner.db, id, now.as_millisecond(), give_up.as_millisecond()).await?;
        self.wake();
        Ok(found)
    }

    pub async fn pending(&self) -> Result<OutboxCounts, sqlx::Error> {
        store::counts(&self.inner.db).await
    }

    /// Messages that wait (`open`) or that were refused or given up (not `open`), newest first.
    pub async fn rows(&self, open: bool, limit: u32) -> Result<Vec<OutboxRow>, sqlx::Error> {
        store::rows(&self.inner.db, open, limit).await
    }

    /// Forgets messages that were delivered before `keep_hours` ago; their ledger entries stay.
    pub(crate) async fn prune(&self, keep_hours: u64) -> Result<u64, sqlx::Error> {
        let keep_ms = i64::try_from(keep_hours).unwrap_or(i64::MAX).saturating_mul(3_600_000);
        store::prune(&self.inner.db, self.inner.clock.now().as_millisecond().saturating_sub(keep_ms)).await
    }
}

impl Inner {
    /// How often leases are renewed: twice may fail before one ends.
    fn renew_every(&self) -> Duration {
        self.lease / 3
    }

    fn lease_until(&self) -> i64 {
        let lease_ms = i64::try_from(self.lease.as_millis()).unwrap_or(i64::MAX);
        self.clock.now().as_millisecond().saturating_add(lease_ms)
    }

    /// A number in 0..1 for the jitter of retries.
    fn chance(&self) -> f64 {
        let mut bytes = [0; 4];
        self.randomness.fill(&mut bytes);
        f64::from(u32::from_le_bytes(bytes)) / f64::from(u32::MAX)
    }
}

fn same_memory(a: &Bytes, b: &Bytes) -> bool {
    a.as_ptr() == b.as_ptr() && a.len() == b.len()
}
