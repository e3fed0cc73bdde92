//! SQL of the ledger.

use std::collections::BTreeMap;

use bytes::Bytes;
use serde::Serialize;
use sqlx::FromRow;

use super::{Body, Direction, LedgerEntry, LedgerRecord, NewEntry, Verdict, entry_id, hash};
use crate::database::{Database, Tx};

const INSERT_BODY: &str = "insert into node_body (id, bytes) values ($1, $2)";
/// Rows come as one JSON list.
macro_rules! insert_sent {
    ($from:literal) => {
        concat!(
            "insert into node_ledger (seq, at_ms, direction, peer, action, transaction_id, transaction_key, message_id, verdict, code, ",
            "detail, http_status, took_us, bytes_len, attempt, repeats, url, outbox_id, body_id, headers) ",
            "select cast(value ->> 'seq' as bigint), cast(value ->> 'at_ms' as bigint), 'out', value ->> 'peer', value ->> 'action', ",
            "value ->> 'transaction_id', cast(value ->> 'transaction_key' as bigint), value ->> 'message_id', value ->> 'verdict', ",
            "value ->> 'code', value ->> 'detail', cast(value ->> 'http_status' as bigint), cast(value ->> 'took_us' as bigint), ",
            "cast(value ->> 'bytes_len' as bigint), cast(value ->> 'attempt' as bigint), 0, value ->> 'url', value ->> 'outbox_id', ",
            "value ->> 'body_id', value ->> 'headers' from ",
            $from
        )
    };
}
const INSERT_SENT: &str = insert_sent!("json_each($1)");
const INSERT_SENT_POSTGRES: &str = insert_sent!("jsonb_array_elements($1::text::jsonb) as list(value)");
/// PostgreSQL counts itself.
const NUMBERS: &str = "select nextval('node_ledger_seq_seq') from generate_series(1, $1)";
const LAST: &str = "select coalesce(max(seq), 0) from node_ledger";
const REPEAT: &str = "update node_ledger set repeats = repeats + 1 where seq = $1";

const TRANSACTION: &str = "select seq, at_ms, direction, peer, action, transaction_id, message_id, verdict, code, detail, http_status, took_us, \
     bytes_len, attempt, repeats, url, outbox_id from node_ledger where transaction_key = $1 and transaction_id = $2 order by seq limit 1000";
const RECENT: &str = "select seq, at_ms, direction, peer, action, transaction_id, message_id, verdict, code, detail, http_status, took_us, \
     bytes_len, attempt, repeats, url, outbox_id from node_ledger where seq < $1 order by seq desc limit $2";
const RECORD: &str = "select l.seq, l.at_ms, l.direction, l.peer, l.action, l.transaction_id, l.message_id, l.verdict, l.code, l.detail, \
     l.http_status, l.took_us, l.bytes_len, l.attempt, l.repeats, l.url, l.outbox_id, l.headers, coalesce(l.bytes, b.bytes) as bytes \
     from node_ledger l left join node_body b on b.id = l.body_id where l.seq = $1";

/// Retention walks from the oldest entry on, so it needs no index of times.
const OLDEST: &str = "select max(seq), min(at_ms) from (select seq, at_ms from node_ledger where seq > $1 order by seq limit $2) as batch";
/// An unfinished message keeps its entry: it has the bytes. The newest entry stays, so that no number is given twice.
const PRUNE: &str = "delete from node_ledger where seq > $1 and seq <= $2 and at_ms < $3 and seq < (select max(seq) from node_ledger) \
     and not exists (select 1 from node_inbox i where i.seq = node_ledger.seq and i.state <> 'done')";
/// Body ids begin with their time (UUID v7), so bodies of messages that are being written are never touched.
const PRUNE_BODIES: &str = "delete from node_body where id < $1 \
     and not exists (select 1 from node_ledger l where l.body_id = node_body.id) \
     and not exists (select 1 from node_outbox o where o.body_id = node_body.id)";
/// Entries that one transaction of retention looks at: receivers wait for it.
const PRUNE_BATCH: i64 = 1000;

