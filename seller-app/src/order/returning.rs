//! Returns, from the buyer's request to the goods being back (NETWORK-SPEC 10). The order stays Completed.

use jiff::{SignedDuration, Timestamp};
use specs::Action;

use super::cancel::move_pieces;
use super::decide::Desk;
use super::progress::{announce, confirmed, lawful, misplaced};
use super::refusal::code;
use super::{Decision, Effect, LineRef, Order, Refusal};
use crate::fulfilment::{Fulfilment, Progress, Stop, TimeRange};
use crate::network::translate::render;
use crate::returns::{ReturnEvent, ReturnRequest, ReturnState, eligibility};

/// The pickup slot of an approved return starts this long after approval: it must lie in the future.
const SLOT_STARTS_AFTER_S: i64 = 1;
/// And it is this long.
const SLOT_LENGTH_S: i64 = 24 * 3_600;

pub(super) fn request(desk: &mut Desk<'_, '_>, requests: Vec<ReturnRequest>) -> Result<Decision, Refusal> {
    let mut order = confirmed(desk)?.clone();
    for request in requests {
        if !desk.rules.return_reasons.contains(&request.reason_id) {
            return Err(invalid(format!("return reason {} is not known", request.reason_id)));
        }
        if request.replace {
            return Err(Refusal::new(code::UNSUPPORTED, "this seller refunds, it does not replace"));
        }
        eligibility::check(&order, &request, desk.now).map_err(|refused| invalid(refused.to_string()))?;
        order.fulfilments.push(Fulfilment {
            return_request: Some(request.clone()),
            ..Fulfilment::bare(request.id, Progress::Return(ReturnState::Initiated))
        });
    }
    order.touch(desk.now);
    let message = render::order(&order);
    Ok(Decision { next: order, effects: vec![Effect::Reply { message, error: None }] })
}

pub(super) fn approve(desk: &mut Desk<'_, '_>, id: &str) -> Result<Decision, Refusal> {
    let (mut order, mut case) = moved(desk, id, ReturnEvent::Approve)?;
    if let Some(delivery) = order.delivery() {
        let slot = slot(desk.now);
        case.provider_name = delivery.provider_name.clone();
        case.start = delivery.end.as_ref().map(|end| Stop { range: Some(slot), ..Stop::at_place(end.place.clone()) });
        case.end = delivery.start.as_ref().map(|start| Stop::at_place(start.place.clone()));
    }
    put_back(&mut order, case);
    Ok(announce(order, Action::OnUpdate, Vec::new()))
}

pub(super) fn reject(desk: &mut Desk<'_, '_>, id: &str, reason: &str) -> Result<Decision, Refusal> {
    if !desk.rules.return_rejection_reasons.iter().any(|known| known == reason) {
        return Err(Refusal::new(code::VALIDATION, format!("rejection reason {reason} is not known")));
    }
    let (mut order, mut case) = moved(desk, id, ReturnEvent::Reject)?;
    case.rejection_reason = Some(reason.to_owned());
    put_back(&mut order, case);
    Ok(announce(order, Action::OnUpdate, Vec::new()))
}

/// The buyer keeps the goods and gets the money: quote and items change at once.
pub(super) fn liquidate(desk: &mut Desk<'_, '_>, id: &str) -> Result<Decision, Refusal> {
    let (mut order, mut case) = moved(desk, id, ReturnEvent::Liquidate)?;
    take_goods(&mut order, &mut case)?;
    put_back(&mut order, case);
    Ok(announce(order, Action::OnUpdate, Vec::new()))
}

pub(super) fn pick(desk: &mut Desk<'_, '_>, id: &str) -> Result<Decision, Refusal> {
    let (mut order, mut case) = moved(desk, id, ReturnEvent::Pick)?;
    take_goods(&mut order, &mut case)?;
    if let Some(start) = case.start.as_mut() {
        start.at = Some(start.range.map_or(desk.now, |slot| slot.start.max(desk.now)));
    }
    put_back(&mut order, case);
    Ok(announce(order, Action::OnUpdate, Vec::new()))
}

pub(super) fn deliver(desk: &mut Desk<'_, '_>, id: &str) -> Result<Decision, Refusal> {
    let (mut order, mut case) = moved(desk, id, ReturnEvent::Deliver)?;
    // Goods that were collected before their slot count as collected when it begins: they are never back before that.
    let picked = case.start.as_ref().and_then(|start| start.at);
    if let Some(end) = case.end.as_mut() {
        end.at = Some(picked.map_or(desk.now, |picked| picked.max(desk.now)));
    }
    put_back(&mut order, case);
    let effects =
        vec![Effect::Restock { lines: order.stock_on(id) }, Effect::Republish { partner_id: order.partner_id.clone() }];
    Ok(announce(order, Action::OnUpdate, effects))
}

/// The order, and the return taken one event further. The caller finishes it and puts it back.
fn moved(desk: &Desk<'_, '_>, id: &str, event: ReturnEvent) -> Result<(Order, Fulfilment), Refusal> {
    let mut order = confirmed(desk)?.clone();
    let found = order.fulfilment(id).cloned();
    let unknown = || Refusal::new(code::FULFILMENT_NOT_FOUND, format!("there is no return {id}"));
    let mut case = found.ok_or_else(unknown)?;
    let Progress::Return(state) = case.progress else { return Err(unknown()) };
    let next = state.next(event).map_err(|misfit| misplaced(misfit, state.as_str()))?;
    lawful(desk, state.as_str(), next.as_str())?;
    case.progress = Progress::Return(next);
    order.touch(desk.now);
    Ok((order, case))
}

fn put_back(order: &mut Order, case: Fulfilment) {
    if let Some(place) = order.fulfilments.iter_mut().find(|fulfilment| fulfilment.id == case.id) {
        *place = case;
    }
}

fn take_goods(order: &mut Order, case: &mut Fulfilment) -> Result<(), Refusal> {
    let Some(request) = case.return_request.clone() else {
        return Err(invalid("the return names no item".to_owned()));
    };
    let pieces = LineRef { id: request.item_id, parent_item_id: request.parent_item_id, count: request.quantity };
    move_pieces(order, &pieces, case)
}

fn slot(now: Timestamp) -> TimeRange {
    let later = |seconds| now.checked_add(SignedDuration::from_secs(seconds)).unwrap_or(now);
    TimeRange { start: later(SLOT_STARTS_AFTER_S), end: later(SLOT_STARTS_AFTER_S + SLOT_LENGTH_S) }
}

fn invalid(why: String) -> Refusal {
    Refusal::new(code::INVALID_RETURN, why).at("$.message.order.fulfillments")
}
