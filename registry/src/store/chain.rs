//! The sealed history in the database: added to inside the transaction of each change, read by whoever follows it.

use jiff::Timestamp;
use node::database::{Database, Tx};
use node::key_store::KeyStore;
use node::{read, run};
use protocol::ids::SubscriberId;

use super::unreadable;
use crate::chain::{BEGINNING, Change, SealedLine};

/// Who seals.
#[derive(Clone, Copy, Debug)]
pub struct Sealer<'a> {
    pub registry: &'a SubscriberId,
    pub keys: &'a KeyStore,
}

/// What happened, before it has its place in the history.
#[derive(Clone, Copy, Debug)]
pub struct Happened<'a> {
    pub at: Timestamp,
    pub subscriber_id: &'a str,
    pub event: &'a str,
    pub actor: &'a str,
    pub detail: &'a str,
}

/// Replicas add one after the other. SQLite has one writer anyway.
const LOCK: &str = "select pg_advisory_xact_lock(hashtextextended($1, 0))";
const LAST: &str = "select seq, hash from registry_chain order by seq desc limit 1";
const ADD: &str = "insert into registry_chain (seq, subscriber_id, line, hash, unique_key_id, signature) \
     values ($1, $2, $3, $4, $5, $6)";
const AFTER: &str = "select seq, subscriber_id, line, hash, unique_key_id, signature from registry_chain \
     where seq > $1 order by seq limit $2";
const HEAD: &str = "select coalesce(max(seq), 0) from registry_chain";

/// Adds a line; it is there when the transaction is committed.
///
/// # Errors
/// The database's.
pub async fn add(tx: &mut Tx, sealer: Sealer<'_>, happened: Happened<'_>) -> Result<(), sqlx::Error> {
    let lock = tx.sql("select $1", LOCK);
    run!(tx, |c| sqlx::query(lock).bind("registry_chain").execute(c).await.map(|_| ()))?;
    let last: Option<(i64, String)> = run!(tx, |c| sqlx::query_as(LAST).fetch_optional(c).await)?;
    let (last, previous) = last.unwrap_or((0, BEGINNING.to_owned()));
    let change = Change {
        registry: sealer.registry.to_string(),
        seq: last + 1,
        at: happened.at,
        subscriber_id: happened.subscriber_id.to_owned(),
        event: happened.event.to_owned(),
        actor: happened.actor.to_owned(),
        detail: happened.detail.to_owned(),
        previous,
    };
    let pair = sealer.keys.active();
    let sealed = SealedLine::seal(&change, pair.unique_key_id.as_str(), &pair.signing)
        .map_err(|error| unreadable("registry_chain", error))?;
    run!(tx, |c| sqlx::query(ADD)
        .bind(sealed.seq)
        .bind(&sealed.subscriber_id)
        .bind(&sealed.line)
        .bind(&sealed.hash)
        .bind(&sealed.unique_key_id)
        .bind(&sealed.signature)
        .execute(c)
        .await
        .map(|_| ()))
}

/// Lines after number `after`, oldest first, at most `limit`.
///
/// # Errors
/// The database's.
pub async fn after(db: &Database, after: i64, limit: i64) -> Result<Vec<SealedLine>, sqlx::Error> {
    read!(db, |c| sqlx::query_as(AFTER).bind(after).bind(limit).fetch_all(c).await)
}

/// Number of the newest line; 0 before the first.
///
/// # Errors
/// The database's.
pub async fn head(db: &Database) -> Result<i64, sqlx::Error> {
    let (head,): (i64,) = read!(db, |c| sqlx::query_as(HEAD).fetch_one(c).await)?;
    Ok(head)
}
