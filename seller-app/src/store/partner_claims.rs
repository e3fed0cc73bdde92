//! Claims between the brand and its partners.

use node::{Database, Tx, read, run};
use serde::Serialize;
use utoipa::ToSchema;

use crate::money::Money;

use super::stamp::Stamp;

/// A claim. A positive amount is what the partner owes the brand.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow, Serialize, ToSchema)]
pub struct ClaimRow {
    pub id: String,
    pub partner_id: String,
    /// Empty when it is about no order.
    pub order_id: String,
    /// `damaged`, `missing`, `late`…: the brand's own word.
    pub cause: String,
    pub amount: String,
    /// `open`, `accepted`, `rejected`
    pub state: String,
    /// Why it was opened, and by whom.
    pub reason: String,
    pub actor: String,
    /// Unix milliseconds.
    pub opened_at_ms: i64,
    /// Why it was decided so, and by whom; empty while it is open.
    pub decision_reason: String,
    pub decided_by: String,
    pub decided_at_ms: Option<i64>,
}

/// A claim as it is opened.
#[derive(Clone, Copy, Debug)]
pub struct NewClaim<'a> {
    pub partner_id: &'a str,
    pub order_id: &'a str,
    pub cause: &'a str,
    pub amount: Money,
    pub reason: &'a str,
    pub actor: &'a str,
}

const OPEN: &str = "insert into partner_claims \
     (id, partner_id, order_id, cause, amount, state, reason, actor, opened_at_ms, decision_reason, decided_by) \
     values ($1, $2, $3, $4, $5, 'open', $6, $7, $8, '', '')";
const DECIDE: &str = "update partner_claims set state = $2, decision_reason = $3, decided_by = $4, decided_at_ms = $5 \
     where id = $1 and state = 'open'";
const OF_PARTNER: &str = "select id, partner_id, order_id, cause, amount, state, reason, actor, opened_at_ms, \
     decision_reason, decided_by, decided_at_ms \
     from partner_claims where partner_id = $1 order by opened_at_ms desc, id desc";

/// Opens a claim; its id.
pub async fn open(tx: &mut Tx, claim: &NewClaim<'_>, stamp: &Stamp<'_>) -> Result<String, sqlx::Error> {
    let id = stamp.id();
    run!(tx, |c| sqlx::query(OPEN)
        .bind(&id)
        .bind(claim.partner_id)
        .bind(claim.order_id)
        .bind(claim.cause)
        .bind(claim.amount.wire())
        .bind(claim.reason)
        .bind(claim.actor)
        .bind(stamp.ms())
        .execute(c)
        .await
        .map(|_| ()))?;
    Ok(id)
}

/// Accepts or rejects an open claim. `false` = there is no open one with this id.
pub async fn decide(
    tx: &mut Tx,
    id: &str,
    state: &str,
    (actor, reason): (&str, &str),
    stamp: &Stamp<'_>,
) -> Result<bool, sqlx::Error> {
    let changed = run!(tx, |c| sqlx::query(DECIDE)
        .bind(id)
        .bind(state)
        .bind(reason)
        .bind(actor)
        .bind(stamp.ms())
        .execute(c)
        .await
        .map(|done| done.rows_affected()))?;
    Ok(changed == 1)
}

/// The newest first.
pub async fn of_partner(db: &Database, partner_id: &str) -> Result<Vec<ClaimRow>, sqlx::Error> {
    read!(db, |c| sqlx::query_as::<_, ClaimRow>(OF_PARTNER).bind(partner_id).fetch_all(c).await)
}
