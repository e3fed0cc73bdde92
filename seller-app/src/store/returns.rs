//! Returns for lists: cases, lines, receipts. The order is the truth; each save of it writes them anew.

use node::{Database, Tx, read, run};
use serde::Serialize;
use utoipa::ToSchema;

use crate::desk;
use crate::fulfilment::{Fulfilment, Progress};
use crate::order::Order;
use crate::returns::{Receipt, settle};

use super::orders::OrderKey;
use super::stamp::Stamp;

/// A return in a list. Times are Unix milliseconds, money is in the smallest unit.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow, Serialize, ToSchema)]
pub struct ReturnRow {
    pub bap_id: String,
    pub order_id: String,
    pub return_id: String,
    /// Who sold it.
    pub partner_id: String,
    /// Who has it, once it is back.
    pub holder_id: String,
    /// As the network names it.
    pub state: String,
    /// `decide-return`, `collect-return`, `receive-return`, `grade-return`; empty when nothing waits.
    pub waits: String,
    pub reason_id: String,
    pub value_minor: i64,
    pub refund_minor: i64,
    pub asked_ms: i64,
    /// Until when the buyer app wants it done.
    pub due_ms: Option<i64>,
    pub updated_ms: i64,
}

const DROP: [&str; 3] = [
    "delete from return_cases where bap_id = $1 and order_id = $2 and return_id = $3",
    "delete from return_lines where bap_id = $1 and order_id = $2 and return_id = $3",
    "delete from return_receipts where bap_id = $1 and order_id = $2 and return_id = $3",
];
const CASE: &str = "insert into return_cases (bap_id, order_id, return_id, partner_id, holder_id, state, waits, reason_id, \
     value_minor, refund_minor, asked_ms, due_ms, updated_ms) \
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)";
const LINE: &str = "insert into return_lines (bap_id, order_id, return_id, item_id, parent_item_id, count, grade, disposition) \
     values ($1, $2, $3, $4, $5, $6, $7, $8)";
const RECEIPT: &str = "insert into return_receipts (bap_id, order_id, return_id, item_id, partner_id, expected, received, \
     missing, wrong, damaged, note, photo, received_by, at_ms) \
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)";
/// What has a limit comes first, the nearest first.
const WAITING: &str = "select bap_id, order_id, return_id, partner_id, holder_id, state, waits, reason_id, value_minor, \
     refund_minor, asked_ms, due_ms, updated_ms from return_cases where waits <> '' and ($1 = '' or partner_id = $1) \
     order by case when due_ms is null then 1 else 0 end, due_ms, asked_ms, return_id limit $2";
const ALL: &str = "select bap_id, order_id, return_id, partner_id, holder_id, state, waits, reason_id, value_minor, \
     refund_minor, asked_ms, due_ms, updated_ms from return_cases where ($1 = '' or partner_id = $1) \
     order by asked_ms desc, return_id limit $2";

/// Writes the returns of an order.
pub async fn save(tx: &mut Tx, order: &Order, stamp: &Stamp<'_>) -> Result<(), sqlx::Error> {
    for fulfilment in &order.fulfilments {
        if let Progress::Return(_) = fulfilment.progress {
            one(tx, order, fulfilment, stamp).await?;
        }
    }
    Ok(())
}

