//! SQL of the inbox.

use std::collections::BTreeMap;

use sqlx::FromRow;

use super::arrival::{Message, Taken};
use super::{DeadMessage, InboxCounts};
use crate::database::Database;
use crate::handler::HandlerError;
use crate::ledger::entry_id;

mod claims;
mod group;

pub(super) use claims::{claim, release, renew};
pub(super) use group::{Group, Texts, Written, write};

const KNOWN: &str = "select seq, digest from node_inbox where key = $1";
/// Unfinished messages after one of them, oldest first (SQLite).
const OPEN: &str = "select seq, transaction_key, attempts, due_ms from node_inbox \
     where state = 'ready' and seq > $1 order by seq limit $2";
const OPEN_ONE: &str = "select seq, transaction_key, attempts, due_ms from node_inbox \
     where state = 'ready' and seq = $1";
const LOAD: &str = "select at_ms, peer, headers, bytes from node_ledger where seq = $1";
const LATER: &str = "update node_inbox set state = $2, attempts = $3, due_ms = $4, last_error = $5, claimed_by = null, lease_ms = null \
     where seq = $1 and state = 'ready' and (claimed_by is null or claimed_by = $6)";
const BEGUN: &str = "update node_inbox set attempts = $2 where seq = $1 and state = 'ready' \
     and (claimed_by is null or claimed_by = $3)";
const COUNT_WAITING: &str = "select count(*) from node_inbox where state = 'ready'";
const COUNT_DEAD: &str = "select count(*) from node_inbox where state = 'dead'";
const DEAD: &str = "select i.seq, l.peer, l.action, l.transaction_id, i.attempts, l.at_ms, i.last_error \
     from node_inbox i join node_ledger l on l.seq = i.seq where i.state = 'dead' order by i.seq desc limit $1";
const RETRY: &str = "update node_inbox set state = 'ready', attempts = 0, due_ms = $2, claimed_by = null, lease_ms = null \
     where seq = $1 and state = 'dead'";

/// Retention walks from the oldest message on, so it needs no index of times.
const OLDEST: &str = "select max(seq), min(due_ms) from (select seq, due_ms from node_inbox where seq > $1 order by seq limit $2) as batch";
const PRUNE: &str = "delete from node_inbox where seq > $1 and seq <= $2 and state = 'done' and done_ms < $3";
/// Messages that one transaction of retention looks at: receivers wait for it.
const PRUNE_BATCH: i64 = 1000;

/// An unfinished message without its bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, FromRow)]
pub(super) struct Open {
    pub seq: i64,
    pub transaction_key: i64,
    /// Tries that came before.
    pub attempts: i64,
    pub due_ms: i64,
}

/// Number of an accepted message, and whether its bytes were the same.
pub(super) async fn known(db: &Database, key: &[u8; 16], digest: &[u8; 16]) -> Result<Option<Taken>, sqlx::Error> {
    let found: Option<(i64, Vec<u8>)> =
        crate::read!(db, |c| sqlx::query_as(KNOWN).bind(&key[..]).fetch_optional(c).await?);
    Ok(found.map(|(_, stored)| if stored == digest { Taken::Repeated } else { Taken::Different }))
}

pub(super) async fn open_after(db: &Database, seq: i64, limit: i64) -> Result<Vec<Open>, sqlx::Error> {
    crate::read!(db, |c| sqlx::query_as(OPEN).bind(seq).bind(limit).fetch_all(c).await)
}

pub(super) async fn open_one(db: &Database, seq: i64) -> Result<Option<Open>, sqlx::Error> {
    crate::read!(db, |c| sqlx::query_as(OPEN_ONE).bind(seq).fetch_optional(c).await)
}

