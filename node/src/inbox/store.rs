//! SQL of the inbox.

use sqlx::{Executor, FromRow};

use super::{Arrival, DeadMessage, InboxCounts, Taken};
use crate::database::{Database, Engine, Tx};
use crate::ledger;

mod together;

pub(super) use together::write_together;

const INSERT: &str = "insert into node_inbox (id, sender, action, message_id, transaction_id, digest, body_id, auth_header, state, attempts, \
     due_ms, received_ms) values ($1, $2, $3, $4, $5, $6, $1, $7, 'ready', 0, $8, $8) on conflict (sender, action, message_id) do nothing";
const KNOWN: &str = "select id, digest from node_inbox where sender = $1 and action = $2 and message_id = $3";

/// Oldest unfinished message of each transaction that is due. On SQLite claims live in memory: this process is the only one.
const HEADS: &str = "select i.id, i.sender, i.action, i.message_id, i.transaction_id, i.body_id, i.auth_header, i.attempts, i.received_ms \
     from node_inbox i where i.state in ('ready', 'claimed') and i.due_ms <= $1 \
     and i.seq = (select min(e.seq) from node_inbox e where e.transaction_id = i.transaction_id and e.state in ('ready', 'claimed')) \
     order by i.due_ms, i.seq limit $2";
/// The same on PostgreSQL, where replicas share the table: a claim is a column with a lease.
const CLAIM: &str = "update node_inbox set state = 'claimed', claimed_by = $3, lease_ms = $4 where id = any(array( \
     select i.id from node_inbox i where i.state in ('ready', 'claimed') and i.due_ms <= $1 and (i.state = 'ready' or i.lease_ms < $1) \
     and i.seq = (select min(e.seq) from node_inbox e where e.transaction_id = i.transaction_id and e.state in ('ready', 'claimed')) \
     order by i.due_ms, i.seq limit $2 for update of i skip locked)) \
     returning id, sender, action, message_id, transaction_id, body_id, auth_header, attempts, received_ms";
const BODY: &str = "select bytes from node_body where id = $1";
const LATER: &str = "update node_inbox set state = $2, attempts = attempts + 1, due_ms = $3, last_error = $4, claimed_by = null, lease_ms = null \
     where id = $1 and state in ('ready', 'claimed') and (claimed_by is null or claimed_by = $5)";
const RELEASE: &str = "update node_inbox set state = 'ready', claimed_by = null, lease_ms = null where claimed_by = $1 and state = 'claimed'";
const RENEW: &str = "update node_inbox set lease_ms = $2 where claimed_by = $1 and state = 'claimed' and id = any($3)";
const COUNT_WAITING: &str = "select count(*) from node_inbox where state in ('ready', 'claimed')";
const COUNT_DEAD: &str = "select count(*) from node_inbox where state = 'dead'";
const DEAD: &str = "select id, sender, action, transaction_id, attempts, received_ms, last_error from node_inbox where state = 'dead' \
     order by seq desc limit $1";
const RETRY: &str = "update node_inbox set state = 'ready', attempts = 0, due_ms = $2, claimed_by = null, lease_ms = null where id = $1 and state = 'dead'";
const PRUNE: &str = "delete from node_inbox where state = 'done' and done_ms < $1";

/// A claimed message without its bytes.
#[derive(Clone, Debug, FromRow)]
pub(super) struct Claimed {
    pub id: String,
    pub sender: String,
    pub action: String,
    pub message_id: String,
    pub transaction_id: String,
    pub body_id: String,
    pub auth_header: String,
    pub attempts: i64,
    pub received_ms: i64,
}

/// Writes each message with its own statements, all in one transaction.
pub(super) async fn write_each(db: &Database, group: &[Arrival]) -> Result<Vec<Taken>, sqlx::Error> {
    let mut tx = db.begin().await?;
    let mut taken = Vec::with_capacity(group.len());
    for arrival in group {
        taken.push(write_one(&mut tx, arrival).await?);
    }
    tx.commit().await?;
    Ok(taken)
}

async fn write_one(tx: &mut Tx, arrival: &Arrival) -> Result<Taken, sqlx::Error> {
    let entry = &arrival.entry.entry;
    if let Some(work) = &arrival.work {
        let inserted = crate::run!(tx, |c| sqlx::query(INSERT)
            .bind(&entry.id)
            .bind(&entry.peer)
            .bind(&entry.action)
            .bind(&entry.message_id)
            .bind(&entry.transaction_id)
            .bind(&work.digest)
            .bind(&work.auth_header)
            .bind(entry.at_ms)
            .execute(c)
            .await?
            .rows_affected());
        if inserted == 0 {
            return repeated(tx, arrival, &work.digest).await;
        }
    }
    ledger::insert_body(tx, &entry.id, &arrival.bytes).await?;
    ledger::insert(tx, &arrival.entry).await?;
    Ok(Taken::Fresh)
}

