//! Tell the seller that the shopper has the money back: the settlement trail.

use protocol::clock::wire_timestamp;
use serde::{Deserialize, Serialize};
use specs::Action;
use utoipa::ToSchema;

use super::error::AskError;
use super::follow::{about, found};
use super::{Caller, Sent};
use crate::buyer::Buyer;
use crate::network::messages;
use crate::network::outgoing::{Prepared, Save, refuse_repeat, retried, send};
use crate::order::decide::{Event, Refusal, decide};
use crate::order::record::{Order, Refund, RefundState};

/// A refund that you paid yourself. Refunds of payments that this node collected are paid and told by the node alone.
#[derive(Clone, Debug, Default, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RefundAsk {
    pub order_id: String,
    /// Refund id as shown in the order; the first one that is due when absent.
    pub refund_id: Option<String>,
    /// Your reference of the payment to the shopper.
    pub reference: Option<String>,
}

pub async fn tell_refund(buyer: &Buyer, caller: &Caller, ask: &RefundAsk) -> Result<Sent, AskError> {
    refuse_repeat(buyer, caller).await?;
    retried(|| tell_once(buyer, caller, ask)).await
}

async fn tell_once(buyer: &Buyer, caller: &Caller, ask: &RefundAsk) -> Result<Sent, AskError> {
    let (order, version) = found(buyer, &ask.order_id).await?;
    let refund = wanted(&order, ask.refund_id.as_deref())?;
    let reference = ask.reference.clone().unwrap_or_else(|| refund.id.clone());
    let event = Event::RefundPaid { refund_id: refund.id.clone(), reference: reference.clone() };
    let mut next = decide(&order, event, &buyer.rules(&order.domain, &order.core_version), buyer.now_ms())?.next;
    let prepared = trail(buyer, &order, &refund, &reference)?;
    next.last_message_ms = prepared.sent_ms();
    send(buyer, caller, prepared, Save::Order(Box::new(next), version)).await
}

/// The named refund, or the first one that is due.
fn wanted(order: &Order, id: Option<&str>) -> Result<Refund, AskError> {
    let found = match id {
        Some(id) => order.refunds.iter().find(|r| r.id == id),
        None => order.refunds.iter().find(|r| r.state == RefundState::Due),
    };
    found.cloned().ok_or_else(|| Refusal::new("30018", "refund_id", "the order has no such refund").into())
}

/// The message of the settlement trail.
pub fn trail(buyer: &Buyer, order: &Order, refund: &Refund, reference: &str) -> Result<Prepared, AskError> {
    let at = wire_timestamp(buyer.node.clock.now());
    let message = messages::refund_trail(order, refund, &buyer.config.refund_type, reference, &at);
    about(buyer, Action::Update, order, message)
}
