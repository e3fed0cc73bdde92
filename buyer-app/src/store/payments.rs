//! Payments at the payment provider, as the fake checkout keeps them.

use node::database::{Database, Tx};

#[derive(Clone, Debug, sqlx::FromRow)]
pub struct PaymentRow {
    pub payment_id: String,
    pub transaction_id: String,
    pub owner: String,
    pub amount: String,
    pub currency: String,
    /// open, paid or failed.
    pub status: String,
    /// The provider's reference once paid.
    pub reference: String,
    /// Sum paid back.
    pub refunded: String,
    pub created_ms: i64,
    pub updated_ms: i64,
}

const INSERT: &str = "insert into buyer_payment (payment_id, transaction_id, owner, amount, currency, status, reference, refunded, created_ms, updated_ms) \
     values ($1, $2, $3, $4, $5, 'open', '', '0.00', $6, $6)";
const FIND: &str = "select * from buyer_payment where payment_id = $1";
const SETTLE: &str = "update buyer_payment set status = $2, reference = $3, updated_ms = $4 where payment_id = $1 and status in ('open', 'failed')";

pub async fn insert(tx: &mut Tx, payment: &PaymentRow) -> Result<(), sqlx::Error> {
    node::run!(tx, |c| sqlx::query(INSERT)
        .bind(&payment.payment_id)
        .bind(&payment.transaction_id)
        .bind(&payment.owner)
        .bind(&payment.amount)
        .bind(&payment.currency)
        .bind(payment.created_ms)
        .execute(c)
        .await
        .map(|_| ()))
}

pub async fn find(db: &Database, payment_id: &str) -> Result<Option<PaymentRow>, sqlx::Error> {
    node::read!(db, |c| sqlx::query_as::<_, PaymentRow>(FIND).bind(payment_id).fetch_optional(c).await)
}

/// Sets the outcome; false when it was paid before.
pub async fn settle(
    tx: &mut Tx,
    payment_id: &str,
    paid: bool,
    reference: &str,
    now_ms: i64,
) -> Result<bool, sqlx::Error> {
    let status = if paid { "paid" } else { "failed" };
    let rows = node::run!(tx, |c| sqlx::query(SETTLE)
        .bind(payment_id)
        .bind(status)
        .bind(reference)
        .bind(now_ms)
        .execute(c)
        .await
        .map(|done| done.rows_affected()))?;
    Ok(rows == 1)
}

/// Was it collected by our own checkout?
pub async fn is_ours(tx: &mut Tx, payment_id: &str) -> Result<bool, sqlx::Error> {
    let found = node::run!(tx, |c| sqlx::query_as::<_, PaymentRow>(FIND).bind(payment_id).fetch_optional(c).await)?;
    Ok(found.is_some())
}
