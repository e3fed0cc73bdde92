//! The one connection that writes to a SQLite file, and whose turn it is.
//!
//! A pool of one would do; but it puts a task on the runtime for each connection that comes back, and it asks for two more journeys
//! to the connection's thread with each transaction. Turns are given in the order in which they were asked for.

use std::ops::{Deref, DerefMut};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Connection, SqliteConnection};
use tokio::sync::{Mutex, OwnedMappedMutexGuard, OwnedMutexGuard};

use super::ACQUIRE_MAX;
use super::checkpoint::Due;

/// IMMEDIATE: a transaction that will write never fails half-way for want of the write lock.
const BEGIN: &str = "begin immediate";
const COMMIT: &str = "commit";
const ROLLBACK: &str = "rollback";

/// Gives out the connection; cheap to clone.
#[derive(Clone, Debug)]
pub struct SqliteWriter {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    /// Absent before the first turn, and after one that left it in an unknown state.
    connection: Arc<Mutex<Option<SqliteConnection>>>,
    options: SqliteConnectOptions,
    /// A transaction was left open; the next turn rolls it back.
    open: AtomicBool,
    closed: AtomicBool,
    /// Of the copy of the log.
    due: Due,
}

/// The connection, until this value is dropped.
#[derive(Debug)]
pub(crate) struct Turn {
    connection: OwnedMappedMutexGuard<Option<SqliteConnection>, SqliteConnection>,
    writer: SqliteWriter,
}

impl SqliteWriter {
    /// Opens the file, and makes it when the options say so.
    pub(super) async fn open(options: SqliteConnectOptions) -> Result<Self, sqlx::Error> {
        let (open, closed) = (AtomicBool::new(false), AtomicBool::new(false));
        let writer =
            Self { inner: Arc::new(Inner { connection: Arc::default(), options, open, closed, due: Due::default() }) };
        writer.turn().await?;
        Ok(writer)
    }

    /// Waits for the connection. There is no transaction on it.
    pub(crate) async fn turn(&self) -> Result<Turn, sqlx::Error> {
        let waiting = tokio::time::timeout(ACQUIRE_MAX, self.inner.connection.clone().lock_owned());
        let mut slot = waiting.await.map_err(|_| sqlx::Error::PoolTimedOut)?;
        if self.inner.closed.load(Ordering::Acquire) {
            return Err(sqlx::Error::PoolClosed);
        }
        self.inner.roll_back(&mut slot).await;
        if slot.is_none() {
            *slot = Some(self.inner.options.connect().await?);
        }
        let connection = OwnedMutexGuard::try_map(slot, Option::as_mut).map_err(|_| sqlx::Error::PoolClosed)?;
        Ok(Turn { connection, writer: self.clone() })
    }

    pub(super) async fn begin(&self) -> Result<SqliteTx, sqlx::Error> {
        let mut turn = self.turn().await?;
        turn.begun();
        sqlx::query(BEGIN).execute(&mut *turn).await?;
        Ok(SqliteTx { turn })
    }

    /// Notified when the log should be copied.
    pub(super) fn due(&self) -> Arc<tokio::sync::Notify> {
        self.inner.due.copy.clone()
    }

    pub(super) fn options(&self) -> &SqliteConnectOptions {
        &self.inner.options
    }

    pub(super) async fn close(&self) {
        self.inner.closed.store(true, Ordering::Release);
        let mut slot = self.inner.connection.lock().await;
        self.inner.roll_back(&mut slot).await;
        if let Some(connection) = slot.take() {
            // It is gone in any case.
            let _ = connection.close().await;
        }
    }
}

impl Inner {
    async fn roll_back(&self, slot: &mut Option<SqliteConnection>) {
        if !self.open.swap(false, Ordering::AcqRel) {
            return;
        }
        let Some(connection) = slot else { return };
        if sqlx::query(ROLLBACK).execute(connection).await.is_err() {
            // There was none to roll back, or worse: a new connection is in a known state.
            *slot = None;
        }
    }
}

impl Turn {
    /// A transaction begins. When this value is dropped before [`ended`](Self::ended), it is rolled back.
    pub(crate) fn begun(&mut self) {
        self.writer.inner.open.store(true, Ordering::Release);
    }

    /// It was committed.
    pub(crate) fn ended(&mut self) {
        self.writer.inner.open.store(false, Ordering::Release);
        self.writer.inner.due.committed();
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        // Whoever comes next rolls back; when nobody comes, a turn that does nothing else.
        if self.writer.inner.open.load(Ordering::Acquire)
            && let Ok(runtime) = tokio::runtime::Handle::try_current()
        {
            let writer = self.writer.clone();
            runtime.spawn(async move { writer.turn().await.map(drop) });
        }
    }
}

impl Deref for Turn {
    type Target = SqliteConnection;

    fn deref(&self) -> &SqliteConnection {
        &self.connection
    }
}

impl DerefMut for Turn {
    fn deref_mut(&mut self) -> &mut SqliteConnection {
        &mut self.connection
    }
}

/// A write transaction. Dropped without [`commit`](Self::commit) it is rolled back.
#[derive(Debug)]
pub struct SqliteTx {
    turn: Turn,
}

impl SqliteTx {
    pub(super) async fn commit(mut self) -> Result<(), sqlx::Error> {
        sqlx::query(COMMIT).execute(&mut *self.turn).await?;
        self.turn.ended();
        Ok(())
    }

    pub(super) async fn rollback(mut self) -> Result<(), sqlx::Error> {
        sqlx::query(ROLLBACK).execute(&mut *self.turn).await?;
        self.turn.ended();
        Ok(())
    }
}

impl Deref for SqliteTx {
    type Target = SqliteConnection;

    fn deref(&self) -> &SqliteConnection {
        &self.turn
    }
}

impl DerefMut for SqliteTx {
    fn deref_mut(&mut self) -> &mut SqliteConnection {
        &mut self.turn
    }
}

#[cfg(test)]
mod tests;