/// A message whose name is known: counted at its first entry when the bytes are the same.
async fn repeated(tx: &mut Tx, arrival: &Arrival, digest: &str) -> Result<Taken, sqlx::Error> {
    let entry = &arrival.entry.entry;
    let (id, stored): (String, String) = crate::run!(tx, |c| sqlx::query_as(KNOWN)
        .bind(&entry.peer)
        .bind(&entry.action)
        .bind(&entry.message_id)
        .fetch_one(c)
        .await?);
    if stored != digest {
        return Ok(Taken::Different);
    }
    ledger::repeat(tx, &id).await?;
    Ok(Taken::Repeated)
}

/// Id and digest of an accepted message.
pub(super) async fn known(
    db: &Database,
    sender: &str,
    action: &str,
    message_id: &str,
) -> Result<Option<(String, String)>, sqlx::Error> {
    crate::read!(db, |c| sqlx::query_as(KNOWN).bind(sender).bind(action).bind(message_id).fetch_optional(c).await)
}

/// Up to `limit` messages that may be worked on now, each the oldest of its transaction.
pub(super) async fn claim(
    db: &Database,
    now_ms: i64,
    limit: i64,
    token: &str,
    lease_ms: i64,
) -> Result<Vec<Claimed>, sqlx::Error> {
    match db {
        Database::Sqlite { read, .. } => sqlx::query_as(HEADS).bind(now_ms).bind(limit).fetch_all(read).await,
        Database::Postgres(pool) => {
            sqlx::query_as(CLAIM).bind(now_ms).bind(limit).bind(token).bind(lease_ms).fetch_all(pool).await
        }
    }
}

pub(super) async fn body(db: &Database, body_id: &str) -> Result<Vec<u8>, sqlx::Error> {
    let (bytes,): (Vec<u8>,) = crate::read!(db, |c| sqlx::query_as(BODY).bind(body_id).fetch_one(c).await?);
    Ok(bytes)
}

/// Puts a message back for another try at `due_ms`, or aside when `dead`.
pub(super) async fn later(
    db: &Database,
    id: &str,
    token: &str,
    due_ms: i64,
    dead: bool,
    why: &str,
) -> Result<(), sqlx::Error> {
    let state = if dead { "dead" } else { "ready" };
    let mut tx = db.begin().await?;
    crate::run!(tx, |c| c
        .execute(sqlx::query(LATER).bind(id).bind(state).bind(due_ms).bind(why).bind(token))
        .await
        .map(|_| ()))?;
    tx.commit().await
}

/// Gives back what this process claimed and did not begin (PostgreSQL).
pub(super) async fn release(db: &Database, token: &str) -> Result<(), sqlx::Error> {
    let Database::Postgres(pool) = db else { return Ok(()) };
    sqlx::query(RELEASE).bind(token).execute(pool).await.map(|_| ())
}

/// Tells the other replicas that we still hold these messages. What we claimed without knowing (the answer was lost) is left to lapse.
pub(super) async fn renew(db: &Database, token: &str, held: &[&str], lease_ms: i64) -> Result<(), sqlx::Error> {
    let Database::Postgres(pool) = db else { return Ok(()) };
    if held.is_empty() {
        return Ok(());
    }
    sqlx::query(RENEW).bind(token).bind(lease_ms).bind(held).execute(pool).await.map(|_| ())
}

pub(super) async fn counts(db: &Database) -> Result<InboxCounts, sqlx::Error> {
    let (waiting,): (i64,) = crate::read!(db, |c| sqlx::query_as(COUNT_WAITING).fetch_one(c).await?);
    let (dead,): (i64,) = crate::read!(db, |c| sqlx::query_as(COUNT_DEAD).fetch_one(c).await?);
    Ok(InboxCounts { waiting, dead })
}

pub(super) async fn dead(db: &Database, limit: u32) -> Result<Vec<DeadMessage>, sqlx::Error> {
    crate::read!(db, |c| sqlx::query_as(DEAD).bind(i64::from(limit)).fetch_all(c).await)
}

pub(super) async fn retry(db: &Database, id: &str, now_ms: i64) -> Result<bool, sqlx::Error> {
    let mut tx = db.begin().await?;
    let found = crate::run!(tx, |c| sqlx::query(RETRY).bind(id).bind(now_ms).execute(c).await?.rows_affected());
    tx.commit().await?;
    Ok(found > 0)
}

pub(super) async fn prune(db: &Database, before_ms: i64) -> Result<u64, sqlx::Error> {
    let mut tx = db.begin().await?;
    let gone = crate::run!(tx, |c| sqlx::query(PRUNE).bind(before_ms).execute(c).await?.rows_affected());
    tx.commit().await?;
    Ok(gone)
}

/// The PostgreSQL side of a transaction, for statements over arrays.
fn postgres(tx: &mut Tx) -> Option<&mut sqlx::PgConnection> {
    match tx.engine_mut() {
        Engine::Postgres(tx) => Some(&mut **tx),
        Engine::Sqlite(_) => None,
    }
}
