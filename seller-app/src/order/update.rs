//! `update` of anything but items: refunds, the delivery's end, billing (NETWORK-SPEC 10).

use serde_json::Value;

use super::decide::Desk;
use super::progress::{confirmed, delivery_mut};
use super::refusal::code;
use super::{AddressChange, Decision, Effect, Order, OrderState, Refund, Refusal};
use crate::catalogue::serviceability::serves_all;
use crate::fulfilment::{Fulfilment, Progress};
use crate::network::translate::render;

/// More refunds than this in one order are a mistake of the buyer app, or an attack on our storage.
const REFUNDS_MAX: usize = 200;

/// Members of `end` that a buyer may change.
const CHANGEABLE: [&str; 4] = ["location", "contact", "person", "instructions"];

pub(super) fn refunded(desk: &mut Desk<'_, '_>, refund: &Refund) -> Result<Decision, Refusal> {
    let mut order = confirmed(desk)?.clone();
    for id in &refund.fulfilment_ids {
        let taken_back = |fulfilment: &Fulfilment| match fulfilment.progress {
            Progress::Return(_) | Progress::Rto(_) | Progress::Cancel => true,
            Progress::Delivery(_) => false,
        };
        if !order.fulfilment(id).is_some_and(taken_back) {
            return Err(Refusal::new(code::FULFILMENT_NOT_FOUND, format!("{id} is no return or cancellation"))
                .at("$.message.order.fulfillments"));
        }
    }
    for detail in &refund.details {
        // A repeated update tells of the same money once.
        if !order.payment.refunds.contains(detail) {
            order.payment.refunds.push(detail.clone());
        }
    }
    if order.payment.refunds.len() > REFUNDS_MAX {
        return Err(not_possible("too many refunds for one order"));
    }
    Ok(reply(desk, order))
}

pub(super) fn address(desk: &mut Desk<'_, '_>, change: &AddressChange) -> Result<Decision, Refusal> {
    let mut order = confirmed(desk)?.clone();
    let state = order.fulfilment(&change.fulfilment_id).and_then(Fulfilment::delivery).ok_or_else(|| {
        Refusal::new(code::FULFILMENT_NOT_FOUND, format!("fulfilment {} is no delivery", change.fulfilment_id))
            .at("$.message.order.fulfillments[0].id")
    })?;
    open(&order)?;
    if state.has_left() {
        return Err(not_possible("the order has left the store"));
    }
    if let Some(place) = &change.destination {
        let categories = desk.view.categories(order.skus());
        let served = desk.view.partner.is_some_and(|partner| serves_all(partner, categories, place).is_ok());
        if !served {
            return Err(not_possible("this provider does not deliver to the new place"));
        }
        order.destination = place.clone();
    }
    if let Some(end) = delivery_mut(&mut order)?.end.as_mut() {
        overlay(&mut end.place, &change.end);
    }
    Ok(reply(desk, order))
}

pub(super) fn billing(desk: &mut Desk<'_, '_>, billing: Value) -> Result<Decision, Refusal> {
    let mut order = confirmed(desk)?.clone();
    open(&order)?;
    if !billing.is_object() {
        return Err(Refusal::new(code::INVALID_REQUEST, "billing must be an object").at("$.message.order.billing"));
    }
    overlay_all(&mut order.billing, &billing);
    Ok(reply(desk, order))
}

fn open(order: &Order) -> Result<(), Refusal> {
    match order.state {
        OrderState::Created | OrderState::Accepted | OrderState::InProgress => Ok(()),
        OrderState::Selected | OrderState::Initialised | OrderState::Completed | OrderState::Cancelled => {
            Err(not_possible("the order is closed"))
        }
    }
}

fn overlay(place: &mut Value, change: &Value) {
    let Some(place) = place.as_object_mut() else { return };
    for name in CHANGEABLE {
        if let Some(value) = change.get(name).filter(|value| !value.is_null()) {
            place.insert(name.to_owned(), value.clone());
        }
    }
}

fn overlay_all(old: &mut Value, new: &Value) {
    let (Some(old), Some(new)) = (old.as_object_mut(), new.as_object()) else { return };
    for (name, value) in new {
        old.insert(name.clone(), value.clone());
    }
}

fn reply(desk: &Desk<'_, '_>, mut order: Order) -> Decision {
    order.touch(desk.now);
    let message = render::order(&order);
    Decision { next: order, effects: vec![Effect::Reply { message, error: None }] }
}

fn not_possible(why: &str) -> Refusal {
    Refusal::new(code::UPDATE_NOT_POSSIBLE, why)
}
