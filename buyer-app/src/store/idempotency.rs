//! `Idempotency-Key`: the same key and the same body give the same request, once.

use node::database::{Database, Tx};

/// What the key was used for before.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Used {
    pub digest: String,
    pub message_id: String,
}

const INSERT: &str = "insert into buyer_idempotency (key, route, digest, message_id, created_ms) values ($1, $2, $3, $4, $5) \
     on conflict (key, route) do nothing";
const FIND: &str = "select digest, message_id from buyer_idempotency where key = $1 and route = $2";

/// False when the key is taken: roll back and answer with what [`find`] says.
pub async fn claim(
    tx: &mut Tx,
    key: &str,
    route: &str,
    digest: &str,
    message_id: &str,
    now_ms: i64,
) -> Result<bool, sqlx::Error> {
    let rows = node::run!(tx, |c| sqlx::query(INSERT)
        .bind(key)
        .bind(route)
        .bind(digest)
        .bind(message_id)
        .bind(now_ms)
        .execute(c)
        .await
        .map(|done| done.rows_affected()))?;
    Ok(rows == 1)
}

pub async fn find(db: &Database, key: &str, route: &str) -> Result<Option<Used>, sqlx::Error> {
    node::read!(db, |c| sqlx::query_as::<_, Used>(FIND).bind(key).bind(route).fetch_optional(c).await)
}
