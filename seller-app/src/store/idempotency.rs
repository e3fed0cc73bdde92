//! Answers that were given, by caller and Idempotency-Key, so that a call that is sent again is not done again.

use node::{Database, Tx, read, run};

/// Whose key it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyOf {
    pub caller: String,
    pub key: String,
}

/// What is known of a key.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Stored {
    /// Digest of method, path, query and body.
    pub fingerprint: String,
    /// 0 while it runs, and for good when the node stopped meanwhile.
    pub status: i64,
    pub content_type: String,
    pub location: String,
    pub body: Vec<u8>,
}

const CLAIM: &str = "insert into idempotency (caller, given_key, fingerprint, started_at_ms, status, content_type, \
     location, body) values ($1, $2, $3, $4, 0, '', '', $5) on conflict (caller, given_key) do update \
     set fingerprint = $3, started_at_ms = $4, status = 0, content_type = '', location = '', body = $5 \
     where idempotency.started_at_ms < $6";
const FIND: &str = "select fingerprint, status, content_type, location, body from idempotency \
     where caller = $1 and given_key = $2";
const FINISH: &str = "update idempotency set status = $3, content_type = $4, location = $5, body = $6 \
     where caller = $1 and given_key = $2";
const RELEASE: &str = "delete from idempotency where caller = $1 and given_key = $2 and status = 0";
const FORGET: &str = "delete from idempotency where started_at_ms < $1";

/// Takes the key for one act; false when it is taken. A key from before `kept_since_ms` is free again.
pub async fn claim(
    tx: &mut Tx,
    of: &KeyOf,
    fingerprint: &str,
    now_ms: i64,
    kept_since_ms: i64,
) -> Result<bool, sqlx::Error> {
    let empty: &[u8] = &[];
    let done = run!(tx, |c| sqlx::query(CLAIM)
        .bind(&of.caller)
        .bind(&of.key)
        .bind(fingerprint)
        .bind(now_ms)
        .bind(empty)
        .bind(kept_since_ms)
        .execute(c)
        .await
        .map(|done| done.rows_affected()))?;
    Ok(done == 1)
}

pub async fn find(db: &Database, of: &KeyOf) -> Result<Option<Stored>, sqlx::Error> {
    read!(db, |c| sqlx::query_as::<_, Stored>(FIND).bind(&of.caller).bind(&of.key).fetch_optional(c).await)
}

/// Keeps the answer of a claimed key.
pub async fn finish(tx: &mut Tx, of: &KeyOf, answer: &Stored) -> Result<(), sqlx::Error> {
    run!(tx, |c| sqlx::query(FINISH)
        .bind(&of.caller)
        .bind(&of.key)
        .bind(answer.status)
        .bind(&answer.content_type)
        .bind(&answer.location)
        .bind(&answer.body)
        .execute(c)
        .await
        .map(|_| ()))
}

/// Gives a claimed key back: nothing was done.
pub async fn release(tx: &mut Tx, of: &KeyOf) -> Result<(), sqlx::Error> {
    run!(tx, |c| sqlx::query(RELEASE).bind(&of.caller).bind(&of.key).execute(c).await.map(|_| ()))
}

/// Forgets keys from before a moment; how many.
pub async fn forget(tx: &mut Tx, before_ms: i64) -> Result<u64, sqlx::Error> {
    run!(tx, |c| sqlx::query(FORGET).bind(before_ms).execute(c).await.map(|done| done.rows_affected()))
}
