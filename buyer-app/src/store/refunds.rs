//! Refunds that are due, and the tries to pay them.

use node::database::{Database, Tx};

use crate::order::record::Refund;

#[derive(Clone, Debug, sqlx::FromRow)]
pub struct RefundRow {
    pub refund_id: String,
    pub order_id: String,
    pub fulfilment_id: String,
    /// Reference of the payment that is paid back; empty for cash.
    pub payment_id: String,
    pub amount: String,
    /// due or paid.
    pub status: String,
    pub attempts: i64,
    pub next_ms: i64,
    pub reference: String,
    pub last_error: String,
    pub created_ms: i64,
    pub updated_ms: i64,
}

const INSERT: &str = "insert into buyer_refund (refund_id, order_id, fulfilment_id, payment_id, amount, status, attempts, next_ms, reference, \
     last_error, created_ms, updated_ms) values ($1, $2, $3, $4, $5, 'due', 0, $6, '', '', $6, $6) on conflict (refund_id) do nothing";
const DUE: &str = "select * from buyer_refund where status = 'due' and next_ms <= $1 order by next_ms limit 20";
const LATER: &str = "update buyer_refund set attempts = attempts + 1, next_ms = $2, last_error = $3, updated_ms = $4 where refund_id = $1 and status = 'due'";
const PAID: &str = "update buyer_refund set status = 'paid', attempts = attempts + 1, reference = $2, last_error = '', updated_ms = $3 \
     where refund_id = $1 and status = 'due'";
const OF_ORDER: &str = "select * from buyer_refund where order_id = $1 order by created_ms";

pub async fn insert(
    tx: &mut Tx,
    refund: &Refund,
    order_id: &str,
    payment_id: &str,
    now_ms: i64,
) -> Result<(), sqlx::Error> {
    node::run!(tx, |c| sqlx::query(INSERT)
        .bind(&refund.id)
        .bind(order_id)
        .bind(&refund.fulfilment_id)
        .bind(payment_id)
        .bind(refund.amount.wire())
        .bind(now_ms)
        .execute(c)
        .await
        .map(|_| ()))
}

pub async fn due(db: &Database, now_ms: i64) -> Result<Vec<RefundRow>, sqlx::Error> {
    node::read!(db, |c| sqlx::query_as::<_, RefundRow>(DUE).bind(now_ms).fetch_all(c).await)
}

pub async fn of_order(db: &Database, order_id: &str) -> Result<Vec<RefundRow>, sqlx::Error> {
    node::read!(db, |c| sqlx::query_as::<_, RefundRow>(OF_ORDER).bind(order_id).fetch_all(c).await)
}

pub async fn later(tx: &mut Tx, refund_id: &str, next_ms: i64, error: &str, now_ms: i64) -> Result<(), sqlx::Error> {
    node::run!(tx, |c| sqlx::query(LATER)
        .bind(refund_id)
        .bind(next_ms)
        .bind(error)
        .bind(now_ms)
        .execute(c)
        .await
        .map(|_| ()))
}

/// False when another worker was faster.
pub async fn paid(tx: &mut Tx, refund_id: &str, reference: &str, now_ms: i64) -> Result<bool, sqlx::Error> {
    let rows = node::run!(tx, |c| sqlx::query(PAID)
        .bind(refund_id)
        .bind(reference)
        .bind(now_ms)
        .execute(c)
        .await
        .map(|done| done.rows_affected()))?;
    Ok(rows == 1)
}
