//! Cancellation before the goods leave the store: by the buyer, by the seller, of everything or of some pieces
//! (NETWORK-SPEC 11).

use specs::Action;

use super::decide::Desk;
use super::progress::{announce, confirmed, delivery_mut, order_next};
use super::refusal::code;
use super::{Cancel, Cancellation, Decision, Effect, IdKind, LineRef, Order, OrderEvent, Refusal, rto};
use crate::fulfilment::{CancelRequest, DeliveryEvent, Fulfilment, PrecancelState, Progress, TrailEntry};
use crate::inventory::StockMove;
use crate::network::translate::render;
use crate::state_table::Misfit;

pub(super) fn by_buyer(desk: &mut Desk<'_, '_>, cancel: &Cancel) -> Result<Decision, Refusal> {
    let order = confirmed(desk)?;
    let reason_id = cancel.reason_id.as_str();
    if !desk.rules.cancellation_reasons.get(reason_id).is_some_and(|reason| reason.buyer) {
        return Err(reason_refused(reason_id));
    }
    whole_order(order, cancel)?;
    order_next(order, OrderEvent::Cancel).map_err(|refusal| not_possible(&refusal.message))?;
    let late = reason_id == desk.rules.version.late_reason;
    if late && order.promised_by().is_some_and(|promised| desk.now <= promised) {
        return Err(Refusal::new(code::TAT_NOT_BREACHED, "the promised time is not over yet"));
    }
    let left = order.delivery().and_then(Fulfilment::delivery).is_some_and(|state| state.has_left());
    let initiated_by = order.bap_id.clone();
    if left && late {
        // The promise was broken and the goods are on their way: they turn back.
        let next = rto::turn_back(desk, order, reason_id, &initiated_by, rto::Charges::Waived)?;
        return Ok(reply(next, Vec::new()));
    }
    if left {
        return Err(not_possible("the order has left the store"));
    }
    let lost = reason_id == desk.rules.version.lost_confirmation.0;
    if !late && !lost {
        all_cancellable(order)?;
    }
    let (next, released) = whole(desk, order, reason_id, &initiated_by)?;
    let partner_id = next.partner_id.clone();
    Ok(reply(next, vec![Effect::Release { lines: released }, Effect::Republish { partner_id }]))
}

pub(super) fn by_seller(desk: &mut Desk<'_, '_>, reason_id: &str) -> Result<Decision, Refusal> {
    let order = confirmed(desk)?;
    seller_may(desk, reason_id)?;
    let troubled = order.delivery().is_some_and(|delivery| delivery.trouble.is_some());
    let left = order.delivery().and_then(Fulfilment::delivery).is_some_and(|state| state.has_left());
    if !troubled {
        still_in_store(order)?;
    }
    let initiated_by = desk.view.seller.subscriber_id.clone();
    let (next, released) = whole(desk, order, reason_id, &initiated_by)?;
    if troubled {
        let closed = Effect::CloseTickets { outcome: format!("cancelled, reason {reason_id}") };
        // What left the store is gone: nothing of it can be sold again.
        let mut effects = vec![closed];
        if !left {
            effects.push(Effect::Release { lines: released });
        }
        return Ok(announce(next, Action::OnCancel, effects));
    }
    let effects = vec![Effect::Release { lines: released }, Effect::Republish { partner_id: next.partner_id.clone() }];
    Ok(announce(next, Action::OnCancel, effects))
}

pub(super) fn items_by_seller(
    desk: &mut Desk<'_, '_>,
    reason_id: &str,
    items: &[LineRef],
) -> Result<Decision, Refusal> {
    let order = confirmed(desk)?;
    seller_may(desk, reason_id)?;
    if !desk.rules.cancellation_reasons.get(reason_id).is_some_and(|reason| reason.part) {
        return Err(Refusal::new(code::CANCEL_REASON, format!("reason {reason_id} cancels only whole orders")));
    }
    order_next(order, OrderEvent::Cancel)?;
    still_in_store(order)?;
    let mut next = order.clone();
    let mut cancelled = Fulfilment::bare((desk.ids)(IdKind::CancelFulfilment), Progress::Cancel);
    for item in items {
        move_pieces(&mut next, item, &mut cancelled)?;
    }
    let forward_id = next.delivery().map(|delivery| delivery.id.clone()).unwrap_or_default();
    if items.is_empty() || next.stock_on(&forward_id).is_empty() {
        return Err(not_possible("name some pieces, and leave some: to cancel everything cancel the order"));
    }
    let initiated_by = desk.view.seller.subscriber_id.clone();
    cancelled.cancel_request = Some(request(reason_id, &initiated_by));
    let released = next.stock_on(&cancelled.id);
    next.fulfilments.push(cancelled);
    next.touch(desk.now);
    let effects = vec![Effect::Release { lines: released }, Effect::Republish { partner_id: next.partner_id.clone() }];
    Ok(announce(next, Action::OnUpdate, effects))
}

/// Everything that is left goes onto a new Cancel fulfilment, and every charge is waived.
fn whole(
    desk: &mut Desk<'_, '_>,
    order: &Order,
    reason_id: &str,
    initiated_by: &str,
) -> Result<(Order, Vec<StockMove>), Refusal> {
    let mut next = order.clone();
    next.state = order_next(order, OrderEvent::Cancel)?;
    let mut cancelled = Fulfilment::bare((desk.ids)(IdKind::CancelFulfilment), Progress::Cancel);
    close_delivery(desk, &mut next, order, request(reason_id, initiated_by))?;
    cancelled.add_to_trail(move_all(&mut next, &cancelled.id)?);
    cancelled.add_to_trail(next.quote.waive_charges());
    let released = next.stock_on(&cancelled.id);
    next.fulfilments.push(cancelled);
    next.cancellation = Some(Cancellation { cancelled_by: initiated_by.to_owned(), reason_id: reason_id.to_owned() });
    Ok((next, released))
}

