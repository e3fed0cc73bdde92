//! Migrations: numbered SQL files in twin folders, one for each engine. Each area (the node, the app) counts for itself.

use jiff::Timestamp;
use sqlx::Row;

use crate::database::{Database, Tx};

/// One numbered file.
#[derive(Clone, Copy, Debug)]
pub struct Migration {
    /// Counts from 1 without gaps.
    pub number: i64,
    /// File name without `.sql`.
    pub name: &'static str,
    pub sql: &'static str,
}

/// The files of one area, for both engines. Made by [`migrations!`](crate::migrations).
#[derive(Clone, Copy, Debug)]
pub struct Migrations {
    pub sqlite: &'static [Migration],
    pub postgres: &'static [Migration],
}

impl Migrations {
    /// An app without tables of its own.
    pub const NONE: Self = Self { sqlite: &[], postgres: &[] };
}

/// Why the tables could not be brought up to date.
#[derive(Debug, thiserror::Error)]
pub enum MigrationError {
    #[error("migration {area}/{name}: {source}")]
    Failed { area: &'static str, name: &'static str, source: sqlx::Error },
    #[error(
        "the database has migration {area}/{number}, which this program does not know: it is older than the database"
    )]
    Newer { area: &'static str, number: i64 },
    #[error("migration {area}/{name} was changed after it had been applied; add a new file instead")]
    Changed { area: &'static str, name: &'static str },
    #[error("this database belongs to `{owner}`; give `{area}` a database of its own (database_url)")]
    Owner { area: &'static str, owner: String },
    #[error("migrations of {area}: {source}")]
    Table { area: &'static str, source: sqlx::Error },
}

/// Embeds `migrations/{sqlite,postgres}/<name>.sql` of the calling crate, in the given order:
/// `node::migrations!("0001_start", "0002_returns")`.
#[macro_export]
macro_rules! migrations {
    ($($name:literal),* $(,)?) => {
        $crate::migration::Migrations {
            sqlite: const { &$crate::migration::numbered([$(($name, include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/migrations/sqlite/", $name, ".sql")))),*]) },
            postgres: const { &$crate::migration::numbered([$(($name, include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/migrations/postgres/", $name, ".sql")))),*]) },
        }
    };
}

/// Numbers the files from 1.
#[doc(hidden)]
pub const fn numbered<const N: usize>(files: [(&'static str, &'static str); N]) -> [Migration; N] {
    let mut list = [Migration { number: 0, name: "", sql: "" }; N];
    let mut at = 0;
    while at < N {
        list[at] = Migration { number: at as i64 + 1, name: files[at].0, sql: files[at].1 };
        at += 1;
    }
    list
}

const TABLE: &str = "create table if not exists node_migration (area text not null, number bigint not null, name text not null, \
     checksum text not null, applied_ms bigint not null, primary key (area, number))";
const APPLIED: &str = "select number, checksum from node_migration where area = $1 order by number";
const REMEMBER: &str =
    "insert into node_migration (area, number, name, checksum, applied_ms) values ($1, $2, $3, $4, $5)";
/// Several replicas may start at once; one of them migrates, the others wait. The number is arbitrary but fixed.
const LOCK: &str = "select pg_advisory_xact_lock(727277)";

/// Applies what is missing, in one transaction. Refuses a database that is newer than the program.
pub async fn migrate(db: &Database, area: &'static str, all: Migrations, now: Timestamp) -> Result<(), MigrationError> {
    let table = |source| MigrationError::Table { area, source };
    let files = if db.is_postgres() { all.postgres } else { all.sqlite };
    let mut tx = db.begin().await.map_err(table)?;
    if db.is_postgres() {
        crate::run!(tx, |c| sqlx::query(LOCK).execute(c).await.map(|_| ())).map_err(table)?;
    }
    crate::run!(tx, |c| sqlx::query(TABLE).execute(c).await.map(|_| ())).map_err(table)?;
    let applied: Vec<(i64, String)> = applied(&mut tx, area).await.map_err(table)?;
    for (number, checksum) in &applied {
        let file =
            files.iter().find(|file| file.number == *number).ok_or(MigrationError::Newer { area, number: *number })?;
        if *checksum != protocol::digest::digest(file.sql.as_bytes()) {
            return Err(MigrationError::Changed { area, name: file.name });
        }
    }
    for file in files.iter().filter(|file| applied.iter().all(|(number, _)| *number != file.number)) {
        let failed = |source| MigrationError::Failed { area, name: file.name, source };
        crate::run!(tx, |c| sqlx::raw_sql(file.sql).execute(c).await.map(|_| ())).map_err(failed)?;
        let checksum = protocol::digest::digest(file.sql.as_bytes());
        crate::run!(tx, |c| sqlx::query(REMEMBER)
            .bind(area)
            .bind(file.number)
            .bind(file.name)
            .bind(&checksum)
            .bind(now.as_millisecond())
            .execute(c)
            .await
            .map(|_| ()))
        .map_err(failed)?;
        tracing::info!(area, migration = file.name, "tables brought up to date");
    }
    tx.commit().await.map_err(table)
}

async fn applied(tx: &mut Tx, area: &str) -> Result<Vec<(i64, String)>, sqlx::Error> {
    crate::run!(tx, |c| {
        let rows = sqlx::query(APPLIED).bind(area).fetch_all(c).await?;
        rows.iter().map(|row| Ok((row.try_get(0)?, row.try_get(1)?))).collect()
    })
}

const CLAIM_OWNER: &str = "insert into node_owner (name) select $1 where not exists (select 1 from node_owner)";
const OWNER: &str = "select name from node_owner";

/// Writes the app's name into a new database; refuses a database of another app.
pub(crate) async fn own(db: &Database, area: &'static str) -> Result<(), MigrationError> {
    let table = |source| MigrationError::Table { area, source };
    let mut tx = db.begin().await.map_err(table)?;
    if db.is_postgres() {
        crate::run!(tx, |c| sqlx::query(LOCK).execute(c).await.map(|_| ())).map_err(table)?;
    }
    crate::run!(tx, |c| sqlx::query(CLAIM_OWNER).bind(area).execute(c).await.map(|_| ())).map_err(table)?;
    let (owner,): (String,) = crate::run!(tx, |c| sqlx::query_as(OWNER).fetch_one(c).await).map_err(table)?;
    tx.commit().await.map_err(table)?;
    if owner == area { Ok(()) } else { Err(MigrationError::Owner { area, owner }) }
}
