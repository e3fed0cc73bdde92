//! Return to origin: goods that left the store and cannot be delivered turn back (NETWORK-SPEC 11).

use specs::Action;

use super::cancel::{close_delivery, move_all, seller_may};
use super::decide::Desk;
use super::progress::{announce, confirmed, lawful, misplaced, order_next};
use super::refusal::code;
use super::{Cancellation, Decision, Effect, IdKind, Order, OrderEvent, Refusal};
use crate::fulfilment::{CancelRequest, Fulfilment, Holder, Progress, RtoEvent, RtoState, Stop};

/// How often the rider tried, as the tag tells.
const TRIES: u32 = 3;

/// Who pays for the way that was in vain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Charges {
    /// The buyer was not there or refused: delivery and packing stay on the quote.
    Kept,
    /// The seller was late: everything comes off.
    Waived,
}

pub(super) fn start(desk: &mut Desk<'_, '_>, reason_id: &str) -> Result<Decision, Refusal> {
    let order = confirmed(desk)?;
    seller_may(desk, reason_id)?;
    if !desk.rules.cancellation_reasons.get(reason_id).is_some_and(|reason| reason.rto) {
        return Err(Refusal::new(code::CANCEL_REASON, format!("reason {reason_id} does not send goods back")));
    }
    let initiated_by = desk.view.seller.subscriber_id.clone();
    let next = turn_back(desk, order, reason_id, &initiated_by, Charges::Kept)?;
    let troubled = order.delivery().is_some_and(|delivery| delivery.trouble.is_some());
    let closed = Effect::CloseTickets { outcome: format!("turned back, reason {reason_id}") };
    Ok(announce(next, Action::OnCancel, troubled.then_some(closed).into_iter().collect()))
}

/// The delivery ends, a new fulfilment brings everything back, the order is cancelled.
pub(super) fn turn_back(
    desk: &mut Desk<'_, '_>,
    order: &Order,
    reason_id: &str,
    initiated_by: &str,
    charges: Charges,
) -> Result<Order, Refusal> {
    if !order.delivery().and_then(Fulfilment::delivery).is_some_and(|state| state.has_left()) {
        return Err(Refusal::new(code::CANCEL_NOT_POSSIBLE, "the order has not left the store: cancel it"));
    }
    let mut next = order.clone();
    next.state = order_next(order, OrderEvent::Cancel)?;
    let mut back = Fulfilment::bare((desk.ids)(IdKind::RtoFulfilment), Progress::Rto(RtoState::Initiated));
    if let Some(delivery) = order.delivery() {
        back.start = delivery.end.as_ref().map(|end| Stop { at: Some(desk.now), ..Stop::at_place(end.place.clone()) });
        back.end = delivery.start.as_ref().map(|start| Stop::at_place(start.place.clone()));
        back.provider_name = delivery.provider_name.clone();
    }
    let request = CancelRequest {
        reason_id: reason_id.to_owned(),
        initiated_by: initiated_by.to_owned(),
        retry_count: Some(TRIES),
        rto_id: Some(back.id.clone()),
    };
    close_delivery(desk, &mut next, order, request)?;
    back.add_to_trail(move_all(&mut next, &back.id)?);
    match charges {
        Charges::Kept => {}
        Charges::Waived => back.add_to_trail(next.quote.waive_charges()),
    }
    next.fulfilments.push(back);
    next.cancellation = Some(Cancellation { cancelled_by: initiated_by.to_owned(), reason_id: reason_id.to_owned() });
    Ok(next)
}

pub(super) fn delivered(desk: &mut Desk<'_, '_>) -> Result<Decision, Refusal> {
    let (order, back) = arrived(desk, RtoEvent::Deliver)?;
    let effects = vec![
        Effect::Restock { lines: order.stock_on(&back) },
        Effect::Republish { partner_id: order.partner_id.clone() },
    ];
    Ok(announce(order, Action::OnStatus, effects))
}

pub(super) fn disposed(desk: &mut Desk<'_, '_>) -> Result<Decision, Refusal> {
    let (order, _) = arrived(desk, RtoEvent::Dispose)?;
    Ok(announce(order, Action::OnStatus, Vec::new()))
}

fn arrived(desk: &Desk<'_, '_>, event: RtoEvent) -> Result<(Order, String), Refusal> {
    let mut order = confirmed(desk)?.clone();
    for fulfilment in &mut order.fulfilments {
        let Progress::Rto(state) = fulfilment.progress else { continue };
        let next = state.next(event).map_err(|misfit| misplaced(misfit, state.as_str()))?;
        lawful(desk, state.as_str(), next.as_str())?;
        fulfilment.progress = Progress::Rto(next);
        if let Some(end) = fulfilment.end.as_mut() {
            end.at = Some(desk.now);
        }
        if event == RtoEvent::Deliver {
            let store = fulfilment.provider_name.clone().unwrap_or_default();
            fulfilment.hand_to(Holder::Store, store, desk.now);
        }
        let id = fulfilment.id.clone();
        order.touch(desk.now);
        return Ok((order, id));
    }
    Err(Refusal::new(code::FULFILMENT_NOT_FOUND, "nothing of this order is on its way back"))
}
