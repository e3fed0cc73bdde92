//! The outbox worker: takes due messages, sends them side by side, hands the outcomes to the closer.

use std::collections::{HashMap, HashSet};
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use futures_util::FutureExt;
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::closer::Closer;
use super::delivery::{Courier, Tried};
use super::store::{self, Claimed};
use super::{Inner, Outbox};
use crate::handler::MessageHandler;
use crate::ledger::Ledger;
use crate::metrics::Metrics;

/// Looks for due messages this often when nothing wakes the worker.
const POLL: Duration = Duration::from_millis(50);

impl Outbox {
    /// The worker's loop; ends when the node stops and every message on its way has its outcome written down.
    pub(crate) async fn work(
        &self,
        courier: Courier,
        ledger: Ledger,
        metrics: Arc<Metrics>,
        handler: Arc<dyn MessageHandler>,
        stop: CancellationToken,
    ) {
        let (tried, outcomes) = mpsc::channel(self.inner.in_flight * 2);
        let (closed, mut done) = mpsc::unbounded_channel();
        let closer = Closer::new(self.inner.clone(), ledger, metrics, handler);
        let mut worker =
            Worker { outbox: self.inner.clone(), courier, tried, held: HashMap::new(), sending: JoinSet::new() };
        // One future: when either panics, both start again with the worker.
        tokio::join!(worker.run(&mut done, &stop), closer.run(outcomes, closed));
    }
}

/// Id of a message, and how many tries came before. A message that is due again is not taken for the try that just ended.
pub(super) type Try = (String, i64);

struct Worker {
    outbox: Arc<Inner>,
    courier: Courier,
    tried: mpsc::Sender<Tried>,
    /// Try → counterparty of messages that are on their way or whose outcome is being written.
    held: HashMap<Try, String>,
    sending: JoinSet<Option<Try>>,
}

impl Worker {
    async fn run(&mut self, done: &mut mpsc::UnboundedReceiver<Try>, stop: &CancellationToken) {
        let wake = self.outbox.wake.clone();
        let mut look = true;
        // What a worker that panicked had claimed is free again.
        self.release().await;
        let mut renewed = Instant::now();
        while !stop.is_cancelled() {
            if renewed.elapsed() >= self.outbox.renew_every() {
                renewed = Instant::now();
                self.renew().await;
            }
            if look && self.held.len() < self.outbox.in_flight {
                look = self.claim().await;
            }
            tokio::select! {
                biased;
                () = stop.cancelled() => {}
                Some(ended) = done.recv() => {
                    self.held.remove(&ended);
                    while let Ok(ended) = done.try_recv() {
                        self.held.remove(&ended);
                    }
                    look = true; // the next message of that transaction may be waiting
                }
                Some(lost) = self.sending.join_next() => self.forget(lost),
                () = wake.notified() => look = true,
                () = tokio::time::sleep(POLL) => look = true,
            }
        }
        while self.sending.join_next().await.is_some() {}
        // The closer ends when the last sender of outcomes is gone.
        let (nowhere, _) = mpsc::channel(1);
        self.tried = nowhere;
        self.release().await;
    }

    async fn renew(&self) {
        let held: Vec<&str> = self.held.keys().map(|(id, _)| id.as_str()).collect();
        if let Err(error) = store::renew(&self.outbox.db, &self.outbox.token, &held, self.outbox.lease_until()).await {
            tracing::warn!(%error, "leases could not be renewed; another replica may take messages over");
        }
    }

    async fn release(&self) {
        if let Err(error) = store::release(&self.outbox.db, &self.outbox.token).await {
            tracing::warn!(%error, "claims are kept until their lease ends");
        }
    }

    /// Takes due messages and begins to send them. True when there may be more.
    async fn claim(&mut self) -> bool {
        let outbox = &self.outbox;
        let limit = i64::try_from(outbox.in_flight).unwrap_or(i64::MAX);
        let per_peer = i64::try_from(outbox.per_peer).unwrap_or(i64::MAX);
        let now_ms = outbox.clock.now().as_millisecond();
        // On SQLite the messages that are on their way are found again, and count for the limits.
        let limit = if outbox.db.is_postgres() { limit - i64::try_from(self.held.len()).unwrap_or(0) } else { limit };
        match store::claim(&outbox.db, now_ms, per_peer, limit, &outbox.token, outbox.lease_until()).await {
            Ok(found) => self.start_all(found).await,
            Err(error) => {
                tracing::error!(%error, "the outbox cannot be read");
                false
            }
        }
    }

    /// Begins to send what may be sent now. True when that was anything.
    async fn start_all(&mut self, found: Vec<Claimed>) -> bool {
        let mut begun = Vec::with_capacity(found.len());
        for message in found {
            if self.take(&message) {
                begun.push(message);
            }
        }
        let wanted: HashSet<&str> = begun.iter().map(|message| message.body_id.as_str()).collect();
        let wanted: Vec<&str> = wanted.into_iter().collect();
        if wanted.is_empty() {
            return false;
        }
        let bodies = match store::bodies(&self.outbox.db, &wanted).await {
            Ok(bodies) => bodies,
            Err(error) => {
                tracing::error!(%error, "messages in the outbox cannot be read");
                HashMap::new()
            }
        };
        for message in begun {
            match bodies.get(&message.body_id) {
                Some(bytes) => self.start(message, bytes.clone()),
                None => {
                    self.held.remove(&(message.id, message.attempts));
                }
            }
        }
        !bodies.is_empty()
    }

    /// False when the message was found again that is on its way, or has to wait for its turn (SQLite). On PostgreSQL what is
    /// found is claimed, within the limits, and must be sent.
    fn take(&mut self, message: &Claimed) -> bool {
        let this = (message.id.clone(), message.attempts);
        if !self.outbox.db.is_postgres() {
            let to_peer = self.held.values().filter(|peer| **peer == message.to_id).count();
            let full = to_peer >= self.outbox.per_peer || self.held.len() >= self.outbox.in_flight;
            if full || self.held.contains_key(&this) {
                return false;
            }
        }
        self.held.insert(this, message.to_id.clone());
        true
    }

    fn start(&mut self, message: Claimed, bytes: Bytes) {
        let this = (message.id.clone(), message.attempts);
        let (courier, tried) = (self.courier.clone(), self.tried.clone());
        self.sending.spawn(async move {
            match AssertUnwindSafe(courier.try_once(message, bytes)).catch_unwind().await {
                Ok(outcome) => tried.send(outcome).await.err().map(|_| this),
                Err(_) => {
                    tracing::error!(id = this.0, "sending a message panicked");
                    Some(this)
                }
            }
        });
    }

    /// A message without an outcome is free again; its row says that it is due.
    fn forget(&mut self, lost: Result<Option<Try>, tokio::task::JoinError>) {
        if let Ok(Some(this)) = lost {
            self.held.remove(&this);
        }
    }
}
