//! Pays refunds that are due, again and again until the provider accepts, then tells the seller by the settlement trail.
//! Payment and message are not one step: the payment is idempotent by refund id, so a crash between them only repeats it.

use std::sync::Arc;

use node::handler::HandlerError;

use crate::asks::refund::trail;
use crate::buyer::Buyer;
use crate::money::Money;
use crate::network::outgoing::enqueue;
use crate::order::decide::{Event, decide};
use crate::order::state::OrderState;
use crate::store::events::{self, NewEvent};
use crate::store::refunds::RefundRow;
use crate::store::{orders, refunds};

/// One round over everything that is due now.
pub async fn pay_due(buyer: Arc<Buyer>) {
    let due = match refunds::due(&buyer.node.db, buyer.now_ms()).await {
        Ok(due) => due,
        Err(error) => return tracing::warn!(%error, "refunds cannot be read"),
    };
    for refund in due {
        if let Err(error) = pay(&buyer, &refund).await {
            tracing::warn!(refund = refund.refund_id, %error, "refund not finished; it is tried again");
        }
    }
}

async fn pay(buyer: &Buyer, row: &RefundRow) -> Result<(), HandlerError> {
    let amount = Money::parse(&row.amount).map_err(HandlerError::failed)?;
    match buyer.collector.refund(&row.refund_id, &row.payment_id, amount).await {
        Ok(reference) => paid(buyer, row, &reference).await,
        Err(error) => {
            let now_ms = buyer.now_ms();
            let schedule = &buyer.config.refund_retry_s;
            let at = usize::try_from(row.attempts).unwrap_or(usize::MAX).min(schedule.len().saturating_sub(1));
            let wait_s = schedule.get(at).copied().unwrap_or(60);
            let next_ms = now_ms + i64::try_from(wait_s).unwrap_or(i64::MAX / 2_000) * 1000;
            let mut tx = buyer.node.db.begin().await?;
            refunds::later(&mut tx, &row.refund_id, next_ms, &error.to_string(), now_ms).await?;
            tx.commit().await?;
            Ok(())
        }
    }
}

/// Order, refund row, event and settlement trail in one transaction.
async fn paid(buyer: &Buyer, row: &RefundRow, reference: &str) -> Result<(), HandlerError> {
    let Some((order, version)) = orders::find(&buyer.node.db, &row.order_id).await? else {
        return Err(HandlerError::NotReady("the order of the refund"));
    };
    let event = Event::RefundPaid { refund_id: row.refund_id.clone(), reference: reference.to_owned() };
    let rules = buyer.rules(&order.domain, &order.core_version);
    let mut next = decide(&order, event, &rules, buyer.now_ms()).map_err(HandlerError::failed)?.next;
    // An order that the seller never took has nobody to tell.
    let told = next.state != OrderState::Failed;
    let refund = next.refunds.iter().find(|r| r.id == row.refund_id).cloned();
    let prepared = match (refund, told) {
        (Some(refund), true) => Some(trail(buyer, &order, &refund, reference).map_err(HandlerError::failed)?),
        (None, _) | (_, false) => None,
    };
    if let Some(prepared) = &prepared {
        next.last_message_ms = prepared.sent_ms();
    }
    let now_ms = buyer.now_ms();
    let mut tx = buyer.node.db.begin().await?;
    if !refunds::paid(&mut tx, &row.refund_id, reference, now_ms).await? {
        return Ok(tx.rollback().await?);
    }
    orders::update(&mut tx, &next, version, now_ms).await?;
    let body =
        serde_json::json!({"refund_id": row.refund_id, "amount": row.amount, "state": "paid", "reference": reference})
            .to_string();
    let event = NewEvent {
        transaction_id: &order.transaction_id,
        message_id: "",
        order_id: &order.id,
        kind: "refund",
        action: "",
        at_ms: now_ms,
        body: &body,
    };
    events::insert(&mut tx, &event).await?;
    buyer.waiters.wake_after_commit(&mut tx, &[&order.transaction_id]);
    if let Some(prepared) = prepared {
        enqueue(buyer, &mut tx, prepared).await.map_err(HandlerError::failed)?;
    }
    tx.commit().await?;
    Ok(())
}
