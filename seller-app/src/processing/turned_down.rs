//! A request that was ACKed and cannot be done after all, because something changed in between (the last unit was sold, the
//! partner left). The buyer app gets its callback all the same: with the error, and as whole as the network wants it.

use node::handler::{Accepted, HandlerError};
use node::outbox::Outgoing;
use protocol::context::Context;
use protocol::participant::Role;
use serde_json::{Value, json};

use crate::app::{SellerApp, later_ms};
use crate::desk::Attention;
use crate::fulfilment::{DeliveryState, Progress};
use crate::network::translate::{OrderRef, render};
use crate::order::{Cancellation, Command, Effect, Order, OrderState, Refusal};
use crate::store::events::{self, Event};
use crate::store::orders::{self, OrderKey, Save};

use super::{Answered, Loaded, answer, load};

/// Reason of the network's list: the items are not there.
const NOT_AVAILABLE: &str = "002";

/// What is sent, and the order to remember if the refusal ended one.
#[derive(Debug)]
pub struct TurnedDown {
    pub message: Value,
    pub ended: Option<Order>,
}

/// Answers with the error and finishes the message, in one transaction.
///
/// # Errors
/// When the database fails: the message is tried again.
pub async fn turn_down(
    app: &SellerApp,
    request: &Accepted,
    meant: Option<(&OrderRef, &Command)>,
    refusal: &Refusal,
) -> Result<(), HandlerError> {
    let answer = match meant {
        Some((at, command)) => {
            let loaded = load(app, at, command, app.now()).await.map_err(HandlerError::from)?;
            body(app, &loaded, command, &request.context)
        }
        None => TurnedDown { message: json!({}), ended: None },
    };
    let stamp = app.stamp();
    let mut tx = app.node.db.begin().await?;
    if let Some(order) = &answer.ended {
        let requested_at_ms = request.context.timestamp.as_millisecond();
        let attention = Attention::of(order).as_str();
        let save = Save { order, version: None, requested_at_ms, now_ms: stamp.ms(), attention };
        if orders::save(&mut tx, save).await? {
            let detail = format!("Turned down: {refusal}");
            let message_id = request.context.message_id.as_str();
            let event = Event { actor: "system", kind: "turned-down", detail: &detail, message_id };
            events::add(&mut tx, &OrderKey::of(order), &event, &stamp).await?;
        }
    }
    let identity = &app.node.identity;
    let at = app.now().max(later_ms(request.context.timestamp, 1));
    if let Some(context) = request.context.reply(&identity.subscriber_id, &identity.url, at) {
        let error = refusal.network_error();
        let outgoing = Outgoing::new(context.bap_id.clone(), Role::Buyer, &context, &answer.message, Some(&error));
        app.node.outbox.enqueue(&mut tx, outgoing).await?;
    }
    request.finish(&mut tx).await?;
    tx.commit().await?;
    Ok(())
}

/// The callback's message. What the core would have answered if everything were there is what a buyer app expects to read;
/// a confirmed order is told as cancelled (NETWORK-SPEC 7).
pub fn body(app: &SellerApp, loaded: &Loaded, command: &Command, context: &Context) -> TurnedDown {
    let nothing = TurnedDown { message: json!({}), ended: None };
    let Some(stored) = &loaded.stored else { return nothing };
    if !stored.order.is_draft() {
        return TurnedDown { message: render::order(&stored.order), ended: None };
    }
    let answered = answer(app, loaded, &loaded.plenty(&app.seller), command, Some(context));
    let Ok(Answered { decision, .. }) = answered else { return nothing };
    if let Command::Confirm(_) = command {
        let ended = cancelled(app, decision.next);
        return TurnedDown { message: render::order(&ended), ended: Some(ended) };
    }
    let reply = decision.effects.into_iter().find_map(|effect| match effect {
        Effect::Reply { message, .. } => Some(message),
        _ => None,
    });
    TurnedDown { message: reply.unwrap_or_else(|| json!({})), ended: None }
}

fn cancelled(app: &SellerApp, mut order: Order) -> Order {
    order.state = OrderState::Cancelled;
    order.cancellation =
        Some(Cancellation { cancelled_by: app.seller.subscriber_id.clone(), reason_id: NOT_AVAILABLE.to_owned() });
    for fulfilment in &mut order.fulfilments {
        fulfilment.progress = Progress::Delivery(DeliveryState::Cancelled);
    }
    order
}
