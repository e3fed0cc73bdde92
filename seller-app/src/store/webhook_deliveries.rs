//! Deliveries of webhooks: what is due, what came of it.

use node::{Database, Tx, read, run};

/// A delivery that is due, with all that is needed to make it.
#[derive(Clone, sqlx::FromRow)]
pub struct Due {
    pub id: String,
    pub webhook_id: String,
    pub event_id: String,
    /// Tries that came before.
    pub attempts: i64,
    pub due_ms: i64,
    pub url: String,
    pub secret: String,
    pub former_secret: String,
    pub former_until_ms: i64,
    pub body: String,
}

impl std::fmt::Debug for Due {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Due").field("id", &self.id).field("url", &self.url).finish_non_exhaustive()
    }
}

/// What came of a try.
#[derive(Clone, Debug)]
pub struct Answer {
    /// HTTP status; 0 when there was no answer.
    pub status: i64,
    pub took_ms: i64,
    /// The beginning of its body, or why there was none.
    pub text: String,
}

/// A delivery in a list. Times are Unix milliseconds.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct DeliveryRow {
    pub id: String,
    pub event_id: String,
    pub kind: String,
    pub subject: String,
    /// `waiting`, `done`, `failed`.
    pub state: String,
    pub attempts: i64,
    /// Of a waiting one: when it is tried next.
    pub due_ms: i64,
    pub created_at_ms: i64,
    /// 0 while it waits.
    pub ended_at_ms: i64,
    /// HTTP status of the last try; 0 when there was no answer.
    pub status: i64,
    pub took_ms: i64,
    pub answer: String,
}

const DUE: &str = "select d.id, d.webhook_id, d.event_id, d.attempts, d.due_ms, w.url, w.secret, w.former_secret, \
     w.former_until_ms, e.body from webhook_deliveries d join webhooks w on w.id = d.webhook_id \
     join webhook_events e on e.id = d.event_id where d.webhook_id = $1 and d.state = 'waiting' and d.due_ms <= $2 and w.state = 'on' \
     and not exists (select 1 from webhook_deliveries b where b.webhook_id = d.webhook_id and b.subject = d.subject \
     and b.state = 'waiting' and b.id < d.id) order by d.id limit $3";
const PLACES_WITH_DUE: &str = "select distinct d.webhook_id from webhook_deliveries d join webhooks w on w.id = d.webhook_id \
     where d.state = 'waiting' and d.due_ms <= $1 and w.state = 'on'";
const CLAIM: &str = "update webhook_deliveries set due_ms = $3, attempts = attempts + 1 \
     where id = $1 and due_ms = $2 and state = 'waiting'";
const END: &str = "update webhook_deliveries set state = $2, ended_at_ms = $3, status = $4, took_ms = $5, answer = $6 \
     where id = $1 and state = 'waiting'";
const LATER: &str = "update webhook_deliveries set due_ms = $2, status = $3, took_ms = $4, answer = $5 \
     where id = $1 and state = 'waiting'";
const PAGE: &str = "select d.id, d.event_id, e.kind, d.subject, d.state, d.attempts, d.due_ms, d.created_at_ms, d.ended_at_ms, \
     d.status, d.took_ms, d.answer from webhook_deliveries d join webhook_events e on e.id = d.event_id \
     where d.webhook_id = $1 and ($2 = '' or d.id < $2) and ($3 = '' or d.state = $3) order by d.id desc limit $4";

/// Places for which something is due, except paused ones.
pub async fn places_with_due(db: &Database, now_ms: i64) -> Result<Vec<String>, sqlx::Error> {
    let rows: Vec<(String,)> = read!(db, |c| sqlx::query_as(PLACES_WITH_DUE).bind(now_ms).fetch_all(c).await)?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// Of one place: the oldest waiting delivery of each subject, where its time has come.
pub async fn due(db: &Database, webhook_id: &str, now_ms: i64, limit: i64) -> Result<Vec<Due>, sqlx::Error> {
    read!(db, |c| sqlx::query_as(DUE).bind(webhook_id).bind(now_ms).bind(limit).fetch_all(c).await)
}

/// Takes a delivery until `until_ms` and counts the try. False when another replica took it. Who stops half-way leaves it due again.
pub async fn claim(tx: &mut Tx, due: &Due, until_ms: i64) -> Result<bool, sqlx::Error> {
    let rows = run!(tx, |c| sqlx::query(CLAIM)
        .bind(&due.id)
        .bind(due.due_ms)
        .bind(until_ms)
        .execute(c)
        .await?
        .rows_affected());
    Ok(rows > 0)
}

/// It arrived, or was given up.
pub async fn end(tx: &mut Tx, id: &str, arrived: bool, answer: &Answer, now_ms: i64) -> Result<(), sqlx::Error> {
    let state = if arrived { "done" } else { "failed" };
    run!(tx, |c| sqlx::query(END)
        .bind(id)
        .bind(state)
        .bind(now_ms)
        .bind(answer.status)
        .bind(answer.took_ms)
        .bind(&answer.text)
        .execute(c)
        .await
        .map(|_| ()))
}

/// It is tried again at `due_ms`.
pub async fn later(tx: &mut Tx, id: &str, answer: &Answer, due_ms: i64) -> Result<(), sqlx::Error> {
    run!(tx, |c| sqlx::query(LATER)
        .bind(id)
        .bind(due_ms)
        .bind(answer.status)
        .bind(answer.took_ms)
        .bind(&answer.text)
        .execute(c)
        .await
        .map(|_| ()))
}

/// Which deliveries of a place: the newest first, before `before` (a delivery's id, or empty), in `state` (or any, when empty).
#[derive(Clone, Copy, Debug)]
pub struct Wanted<'a> {
    pub webhook_id: &'a str,
    pub before: &'a str,
    pub state: &'a str,
    pub limit: i64,
}

pub async fn page(db: &Database, wanted: Wanted<'_>) -> Result<Vec<DeliveryRow>, sqlx::Error> {
    read!(db, |c| sqlx::query_as(PAGE)
        .bind(wanted.webhook_id)
        .bind(wanted.before)
        .bind(wanted.state)
        .bind(wanted.limit)
        .fetch_all(c)
        .await)
}
