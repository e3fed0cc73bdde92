//! Who bears what returns cost: rows that are only ever added. And the claims on carriers.

use jiff::Timestamp;
use node::{Database, Tx, read, run};
use serde::Serialize;
use utoipa::ToSchema;

use crate::money::Money;
use crate::partners::Terms;

use super::body;
use super::orders::OrderKey;
use super::stamp::Stamp;

/// A row. Positive: the account gets it.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow, Serialize, ToSchema)]
pub struct LedgerRow {
    /// `partner`, `carrier`, `brand`, `buyer`
    pub account: String,
    /// Empty for the other accounts.
    pub partner_id: String,
    pub order_id: String,
    pub return_id: String,
    /// `borne`, `relief`, `goods-moved`
    pub entry: String,
    pub amount: String,
    /// Not empty: it counts when this claim is accepted.
    pub claim_id: String,
    /// Unix milliseconds.
    pub at_ms: i64,
}

/// A row as it is added.
#[derive(Clone, Copy, Debug)]
pub struct NewRow<'a> {
    pub account: &'a str,
    pub partner_id: &'a str,
    pub entry: &'a str,
    pub amount: Money,
    pub claim_id: &'a str,
}

const ADD: &str = "insert into partner_ledger \
     (id, account, partner_id, bap_id, order_id, return_id, entry, amount, claim_id, at_ms) \
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
const OF_PARTNER: &str = "select account, partner_id, order_id, return_id, entry, amount, claim_id, at_ms \
     from partner_ledger where partner_id = $1 and claim_id = '' and at_ms >= $2 and at_ms < $3 order by id";
const OF_RETURN: &str = "select account, partner_id, order_id, return_id, entry, amount, claim_id, at_ms \
     from partner_ledger where bap_id = $1 and order_id = $2 and return_id = $3 order by id";
const TERMS: &str = "select terms from partners where id = $1";
const CLAIM: &str = "insert into carrier_claims \
     (id, carrier, bap_id, order_id, return_id, amount, state, reason, opened_at_ms) \
     values ($1, $2, $3, $4, $5, $6, 'open', $7, $8)";

pub async fn add(
    tx: &mut Tx,
    (order, return_id): (&OrderKey, &str),
    row: NewRow<'_>,
    stamp: &Stamp<'_>,
) -> Result<(), sqlx::Error> {
    run!(tx, |c| sqlx::query(ADD)
        .bind(stamp.id())
        .bind(row.account)
        .bind(row.partner_id)
        .bind(&order.bap_id)
        .bind(&order.id)
        .bind(return_id)
        .bind(row.entry)
        .bind(row.amount.wire())
        .bind(row.claim_id)
        .bind(stamp.ms())
        .execute(c)
        .await
        .map(|_| ()))
}

/// What a partner's statement sums: its rows of a time that belong to no claim.
pub async fn of_partner(
    db: &Database,
    partner_id: &str,
    (from, to): (Timestamp, Timestamp),
) -> Result<Vec<LedgerRow>, sqlx::Error> {
    read!(db, |c| sqlx::query_as::<_, LedgerRow>(OF_PARTNER)
        .bind(partner_id)
        .bind(from.as_millisecond())
        .bind(to.as_millisecond())
        .fetch_all(c)
        .await)
}

/// All accounts of one return, oldest first.
pub async fn of_return(db: &Database, order: &OrderKey, return_id: &str) -> Result<Vec<LedgerRow>, sqlx::Error> {
    read!(db, |c| sqlx::query_as::<_, LedgerRow>(OF_RETURN)
        .bind(&order.bap_id)
        .bind(&order.id)
        .bind(return_id)
        .fetch_all(c)
        .await)
}

/// A partner's terms, read inside a transaction; those of a partner that is not known are the usual ones.
pub async fn terms(tx: &mut Tx, partner_id: &str) -> Result<Terms, sqlx::Error> {
    let found: Option<String> = run!(tx, |c| sqlx::query_scalar(TERMS).bind(partner_id).fetch_optional(c).await)?;
    found.map_or_else(|| Ok(Terms::default()), |text| body::read(&text))
}

/// Opens a claim on a carrier; its id.
pub async fn claim_carrier(
    tx: &mut Tx,
    (order, return_id): (&OrderKey, &str),
    (carrier, amount, reason): (&str, Money, &str),
    stamp: &Stamp<'_>,
) -> Result<String, sqlx::Error> {
    let id = stamp.id();
    run!(tx, |c| sqlx::query(CLAIM)
        .bind(&id)
        .bind(carrier)
        .bind(&order.bap_id)
        .bind(&order.id)
        .bind(return_id)
        .bind(amount.wire())
        .bind(reason)
        .bind(stamp.ms())
        .execute(c)
        .await
        .map(|_| ()))?;
    Ok(id)
}
