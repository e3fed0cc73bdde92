//! Orders whose `confirm` nobody answered (NETWORK-SPEC 2): ask `status`, and when that brings nothing either, cancel with
//! reason 999 and give the money back.

use std::sync::Arc;

use node::handler::HandlerError;
use specs::Action;

use crate::asks::follow::about;
use crate::buyer::Buyer;
use crate::network::handler::{pays_back, save_decision};
use crate::network::messages;
use crate::network::outgoing::enqueue;
use crate::order::decide::{Event, decide};
use crate::order::record::Order;
use crate::store::{orders, requests};

/// "Confirmation failure at the buyer's side".
const CONFIRM_FAILED: &str = "999";

/// One round over all unanswered orders.
pub async fn watch(buyer: Arc<Buyer>) {
    let late_ms = buyer.now_ms() - buyer.node.specs.network().ttl_ms;
    let unanswered = match orders::unanswered(&buyer.node.db, late_ms).await {
        Ok(orders) => orders,
        Err(error) => return tracing::warn!(%error, "unanswered orders cannot be read"),
    };
    for order in unanswered {
        if let Err(error) = look_after(&buyer, &order, late_ms).await {
            tracing::warn!(order = order.id, %error, "an unanswered order could not be looked after; it is tried again");
        }
    }
}

async fn look_after(buyer: &Buyer, order: &Order, late_ms: i64) -> Result<(), HandlerError> {
    let give_up_ms = i64::try_from(buyer.config.confirm_give_up_s).unwrap_or(i64::MAX / 2_000) * 1000;
    if order.created_ms < late_ms - give_up_ms {
        return give_up(buyer, order).await;
    }
    let asked = requests::of_transaction(&buyer.node.db, &order.transaction_id).await?;
    if asked.iter().any(|request| request.action == Action::Status.as_str()) {
        return Ok(());
    }
    tracing::info!(order = order.id, "confirm was not answered in time; asking for the status");
    let prepared = about(buyer, Action::Status, order, messages::by_order(&order.id)).map_err(HandlerError::failed)?;
    let mut tx = buyer.node.db.begin().await?;
    enqueue(buyer, &mut tx, prepared).await.map_err(HandlerError::failed)?;
    tx.commit().await?;
    Ok(())
}

async fn give_up(buyer: &Buyer, order: &Order) -> Result<(), HandlerError> {
    let Some((order, version)) = orders::find(&buyer.node.db, &order.id).await? else { return Ok(()) };
    tracing::warn!(order = order.id, "confirm was never answered; cancelling with reason 999");
    let rules = buyer.rules(&order.domain, &order.core_version);
    let event = Event::ConfirmUnanswered { why: "25001 the seller did not answer the confirmation".to_owned() };
    let mut decision = decide(&order, event, &rules, buyer.now_ms()).map_err(HandlerError::failed)?;
    let ours = pays_back(buyer, &order).await?;
    let message = messages::cancel(&order.id, CONFIRM_FAILED, None, None, "");
    let prepared = about(buyer, Action::Cancel, &order, message).map_err(HandlerError::failed)?;
    decision.next.last_message_ms = prepared.sent_ms();
    let mut tx = buyer.node.db.begin().await?;
    save_decision(buyer, &mut tx, &decision, version, ours).await?;
    enqueue(buyer, &mut tx, prepared).await.map_err(HandlerError::failed)?;
    tx.commit().await?;
    Ok(())
}
