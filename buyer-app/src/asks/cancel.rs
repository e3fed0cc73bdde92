//! Cancel an order, or a return that is not picked yet.

use serde::{Deserialize, Serialize};
use specs::Action;
use utoipa::ToSchema;

use super::error::AskError;
use super::follow::{about, found};
use super::{Caller, Sent};
use crate::buyer::Buyer;
use crate::network::messages;
use crate::network::outgoing::{Save, refuse_repeat, retried, send};
use crate::order::decide::{CancelAsked, Event, decide};

#[derive(Clone, Debug, Default, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CancelAsk {
    pub order_id: String,
    /// Reason id of the network's list that a buyer may use.
    pub reason_id: String,
    /// A Return fulfilment to cancel; the whole order when absent.
    pub fulfillment_id: Option<String>,
    /// For a broken delivery promise: `false` asks first, `true` leaves the seller no choice.
    pub force: Option<bool>,
}

pub async fn cancel(buyer: &Buyer, caller: &Caller, ask: &CancelAsk) -> Result<Sent, AskError> {
    refuse_repeat(buyer, caller).await?;
    retried(|| cancel_once(buyer, caller, ask)).await
}

async fn cancel_once(buyer: &Buyer, caller: &Caller, ask: &CancelAsk) -> Result<Sent, AskError> {
    let (order, version) = found(buyer, &ask.order_id).await?;
    let rules = buyer.rules(&order.domain, &order.core_version);
    let asked =
        CancelAsked { reason_id: ask.reason_id.clone(), fulfilment_id: ask.fulfillment_id.clone(), force: ask.force };
    let mut next = decide(&order, Event::CancelAsked(asked), &rules, buyer.now_ms())?.next;
    let ttl = &buyer.config.force_cancel_ttl;
    let forward = order.fulfilments.iter().find(|f| f.kind.is_forward()).map(|f| f.id.as_str());
    // A force cancel names the fulfilment whose promise was broken.
    let fulfilment = ask.fulfillment_id.as_deref().or_else(|| ask.force.and(forward));
    let message = messages::cancel(&order.id, &ask.reason_id, fulfilment, ask.force, ttl);
    let prepared = about(buyer, Action::Cancel, &order, message)?;
    next.last_message_ms = prepared.sent_ms();
    send(buyer, caller, prepared, Save::Order(Box::new(next), version)).await
}
