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
use crate::returns::policy::{AtOnce, Charges};
use crate::returns::{ReturnCase, ReturnEvent, ReturnRequest, ReturnState, eligibility, settle};

/// The pickup slot of an approved return starts this long after approval: it must lie in the future.
const SLOT_STARTS_AFTER_S: i64 = 1;
/// And it is this long.
const SLOT_LENGTH_S: i64 = 24 * 3_600;

pub(super) fn request(desk: &mut Desk<'_, '_>, requests: Vec<ReturnRequest>) -> Result<Decision, Refusal> {
    let mut order = confirmed(desk)?.clone();
    let policy = &desk.view.seller.returns;
    let mut at_once = Vec::new();
    for request in requests {
        if !desk.rules.return_reasons.contains(&request.reason_id) {
            return Err(invalid(format!("return reason {} is not known", request.reason_id)));
        }
        if request.replace {
            return Err(Refusal::new(code::UNSUPPORTED, "this seller refunds, it does not replace"));
        }
        let category = desk.view.item(&request.item_id).map_or("", |item| item.category.as_str());
        let ruling = policy.ruling(category, &request.reason_id);
        eligibility::check(&order, &request, &ruling, desk.now).map_err(|refused| invalid(refused.to_string()))?;
        let value =
            order.quote.piece_price(&request.item_id, request.parent_item_id.as_deref()).times(request.quantity);
        at_once.push((request.id.clone(), ruling.at_once(value)));
        order.fulfilments.push(Fulfilment {
            case: Some(ReturnCase::new(value, &ruling, desk.now)),
            return_request: Some(request.clone()),
            ..Fulfilment::bare(request.id, Progress::Return(ReturnState::Initiated))
        });
    }
    order.touch(desk.now);
    let mut effects = vec![Effect::Reply { message: render::order(&order), error: None }];
    // The request is answered first; what needs no person is told right after it, all in one message.
    let decided = at_once.iter().any(|(_, done)| *done != AtOnce::Nothing);
    for (id, done) in at_once {
        match done {
            AtOnce::Nothing => {}
            AtOnce::Approve => order = approved(desk, order, &id)?,
            AtOnce::Keep => {
                order = kept(desk, order, &id)?;
                effects.push(Effect::SettleReturn { return_id: id });
            }
        }
    }
    if decided {
        effects.push(Effect::Announce { action: Action::OnUpdate, message: render::order(&order) });
    }
    Ok(Decision { next: order, effects })
}

/// Also a new slot, after a pickup that failed.
pub(super) fn approve(desk: &mut Desk<'_, '_>, id: &str) -> Result<Decision, Refusal> {
    let order = approved(desk, confirmed(desk)?.clone(), id)?;
    Ok(announce(order, Action::OnUpdate, Vec::new()))
}

fn approved(desk: &Desk<'_, '_>, order: Order, id: &str) -> Result<Order, Refusal> {
    let (mut order, mut case) = moved(desk, order, id, ReturnEvent::Approve)?;
    if let Some(delivery) = order.delivery() {
        let slot = slot(desk.now);
        case.provider_name = delivery.provider_name.clone();
        case.start = delivery.end.as_ref().map(|end| Stop { range: Some(slot), ..Stop::at_place(end.place.clone()) });
        case.end = delivery.start.as_ref().map(|start| Stop::at_place(start.place.clone()));
    }
    put_back(&mut order, case);
    Ok(order)
}

/// The rider came in vain; a new slot is told with it.
pub(super) fn fail_pick(desk: &mut Desk<'_, '_>, id: &str, note: &str) -> Result<Decision, Refusal> {
    let (mut order, mut case) = moved(desk, confirmed(desk)?.clone(), id, ReturnEvent::FailPick)?;
    if let Some(start) = case.start.as_mut() {
        start.range = Some(slot(desk.now));
    }
    if let Some(own) = case.case.as_mut() {
        own.failures.push(note.to_owned());
    }
    put_back(&mut order, case);
    Ok(announce(order, Action::OnUpdate, Vec::new()))
}

/// After the last try: nothing came back, nothing is refunded, and the pieces are free to be asked for again.
pub(super) fn give_up(desk: &mut Desk<'_, '_>, id: &str) -> Result<Decision, Refusal> {
    let (mut order, case) = moved(desk, confirmed(desk)?.clone(), id, ReturnEvent::GiveUp)?;
    put_back(&mut order, case);
    Ok(announce(order, Action::OnUpdate, Vec::new()))
}

