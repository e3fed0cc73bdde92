//! Who did what: rows are added, never changed or removed.

use node::{Database, Tx, read, run};
use serde::Serialize;
use utoipa::ToSchema;

use super::stamp::Stamp;

/// An act as it is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked<'a> {
    /// `account`, `token`, `partner`, `brand`, `system`, or `unknown`.
    pub kind: &'a str,
    pub actor: &'a str,
    /// Empty when nobody is known.
    pub role: &'a str,
    pub partner_id: &'a str,
    pub method: &'a str,
    /// The pattern under which the door is mounted.
    pub door: &'a str,
    pub target: &'a str,
    /// The peer's IP address.
    pub address: &'a str,
}

/// An act with what came of it.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow, Serialize, ToSchema)]
pub struct AuditRow {
    pub id: String,
    /// `account`, `token`, `partner`, `brand`, `system`, or `unknown`
    pub kind: String,
    pub actor: String,
    pub role: String,
    /// Empty for the brand.
    pub partner_id: String,
    pub method: String,
    /// The pattern under which the door is mounted.
    pub door: String,
    /// What it was done to.
    pub target: String,
    /// The peer's IP address.
    pub address: String,
    /// Unix milliseconds.
    pub at_ms: i64,
    /// Status of the answer; 0: the node stopped before it was given.
    pub status: i64,
    /// What was done, in words.
    pub summary: String,
}

/// Which rows are wanted. Empty texts do not limit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter<'a> {
    pub actor: &'a str,
    pub target: &'a str,
    /// From this moment on, Unix milliseconds.
    pub from_ms: i64,
    /// Up to this moment, without it.
    pub until_ms: i64,
    /// Only what was refused or failed.
    pub refused: bool,
    /// The id of the last row seen.
    pub before: &'a str,
    pub limit: i64,
}

const ASK: &str = "insert into audit (id, kind, actor, role, partner_id, method, door, target, address, at_ms) \
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
const ANSWER: &str = "insert into audit_outcomes (audit_id, status, target, summary) values ($1, $2, $3, $4)";
const PAGE: &str = "select a.id, a.kind, a.actor, a.role, a.partner_id, a.method, a.door, \
     case when coalesce(o.target, '') = '' then a.target else o.target end as target, a.address, a.at_ms, \
     coalesce(o.status, 0) as status, coalesce(o.summary, '') as summary \
     from audit a left join audit_outcomes o on o.audit_id = a.id \
     where ($1 = '' or a.actor = $1) and ($2 = '' or a.target = $2 or o.target = $2) and a.at_ms >= $3 and a.at_ms < $4 \
     and ($5 = 0 or coalesce(o.status, 0) >= 400) and ($6 = '' or a.id < $6) order by a.id desc limit $7";

/// Writes that somebody asks for something; the row's id.
pub async fn ask(tx: &mut Tx, asked: &Asked<'_>, stamp: &Stamp<'_>) -> Result<String, sqlx::Error> {
    let id = stamp.id();
    run!(tx, |c| sqlx::query(ASK)
        .bind(&id)
        .bind(asked.kind)
        .bind(asked.actor)
        .bind(asked.role)
        .bind(asked.partner_id)
        .bind(asked.method)
        .bind(asked.door)
        .bind(asked.target)
        .bind(asked.address)
        .bind(stamp.ms())
        .execute(c)
        .await
        .map(|_| ()))?;
    Ok(id)
}

/// Writes what came of it. `target` is what the door learnt while it worked; empty leaves the first one.
pub async fn answer(tx: &mut Tx, id: &str, status: i64, target: &str, summary: &str) -> Result<(), sqlx::Error> {
    run!(tx, |c| sqlx::query(ANSWER).bind(id).bind(status).bind(target).bind(summary).execute(c).await.map(|_| ()))
}

/// Rows, the newest first.
pub async fn page(db: &Database, filter: &Filter<'_>) -> Result<Vec<AuditRow>, sqlx::Error> {
    read!(db, |c| sqlx::query_as::<_, AuditRow>(PAGE)
        .bind(filter.actor)
        .bind(filter.target)
        .bind(filter.from_ms)
        .bind(filter.until_ms)
        .bind(i64::from(filter.refused))
        .bind(filter.before)
        .bind(filter.limit)
        .fetch_all(c)
        .await)
}
