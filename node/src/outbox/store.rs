//! SQL of the outbox.

use std::collections::{HashMap, HashSet};

use bytes::Bytes;
use jiff::Timestamp;
use serde::Serialize;
use sqlx::FromRow;

use super::{OutboxCounts, OutboxRow, Outgoing};
use crate::database::{Database, Tx};

/// Rows come as one JSON list: a statement for each would be a journey to the database for each.
macro_rules! insert_rows {
    ($from:literal) => {
        concat!(
            "insert into node_outbox (id, to_id, to_role, domain, action, transaction_id, message_id, body_id, forwarded_authorization, ",
            "state, attempts, due_ms, give_up_ms, created_ms) ",
            "select value ->> 'id', value ->> 'to_id', value ->> 'to_role', value ->> 'domain', value ->> 'action', ",
            "value ->> 'transaction_id', value ->> 'message_id', value ->> 'body_id', value ->> 'forwarded_authorization', ",
            "'pending', 0, cast(value ->> 'due_ms' as bigint), cast(value ->> 'give_up_ms' as bigint), $2 from ",
            $from,
            " order by key"
        )
    };
}
const INSERT: &str = insert_rows!("json_each($1)");
const INSERT_POSTGRES: &str = insert_rows!("jsonb_array_elements($1::text::jsonb) with ordinality as list(value, key)");

/// For each counterparty that has messages (found by jumping through the index): its due messages, the oldest of each
/// transaction only, at most `$2`. So a counterparty with a long queue costs no more than one with a short queue, and one that
/// is slow or down holds up only itself. On SQLite claims live in memory: this process is the only one.
const HEADS: &str = "with recursive peers(to_id) as ( \
       select (select min(to_id) from node_outbox where state in ('pending', 'claimed')) \
       union all \
       select (select min(n.to_id) from node_outbox n where n.state in ('pending', 'claimed') and n.to_id > peers.to_id) from peers \
       where peers.to_id is not null) \
     select o.id, o.to_id, o.to_role, o.domain, o.action, o.transaction_id, o.message_id, o.body_id, o.forwarded_authorization, o.attempts, o.give_up_ms \
     from peers join node_outbox o on o.seq in ( \
       select i.seq from node_outbox i where i.to_id = peers.to_id and i.state in ('pending', 'claimed') and i.due_ms <= $1 \
       and i.seq = (select min(e.seq) from node_outbox e where e.to_id = i.to_id and e.transaction_id = i.transaction_id \
         and e.state in ('pending', 'claimed')) \
       order by i.due_ms, i.seq limit $2) \
     where peers.to_id is not null order by o.due_ms, o.seq limit $3";
/// The same on PostgreSQL, where replicas share the table: a claim is a column with a lease.
const CLAIM: &str = "update node_outbox set state = 'claimed', claimed_by = $4, lease_ms = $5 where id = any(array( \
     with recursive peers(to_id) as ( \
       select (select min(to_id) from node_outbox where state in ('pending', 'claimed')) \
       union all \
       select (select min(n.to_id) from node_outbox n where n.state in ('pending', 'claimed') and n.to_id > peers.to_id) from peers \
       where peers.to_id is not null) \
     select head.id from peers cross join lateral ( \
       select i.id from node_outbox i where i.to_id = peers.to_id and i.state in ('pending', 'claimed') and i.due_ms <= $1 \
       and (i.state = 'pending' or i.lease_ms < $1) \
       and i.seq = (select min(e.seq) from node_outbox e where e.to_id = i.to_id and e.transaction_id = i.transaction_id \
         and e.state in ('pending', 'claimed')) \
       order by i.due_ms, i.seq \
       limit greatest(0, $2 - (select count(*) from node_outbox b where b.to_id = peers.to_id and b.state = 'claimed' and b.lease_ms >= $1)) \
       for update of i skip locked) head \
     limit $3)) \
     returning id, to_id, to_role, domain, action, transaction_id, message_id, body_id, forwarded_authorization, attempts, give_up_ms";
const BODIES: &str = "select id, bytes from node_body where id in (select value from json_each($1))";
const BODIES_POSTGRES: &str =
    "select id, bytes from node_body where id in (select jsonb_array_elements_text($1::text::jsonb))";
