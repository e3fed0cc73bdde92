//! The lanes: hand stored messages to the app, many transactions at a time, each transaction in order.
//!
//! A lane takes the oldest unfinished message of a transaction; the next one of that transaction waits until it is done,
//! also while it waits for another try. Other transactions go on.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::backlog::{Outcome, Ticket};
use super::queue::Queue;
use super::{Inbox, Inner, store};
use crate::handler::MessageHandler;

/// Looks for due messages this often when nothing wakes the lanes.
const POLL: Duration = Duration::from_millis(200);

impl Inbox {
    /// The lanes' loop; ends when the node stops and every running handler has returned.
    pub(crate) async fn work(&self, handler: Arc<dyn MessageHandler>, stop: CancellationToken) {
        let queue = Queue::new(&self.inner);
        let mut lanes = Lanes { inbox: self.inner.clone(), handler, queue, running: JoinSet::new() };
        lanes.run(&stop).await;
    }
}

struct Lanes {
    inbox: Arc<Inner>,
    handler: Arc<dyn MessageHandler>,
    queue: Queue,
    running: JoinSet<(Ticket, Outcome)>,
}

impl Lanes {
    async fn run(&mut self, stop: &CancellationToken) {
        let work = self.inbox.work.clone();
        // What a worker that panicked had claimed is free again.
        self.release().await;
        let mut renewed = Instant::now();
        while !stop.is_cancelled() {
            if renewed.elapsed() >= self.inbox.renew_every() {
                renewed = Instant::now();
                self.renew().await;
            }
            // Said before the look: what is stored after it wakes us.
            self.inbox.hungry.store(true, Ordering::SeqCst);
            self.queue.fill(&self.inbox).await;
            self.start();
            self.inbox.hungry.store(self.running.len() < self.inbox.lanes, Ordering::SeqCst);
            let pause = self.pause();
            tokio::select! {
                biased;
                () = stop.cancelled() => {}
                Some(done) = self.running.join_next() => self.done(done),
                () = work.notified() => self.queue.wake(),
                () = tokio::time::sleep(pause) => self.queue.wake(),
            }
        }
        while let Some(done) = self.running.join_next().await {
            self.done(done);
        }
        self.release().await;
    }

    fn pause(&self) -> Duration {
        let idle_ms = self.queue.idle_ms(self.inbox.clock.now().as_millisecond());
        // Never in a hurry: the clock of a test may stand still.
        idle_ms.map_or(POLL, |ms| Duration::from_millis(ms.max(1)).min(POLL))
    }

    async fn renew(&self) {
        let Some(pool) = self.inbox.postgres() else { return };
        let (token, until) = (&self.inbox.token, self.inbox.lease_until());
        if let Err(error) = store::renew(pool, token, &self.queue.held(), until).await {
            tracing::warn!(%error, "leases could not be renewed; another replica may take messages over");
        }
    }

    async fn release(&self) {
        let Some(pool) = self.inbox.postgres() else { return };
        if let Err(error) = store::release(pool, &self.inbox.token).await {
            tracing::warn!(%error, "claims are kept until their lease ends");
        }
    }

    fn start(&mut self) {
        let now_ms = self.inbox.clock.now().as_millisecond();
        while self.running.len() < self.inbox.lanes
            && let Some(ticket) = self.queue.next(now_ms)
        {
            let (inbox, handler) = (self.inbox.clone(), self.handler.clone());
            self.running.spawn(async move { (ticket, inbox.work_on(ticket, &*handler).await) });
        }
    }

    /// Takes in what has ended, all at once: there is one look for the next messages.
    fn done(&mut self, first: Result<(Ticket, Outcome), tokio::task::JoinError>) {
        let mut next = Some(first);
        while let Some(done) = next {
            match done {
                Ok((ticket, outcome)) => self.queue.ended(ticket, outcome),
                // Only the code around the handler can panic here: the worker starts again and reads everything anew.
                Err(error) => {
                    if let Ok(panic) = error.try_into_panic() {
                        std::panic::resume_unwind(panic);
                    }
                }
            }
            next = self.running.try_join_next();
        }
    }
}
