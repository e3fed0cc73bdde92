//! How often somebody tried to sign in under a name. Stored, so that neither a restart nor a second replica forgets it.

use node::{Tx, run};

/// One statement, so that tries at the same moment all count.
const COUNT: &str = "insert into sign_in_tries (login, tries, since_ms) values ($1, 1, $2) \
     on conflict (login) do update set \
     tries = case when sign_in_tries.since_ms <= $3 then 1 else sign_in_tries.tries + 1 end, \
     since_ms = case when sign_in_tries.since_ms <= $3 then $2 else sign_in_tries.since_ms end \
     returning tries";
const FORGET: &str = "delete from sign_in_tries where login = $1";
const SWEEP: &str = "delete from sign_in_tries where since_ms <= $1";

/// Counts a try and says the how manieth it is since `window_ms` ago.
pub async fn count(tx: &mut Tx, login: &str, now_ms: i64, window_ms: i64) -> Result<i64, sqlx::Error> {
    run!(tx, |c| sqlx::query_scalar::<_, i64>(COUNT)
        .bind(login)
        .bind(now_ms)
        .bind(now_ms.saturating_sub(window_ms))
        .fetch_one(c)
        .await)
}

/// After a success.
pub async fn forget(tx: &mut Tx, login: &str) -> Result<(), sqlx::Error> {
    run!(tx, |c| sqlx::query(FORGET).bind(login).execute(c).await.map(|_| ()))
}

/// Forgets tries of long ago.
pub async fn sweep(tx: &mut Tx, now_ms: i64, window_ms: i64) -> Result<(), sqlx::Error> {
    run!(tx, |c| sqlx::query(SWEEP).bind(now_ms.saturating_sub(window_ms)).execute(c).await.map(|_| ()))
}
