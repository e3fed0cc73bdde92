//! The database of a participant: SQLite by default, PostgreSQL by URL, one code base.
//!
//! Every statement is one `const &str` with `$1` placeholders that runs on both engines. [`run!`](crate::run) runs it inside a
//! transaction, [`read!`](crate::read) outside of one. Where the engines truly differ, [`Database::sql`] picks the text.

use std::path::PathBuf;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{PgPool, Postgres, SqlitePool, postgres::PgPoolOptions};
use tokio::sync::Notify;

pub use sqlite_writer::{SqliteTx, SqliteWriter};

pub(crate) mod checkpoint;
mod sqlite_writer;

/// How long a statement waits for another process that holds the SQLite file.
const SQLITE_BUSY: Duration = Duration::from_secs(10);
/// How long a task waits for a free connection before it gets an error.
const ACQUIRE_MAX: Duration = Duration::from_secs(30);
/// A page holds two usual messages; pages of 4 KiB would hold one and a gap. Only a new file takes it.
const SQLITE_PAGE_BYTES: u32 = 8192;
/// Pages in the log (128 MiB) at which a commit copies it into the file itself. Mostly [`checkpoint`] was there before; a program
/// that only imports has none.
const SQLITE_CHECKPOINT_PAGES: &str = "16000";
/// Memory for pages of the writer, KiB; negative by SQLite's convention. Keys of messages come in random order.
const SQLITE_CACHE_KIB: &str = "-16384";
/// Prepared statements that a connection keeps: the inbox has three texts for each size of a group.
const SQLITE_STATEMENTS: usize = 256;

/// Two typed pools behind one name; cheap to clone.
#[derive(Clone, Debug)]
pub enum Database {
    /// One writer, because SQLite has one; many readers beside it (WAL).
    Sqlite { read: SqlitePool, write: SqliteWriter },
    /// PostgreSQL, or a database that speaks its protocol.
    Postgres(PgPool),
}

/// Why the database could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum DatabaseError {
    #[error("database_url `{url}`: unknown scheme; write sqlite:PATH or postgres://HOST/NAME")]
    Scheme { url: String },
    #[error("cannot open the database {url}: {source}")]
    Open { url: String, source: sqlx::Error },
    #[error("cannot make the folder {path} for the database: {source}")]
    Folder { path: PathBuf, source: std::io::Error },
}

impl Database {
    /// Opens `sqlite:PATH` (the file is made when absent) or `postgres://…` with at most `connections_max` connections.
    pub async fn open(url: &str, connections_max: u32) -> Result<Self, DatabaseError> {
        if let Some(path) = url.strip_prefix("sqlite:") {
            Self::open_sqlite(url, path, connections_max).await
        } else if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            let pool = PgPoolOptions::new()
                .max_connections(connections_max)
                .acquire_timeout(ACQUIRE_MAX)
                .connect(url)
                .await
                .map_err(|source| DatabaseError::Open { url: without_password(url), source })?;
            Ok(Self::Postgres(pool))
        } else {
            Err(DatabaseError::Scheme { url: without_password(url) })
        }
    }

    async fn open_sqlite(url: &str, path: &str, connections_max: u32) -> Result<Self, DatabaseError> {
        let path = path.strip_prefix("//").unwrap_or(path);
        if let Some(folder) = std::path::Path::new(path).parent().filter(|folder| !folder.as_os_str().is_empty()) {
            std::fs::create_dir_all(folder).map_err(|source| DatabaseError::Folder { path: folder.into(), source })?;
        }
        let failed = |source| DatabaseError::Open { url: url.to_owned(), source };
        // FULL: an ACK says that the message survives a power cut, so the log is flushed at every commit.
        let options = SqliteConnectOptions::from_str(&format!("sqlite:{path}"))
            .map_err(failed)?
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .page_size(SQLITE_PAGE_BYTES)
            .pragma("temp_store", "memory") // also what undoes a single statement: else a file is made and deleted for it
            .pragma("wal_autocheckpoint", SQLITE_CHECKPOINT_PAGES)
            .busy_timeout(SQLITE_BUSY);
        // The writer opens first: a reader can neither make the file nor switch it to WAL.
        let writing =
            options.clone().pragma("cache_size", SQLITE_CACHE_KIB).statement_cache_capacity(SQLITE_STATEMENTS);
        let write = SqliteWriter::open(writing).await.map_err(failed)?;
        let read = SqlitePoolOptions::new()
            .max_connections(connections_max.max(1))
            .test_before_acquire(false)
            .acquire_timeout(ACQUIRE_MAX)
            .connect_with(options.read_only(true))
            .await
            .map_err(failed)?;
        Ok(Self::Sqlite { read, write })
    }

    /// Begins a write transaction. On SQLite it is `BEGIN IMMEDIATE`, so it never fails half-way for want of the write lock.
    pub async fn begin(&self) -> Result<Tx, sqlx::Error> {
        let engine = match self {
            Self::Sqlite { write, .. } => Engine::Sqlite(write.begin().await?),
            Self::Postgres(pool) => Engine::Postgres(pool.begin().await?),
        };
        Ok(Tx { engine, after_commit: Vec::new() })
    }

    /// Picks the statement of the engine in use, for the few that need two texts.
    pub fn sql(&self, sqlite: &'static str, postgres: &'static str) -> &'static str {
        match self {
            Self::Sqlite { .. } => sqlite,
            Self::Postgres(_) => postgres,
        }
    }

    pub fn is_postgres(&self) -> bool {
        matches!(self, Self::Postgres(_))
    }

    /// True when the database answers; used by `/ready`.
    pub async fn answers(&self) -> bool {
        crate::read!(self, |c| sqlx::query("select 1").execute(c).await.is_ok())
    }

    /// Closes every connection; statements after this fail.
    pub async fn close(&self) {
        match self {
            Self::Sqlite { read, write } => {
                read.close().await;
                write.close().await;
            }
            Self::Postgres(pool) => pool.close().await,
        }
    }

    /// For the macro [`read!`](crate::read), which accepts a value or a reference.
    #[doc(hidden)]
    pub fn by_reference(&self) -> &Self {
        self
    }
}

