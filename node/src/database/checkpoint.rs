//! Copies SQLite's log into its file beside the writer, so that commits, and the ACKs that wait for them, do not.
//!
//! SQLite by itself does it within a commit: with a log of 32 MiB every few thousandth message waits some 25 ms, and all others with it.
//! Here a connection of its own copies while the writer goes on. The log can begin anew only when nothing in it is left to copy, so
//! the writer then copies the little that was added meanwhile, in a turn of its own.

use std::sync::Arc;
use std::time::Duration;

use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Connection, SqliteConnection};
use tokio_util::sync::CancellationToken;

use super::SqliteWriter;

/// Commits between two copies. Under load a commit is a group of messages with some 100 pages.
pub(super) const COMMITS: u64 = 64;
/// Waits for no reader and no writer.
const CHECKPOINT: &str = "pragma wal_checkpoint(passive)";
const AFTER_ERROR: Duration = Duration::from_secs(1);

/// The loop; ends when the node stops. What was not copied by then is copied by whoever closes or opens the file.
pub(crate) async fn run(writer: SqliteWriter, stop: CancellationToken) {
    let due = writer.due();
    let mut copier = None;
    loop {
        tokio::select! {
            biased;
            () = stop.cancelled() => break,
            () = due.notified() => {}
        }
        if let Err(error) = copy(&writer, &mut copier).await {
            tracing::warn!(%error, "the database's log could not be copied; the writer does it when the log gets long");
            copier = None;
            tokio::time::sleep(AFTER_ERROR).await;
        }
    }
    if let Some(connection) = copier {
        drop(connection.close().await);
    }
}

async fn copy(writer: &SqliteWriter, copier: &mut Option<SqliteConnection>) -> Result<(), sqlx::Error> {
    let connection = match copier {
        Some(connection) => connection,
        None => copier.insert(options(writer.options()).connect().await?),
    };
    sqlx::query(CHECKPOINT).execute(connection).await?;
    let mut turn = writer.turn().await?;
    sqlx::query(CHECKPOINT).execute(&mut *turn).await?;
    Ok(())
}

fn options(writer: &SqliteConnectOptions) -> SqliteConnectOptions {
    writer.clone().statement_cache_capacity(1)
}

/// Says when there is something to copy.
#[derive(Debug, Default)]
pub(super) struct Due {
    commits: std::sync::atomic::AtomicU64,
    pub(super) copy: Arc<tokio::sync::Notify>,
}

impl Due {
    pub(super) fn committed(&self) {
        let count = self.commits.fetch_add(1, std::sync::atomic::Ordering::Relaxed) + 1;
        if count.is_multiple_of(COMMITS) {
            self.copy.notify_one();
        }
    }
}

#[cfg(test)]
mod tests;
