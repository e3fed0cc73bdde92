//! One try of one message: read it, hand it to the app, finish it or plan the next try.

use std::panic::AssertUnwindSafe;
use std::sync::atomic::AtomicBool;

use bytes::Bytes;
use futures_util::FutureExt;
use jiff::Timestamp;
use protocol::envelope::{Envelope, RawMessage};
use protocol::ids::SubscriberId;
use specs::Action;
use tokio::sync::oneshot;

use super::arrival::{Finish, Item, Message, NotStored};
use super::backlog::{Outcome, Ticket};
use super::{Inner, store};
use crate::handler::{Accepted, HandlerError, MessageHandler};
use crate::ledger::entry_id;
use crate::payload;

/// Waiting time after each failed try of the handler; the last one repeats.
const RETRY_MS: [i64; 7] = [100, 500, 2_000, 5_000, 15_000, 30_000, 60_000];
/// A lost race for a row needs no pause, only a new look.
const CONFLICT_RETRY_MS: i64 = 10;

impl Message {
    /// Reads a message back from its bytes.
    pub(super) fn read(
        bytes: Bytes,
        sender: &str,
        authorization: String,
        received_ms: i64,
    ) -> Result<Self, HandlerError> {
        let raw = RawMessage { bytes: bytes.clone() };
        let context = Envelope::parse(&raw).map_err(HandlerError::failed)?.context;
        let sender = SubscriberId::parse(sender).map_err(HandlerError::failed)?;
        Ok(Self { context, bytes, sender, authorization, received_ms })
    }
}

impl Inner {
    pub(super) async fn work_on(&self, ticket: Ticket, handler: &dyn MessageHandler) -> Outcome {
        if ticket.suspect && !self.may_begin(ticket).await {
            return Outcome::Gone;
        }
        let message = match self.shelf.take(ticket.seq) {
            Some(message) => Ok(message),
            None => store::load(&self.db, ticket.seq).await,
        };
        let message = match self.accepted(ticket, message).await {
            Ok(message) => message,
            Err(error) => return self.failed(ticket, None, &error).await,
        };
        let outcome = match AssertUnwindSafe(handler.handle(&message)).catch_unwind().await {
            Ok(Ok(())) if message.is_finished() => Ok(()),
            Ok(Ok(())) => self.finish(&message).await,
            Ok(Err(error)) => Err(error),
            Err(panic) => Err(HandlerError::failed(Panicked(panic_text(&*panic)))),
        };
        match outcome {
            Ok(()) => {
                self.metrics.handled(message.context.action.as_str(), "done");
                Outcome::Gone
            }
            Err(error) => self.failed(ticket, Some(message.context.action), &error).await,
        }
    }

    /// Counts the try of a suspect before it begins, and lays it aside when it has had all its tries.
    async fn may_begin(&self, ticket: Ticket) -> bool {
        if ticket.attempts >= i64::from(self.attempt_max) {
            let why = "the process ended while it was worked on";
            tracing::error!(id = entry_id::of(ticket.seq), tried = ticket.attempts, why, "a message was laid aside");
            self.later(ticket, ticket.attempts, 0, true, why).await;
            return false;
        }
        match store::begun(&self.db, ticket.seq, &self.token, ticket.attempts + 1).await {
            Ok(ours) => ours,
            Err(error) => {
                tracing::error!(id = entry_id::of(ticket.seq), %error, "a try could not be counted");
                true
            }
        }
    }

    async fn accepted(&self, ticket: Ticket, message: Result<Message, HandlerError>) -> Result<Accepted, HandlerError> {
        let message = message?;
        let payload = payload::parse(message.bytes.clone()).await.map_err(HandlerError::failed)?;
        Ok(Accepted {
            id: entry_id::of(ticket.seq),
            context: message.context,
            bytes: message.bytes,
            payload,
            sender: message.sender,
            authorization: message.authorization,
            received_at: Timestamp::from_millisecond(message.received_ms).unwrap_or_default(),
            attempt: u32::try_from(ticket.attempts).unwrap_or(u32::MAX).saturating_add(1),
            seq: ticket.seq,
            claim: if self.db.is_postgres() { self.token.clone() } else { String::new() },
            clock: self.clock.clone(),
            finished: AtomicBool::new(false),
        })
    }

    /// The handler wrote nothing, so there is no transaction of its own: the writer closes the row with its next commit.
    async fn finish(&self, message: &Accepted) -> Result<(), HandlerError> {
        let (answer, committed) = oneshot::channel();
        if self.items.send(Item::Finish(Finish { seq: message.seq, answer })).await.is_err() {
            // The node stops, and the writer has written its last.
            let mut tx = self.db.begin().await?;
            message.finish(&mut tx).await?;
            return Ok(tx.commit().await?);
        }
        match committed.await {
            Ok(Ok(true)) => Ok(()),
            Ok(Ok(false)) => Err(HandlerError::Database(sqlx::Error::RowNotFound)),
            Ok(Err(error)) => Err(HandlerError::failed(error)),
            Err(_) => Err(HandlerError::failed(NotStored)),
        }
    }

    async fn failed(&self, ticket: Ticket, action: Option<Action>, error: &HandlerError) -> Outcome {
        let action = action.map_or("unknown", Action::as_str);
        self.metrics.handled(action, "failed");
        let attempts = ticket.attempts.saturating_add(1);
        let tried = usize::try_from(attempts).unwrap_or(usize::MAX);
        let dead = tried >= self.attempt_max as usize;
        let wait = match error {
            HandlerError::Conflict(_) => CONFLICT_RETRY_MS,
            HandlerError::Database(_) | HandlerError::NotReady(_) | HandlerError::Failed(_) => {
                RETRY_MS[tried.min(RETRY_MS.len()) - 1]
            }
        };
        let id = entry_id::of(ticket.seq);
        if dead {
            tracing::error!(id, action, tried, %error, "a message was laid aside; an operator can start it again");
        } else {
            tracing::warn!(id, action, tried, %error, "a message could not be worked on; it is tried again");
        }
        let due_ms = self.clock.now().as_millisecond().saturating_add(wait);
        let written = self.later(ticket, attempts, due_ms, dead, &error.to_string()).await;
        if dead && written { Outcome::Gone } else { Outcome::Again { attempts, due_ms } }
    }

    async fn later(&self, ticket: Ticket, attempts: i64, due_ms: i64, dead: bool, why: &str) -> bool {
        let why = why.replace('\0', "\u{fffd}");
        let written = store::later(&self.db, ticket.seq, &self.token, attempts, due_ms, dead, &why).await;
        if let Err(error) = &written {
            tracing::error!(id = entry_id::of(ticket.seq), %error, "the failed try could not be written down");
        }
        written.is_ok()
    }
}

#[derive(Debug, thiserror::Error)]
#[error("the handler panicked: {0}")]
struct Panicked(String);

/// The text of a panic, where it has one.
pub(crate) fn panic_text(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_else(|| "no text".to_owned())
}