/// One write transaction. Dropped without [`Tx::commit`] it is rolled back.
#[derive(Debug)]
pub struct Tx {
    #[doc(hidden)]
    pub engine: Engine,
    after_commit: Vec<Arc<Notify>>,
}

/// The transaction of the engine in use; seen only by [`run!`](crate::run).
#[doc(hidden)]
#[derive(Debug)]
pub enum Engine {
    Sqlite(SqliteTx),
    Postgres(sqlx::Transaction<'static, Postgres>),
}

impl Tx {
    /// Commits, then wakes whoever waits for what was written (the outbox worker for example).
    pub async fn commit(self) -> Result<(), sqlx::Error> {
        match self.engine {
            Engine::Sqlite(tx) => tx.commit().await?,
            Engine::Postgres(tx) => tx.commit().await?,
        }
        for waiting in self.after_commit {
            waiting.notify_one();
        }
        Ok(())
    }

    pub async fn rollback(self) -> Result<(), sqlx::Error> {
        match self.engine {
            Engine::Sqlite(tx) => tx.rollback().await,
            Engine::Postgres(tx) => tx.rollback().await,
        }
    }

    /// Picks the statement of the engine in use, for the few that need two texts.
    pub fn sql(&self, sqlite: &'static str, postgres: &'static str) -> &'static str {
        match self.engine {
            Engine::Sqlite(_) => sqlite,
            Engine::Postgres(_) => postgres,
        }
    }

    /// Remembers to wake `waiting` once this transaction has been committed.
    pub fn wake_after_commit(&mut self, waiting: &Arc<Notify>) {
        if !self.after_commit.iter().any(|known| Arc::ptr_eq(known, waiting)) {
            self.after_commit.push(waiting.clone());
        }
    }

    /// For the macro [`run!`](crate::run), which accepts a value or a reference.
    #[doc(hidden)]
    pub fn engine_mut(&mut self) -> &mut Engine {
        &mut self.engine
    }
}

/// Runs one statement in a transaction: `run!(tx, |c| sqlx::query(SQL).bind(x).execute(c).await)`.
///
/// `tx` is a `Tx` or a `&mut Tx`. The result types of `execute` differ per engine, so end with
/// `.await.map(|done| done.rows_affected())` or with `.await?.rows_affected()`.
#[macro_export]
macro_rules! run {
    ($tx:expr, |$c:ident| $body:expr) => {
        match $tx.engine_mut() {
            $crate::database::Engine::Sqlite(tx) => {
                let $c = &mut **tx;
                $body
            }
            $crate::database::Engine::Postgres(tx) => {
                let $c = &mut **tx;
                $body
            }
        }
    };
}

/// Runs one statement outside of a transaction, on a connection for reading:
/// `read!(db, |c| sqlx::query_as::<_, Row>(SQL).bind(x).fetch_optional(c).await)`.
#[macro_export]
macro_rules! read {
    ($db:expr, |$c:ident| $body:expr) => {
        match $db.by_reference() {
            $crate::database::Database::Sqlite { read: $c, .. } => $body,
            $crate::database::Database::Postgres($c) => $body,
        }
    };
}

/// The URL as it may be shown: a password becomes `…`.
fn without_password(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else { return url.to_owned() };
    match rest.rsplit_once('@') {
        Some((login, host)) => {
            let user = login.split(':').next().unwrap_or_default();
            format!("{scheme}://{user}:…@{host}")
        }
        None => url.to_owned(),
    }
}
