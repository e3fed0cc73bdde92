//! Ask about an order: status, track, support; and rate it.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use specs::Action;
use utoipa::ToSchema;

use super::error::AskError;
use super::{Caller, Sent};
use crate::buyer::Buyer;
use crate::network::destination::known_seller;
use crate::network::messages;
use crate::network::outgoing::{Prepared, Save, Talk, next_timestamp, prepare, refuse_repeat, send};
use crate::order::decide::Refusal;
use crate::order::record::Order;
use crate::order::state::OrderState;
use crate::store::orders;

/// An ask about one order.
#[derive(Clone, Debug, Default, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OrderAsk {
    pub order_id: String,
}

/// A rating.
#[derive(Clone, Debug, Default, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RatingAsk {
    pub order_id: String,
    /// Order, Fulfillment, Item, Provider or Agent; Order when absent.
    pub category: Option<String>,
    /// What is rated; the order when absent.
    pub id: Option<String>,
    /// 1 to 5.
    pub value: u8,
}

/// Asks the seller how the order stands.
pub async fn status(buyer: &Buyer, caller: &Caller, ask: &OrderAsk) -> Result<Sent, AskError> {
    follow(buyer, caller, Action::Status, &ask.order_id, messages::by_order(&ask.order_id)).await
}

/// Asks where the goods are.
pub async fn track(buyer: &Buyer, caller: &Caller, ask: &OrderAsk) -> Result<Sent, AskError> {
    let (order, _) = found(buyer, &ask.order_id).await?;
    let forward = order.fulfilments.iter().filter(|f| f.kind.is_forward());
    if order.state != OrderState::Requested && forward.clone().count() > 0 && !forward.clone().any(|f| f.tracking) {
        return Err(Refusal::new("40005", "order_id", "the seller offers no tracking for this order").into());
    }
    follow(buyer, caller, Action::Track, &ask.order_id, messages::by_order(&ask.order_id)).await
}

/// Asks how to reach the seller's support.
pub async fn support(buyer: &Buyer, caller: &Caller, ask: &OrderAsk) -> Result<Sent, AskError> {
    follow(buyer, caller, Action::Support, &ask.order_id, messages::support(&ask.order_id)).await
}

pub async fn rating(buyer: &Buyer, caller: &Caller, ask: &RatingAsk) -> Result<Sent, AskError> {
    if !(1..=5).contains(&ask.value) {
        return Err(AskError::invalid("value", "a rating is 1 to 5"));
    }
    let category = ask.category.as_deref().unwrap_or("Order");
    let id = ask.id.as_deref().unwrap_or(&ask.order_id);
    follow(buyer, caller, Action::Rating, &ask.order_id, messages::rating(category, id, ask.value)).await
}

async fn follow(
    buyer: &Buyer,
    caller: &Caller,
    action: Action,
    order_id: &str,
    message: Value,
) -> Result<Sent, AskError> {
    refuse_repeat(buyer, caller).await?;
    let (order, _) = found(buyer, order_id).await?;
    if order.state == OrderState::Failed {
        return Err(Refusal::new("30018", "order_id", "the seller refused this order, it does not exist there").into());
    }
    let prepared = about(buyer, action, &order, message)?;
    send(buyer, caller, prepared, Save::Nothing).await
}

/// The order and its version.
pub async fn found(buyer: &Buyer, order_id: &str) -> Result<(Order, i64), AskError> {
    orders::find(&buyer.node.db, order_id).await?.ok_or_else(|| AskError::not_found("order", order_id))
}

/// A message about an order, to its seller.
pub fn about(buyer: &Buyer, action: Action, order: &Order, message: Value) -> Result<Prepared, AskError> {
    let talk = Talk {
        domain: order.domain.clone(),
        core_version: order.core_version.clone(),
        city: order.city.clone(),
        transaction_id: order.transaction_id.clone(),
        order_id: order.id.clone(),
        last_message_ms: order.last_message_ms,
    };
    let at = next_timestamp(buyer.node.clock.now(), talk.last_message_ms);
    prepare(buyer, action, &talk, &known_seller(&order.bpp_id, &order.bpp_uri), at, message)
}
