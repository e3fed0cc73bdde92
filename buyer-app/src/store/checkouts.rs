//! Checkouts, as JSON with an optimistic version.

use node::database::{Database, Tx};

use super::orders::StoreError;
use crate::checkout::record::Checkout;

#[derive(sqlx::FromRow)]
struct Row {
    body: String,
    version: i64,
}

const INSERT: &str = "insert into buyer_checkout (transaction_id, owner, stage, body, version, created_ms, updated_ms) \
     values ($1, $2, $3, $4, 1, $5, $5) on conflict (transaction_id) do nothing";
const UPDATE: &str = "update buyer_checkout set stage = $2, body = $3, version = version + 1, updated_ms = $4 \
     where transaction_id = $1 and version = $5";
const FIND: &str = "select body, version from buyer_checkout where transaction_id = $1";

/// The checkout and its version, to be given to [`update`].
pub async fn find(db: &Database, transaction_id: &str) -> Result<Option<(Checkout, i64)>, StoreError> {
    let row = node::read!(db, |c| sqlx::query_as::<_, Row>(FIND).bind(transaction_id).fetch_optional(c).await)?;
    match row {
        Some(row) => Ok(Some((serde_json::from_str(&row.body)?, row.version))),
        None => Ok(None),
    }
}

/// Stores a new one (`version` 0) or the next state of a known one; fails with Conflict when another writer was faster.
pub async fn save(tx: &mut Tx, checkout: &Checkout, version: i64, now_ms: i64) -> Result<(), StoreError> {
    let body = serde_json::to_string(checkout)?;
    let stage = checkout.stage.name();
    let rows = if version == 0 {
        node::run!(tx, |c| sqlx::query(INSERT)
            .bind(&checkout.transaction_id)
            .bind(&checkout.owner)
            .bind(stage)
            .bind(&body)
            .bind(now_ms)
            .execute(c)
            .await
            .map(|done| done.rows_affected()))?
    } else {
        node::run!(tx, |c| sqlx::query(UPDATE)
            .bind(&checkout.transaction_id)
            .bind(stage)
            .bind(&body)
            .bind(now_ms)
            .bind(version)
            .execute(c)
            .await
            .map(|done| done.rows_affected()))?
    };
    if rows == 1 { Ok(()) } else { Err(StoreError::Conflict("checkout")) }
}