macro_rules! close_rows {
    ($from:literal) => {
        concat!(
            "update node_outbox set state = ended.value ->> 'state', attempts = attempts + 1, done_ms = $2, ",
            "last_error = ended.value ->> 'why', claimed_by = null, lease_ms = null from ",
            $from,
            " where node_outbox.id = ended.value ->> 'id' and node_outbox.state in ('pending', 'claimed') ",
            "and (claimed_by is null or claimed_by = $3) returning node_outbox.id"
        )
    };
}
const CLOSE: &str = close_rows!("json_each($1) as ended");
const CLOSE_POSTGRES: &str = close_rows!("jsonb_array_elements($1::text::jsonb) as ended(value)");
const LATER: &str = "update node_outbox set state = 'pending', attempts = attempts + 1, due_ms = $2, last_error = $3, claimed_by = null, \
     lease_ms = null where id = $1 and state in ('pending', 'claimed') and (claimed_by is null or claimed_by = $4)";
const RELEASE: &str = "update node_outbox set state = 'pending', claimed_by = null, lease_ms = null where claimed_by = $1 and state = 'claimed'";
const RENEW: &str = "update node_outbox set lease_ms = $2 where claimed_by = $1 and state = 'claimed' and id = any($3)";
const RESEND: &str = "update node_outbox set state = 'pending', attempts = 0, due_ms = $2, give_up_ms = $3, done_ms = null, claimed_by = null, \
     lease_ms = null where id = $1 and state in ('refused', 'dead')";
const COUNT_PENDING: &str = "select count(*) from node_outbox where state in ('pending', 'claimed')";
const COUNT_STUCK: &str = "select state, count(*) from node_outbox where state in ('refused', 'dead') group by state";
const OPEN: &str = "select id, to_id, action, transaction_id, message_id, state, attempts, due_ms, created_ms, last_error from node_outbox \
     where state in ('pending', 'claimed') order by seq desc limit $1";
const STUCK: &str = "select id, to_id, action, transaction_id, message_id, state, attempts, due_ms, created_ms, last_error from node_outbox \
     where state in ('refused', 'dead') order by seq desc limit $1";
const PRUNE: &str = "delete from node_outbox where state in ('acked', 'refused') and done_ms < $1";

/// A claimed message without its bytes.
#[derive(Clone, Debug, FromRow)]
pub(super) struct Claimed {
    pub id: String,
    pub to_id: String,
    pub to_role: String,
    pub domain: String,
    pub action: String,
    pub transaction_id: String,
    pub message_id: String,
    pub body_id: String,
    pub forwarded_authorization: Option<String>,
    pub attempts: i64,
    pub give_up_ms: i64,
}

/// A message with its ids, to be put into the outbox.
#[derive(Serialize)]
pub(super) struct NewRow {
    id: String,
    to_id: String,
    to_role: &'static str,
    domain: String,
    action: &'static str,
    transaction_id: String,
    message_id: String,
    body_id: String,
    forwarded_authorization: Option<String>,
    due_ms: i64,
    give_up_ms: i64,
}

impl NewRow {
    pub fn new(id: &str, body_id: &str, one: Outgoing, due: Timestamp, give_up: Timestamp) -> Self {
        Self {
            id: id.to_owned(),
            to_id: one.to.to_string(),
            to_role: one.to_role.wire(),
            domain: one.context.domain,
            action: one.context.action.as_str(),
            transaction_id: one.context.transaction_id.to_string(),
            message_id: one.context.message_id.to_string(),
            body_id: body_id.to_owned(),
            forwarded_authorization: one.forwarded_authorization,
            due_ms: due.as_millisecond(),
            give_up_ms: give_up.as_millisecond(),
        }
    }
}

/// Writes all rows, in this order.
pub(super) async fn insert(tx: &mut Tx, rows: &[NewRow], now_ms: i64) -> Result<(), sqlx::Error> {
    let (sql, list) = (tx.sql(INSERT, INSERT_POSTGRES), json_list(rows)?);
    crate::run!(tx, |c| sqlx::query(sql).bind(&list).bind(now_ms).execute(c).await.map(|_| ()))
}

fn json_list<T: Serialize>(rows: &[T]) -> Result<String, sqlx::Error> {
    serde_json::to_string(rows).map_err(|error| sqlx::Error::Encode(error.into()))
}

