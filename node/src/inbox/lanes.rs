//! The lanes: hand stored messages to the app, many transactions at a time, each transaction in order.
//!
//! A lane takes the oldest unfinished message of a transaction; the next one of that transaction waits until it is done,
//! also while it waits for another try. Other transactions go on.

use std::collections::{HashSet, VecDeque};
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};

use bytes::Bytes;
use futures_util::FutureExt;
use jiff::Timestamp;
use protocol::envelope::{Envelope, RawMessage};
use protocol::ids::SubscriberId;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::store::{self, Claimed};
use super::{Inbox, Inner};
use crate::handler::{Accepted, HandlerError, MessageHandler};
use crate::payload;

/// Looks for due messages this often when nothing wakes the lanes.
const POLL: Duration = Duration::from_millis(200);
/// Claims for each lane: the next messages are at hand when a lane gets free.
const CLAIMS_PER_LANE: usize = 2;
/// Waiting time after each failed try of the handler; the last one repeats.
const RETRY_MS: [i64; 7] = [100, 500, 2_000, 5_000, 15_000, 30_000, 60_000];
/// A lost race for a row needs no pause, only a new look.
const CONFLICT_RETRY_MS: i64 = 10;

impl Inbox {
    /// The lanes' loop; ends when the node stops and every running handler has returned.
    pub(crate) async fn work(&self, handler: Arc<dyn MessageHandler>, stop: CancellationToken) {
        let mut lanes = Lanes {
            inbox: self.inner.clone(),
            handler,
            held: HashSet::new(),
            ready: VecDeque::new(),
            running: JoinSet::new(),
        };
        lanes.run(&stop).await;
    }
}

/// Id of a message, and how many tries came before. A message that is due again is not taken for the try that just ended.
type Try = (String, i64);

struct Lanes {
    inbox: Arc<Inner>,
    handler: Arc<dyn MessageHandler>,
    /// Tries that are ready or running here.
    held: HashSet<Try>,
    ready: VecDeque<Claimed>,
    running: JoinSet<Try>,
}

impl Lanes {
    async fn run(&mut self, stop: &CancellationToken) {
        let work = self.inbox.work.clone();
        let mut look = true;
        // What a worker that panicked had claimed is free again.
        self.release().await;
        let mut renewed = Instant::now();
        while !stop.is_cancelled() {
            if renewed.elapsed() >= self.inbox.renew_every() {
                renewed = Instant::now();
                self.renew().await;
            }
            if look && self.ready.len() < self.inbox.lanes {
                look = self.claim().await;
            }
            self.start();
            tokio::select! {
                biased;
                () = stop.cancelled() => {}
                Some(done) = self.running.join_next() => {
                    self.done(done);
                    look = true; // the next message of that transaction may be waiting
                }
                () = work.notified() => look = true,
                () = tokio::time::sleep(POLL) => look = true,
            }
        }
        while let Some(done) = self.running.join_next().await {
            self.done(done);
        }
        self.release().await;
    }

    async fn renew(&self) {
        let held: Vec<&str> = self.held.iter().map(|(id, _)| id.as_str()).collect();
        if let Err(error) = store::renew(&self.inbox.db, &self.inbox.token, &held, self.inbox.lease_until()).await {
            tracing::warn!(%error, "leases could not be renewed; another replica may take messages over");
        }
    }

    async fn release(&self) {
        if let Err(error) = store::release(&self.inbox.db, &self.inbox.token).await {
            tracing::warn!(%error, "claims are kept until their lease ends");
        }
    }

    /// Takes due messages. True when there may be more.
    async fn claim(&mut self) -> bool {
        let want = self.inbox.lanes * CLAIMS_PER_LANE;
        // On SQLite the rows that we hold are found again.
        let limit = i64::try_from(want + self.held.len()).unwrap_or(i64::MAX);
        let now_ms = self.inbox.clock.now().as_millisecond();
        match store::claim(&self.inbox.db, now_ms, limit, &self.inbox.token, self.inbox.lease_until()).await {
            Ok(found) => {
                let full = found.len() >= want;
                for message in found {
                    if self.held.insert((message.id.clone(), message.attempts)) {
                        self.ready.push_back(message);
                    }
                }
                full
            }
            Err(error) => {
                tracing::error!(%error, "the inbox cannot be read");
                false
            }
        }
    }