#[derive(Debug, FromRow)]
struct Row {
    seq: i64,
    at_ms: i64,
    direction: String,
    peer: String,
    action: String,
    transaction_id: String,
    message_id: String,
    verdict: String,
    code: Option<String>,
    detail: Option<String>,
    http_status: i64,
    took_us: i64,
    bytes_len: i64,
    attempt: i64,
    repeats: i64,
    url: Option<String>,
    outbox_id: Option<String>,
}

impl From<Row> for LedgerEntry {
    fn from(row: Row) -> Self {
        Self {
            id: entry_id::of(row.seq),
            at_ms: row.at_ms,
            direction: if row.direction == "out" { Direction::Out } else { Direction::In },
            peer: row.peer,
            action: row.action,
            transaction_id: row.transaction_id,
            message_id: row.message_id,
            verdict: match row.verdict.as_str() {
                "ack" => Verdict::Ack,
                "nack" => Verdict::Nack,
                _ => Verdict::Failed,
            },
            code: row.code,
            detail: row.detail,
            http_status: u16::try_from(row.http_status).unwrap_or_default(),
            took_us: row.took_us,
            bytes_len: row.bytes_len,
            attempt: u32::try_from(row.attempt).unwrap_or_default(),
            repeats: u32::try_from(row.repeats).unwrap_or_default(),
            url: row.url,
            outbox_id: row.outbox_id,
        }
    }
}

#[derive(Debug, FromRow)]
struct Wire {
    #[sqlx(flatten)]
    row: Row,
    headers: String,
    bytes: Option<Vec<u8>>,
}

pub(crate) async fn insert_body(tx: &mut Tx, id: &str, bytes: &[u8]) -> Result<(), sqlx::Error> {
    crate::run!(tx, |c| sqlx::query(INSERT_BODY).bind(id).bind(bytes).execute(c).await.map(|_| ()))
}

/// The number that was given last.
pub(super) async fn last(db: &Database) -> Result<i64, sqlx::Error> {
    let (last,): (i64,) = crate::read!(db, |c| sqlx::query_as(LAST).fetch_one(c).await?);
    Ok(last)
}

/// An entry as the statements read it.
#[derive(Serialize)]
struct Sent<'a> {
    seq: i64,
    at_ms: i64,
    peer: &'a str,
    action: &'a str,
    transaction_id: &'a str,
    transaction_key: i64,
    message_id: &'a str,
    verdict: &'static str,
    code: Option<String>,
    detail: Option<String>,
    http_status: u16,
    took_us: i64,
    bytes_len: i64,
    attempt: u32,
    url: Option<&'a str>,
    outbox_id: Option<&'a str>,
    body_id: Option<&'a str>,
    headers: &'a str,
}