/// The forward delivery ends as Cancelled and remembers how far it was.
pub(super) fn close_delivery(
    desk: &Desk<'_, '_>,
    next: &mut Order,
    before: &Order,
    request: CancelRequest,
) -> Result<(), Refusal> {
    next.touch(desk.now);
    let delivery = delivery_mut(next)?;
    let way = delivery.way();
    let Some(state) = delivery.delivery() else { return Err(not_possible("there is no delivery to cancel")) };
    let cancelled = state.next(DeliveryEvent::Cancel, way).map_err(|misfit| not_possible(closed(misfit)))?;
    delivery.progress = Progress::Delivery(cancelled);
    delivery.cancel_request = Some(request);
    delivery.precancel =
        Some(PrecancelState { fulfillment_state: state.as_str().to_owned(), updated_at: before.updated_at });
    Ok(())
}

/// Moves every piece of the delivery to another fulfilment, off the quote. Tells what changed.
pub(super) fn move_all(order: &mut Order, to: &str) -> Result<Vec<TrailEntry>, Refusal> {
    let forward_id = delivery_mut(order)?.id.clone();
    let mut trail = Vec::new();
    let mut moved = Vec::new();
    for line in order.lines.iter_mut().filter(|line| line.fulfilment_id == forward_id && line.count > 0) {
        let Some(part) = line.split(line.count, to) else { continue };
        trail.extend(order.quote.take_off(&part.item_id, part.parent_item_id.as_deref(), part.count));
        moved.push(part);
    }
    order.lines.extend(moved);
    Ok(trail)
}

/// Moves some pieces of the delivery to `target`, off the quote, which the target's trail tells.
pub(super) fn move_pieces(order: &mut Order, pieces: &LineRef, target: &mut Fulfilment) -> Result<(), Refusal> {
    let forward_id = delivery_mut(order)?.id.clone();
    let parent = pieces.parent_item_id.as_deref();
    let too_few =
        || Refusal::new(code::QUANTITY_CHANGED, format!("fewer than {} of {} are left", pieces.count, pieces.id));
    let line = order.lines.iter_mut().find(|line| line.fulfilment_id == forward_id && line.is(&pieces.id, parent));
    let line =
        line.ok_or_else(|| Refusal::new(code::ITEM_NOT_FOUND, format!("item {} is not in the order", pieces.id)))?;
    if pieces.count == 0 {
        return Err(too_few());
    }
    let part = line.split(pieces.count, &target.id).ok_or_else(too_few)?;
    let moved_before =
        order.lines.iter_mut().find(|line| line.fulfilment_id == target.id && line.is(&pieces.id, parent));
    match moved_before {
        Some(line) => line.count = line.count.saturating_add(part.count),
        None => order.lines.push(part),
    }
    target.add_to_trail(order.quote.take_off(&pieces.id, parent, pieces.count));
    Ok(())
}

fn request(reason_id: &str, initiated_by: &str) -> CancelRequest {
    CancelRequest {
        reason_id: reason_id.to_owned(),
        initiated_by: initiated_by.to_owned(),
        retry_count: None,
        rto_id: None,
    }
}

fn reply(next: Order, mut effects: Vec<Effect>) -> Decision {
    effects.insert(0, Effect::Reply { message: render::order(&next), error: None });
    Decision { next, effects }
}

fn whole_order(order: &Order, cancel: &Cancel) -> Result<(), Refusal> {
    let Some(id) = &cancel.fulfilment_id else { return Ok(()) };
    match order.fulfilment(id) {
        Some(fulfilment) if fulfilment.delivery().is_some() => Ok(()),
        Some(_) => Err(Refusal::new(code::UNSUPPORTED, "only the delivery can be cancelled")),
        None => Err(Refusal::new(code::FULFILMENT_NOT_FOUND, format!("fulfilment {id} is not in the order"))),
    }
}

fn all_cancellable(order: &Order) -> Result<(), Refusal> {
    match order.lines.iter().find(|line| line.count > 0 && !line.cancellable) {
        None => Ok(()),
        Some(line) => Err(not_possible(&format!("item {} cannot be cancelled", line.item_id))),
    }
}

pub(super) fn seller_may(desk: &Desk<'_, '_>, reason_id: &str) -> Result<(), Refusal> {
    let allowed = desk.rules.cancellation_reasons.get(reason_id).is_some_and(|reason| reason.seller);
    if allowed { Ok(()) } else { Err(reason_refused(reason_id)) }
}

fn still_in_store(order: &Order) -> Result<(), Refusal> {
    let left = order.delivery().and_then(Fulfilment::delivery).is_some_and(|state| state.has_left());
    if left { Err(not_possible("the order has left the store: it can only turn back")) } else { Ok(()) }
}

fn closed(misfit: Misfit) -> &'static str {
    match misfit {
        Misfit::Done => "the delivery is cancelled already",
        Misfit::TooEarly => "there is nothing to cancel yet",
        Misfit::TooLate | Misfit::Closed | Misfit::NotThisWay => "the delivery is finished",
    }
}

fn not_possible(why: &str) -> Refusal {
    Refusal::new(code::CANCEL_NOT_POSSIBLE, why)
}

fn reason_refused(reason_id: &str) -> Refusal {
    Refusal::new(code::CANCEL_REASON, format!("reason {reason_id} is not possible here"))
        .at("$.message.cancellation_reason_id")
}
