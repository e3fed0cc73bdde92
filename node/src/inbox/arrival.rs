//! What is on its way into the database, and what becomes of it.

use bytes::Bytes;
use protocol::context::Context;
use protocol::ids::SubscriberId;
use tokio::sync::oneshot;

use crate::ledger::NewEntry;

/// What the inbox knows about a message that was just handed to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Taken {
    /// New; it is durably ours now.
    Fresh,
    /// The same bytes came before: the same answer, no work.
    Repeated,
    /// Other bytes came before under the same name.
    Different,
}

/// The database did not take the message: nothing was promised, the sender should try again.
#[derive(Debug, thiserror::Error)]
#[error("the message could not be stored; try again later")]
pub struct NotStored;

/// Something that waits for the writer's next commit.
#[derive(Debug)]
pub(crate) enum Item {
    Arrival(Box<Arrival>),
    Finish(Finish),
}

/// A received message. The bytes are in its entry.
#[derive(Debug)]
pub(crate) struct Arrival {
    pub entry: NewEntry,
    /// Set for a message to be worked on; without it only the ledger entry is written (a NACK).
    pub work: Option<Work>,
    pub answer: Option<oneshot::Sender<Result<Taken, NotStored>>>,
}

/// A message to be worked on: the name under which it is known, and what the lanes need.
#[derive(Debug)]
pub(crate) struct Work {
    /// Hash of (sender, action, message id).
    pub key: [u8; 16],
    /// Hash of the bytes.
    pub digest: [u8; 16],
    pub message: Message,
}

/// A message as it came, for the lanes: it is read from the database only after a restart, or when more wait than memory may hold.
/// The payload does not come along: a tree of JSON takes many times the memory of its text, and freeing it in another thread costs
/// more than reading the text again.
#[derive(Debug)]
pub(crate) struct Message {
    pub context: Context,
    pub bytes: Bytes,
    pub sender: SubscriberId,
    pub authorization: String,
    pub received_ms: i64,
}

/// A message that a handler had nothing to write for: its row is closed with the next commit.
#[derive(Debug)]
pub(crate) struct Finish {
    pub seq: i64,
    /// False when another replica took the message over.
    pub answer: oneshot::Sender<Result<bool, NotStored>>,
}

impl Arrival {
    pub fn key(&self) -> Option<&[u8; 16]> {
        self.work.as_ref().map(|work| &work.key)
    }
}