impl<'a> Sent<'a> {
    fn new((new, seq): (&'a NewEntry, &i64)) -> Self {
        let entry = &new.entry;
        // What a stranger answered may have a NUL, which PostgreSQL keeps in no text.
        let plain = |text: &Option<String>| text.as_ref().map(|text| text.replace('\0', ""));
        Self {
            seq: *seq,
            at_ms: entry.at_ms,
            peer: &entry.peer,
            action: &entry.action,
            transaction_id: &entry.transaction_id,
            transaction_key: new.transaction_key,
            message_id: &entry.message_id,
            verdict: entry.verdict.as_str(),
            code: plain(&entry.code),
            detail: plain(&entry.detail),
            http_status: entry.http_status,
            took_us: entry.took_us,
            bytes_len: entry.bytes_len,
            attempt: entry.attempt,
            url: entry.url.as_deref(),
            outbox_id: entry.outbox_id.as_deref(),
            body_id: match &new.body {
                Body::Kept(id) => Some(id),
                Body::Own(_) => None,
            },
            headers: &new.headers,
        }
    }
}

/// `first` is the number of the first entry, where this process counts. The numbers of all come back, in this order.
pub(super) async fn insert_sent(tx: &mut Tx, first: Option<i64>, all: &[NewEntry]) -> Result<Vec<i64>, sqlx::Error> {
    let count = i64::try_from(all.len()).unwrap_or(i64::MAX);
    let numbers: Vec<i64> = match first {
        Some(first) => (first..).take(all.len()).collect(),
        None => crate::run!(tx, |c| sqlx::query_scalar(NUMBERS).bind(count).fetch_all(c).await?),
    };
    let rows: Vec<Sent<'_>> = all.iter().zip(&numbers).map(Sent::new).collect();
    let list = serde_json::to_string(&rows).map_err(|error| sqlx::Error::Encode(error.into()))?;
    let sql = tx.sql(INSERT_SENT, INSERT_SENT_POSTGRES);
    crate::run!(tx, |c| sqlx::query(sql).bind(&list).execute(c).await.map(|_| ()))?;
    Ok(numbers)
}

/// Counts that the message of entry `seq` came once more.
pub(crate) async fn repeat(tx: &mut Tx, seq: i64) -> Result<(), sqlx::Error> {
    crate::run!(tx, |c| sqlx::query(REPEAT).bind(seq).execute(c).await.map(|_| ()))
}

pub(super) async fn transaction(db: &Database, transaction_id: &str) -> Result<Vec<LedgerEntry>, sqlx::Error> {
    let key = hash::transaction(transaction_id);
    let rows: Vec<Row> =
        crate::read!(db, |c| sqlx::query_as(TRANSACTION).bind(key).bind(transaction_id).fetch_all(c).await?);
    Ok(rows.into_iter().map(LedgerEntry::from).collect())
}

pub(super) async fn recent(db: &Database, limit: u32, before: Option<&str>) -> Result<Vec<LedgerEntry>, sqlx::Error> {
    let before = before.and_then(entry_id::seq).unwrap_or(i64::MAX);
    let rows: Vec<Row> =
        crate::read!(db, |c| sqlx::query_as(RECENT).bind(before).bind(i64::from(limit)).fetch_all(c).await?);
    Ok(rows.into_iter().map(LedgerEntry::from).collect())
}

pub(super) async fn record(db: &Database, id: &str) -> Result<Option<LedgerRecord>, sqlx::Error> {
    let Some(seq) = entry_id::seq(id) else { return Ok(None) };
    let wire: Option<Wire> = crate::read!(db, |c| sqlx::query_as(RECORD).bind(seq).fetch_optional(c).await?);
    Ok(wire.map(|wire| {
        let headers: BTreeMap<String, String> = serde_json::from_str(&wire.headers).unwrap_or_default();
        LedgerRecord { entry: wire.row.into(), headers, bytes: Bytes::from(wire.bytes.unwrap_or_default()) }
    }))
}

/// Deletes entries from before `before_ms`, then bodies that no row names. Returns the number of entries.
pub(super) async fn prune(db: &Database, before_ms: i64) -> Result<u64, sqlx::Error> {
    let (mut entries, mut seen) = (0, 0_i64);
    loop {
        let oldest: (Option<i64>, Option<i64>) =
            crate::read!(db, |c| sqlx::query_as(OLDEST).bind(seen).bind(PRUNE_BATCH).fetch_one(c).await?);
        let (Some(last), Some(_)) = (oldest.0, oldest.1.filter(|at_ms| *at_ms < before_ms)) else { break };
        let mut tx = db.begin().await?;
        entries += crate::run!(tx, |c| sqlx::query(PRUNE)
            .bind(seen)
            .bind(last)
            .bind(before_ms)
            .execute(c)
            .await?
            .rows_affected());
        tx.commit().await?;
        seen = last;
    }
    let mut tx = db.begin().await?;
    let horizon = oldest_id_at(before_ms);
    crate::run!(tx, |c| sqlx::query(PRUNE_BODIES).bind(&horizon).execute(c).await?.rows_affected());
    tx.commit().await?;
    Ok(entries)
}

/// The smallest UUID v7 of a moment, as text.
fn oldest_id_at(at_ms: i64) -> String {
    let ms = u64::try_from(at_ms).unwrap_or_default() & 0xffff_ffff_ffff;
    let hex = format!("{ms:012x}");
    format!("{}-{}-7000-8000-000000000000", &hex[..8], &hex[8..])
}