    fn start(&mut self) {
        while self.running.len() < self.inbox.lanes
            && let Some(message) = self.ready.pop_front()
        {
            let (inbox, handler) = (self.inbox.clone(), self.handler.clone());
            self.running.spawn(async move {
                inbox.work_on(&message, &*handler).await;
                (message.id, message.attempts)
            });
        }
    }

    fn done(&mut self, done: Result<Try, tokio::task::JoinError>) {
        match done {
            Ok(ended) => {
                self.held.remove(&ended);
            }
            // Only the code around the handler can panic here: forget what is held, the rows are found again.
            Err(error) => {
                tracing::error!(%error, "a lane failed");
                self.held = self.ready.iter().map(|message| (message.id.clone(), message.attempts)).collect();
            }
        }
    }
}

impl Inner {
    async fn work_on(&self, message: &Claimed, handler: &dyn MessageHandler) {
        let outcome = match self.load(message).await {
            Ok(accepted) => match AssertUnwindSafe(handler.handle(&accepted)).catch_unwind().await {
                Ok(Ok(())) if accepted.is_finished() => Ok(()),
                Ok(Ok(())) => self.finish(&accepted).await,
                Ok(Err(error)) => Err(error),
                Err(panic) => Err(HandlerError::failed(Panicked(panic_text(&*panic)))),
            },
            Err(error) => Err(error),
        };
        let action = static_action(&message.action);
        match outcome {
            Ok(()) => self.metrics.handled(action, "done"),
            Err(error) => {
                self.metrics.handled(action, "failed");
                self.later(message, &error).await;
            }
        }
    }

    async fn load(&self, message: &Claimed) -> Result<Accepted, HandlerError> {
        let bytes = Bytes::from(store::body(&self.db, &message.body_id).await?);
        let raw = RawMessage { bytes: bytes.clone() };
        let context = Envelope::parse(&raw).map_err(HandlerError::failed)?.context;
        let payload = payload::parse(bytes.clone()).await.map_err(HandlerError::failed)?;
        Ok(Accepted {
            id: message.id.clone(),
            context,
            bytes,
            payload,
            sender: SubscriberId::parse(message.sender.as_str()).map_err(HandlerError::failed)?,
            authorization: message.auth_header.clone(),
            received_at: Timestamp::from_millisecond(message.received_ms).unwrap_or_default(),
            attempt: u32::try_from(message.attempts).unwrap_or(u32::MAX).saturating_add(1),
            claim: if self.db.is_postgres() { self.token.clone() } else { String::new() },
            clock: self.clock.clone(),
            finished: AtomicBool::new(false),
        })
    }

    async fn finish(&self, accepted: &Accepted) -> Result<(), HandlerError> {
        let mut tx = self.db.begin().await?;
        accepted.finish(&mut tx).await?;
        tx.commit().await?;
        Ok(())
    }

    async fn later(&self, message: &Claimed, error: &HandlerError) {
        let tried = usize::try_from(message.attempts).unwrap_or(usize::MAX).saturating_add(1);
        let dead = tried >= self.attempt_max as usize;
        let wait = match error {
            HandlerError::Conflict(_) => CONFLICT_RETRY_MS,
            HandlerError::Database(_) | HandlerError::NotReady(_) | HandlerError::Failed(_) => {
                RETRY_MS[tried.min(RETRY_MS.len()) - 1]
            }
        };
        let Claimed { id, sender, action, transaction_id, message_id, .. } = message;
        if dead {
            tracing::error!(id, sender, action, transaction_id, message_id, tried, %error, "a message was laid aside; an operator can start it again");
        } else {
            tracing::warn!(id, sender, action, transaction_id, message_id, tried, %error, "a message could not be worked on; it is tried again");
        }
        let due_ms = self.clock.now().as_millisecond().saturating_add(wait);
        let why = error.to_string();
        if let Err(error) = store::later(&self.db, id, &self.token, due_ms, dead, &why).await {
            tracing::error!(id, %error, "the failed try could not be written down");
        }
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

fn static_action(action: &str) -> &'static str {
    action.parse::<specs::Action>().map_or("unknown", specs::Action::as_str)
}