/// Due messages, each the oldest of its (counterparty, transaction): at most `per_peer` of one counterparty, `limit` in all.
pub(super) async fn claim(
    db: &Database,
    now_ms: i64,
    per_peer: i64,
    limit: i64,
    token: &str,
    lease_ms: i64,
) -> Result<Vec<Claimed>, sqlx::Error> {
    match db {
        Database::Sqlite { read, .. } => {
            sqlx::query_as(HEADS).bind(now_ms).bind(per_peer).bind(limit).fetch_all(read).await
        }
        Database::Postgres(pool) => {
            sqlx::query_as(CLAIM)
                .bind(now_ms)
                .bind(per_peer)
                .bind(limit)
                .bind(token)
                .bind(lease_ms)
                .fetch_all(pool)
                .await
        }
    }
}

/// The bodies with these ids.
pub(super) async fn bodies(db: &Database, ids: &[&str]) -> Result<HashMap<String, Bytes>, sqlx::Error> {
    let (sql, list) = (db.sql(BODIES, BODIES_POSTGRES), json_list(ids)?);
    let found: Vec<(String, Vec<u8>)> = crate::read!(db, |c| sqlx::query_as(sql).bind(&list).fetch_all(c).await?);
    Ok(found.into_iter().map(|(id, bytes)| (id, bytes.into())).collect())
}

/// How a message ended.
#[derive(Serialize)]
pub(super) struct Ended {
    pub id: String,
    /// `acked`, `refused` or `dead`.
    pub state: &'static str,
    pub why: Option<String>,
}

/// Ends messages; the ids of those that were ours to end: another replica may have taken one over.
pub(super) async fn close(
    tx: &mut Tx,
    ended: &[Ended],
    now_ms: i64,
    token: &str,
) -> Result<HashSet<String>, sqlx::Error> {
    let (sql, list) = (tx.sql(CLOSE, CLOSE_POSTGRES), json_list(ended)?);
    let ours: Vec<(String,)> =
        crate::run!(tx, |c| sqlx::query_as(sql).bind(&list).bind(now_ms).bind(token).fetch_all(c).await?);
    Ok(ours.into_iter().map(|(id,)| id).collect())
}

pub(super) async fn later(tx: &mut Tx, id: &str, due_ms: i64, why: &str, token: &str) -> Result<(), sqlx::Error> {
    crate::run!(tx, |c| sqlx::query(LATER).bind(id).bind(due_ms).bind(why).bind(token).execute(c).await.map(|_| ()))
}

/// Gives back what this process claimed and did not send (PostgreSQL).
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

pub(super) async fn resend(db: &Database, id: &str, now_ms: i64, give_up_ms: i64) -> Result<bool, sqlx::Error> {
    let mut tx = db.begin().await?;
    let found = crate::run!(tx, |c| sqlx::query(RESEND)
        .bind(id)
        .bind(now_ms)
        .bind(give_up_ms)
        .execute(c)
        .await?
        .rows_affected());
    tx.commit().await?;
    Ok(found > 0)
}

pub(super) async fn counts(db: &Database) -> Result<OutboxCounts, sqlx::Error> {
    let (pending,): (i64,) = crate::read!(db, |c| sqlx::query_as(COUNT_PENDING).fetch_one(c).await?);
    let stuck: Vec<(String, i64)> = crate::read!(db, |c| sqlx::query_as(COUNT_STUCK).fetch_all(c).await?);
    let of = |state: &str| stuck.iter().find(|(name, _)| name == state).map_or(0, |(_, count)| *count);
    Ok(OutboxCounts { pending, refused: of("refused"), dead: of("dead") })
}

pub(super) async fn rows(db: &Database, open: bool, limit: u32) -> Result<Vec<OutboxRow>, sqlx::Error> {
    let sql = if open { OPEN } else { STUCK };
    crate::read!(db, |c| sqlx::query_as(sql).bind(i64::from(limit)).fetch_all(c).await)
}

pub(super) async fn prune(db: &Database, before_ms: i64) -> Result<u64, sqlx::Error> {
    let mut tx = db.begin().await?;
    let gone = crate::run!(tx, |c| sqlx::query(PRUNE).bind(before_ms).execute(c).await?.rows_affected());
    tx.commit().await?;
    Ok(gone)
}