/// Reads a message back from its ledger entry.
pub(super) async fn load(db: &Database, seq: i64) -> Result<Message, HandlerError> {
    let (at_ms, peer, headers, bytes): (i64, String, String, Vec<u8>) =
        crate::read!(db, |c| sqlx::query_as(LOAD).bind(seq).fetch_one(c).await?);
    let mut headers: BTreeMap<String, String> = serde_json::from_str(&headers).map_err(HandlerError::failed)?;
    let authorization = headers.remove("authorization").unwrap_or_default();
    Message::read(bytes.into(), &peer, authorization, at_ms)
}

/// Puts a message back for another try at `due_ms`, or aside when `dead`. `attempts` counts all tries so far.
pub(super) async fn later(
    db: &Database,
    seq: i64,
    token: &str,
    attempts: i64,
    due_ms: i64,
    dead: bool,
    why: &str,
) -> Result<(), sqlx::Error> {
    let state = if dead { "dead" } else { "ready" };
    let mut tx = db.begin().await?;
    crate::run!(tx, |c| sqlx::query(LATER)
        .bind(seq)
        .bind(state)
        .bind(attempts)
        .bind(due_ms)
        .bind(why)
        .bind(token)
        .execute(c)
        .await
        .map(|_| ()))?;
    tx.commit().await
}

/// Counts a try before it is made, for a message that may have ended the process that tried it last. False when it is not ours.
pub(super) async fn begun(db: &Database, seq: i64, token: &str, attempts: i64) -> Result<bool, sqlx::Error> {
    let mut tx = db.begin().await?;
    let rows =
        crate::run!(tx, |c| sqlx::query(BEGUN).bind(seq).bind(attempts).bind(token).execute(c).await?.rows_affected());
    tx.commit().await?;
    Ok(rows > 0)
}

pub(super) async fn counts(db: &Database) -> Result<InboxCounts, sqlx::Error> {
    let (waiting,): (i64,) = crate::read!(db, |c| sqlx::query_as(COUNT_WAITING).fetch_one(c).await?);
    let (dead,): (i64,) = crate::read!(db, |c| sqlx::query_as(COUNT_DEAD).fetch_one(c).await?);
    Ok(InboxCounts { waiting, dead })
}

pub(super) async fn dead(db: &Database, limit: u32) -> Result<Vec<DeadMessage>, sqlx::Error> {
    type Row = (i64, String, String, String, i64, i64, Option<String>);
    let rows: Vec<Row> = crate::read!(db, |c| sqlx::query_as(DEAD).bind(i64::from(limit)).fetch_all(c).await?);
    let dead = |(seq, sender, action, transaction_id, attempts, received_ms, last_error)| DeadMessage {
        id: entry_id::of(seq),
        sender,
        action,
        transaction_id,
        attempts,
        received_ms,
        last_error,
    };
    Ok(rows.into_iter().map(dead).collect())
}

pub(super) async fn retry(db: &Database, seq: i64, now_ms: i64) -> Result<bool, sqlx::Error> {
    let mut tx = db.begin().await?;
    let found = crate::run!(tx, |c| sqlx::query(RETRY).bind(seq).bind(now_ms).execute(c).await?.rows_affected());
    tx.commit().await?;
    Ok(found > 0)
}

/// Forgets the names of messages that were done before `before_ms`.
pub(super) async fn prune(db: &Database, before_ms: i64) -> Result<u64, sqlx::Error> {
    let (mut gone, mut seen) = (0, 0_i64);
    loop {
        let oldest: (Option<i64>, Option<i64>) =
            crate::read!(db, |c| sqlx::query_as(OLDEST).bind(seen).bind(PRUNE_BATCH).fetch_one(c).await?);
        let (Some(last), Some(_)) = (oldest.0, oldest.1.filter(|due_ms| *due_ms < before_ms)) else { return Ok(gone) };
        let mut tx = db.begin().await?;
        gone += crate::run!(tx, |c| sqlx::query(PRUNE)
            .bind(seen)
            .bind(last)
            .bind(before_ms)
            .execute(c)
            .await?
            .rows_affected());
        tx.commit().await?;
        seen = last;
    }
}
