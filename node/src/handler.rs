//! What an app does with a message: the trait it implements and the values it is given.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use async_trait::async_trait;
use bytes::Bytes;
use jiff::Timestamp;
use protocol::ack::NetworkError;
use protocol::clock::Clock;
use protocol::context::Context;
use protocol::ids::SubscriberId;
use protocol::participant::{Participant, Role};
use serde_json::Value;
use specs::Action;

use crate::database::Tx;

/// The app behind a node. The node proves who sent a message, stores it and answers; the app decides what it means.
///
/// To receive one more action: name it in [`actions`](Self::actions), refuse what can be refused at once in
/// [`screen`](Self::screen), do the work in [`handle`](Self::handle).
#[async_trait]
pub trait MessageHandler: Send + Sync + 'static {
    /// The actions that this app receives; any other is answered with a NACK.
    fn actions(&self) -> &'static [Action];

    /// A business check before the ACK (unknown order, changed quote…). It only reads: the same message may be screened twice.
    async fn screen(&self, _incoming: &Incoming<'_>) -> Result<(), NetworkError> {
        Ok(())
    }

    /// The work, after the ACK. Messages of one transaction come one after the other, in the order of their arrival.
    ///
    /// Does ONE transaction: own rows, `node.outbox.enqueue(&mut tx, …)`, `message.finish(&mut tx)`, `tx.commit()`.
    /// It may do IO before it begins that transaction. It is called again after a crash or an error, so nothing outside of
    /// the transaction may matter. An `Ok` without `finish` means that there was nothing to do: the node then finishes it.
    async fn handle(&self, message: &Accepted) -> Result<(), HandlerError>;

    /// What became of a message that was sent, inside the transaction that closes its outbox row.
    async fn delivered(&self, _tx: &mut Tx, _sent: &Sent, _delivery: &Delivery) -> Result<(), HandlerError> {
        Ok(())
    }

    /// The same for messages whose rows are closed together. An app that sends many writes them down with one statement here.
    async fn delivered_all(&self, tx: &mut Tx, all: &[(Sent, Delivery)]) -> Result<(), HandlerError> {
        for (sent, delivery) in all {
            self.delivered(tx, sent, delivery).await?;
        }
        Ok(())
    }
}

/// A message that is proved and checked but not stored yet.
#[derive(Debug)]
pub struct Incoming<'a> {
    pub context: &'a Context,
    /// The whole `{context, message, error}`.
    pub payload: &'a Value,
    pub sender: Arc<Participant>,
}

/// A message that is durably ours.
#[derive(Debug)]
pub struct Accepted {
    /// Id of the inbox row, also the id of its ledger entry.
    pub id: String,
    pub context: Context,
    /// The bytes that were signed and received, unchanged.
    pub bytes: Bytes,
    /// The whole `{context, message, error}`, read from `bytes`.
    pub payload: Value,
    pub sender: SubscriberId,
    /// The sender's `Authorization` header as received; a gateway forwards it.
    pub authorization: String,
    pub received_at: Timestamp,
    /// 1 at the first try.
    pub attempt: u32,
    /// Number of the inbox row.
    pub(crate) seq: i64,
    /// Token of the replica that holds the row; empty where claims live in memory (SQLite).
    pub(crate) claim: String,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) finished: AtomicBool,
}

const FINISH: &str = "update node_inbox set state = 'done', done_ms = $2, last_error = null \
     where seq = $1 and state = 'ready' and (claimed_by is null or claimed_by = $3)";

impl Accepted {
    /// Marks the inbox row as done in the handler's own transaction: both happen, or neither.
    ///
    /// Fails with `RowNotFound` when another replica took the message over because our lease ran out: roll back then.
    pub async fn finish(&self, tx: &mut Tx) -> Result<(), sqlx::Error> {
        let now_ms = self.clock.now().as_millisecond();
        let done = crate::run!(tx, |c| sqlx::query(FINISH)
            .bind(self.seq)
            .bind(now_ms)
            .bind(&self.claim)
            .execute(c)
            .await?
            .rows_affected());
        if done == 0 {
            return Err(sqlx::Error::RowNotFound);
        }
        self.finished.store(true, Ordering::Release);
        Ok(())
    }

    pub(crate) fn is_finished(&self) -> bool {
        self.finished.load(Ordering::Acquire)
    }
}

/// A message that left the outbox for good.
#[derive(Clone, Debug)]
pub struct Sent {
    /// Id that [`Outbox::enqueue`](crate::outbox::Outbox::enqueue) returned.
    pub outbox_id: String,
    pub to: SubscriberId,
    pub to_role: Role,
    pub context: Context,
    pub bytes: Bytes,
    /// Tries made, the last one included.
    pub attempts: u32,
}

/// How a message left the outbox.
#[derive(Clone, Debug, PartialEq)]
pub enum Delivery {
    Acked,
    Nacked(NetworkError),
    /// Not delivered; the text says why. An operator can resend it.
    GaveUp(String),
}

/// Why a handler could not finish a message; it is tried again later.
#[derive(Debug, thiserror::Error)]
pub enum HandlerError {
    #[error("database: {0}")]
    Database(#[from] sqlx::Error),
    /// Another writer was faster (a `version` column moved); a new try reads the new state.
    #[error("{0} was changed by another writer")]
    Conflict(&'static str),
    /// Something that this message needs is not there yet.
    #[error("not ready: {0}")]
    NotReady(&'static str),
    #[error(transparent)]
    Failed(Box<dyn std::error::Error + Send + Sync>),
}

impl HandlerError {
    /// Wraps an app's own error; the message is tried again later.
    pub fn failed(error: impl std::error::Error + Send + Sync + 'static) -> Self {
        Self::Failed(Box::new(error))
    }
}
