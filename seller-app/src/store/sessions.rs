//! Signed-in browsers.

use node::{Database, Tx, read, run};

use super::accounts::{self, Account};

const OPEN: &str = "insert into sessions (digest, account_id, seen_at_ms, ends_at_ms) values ($1, $2, $3, $4)";
const FIND: &str = "select a.id, a.login, a.name, a.role, a.partner_id, a.active from sessions s \
     join accounts a on a.id = s.account_id \
     where s.digest = $1 and s.ends_at_ms > $2 and s.seen_at_ms > $3 and a.active = $4";
const IS_DUE: &str = "select count(*) from sessions where digest = $1 and seen_at_ms < $2";
const SEEN: &str = "update sessions set seen_at_ms = $2 where digest = $1";
const CLOSE: &str = "delete from sessions where digest = $1";
const CLOSE_OF: &str = "delete from sessions where account_id in (select id from accounts where login = $1)";
const SWEEP: &str = "delete from sessions where ends_at_ms <= $1 or seen_at_ms <= $2";

/// How often "seen" is written at most; a page view is no write.
const SEEN_EVERY_MS: i64 = 60_000;

pub async fn open(tx: &mut Tx, digest: &str, account_id: &str, now_ms: i64, ends_ms: i64) -> Result<(), sqlx::Error> {
    run!(tx, |c| sqlx::query(OPEN)
        .bind(digest)
        .bind(account_id)
        .bind(now_ms)
        .bind(ends_ms)
        .execute(c)
        .await
        .map(|_| ()))
}

/// Whose session it is: neither past its end, nor unseen for `idle_ms`, nor of an account that was switched off.
pub async fn find(db: &Database, digest: &str, now_ms: i64, idle_ms: i64) -> Result<Option<Account>, sqlx::Error> {
    let row = read!(db, |c| sqlx::query_as::<_, accounts::Row>(FIND)
        .bind(digest)
        .bind(now_ms)
        .bind(now_ms.saturating_sub(idle_ms))
        .bind(true)
        .fetch_optional(c)
        .await)?;
    row.map(accounts::Row::account).transpose()
}

/// Whether it is long enough since it was noted as seen.
pub async fn is_due(db: &Database, digest: &str, now_ms: i64) -> Result<bool, sqlx::Error> {
    let before = now_ms.saturating_sub(SEEN_EVERY_MS);
    let due = read!(db, |c| sqlx::query_scalar::<_, i64>(IS_DUE).bind(digest).bind(before).fetch_one(c).await)?;
    Ok(due > 0)
}

/// Notes that it is in use.
pub async fn seen(tx: &mut Tx, digest: &str, now_ms: i64) -> Result<(), sqlx::Error> {
    run!(tx, |c| sqlx::query(SEEN).bind(digest).bind(now_ms).execute(c).await.map(|_| ()))
}

pub async fn close(tx: &mut Tx, digest: &str) -> Result<(), sqlx::Error> {
    run!(tx, |c| sqlx::query(CLOSE).bind(digest).execute(c).await.map(|_| ()))
}

/// Ends all sessions of an account.
pub async fn close_of(tx: &mut Tx, login: &str) -> Result<(), sqlx::Error> {
    run!(tx, |c| sqlx::query(CLOSE_OF).bind(login).execute(c).await.map(|_| ()))
}

/// Forgets sessions that have ended.
pub async fn sweep(tx: &mut Tx, now_ms: i64, idle_ms: i64) -> Result<(), sqlx::Error> {
    run!(tx, |c| sqlx::query(SWEEP).bind(now_ms).bind(now_ms.saturating_sub(idle_ms)).execute(c).await.map(|_| ()))
}
