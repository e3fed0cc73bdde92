//! The buyer's own courier: the buyer app reports pickup and delivery by `update` (NETWORK-SPEC 8, Buyer-Delivery).

use super::decide::Desk;
use super::progress::{confirmed, delivered, delivery_mut, misplaced, picked_up};
use super::refusal::code;
use super::{CourierReport, Decision, Effect, Refusal};
use crate::fulfilment::{DeliveryState, Handover, Way};
use crate::network::translate::render;
use crate::state_table::Misfit;

pub(super) fn report(desk: &mut Desk<'_, '_>, report: &CourierReport) -> Result<Decision, Refusal> {
    let order = confirmed(desk)?;
    let delivery = order.fulfilment(&report.fulfilment_id).filter(|one| one.delivery().is_some());
    let Some(delivery) = delivery else {
        return Err(Refusal::new(code::FULFILMENT_NOT_FOUND, format!("{} is no delivery", report.fulfilment_id))
            .at("$.message.order.fulfillments[0].id"));
    };
    if delivery.way() != Way::BuyersCourier {
        return Err(Refusal::new(code::UPDATE_NOT_POSSIBLE, "the seller brings these goods and tells their state"));
    }
    let (mut next, mut effects) = if report.state == DeliveryState::OrderPickedUp {
        picked_up(desk, &Handover::default())?
    } else if report.state == DeliveryState::OrderDelivered {
        delivered(desk, &Handover::default())?
    } else {
        return Err(misplaced(Misfit::NotThisWay, report.state.as_str()));
    };
    if let Some(agent) = &report.agent {
        let own = delivery_mut(&mut next)?;
        own.agent = Some(agent.clone());
        if let Some(leg) = own.custody.last_mut().filter(|leg| leg.name.is_empty()) {
            leg.name.clone_from(&agent.name);
        }
    }
    effects.insert(0, Effect::Reply { message: render::order(&next), error: None });
    Ok(Decision { next, effects })
}
