//! SQL of the ledger.

use std::collections::BTreeMap;

use bytes::Bytes;
use sqlx::FromRow;

use super::{Direction, LedgerEntry, LedgerRecord, NewEntry, Verdict};
use crate::database::{Database, Tx};

const INSERT_BODY: &str = "insert into node_body (id, bytes) values ($1, $2)";
const INSERT: &str = "insert into node_ledger (id, at_ms, direction, peer, action, transaction_id, message_id, verdict, code, detail, \
     http_status, took_us, bytes_len, body_id, headers, url, outbox_id, attempt, repeats) \
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, 0)";
const REPEAT: &str = "update node_ledger set repeats = repeats + 1 where id = $1";
const TRANSACTION: &str = "select * from node_ledger where transaction_id = $1 order by seq limit 1000";
const RECENT: &str = "select * from node_ledger order by seq desc limit $1";
const RECENT_BEFORE: &str =
    "select * from node_ledger where seq < (select seq from node_ledger where id = $2) order by seq desc limit $1";
const ENTRY: &str = "select * from node_ledger where id = $1";
const RECORD: &str =
    "select l.headers, b.bytes from node_ledger l left join node_body b on b.id = l.body_id where l.id = $1";
const PRUNE: &str = "delete from node_ledger where at_ms < $1";
/// Body ids begin with their time (UUID v7), so bodies of messages that are being written are never touched.
const PRUNE_BODIES: &str = "delete from node_body where id < $1 \
     and not exists (select 1 from node_ledger l where l.body_id = node_body.id) \
     and not exists (select 1 from node_inbox i where i.body_id = node_body.id) \
     and not exists (select 1 from node_outbox o where o.body_id = node_body.id)";

#[derive(Debug, FromRow)]
struct Row {
    id: String,
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
            id: row.id,
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

pub(crate) async fn insert_body(tx: &mut Tx, id: &str, bytes: &[u8]) -> Result<(), sqlx::Error> {
    crate::run!(tx, |c| sqlx::query(INSERT_BODY).bind(id).bind(bytes).execute(c).await.map(|_| ()))
}

pub(crate) async fn insert(tx: &mut Tx, new: &NewEntry) -> Result<(), sqlx::Error> {
    let entry = &new.entry;
    crate::run!(tx, |c| sqlx::query(INSERT)
        .bind(&entry.id)
        .bind(entry.at_ms)
        .bind(entry.direction.as_str())
        .bind(&entry.peer)
        .bind(&entry.action)
        .bind(&entry.transaction_id)
        .bind(&entry.message_id)
        .bind(entry.verdict.as_str())
        .bind(entry.code.as_deref())
        .bind(entry.detail.as_deref())
        .bind(i64::from(entry.http_status))
        .bind(entry.took_us)
        .bind(entry.bytes_len)
        .bind(new.body_id.as_deref())
        .bind(&new.headers)
        .bind(entry.url.as_deref())
        .bind(entry.outbox_id.as_deref())
        .bind(i64::from(entry.attempt))
        .execute(c)
        .await
        .map(|_| ()))
}

/// Counts that the message of entry `id` came once more.
pub(crate) async fn repeat(tx: &mut Tx, id: &str) -> Result<(), sqlx::Error> {
    crate::run!(tx, |c| sqlx::query(REPEAT).bind(id).execute(c).await.map(|_| ()))
}

pub(super) async fn transaction(db: &Database, transaction_id: &str) -> Result<Vec<LedgerEntry>, sqlx::Error> {
    let rows: Vec<Row> = crate::read!(db, |c| sqlx::query_as(TRANSACTION).bind(transaction_id).fetch_all(c).await?);
    Ok(rows.into_iter().map(LedgerEntry::from).collect())
}

pub(super) async fn recent(db: &Database, limit: u32, before: Option<&str>) -> Result<Vec<LedgerEntry>, sqlx::Error> {
    let limit = i64::from(limit);
    let rows: Vec<Row> = match before {
        None => crate::read!(db, |c| sqlx::query_as(RECENT).bind(limit).fetch_all(c).await?),
        Some(id) => crate::read!(db, |c| sqlx::query_as(RECENT_BEFORE).bind(limit).bind(id).fetch_all(c).await?),
    };
    Ok(rows.into_iter().map(LedgerEntry::from).collect())
}

pub(super) async fn record(db: &Database, id: &str) -> Result<Option<LedgerRecord>, sqlx::Error> {
    let row: Option<Row> = crate::read!(db, |c| sqlx::query_as(ENTRY).bind(id).fetch_optional(c).await?);
    let Some(row) = row else { return Ok(None) };
    let wire: Option<(String, Option<Vec<u8>>)> =
        crate::read!(db, |c| sqlx::query_as(RECORD).bind(id).fetch_optional(c).await?);
    let (headers, bytes) = wire.unwrap_or_default();
    let headers: BTreeMap<String, String> = serde_json::from_str(&headers).unwrap_or_default();
    Ok(Some(LedgerRecord { entry: row.into(), headers, bytes: Bytes::from(bytes.unwrap_or_default()) }))
}

/// Deletes entries from before `before_ms`, then bodies that no row names.
pub(super) async fn prune(db: &Database, before_ms: i64) -> Result<u64, sqlx::Error> {
    let mut tx = db.begin().await?;
    let entries = crate::run!(tx, |c| sqlx::query(PRUNE).bind(before_ms).execute(c).await?.rows_affected());
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
