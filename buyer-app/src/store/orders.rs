//! Orders, as JSON with an optimistic version and a few columns for lists.

use node::database::{Database, Tx};
use node::handler::HandlerError;

use crate::order::record::Order;

/// Why a record could not be read or written.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    #[error("database: {0}")]
    Database(#[from] sqlx::Error),
    #[error("a stored record cannot be read, was it written by a newer program? {0}")]
    Record(#[from] serde_json::Error),
    /// Read again and retry.
    #[error("the {0} was changed by another writer")]
    Conflict(&'static str),
}

impl From<StoreError> for HandlerError {
    fn from(error: StoreError) -> HandlerError {
        match error {
            StoreError::Database(error) => HandlerError::Database(error),
            StoreError::Conflict(what) => HandlerError::Conflict(what),
            StoreError::Record(_) => HandlerError::failed(error),
        }
    }
}

#[derive(sqlx::FromRow)]
struct Row {
    body: String,
    version: i64,
}

const INSERT: &str = "insert into buyer_order (order_id, transaction_id, owner, bpp_id, state, total, body, version, created_ms, updated_ms) \
     values ($1, $2, $3, $4, $5, $6, $7, 1, $8, $8)";
const UPDATE: &str = "update buyer_order set state = $2, total = $3, body = $4, version = version + 1, updated_ms = $5 \
     where order_id = $1 and version = $6";
const BY_ID: &str = "select body, version from buyer_order where order_id = $1";
const BY_TRANSACTION: &str = "select body, version from buyer_order where transaction_id = $1";
const LIST: &str = "select body, version from buyer_order where ($1 = '' or owner = $1) and ($2 = '' or state = $2) and created_ms < $3 \
     order by created_ms desc limit $4";
const UNANSWERED: &str =
    "select body, version from buyer_order where state = 'Requested' and created_ms < $1 order by created_ms limit 100";

fn read(row: Option<Row>) -> Result<Option<(Order, i64)>, StoreError> {
    row.map(|row| Ok((serde_json::from_str(&row.body)?, row.version))).transpose()
}

/// The order and its version, to be given to [`update`].
pub async fn find(db: &Database, order_id: &str) -> Result<Option<(Order, i64)>, StoreError> {
    read(node::read!(db, |c| sqlx::query_as::<_, Row>(BY_ID).bind(order_id).fetch_optional(c).await)?)
}

pub async fn of_transaction(db: &Database, transaction_id: &str) -> Result<Option<(Order, i64)>, StoreError> {
    read(node::read!(db, |c| sqlx::query_as::<_, Row>(BY_TRANSACTION).bind(transaction_id).fetch_optional(c).await)?)
}

/// The same, inside a transaction.
pub async fn of_transaction_in(tx: &mut Tx, transaction_id: &str) -> Result<Option<(Order, i64)>, StoreError> {
    read(node::run!(tx, |c| sqlx::query_as::<_, Row>(BY_TRANSACTION).bind(transaction_id).fetch_optional(c).await)?)
}

/// Newest first; empty `owner` or `state` means any. `before_ms` pages: pass the created_ms of the last row seen.
pub async fn list(
    db: &Database,
    owner: &str,
    state: &str,
    before_ms: i64,
    limit: u32,
) -> Result<Vec<Order>, StoreError> {
    let rows = node::read!(db, |c| sqlx::query_as::<_, Row>(LIST)
        .bind(owner)
        .bind(state)
        .bind(before_ms)
        .bind(i64::from(limit))
        .fetch_all(c)
        .await)?;
    rows.into_iter().map(|row| Ok(serde_json::from_str(&row.body)?)).collect()
}

/// Orders whose `confirm` has no answer yet and was sent before the given time.
pub async fn unanswered(db: &Database, before_ms: i64) -> Result<Vec<Order>, StoreError> {
    let rows = node::read!(db, |c| sqlx::query_as::<_, Row>(UNANSWERED).bind(before_ms).fetch_all(c).await)?;
    rows.into_iter().map(|row| Ok(serde_json::from_str(&row.body)?)).collect()
}

pub async fn insert(tx: &mut Tx, order: &Order) -> Result<(), StoreError> {
    let body = serde_json::to_string(order)?;
    node::run!(tx, |c| sqlx::query(INSERT)
        .bind(&order.id)
        .bind(&order.transaction_id)
        .bind(&order.owner)
        .bind(&order.bpp_id)
        .bind(order.state.name())
        .bind(order.quote.price.value.wire())
        .bind(&body)
        .bind(order.created_ms)
        .execute(c)
        .await
        .map(|_| ()))?;
    Ok(())
}

/// Fails with Conflict when `version` is no longer the stored one.
pub async fn update(tx: &mut Tx, order: &Order, version: i64, now_ms: i64) -> Result<(), StoreError> {
    let body = serde_json::to_string(order)?;
    let rows = node::run!(tx, |c| sqlx::query(UPDATE)
        .bind(&order.id)
        .bind(order.state.name())
        .bind(order.quote.price.value.wire())
        .bind(&body)
        .bind(now_ms)
        .bind(version)
        .execute(c)
        .await
        .map(|done| done.rows_affected()))?;
    if rows == 1 { Ok(()) } else { Err(StoreError::Conflict("order")) }
}
