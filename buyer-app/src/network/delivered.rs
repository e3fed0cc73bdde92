//! What became of our own messages: ACK, NACK or given up. Tells whoever waits, and ends orders that the seller did not take.

use node::database::Tx;
use node::handler::{Delivery, HandlerError, Sent};
use protocol::ack::NetworkError;
use protocol::context::Context;
use serde_json::json;
use specs::Action;

use super::handler::save_decision;
use crate::buyer::Buyer;
use crate::order::decide::{Event, decide};
use crate::order::state::OrderState;
use crate::store::requests::RequestStatus;
use crate::store::{events, orders, payments, requests};

/// The seller's code for "no such order".
const ORDER_NOT_FOUND: &str = "30018";

/// What became of a message of ours, inside the transaction that closes its outbox row.
pub async fn closed(buyer: &Buyer, tx: &mut Tx, sent: &Sent, delivery: &Delivery) -> Result<(), HandlerError> {
    let context = &sent.context;
    let (id, transaction, action) =
        (context.message_id.as_str(), context.transaction_id.as_str(), context.action.as_str());
    let now_ms = buyer.now_ms();
    let (kind, body) = match delivery {
        Delivery::Acked => {
            requests::acked(tx, id, now_ms).await?;
            ("ack", String::new())
        }
        Delivery::Nacked(error) => {
            let body = serde_json::to_string(error).map_err(HandlerError::failed)?;
            requests::ended(tx, id, RequestStatus::Refused, &body, now_ms).await?;
            ("nack", body)
        }
        Delivery::GaveUp(why) => {
            let body = json!({"type": "CORE-ERROR", "code": "", "message": why}).to_string();
            requests::ended(tx, id, RequestStatus::Undelivered, &body, now_ms).await?;
            ("undelivered", body)
        }
    };
    if let Delivery::Nacked(error) = delivery {
        confirm_refused(buyer, tx, context, error).await?;
    }
    let event = events::NewEvent {
        transaction_id: transaction,
        message_id: id,
        order_id: "",
        kind,
        action,
        at_ms: now_ms,
        body: &body,
    };
    events::insert(tx, &event).await?;
    buyer.waiters.wake_after_commit(tx, &[id, transaction]);
    Ok(())
}

/// A confirm that the seller did not take ends the order and gives the money back. So does "no such order" as the answer
/// to a question about an order that was never confirmed. A confirm that was merely not delivered may have arrived: the
/// confirm watch asks.
async fn confirm_refused(
    buyer: &Buyer,
    tx: &mut Tx,
    context: &Context,
    error: &NetworkError,
) -> Result<(), HandlerError> {
    let unknown = context.action == Action::Status && error.code == ORDER_NOT_FOUND;
    if context.action != Action::Confirm && !unknown {
        return Ok(());
    }
    let found = orders::of_transaction_in(tx, context.transaction_id.as_str()).await?;
    let Some((order, version)) = found.filter(|(order, _)| order.state == OrderState::Requested) else { return Ok(()) };
    let ours = order.payment.reference.is_empty() || payments::is_ours(tx, &order.payment.reference).await?;
    let rules = buyer.rules(&order.domain, &order.core_version);
    let event = Event::ConfirmRefused { code: error.code.clone(), message: error.message.clone() };
    if let Ok(decision) = decide(&order, event, &rules, buyer.now_ms()) {
        save_decision(buyer, tx, &decision, version, ours).await?;
    }
    Ok(())
}
