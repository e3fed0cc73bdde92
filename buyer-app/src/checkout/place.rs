//! Turns an agreed checkout into the order that `confirm` asks for.

use serde_json::Value;

use super::record::{Agreed, Checkout, Offer};
use super::stage::{Move, Stage};
use crate::order::decide::Refusal;
use crate::order::record::{Fulfilment, Line, Order, OrderedLine, Payment};
use crate::order::state::{FulfilmentKind, OrderState};

/// The money that was collected, or will be at the door.
#[derive(Clone, Debug, PartialEq)]
pub enum Collected {
    /// Reference at the payment provider.
    Prepaid {
        reference: String,
    },
    Cash,
}

/// Checks that the checkout can be confirmed; gives the two parts every confirm needs.
pub fn confirmable(checkout: &Checkout) -> Result<(&Offer, &Agreed), Refusal> {
    if checkout.stage.after(Move::Confirm).is_none() {
        let message = format!("the checkout is {}; confirm needs an answered init", checkout.stage.name());
        return Err(Refusal::new("20008", "transaction_id", message));
    }
    match (&checkout.offer, &checkout.agreed) {
        (Some(offer), Some(agreed)) => Ok((offer, agreed)),
        (None, _) | (_, None) => Err(Refusal::new("20008", "transaction_id", "the checkout has no offer")),
    }
}

/// The new order and the closed checkout. `payment_wire` is `order.payment` of the confirm message.
pub fn placed(
    checkout: &Checkout,
    order_id: &str,
    collected: &Collected,
    payment_wire: Value,
    now_ms: i64,
) -> Result<(Order, Checkout), Refusal> {
    let (offer, agreed) = confirmable(checkout)?;
    let mut closed = checkout.clone();
    closed.stage = Stage::Ordered;
    closed.order_id = order_id.to_owned();
    closed.last_message_ms = now_ms;
    let mut order = Order {
        id: order_id.to_owned(),
        transaction_id: checkout.transaction_id.clone(),
        owner: checkout.owner.clone(),
        domain: checkout.domain.clone(),
        core_version: checkout.core_version.clone(),
        city: checkout.city.clone(),
        bpp_id: checkout.bpp_id.clone(),
        bpp_uri: checkout.bpp_uri.clone(),
        provider_id: checkout.provider_id.clone(),
        provider_name: checkout.provider_name.clone(),
        location_id: checkout.location_id.clone(),
        state: OrderState::Requested,
        ordered: ordered_lines(checkout, agreed),
        lines: forward_lines(checkout),
        fulfilments: chosen_fulfilments(checkout, offer),
        quote: agreed.quote.clone(),
        confirmed_total: agreed.quote.price.value,
        payment: payment(collected, agreed, payment_wire),
        billing: agreed.billing.clone(),
        delivery: agreed.delivery.clone(),
        documents: Vec::new(),
        cancellation: None,
        refunds: Vec::new(),
        timeline: Vec::new(),
        returns_asked: Vec::new(),
        tracking: None,
        reported_ms: 0,
        last_message_ms: now_ms,
        created_ms: now_ms,
        updated_ms: now_ms,
    };
    order.note_event(now_ms, "", "Requested", "");
    Ok((order, closed))
}

fn ordered_lines(checkout: &Checkout, agreed: &Agreed) -> Vec<OrderedLine> {
    let line = |line: &super::record::CheckoutLine| {
        let quoted = agreed.quote.breakup.iter().find(|l| l.is_item() && l.item_id == line.item_id);
        let title = quoted.map(|l| l.title.clone()).filter(|t| !t.is_empty()).unwrap_or_else(|| line.title.clone());
        OrderedLine {
            item_id: line.item_id.clone(),
            title,
            count: line.count,
            unit_price: line.unit_price.unwrap_or_default(),
            category: line.category.clone(),
            returnable: line.returnable,
            cancellable: line.cancellable,
        }
    };
    checkout.lines.iter().map(line).collect()
}

fn forward_lines(checkout: &Checkout) -> Vec<Line> {
    let line = |line: &super::record::CheckoutLine| Line {
        item_id: line.item_id.clone(),
        fulfilment_id: checkout.fulfilment_of(&line.item_id),
        count: line.count,
    };
    checkout.lines.iter().map(line).collect()
}

fn chosen_fulfilments(checkout: &Checkout, offer: &Offer) -> Vec<Fulfilment> {
    let used = |id: &str| checkout.lines.iter().any(|l| checkout.fulfilment_of(&l.item_id) == id);
    let chosen = offer.fulfilments.iter().filter(|f| used(&f.id));
    chosen
        .map(|f| Fulfilment {
            tat: f.tat.clone(),
            tracking: f.tracking,
            ..Fulfilment::blank(&f.id, FulfilmentKind::from_wire(&f.kind))
        })
        .collect()
}

fn payment(collected: &Collected, agreed: &Agreed, wire: Value) -> Payment {
    let (kind, collected_by, paid, reference) = match collected {
        Collected::Prepaid { reference } => ("ON-ORDER", "BAP", true, reference.clone()),
        Collected::Cash => ("ON-FULFILLMENT", "BPP", false, String::new()),
    };
    Payment {
        kind: kind.to_owned(),
        collected_by: collected_by.to_owned(),
        paid,
        amount: agreed.quote.price.value,
        currency: agreed.quote.price.currency.clone(),
        reference,
        wire,
    }
}