async fn one(tx: &mut Tx, order: &Order, fulfilment: &Fulfilment, stamp: &Stamp<'_>) -> Result<(), sqlx::Error> {
    let (Progress::Return(state), Some(request), Some(case)) =
        (fulfilment.progress, &fulfilment.return_request, &fulfilment.case)
    else {
        return Ok(());
    };
    for sql in DROP {
        run!(tx, |c| sqlx::query(sql)
            .bind(&order.bap_id)
            .bind(&order.id)
            .bind(&fulfilment.id)
            .execute(c)
            .await
            .map(|_| ()))?;
    }
    let holder = case.receipt.as_ref().map_or("", |receipt| receipt.partner_id.as_str());
    let waits = desk::of_return(fulfilment).map_or("", desk::Attention::as_str);
    let refund = settle::refund(fulfilment).minor().unwrap_or_default();
    run!(tx, |c| sqlx::query(CASE)
        .bind(&order.bap_id)
        .bind(&order.id)
        .bind(&fulfilment.id)
        .bind(&order.partner_id)
        .bind(holder)
        .bind(state.as_str())
        .bind(waits)
        .bind(&request.reason_id)
        .bind(case.value.minor().unwrap_or_default())
        .bind(refund)
        .bind(case.told.first().map_or_else(|| stamp.ms(), |(_, at)| at.as_millisecond()))
        .bind(case.due(request, state).map(|due| due.as_millisecond()))
        .bind(stamp.ms())
        .execute(c)
        .await
        .map(|_| ()))?;
    let grading = case.grading.as_ref();
    run!(tx, |c| sqlx::query(LINE)
        .bind(&order.bap_id)
        .bind(&order.id)
        .bind(&fulfilment.id)
        .bind(&request.item_id)
        .bind(request.parent_item_id.as_deref().unwrap_or_default())
        .bind(i64::from(request.quantity))
        .bind(grading.map_or("", |grading| grading.grade.as_str()))
        .bind(grading.map_or("", |grading| grading.disposition.as_str()))
        .execute(c)
        .await
        .map(|_| ()))?;
    match &case.receipt {
        Some(receipt) => receive(tx, order, &fulfilment.id, receipt).await,
        None => Ok(()),
    }
}

async fn receive(tx: &mut Tx, order: &Order, id: &str, receipt: &Receipt) -> Result<(), sqlx::Error> {
    run!(tx, |c| sqlx::query(RECEIPT)
        .bind(&order.bap_id)
        .bind(&order.id)
        .bind(id)
        .bind(&receipt.item_id)
        .bind(&receipt.partner_id)
        .bind(i64::from(receipt.expected))
        .bind(i64::from(receipt.received))
        .bind(i64::from(receipt.missing()))
        .bind(i64::from(receipt.wrong))
        .bind(i64::from(receipt.damaged))
        .bind(&receipt.note)
        .bind(&receipt.photo)
        .bind(&receipt.by)
        .bind(receipt.at.as_millisecond())
        .execute(c)
        .await
        .map(|_| ()))
}

/// Returns of a partner (empty = of all), those that wait only, or all of them, the newest first.
pub async fn list(db: &Database, partner_id: &str, waiting: bool, limit: i64) -> Result<Vec<ReturnRow>, sqlx::Error> {
    let sql = if waiting { WAITING } else { ALL };
    read!(db, |c| sqlx::query_as::<_, ReturnRow>(sql).bind(partner_id).bind(limit).fetch_all(c).await)
}

/// Something that shows what happened.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow, Serialize, ToSchema)]
pub struct EvidenceRow {
    /// `request`, `photo`, `count`, `grade`
    pub kind: String,
    /// A few words, or the address of a photo.
    pub content: String,
    /// Empty when it belongs to no claim.
    pub claim_id: String,
    /// Unix milliseconds.
    pub at_ms: i64,
}

const SHOW: &str = "insert into return_evidence (id, bap_id, order_id, return_id, claim_id, kind, content, at_ms) \
     values ($1, $2, $3, $4, $5, $6, $7, $8)";
const SHOWN: &str = "select kind, content, claim_id, at_ms from return_evidence \
     where bap_id = $1 and order_id = $2 and return_id = $3 order by id";

/// Keeps a piece of evidence.
pub async fn show(
    tx: &mut Tx,
    (order, return_id): (&OrderKey, &str),
    (claim_id, kind, content): (&str, &str, &str),
    stamp: &Stamp<'_>,
) -> Result<(), sqlx::Error> {
    run!(tx, |c| sqlx::query(SHOW)
        .bind(stamp.id())
        .bind(&order.bap_id)
        .bind(&order.id)
        .bind(return_id)
        .bind(claim_id)
        .bind(kind)
        .bind(content)
        .bind(stamp.ms())
        .execute(c)
        .await
        .map(|_| ()))
}

/// The evidence of a return, oldest first.
pub async fn evidence(db: &Database, order: &OrderKey, return_id: &str) -> Result<Vec<EvidenceRow>, sqlx::Error> {
    read!(db, |c| sqlx::query_as::<_, EvidenceRow>(SHOWN)
        .bind(&order.bap_id)
        .bind(&order.id)
        .bind(return_id)
        .fetch_all(c)
        .await)
}
