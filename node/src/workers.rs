//! Background work of a node: loops with a name, a stop signal and a panic boundary.

use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;
pub use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::metrics::Metrics;

/// Pause before a worker that panicked starts again.
const RESTART_AFTER: Duration = Duration::from_secs(1);

/// The workers of one node; cheap to clone.
#[derive(Clone, Debug)]
pub struct Workers {
    stop: CancellationToken,
    tasks: TaskTracker,
    runtime: tokio::runtime::Handle,
    metrics: Arc<Metrics>,
}

impl Workers {
    pub(crate) fn new(metrics: Arc<Metrics>) -> Self {
        Self {
            stop: CancellationToken::new(),
            tasks: TaskTracker::new(),
            runtime: tokio::runtime::Handle::current(),
            metrics,
        }
    }

    /// Starts a worker: `spawn("hold-expiry", move |stop| async move { … })`. It should end soon after `stop` is cancelled.
    /// When it panics, the panic is logged and counted and the worker starts again; when it returns, it is over.
    pub fn spawn<F, W>(&self, name: &'static str, work: W)
    where
        W: Fn(CancellationToken) -> F + Send + Sync + 'static,
        F: Future<Output = ()> + Send + 'static,
    {
        self.tasks.spawn_on(self.clone().run(name, work, self.stop.clone()), &self.runtime);
    }

    /// The same in a thread of its own: for a loop that waits for another thread all the time. It is woken without the detour
    /// through the runtime's threads, which would wake each other.
    pub(crate) fn spawn_thread<F, W>(&self, name: &'static str, work: W) -> std::io::Result<()>
    where
        W: Fn(CancellationToken) -> F + Send + Sync + 'static,
        F: Future<Output = ()> + Send + 'static,
    {
        let stop = self.stop.child_token();
        let run = self.tasks.track_future(self.clone().run(name, work, stop.clone()));
        // The thread must not outlive the runtime: with it goes this task, and the guard in it.
        let guard = stop.clone().drop_guard();
        self.runtime.spawn(async move {
            stop.cancelled().await;
            drop(guard);
        });
        let runtime = self.runtime.clone();
        std::thread::Builder::new().name(name.to_owned()).spawn(move || runtime.block_on(run)).map(|_| ())
    }

    async fn run<F, W>(self, name: &'static str, work: W, stop: CancellationToken)
    where
        W: Fn(CancellationToken) -> F + Send + Sync + 'static,
        F: Future<Output = ()> + Send + 'static,
    {
        while AssertUnwindSafe(async { work(stop.clone()).await }).catch_unwind().await.is_err() {
            tracing::error!(worker = name, "a worker panicked; it starts again");
            self.metrics.worker_panic(name);
            tokio::select! {
                () = stop.cancelled() => return,
                () = tokio::time::sleep(RESTART_AFTER) => {}
            }
        }
    }

    /// Runs `step` every `period` until the node stops; the first time at once.
    pub fn every<F, W>(&self, name: &'static str, period: Duration, step: W)
    where
        W: Fn() -> F + Send + Sync + 'static,
        F: Future<Output = ()> + Send + 'static,
    {
        let step = Arc::new(step);
        self.spawn(name, move |stop| {
            let step = step.clone();
            async move {
                while !stop.is_cancelled() {
                    step().await;
                    tokio::select! {
                        () = stop.cancelled() => return,
                        () = tokio::time::sleep(period) => {}
                    }
                }
            }
        });
    }

    pub fn stop_token(&self) -> CancellationToken {
        self.stop.clone()
    }

    /// Runs a future on the runtime that opened the node. HTTP threads come and go; connections must not be bound to them.
    pub(crate) fn runtime(&self) -> &tokio::runtime::Handle {
        &self.runtime
    }

    /// Tells every worker to stop and waits, at most `grace`. False when some were still busy.
    pub async fn stop(&self, grace: Duration) -> bool {
        self.stop.cancel();
        self.tasks.close();
        tokio::time::timeout(grace, self.tasks.wait()).await.is_ok()
    }
}
