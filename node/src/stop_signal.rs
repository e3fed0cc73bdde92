//! What ends a program: ctrl-c, or SIGTERM from a supervisor.

/// Both signals, listened for from [`StopSignal::listen`] on: one that comes while the node still starts is not lost.
///
/// A program makes one before it starts its node. Tests and benches that must die by SIGTERM make none.
#[derive(Debug)]
pub struct StopSignal {
    #[cfg(unix)]
    interrupt: tokio::signal::unix::Signal,
    #[cfg(unix)]
    terminate: tokio::signal::unix::Signal,
}

impl StopSignal {
    /// Begins to listen. Needs a running tokio runtime.
    ///
    /// # Errors
    /// When the system refuses a signal handler.
    #[cfg(unix)]
    pub fn listen() -> std::io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self { interrupt: signal(SignalKind::interrupt())?, terminate: signal(SignalKind::terminate())? })
    }

    /// Begins to listen; elsewhere than on unix there is only ctrl-c, and it is watched from [`StopSignal::came`] on.
    ///
    /// # Errors
    /// None here.
    #[cfg(not(unix))]
    pub fn listen() -> std::io::Result<Self> {
        Ok(Self {})
    }

    /// Returns when the program shall stop; at once when it was told so since it listens.
    #[cfg(unix)]
    pub async fn came(mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }

    /// Returns when the program shall stop.
    #[cfg(not(unix))]
    pub async fn came(self) {
        drop(tokio::signal::ctrl_c().await);
    }
}