pub(super) fn reject(desk: &mut Desk<'_, '_>, id: &str, reason: &str) -> Result<Decision, Refusal> {
    if !desk.rules.return_rejection_reasons.iter().any(|known| known == reason) {
        return Err(Refusal::new(code::VALIDATION, format!("rejection reason {reason} is not known")));
    }
    let (mut order, mut case) = moved(desk, confirmed(desk)?.clone(), id, ReturnEvent::Reject)?;
    case.rejection_reason = Some(reason.to_owned());
    put_back(&mut order, case);
    Ok(announce(order, Action::OnUpdate, Vec::new()))
}

/// The buyer keeps the goods and gets the money: quote and items change at once.
pub(super) fn liquidate(desk: &mut Desk<'_, '_>, id: &str) -> Result<Decision, Refusal> {
    let order = kept(desk, confirmed(desk)?.clone(), id)?;
    Ok(announce(order, Action::OnUpdate, vec![Effect::SettleReturn { return_id: id.to_owned() }]))
}

fn kept(desk: &Desk<'_, '_>, order: Order, id: &str) -> Result<Order, Refusal> {
    let (mut order, mut case) = moved(desk, order, id, ReturnEvent::Liquidate)?;
    take_goods(&mut order, &mut case)?;
    let shares = case.case.as_ref().map(|own| settle::shares(&case, own)).unwrap_or_default();
    if let Some(own) = case.case.as_mut() {
        own.shares = shares;
    }
    put_back(&mut order, case);
    Ok(order)
}

pub(super) fn pick(desk: &mut Desk<'_, '_>, id: &str) -> Result<Decision, Refusal> {
    let (mut order, mut case) = moved(desk, confirmed(desk)?.clone(), id, ReturnEvent::Pick)?;
    take_goods(&mut order, &mut case)?;
    if let Some(start) = case.start.as_mut() {
        start.at = Some(start.range.map_or(desk.now, |slot| slot.start.max(desk.now)));
    }
    put_back(&mut order, case);
    Ok(announce(order, Action::OnUpdate, Vec::new()))
}

/// The order, and the return taken one event further. The caller finishes it and puts it back.
pub(super) fn moved(
    desk: &Desk<'_, '_>,
    mut order: Order,
    id: &str,
    event: ReturnEvent,
) -> Result<(Order, Fulfilment), Refusal> {
    let mut case = found(&order, id)?;
    let Progress::Return(state) = case.progress else { return Err(unknown(id)) };
    let next = state.next(event).map_err(|misfit| misplaced(misfit, state.as_str()))?;
    lawful(desk, state.as_str(), next.as_str())?;
    case.progress = Progress::Return(next);
    if let Some(own) = case.case.as_mut() {
        own.told.push((next, desk.now));
    }
    order.touch(desk.now);
    Ok((order, case))
}

/// A return of the order.
pub(super) fn found(order: &Order, id: &str) -> Result<Fulfilment, Refusal> {
    let found = order.fulfilment(id).filter(|one| matches!(one.progress, Progress::Return(_)));
    found.cloned().ok_or_else(|| unknown(id))
}

fn unknown(id: &str) -> Refusal {
    Refusal::new(code::FULFILMENT_NOT_FOUND, format!("there is no return {id}"))
}

pub(super) fn put_back(order: &mut Order, case: Fulfilment) {
    if let Some(place) = order.fulfilments.iter_mut().find(|fulfilment| fulfilment.id == case.id) {
        *place = case;
    }
}

fn take_goods(order: &mut Order, case: &mut Fulfilment) -> Result<(), Refusal> {
    let Some(request) = case.return_request.clone() else {
        return Err(invalid("the return names no item".to_owned()));
    };
    let value_before = order.quote.items_value();
    let charges = case.case.as_ref().map_or(Charges::default(), |own| own.charges);
    let pieces = LineRef { id: request.item_id, parent_item_id: request.parent_item_id, count: request.quantity };
    move_pieces(order, &pieces, case)?;
    match charges {
        Charges::Keep => {}
        Charges::Share => case.add_to_trail(order.quote.share_charges(value_before)),
    }
    Ok(())
}

fn slot(now: Timestamp) -> TimeRange {
    let later = |seconds| now.checked_add(SignedDuration::from_secs(seconds)).unwrap_or(now);
    TimeRange { start: later(SLOT_STARTS_AFTER_S), end: later(SLOT_STARTS_AFTER_S + SLOT_LENGTH_S) }
}

fn invalid(why: String) -> Refusal {
    Refusal::new(code::INVALID_RETURN, why).at("$.message.order.fulfillments")
}
