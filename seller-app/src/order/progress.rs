//! The desk moves the delivery on; the buyer app is told each step (NETWORK-SPEC 8).

use serde_json::json;
use specs::Action;

use super::decide::Desk;
use super::refusal::code;
use super::{Decision, Document, Effect, IdKind, Order, OrderEvent, PaymentMethod, Refusal};
use crate::fulfilment::delivery_state::Misfit;
use crate::fulfilment::{
    Agent, Delay, DeliveryEvent, DeliveryState, Fulfilment, Instructions, Progress, TimeRange, promise,
};
use crate::network::translate::render;

/// Out-for-delivery belongs to this routing; P2P would go straight to the door.
const ROUTING: &str = "P2H2P";

pub(super) fn accept(desk: &mut Desk<'_, '_>) -> Result<Decision, Refusal> {
    let mut order = confirmed(desk)?.clone();
    let fresh = order.delivery().is_some_and(|delivery| delivery.provider_id.is_none());
    if fresh {
        accepted(desk, &mut order)?;
    } else {
        order.state = order_next(&order, OrderEvent::Accept)?;
    }
    Ok(announce(order, Action::OnStatus, Vec::new()))
}

/// Accepting promises times, which never change afterwards.
pub(super) fn accepted(desk: &Desk<'_, '_>, order: &mut Order) -> Result<(), Refusal> {
    order.state = order_next(order, OrderEvent::Accept)?;
    order.touch(desk.now);
    let seller = desk.view.seller;
    let starts =
        desk.view.partner.and_then(|partner| partner.hours.next_open(desk.now, &partner.holidays)).unwrap_or(desk.now);
    let promised = order.promised_by().unwrap_or(starts);
    let ship = order.lines.iter().map(|line| line.time_to_ship.clone()).max();
    let (order_id, partner_id) = (order.id.clone(), order.partner_id.clone());
    let delivery = delivery_mut(order)?;
    if let Some(ship) = ship {
        let (pickup, drop) = promise::ranges(starts, &ship, promised);
        set_range(delivery, pickup, drop);
    }
    delivery.provider_id = Some(partner_id);
    delivery.routing = desk.rules.version.routing_tag.then(|| ROUTING.to_owned());
    delivery.tracking_url = seller.tracking_url.as_ref().map(|url| format!("{url}/{order_id}/{}", delivery.id));
    Ok(())
}

pub(super) fn pack(desk: &mut Desk<'_, '_>) -> Result<Decision, Refusal> {
    let code = (desk.ids)(IdKind::PickupCode);
    let mut order = step(desk, DeliveryEvent::Pack)?;
    if let Some(start) = delivery_mut(&mut order)?.start.as_mut() {
        start.instructions = Some(instructions("2", "Pickup code", &code, "Tell this code when you collect the order"));
    }
    Ok(announce(order, Action::OnStatus, Vec::new()))
}

pub(super) fn assign_agent(desk: &mut Desk<'_, '_>, agent: Agent) -> Result<Decision, Refusal> {
    let mut order = step(desk, DeliveryEvent::AssignAgent)?;
    delivery_mut(&mut order)?.agent = Some(agent);
    Ok(announce(order, Action::OnStatus, Vec::new()))
}

pub(super) fn pick_up(desk: &mut Desk<'_, '_>) -> Result<Decision, Refusal> {
    let mut order = step(desk, DeliveryEvent::PickUp)?;
    let url = format!("{}/{}", desk.view.seller.invoice_url, order.id);
    let late_reason = desk.rules.version.late_reason;
    let delivery = delivery_mut(&mut order)?;
    if let Some(start) = delivery.start.as_mut() {
        start.at = Some(desk.now);
        let late = start.range.is_some_and(|range| desk.now > range.end);
        delivery.delays.extend(late.then(|| delay(DeliveryState::OrderPickedUp, late_reason, desk)));
    }
    let shipped = delivery.id.clone();
    let effects = vec![Effect::Ship { lines: order.stock_on(&shipped) }];
    order.documents.push(Document { label: "Invoice".to_owned(), url });
    Ok(announce(order, Action::OnStatus, effects))
}

pub(super) fn out_for_delivery(desk: &mut Desk<'_, '_>) -> Result<Decision, Refusal> {
    let code = (desk.ids)(IdKind::DeliveryCode);
    let mut order = step(desk, DeliveryEvent::GoOut)?;
    if let Some(end) = delivery_mut(&mut order)?.end.as_mut() {
        end.instructions = Some(instructions("1", "Delivery code", &code, "Ask the buyer for this code"));
    }
    Ok(announce(order, Action::OnStatus, Vec::new()))
}

pub(super) fn deliver(desk: &mut Desk<'_, '_>) -> Result<Decision, Refusal> {
    let mut order = step(desk, DeliveryEvent::Deliver)?;
    let late_reason = desk.rules.version.late_reason;
    let delivery = delivery_mut(&mut order)?;
    if let Some(end) = delivery.end.as_mut() {
        end.at = Some(desk.now);
        let late = end.range.is_some_and(|range| desk.now > range.end);
        delivery.delays.extend(late.then(|| delay(DeliveryState::OrderDelivered, late_reason, desk)));
    }
    collect_cash(&mut order);
    Ok(announce(order, Action::OnStatus, Vec::new()))
}

/// Cash changes hands at the door.
fn collect_cash(order: &mut Order) {
    if order.payment.method != PaymentMethod::CashOnDelivery {
        return;
    }
    order.payment.paid = true;
    let receipt = order.id.clone();
    if let Some(payment) = order.payment.confirmed.as_object_mut() {
        payment.insert("status".to_owned(), json!("PAID"));
        if let Some(params) = payment.get_mut("params").and_then(|params| params.as_object_mut()) {
            params.insert("transaction_id".to_owned(), json!(receipt));
        }
    }
}

/// Moves delivery and order by one event, or says why not.
fn step(desk: &Desk<'_, '_>, event: DeliveryEvent) -> Result<Order, Refusal> {
    let mut order = confirmed(desk)?.clone();
    order.state = order_next(&order, order_event(event))?;
    let delivery = delivery_mut(&mut order)?;
    let Some(from) = delivery.delivery() else { return Err(nothing_to_deliver()) };
    let to = from.next(event).map_err(|misfit| misplaced(misfit, from.as_str()))?;
    lawful(desk, from.as_str(), to.as_str())?;
    delivery.progress = Progress::Delivery(to);
    order.touch(desk.now);
    Ok(order)
}

/// The program's table says what makes sense; the network's own table has the last word.
pub(super) fn lawful(desk: &Desk<'_, '_>, from: &str, to: &str) -> Result<(), Refusal> {
    if desk.rules.allows(from, to) {
        return Ok(());
    }
    Err(Refusal::new(code::VALIDATION, format!("the network does not allow {to} after {from}")))
}

fn order_event(event: DeliveryEvent) -> OrderEvent {
    match event {
        DeliveryEvent::Pack | DeliveryEvent::AssignAgent | DeliveryEvent::PickUp | DeliveryEvent::GoOut => {
            OrderEvent::Progress
        }
        DeliveryEvent::Deliver => OrderEvent::Complete,
        DeliveryEvent::Cancel => OrderEvent::Cancel,
    }
}

/// The confirmed order of the view (30018 when there is none).
pub(super) fn confirmed<'v>(desk: &Desk<'_, 'v>) -> Result<&'v Order, Refusal> {
    let order = desk.view.order.filter(|order| !order.is_draft());
    order.ok_or_else(|| Refusal::new(code::ORDER_NOT_FOUND, "there is no such order"))
}

pub(super) fn order_next(order: &Order, event: OrderEvent) -> Result<super::OrderState, Refusal> {
    order.state.next(event).map_err(|misfit| misplaced(misfit, order.state.as_str()))
}

pub(super) fn delivery_mut(order: &mut Order) -> Result<&mut Fulfilment, Refusal> {
    order.fulfilments.iter_mut().find(|f| f.delivery().is_some()).ok_or_else(nothing_to_deliver)
}

fn nothing_to_deliver() -> Refusal {
    Refusal::new(code::FULFILMENT_NOT_FOUND, "the order has no delivery")
}

/// In words for the person at the desk.
pub(super) fn misplaced(misfit: Misfit, state: &str) -> Refusal {
    let problem = match misfit {
        Misfit::Done => format!("already done: it is {state}"),
        Misfit::TooEarly => format!("too early: it is only {state}"),
        Misfit::TooLate => format!("too late: it is {state} already"),
        Misfit::Closed => format!("closed: it is {state}, nothing can change any more"),
    };
    Refusal::new(code::VALIDATION, problem)
}

/// The full order to the buyer app, unasked, before or after stock effects.
pub(super) fn announce(order: Order, action: Action, mut effects: Vec<Effect>) -> Decision {
    effects.push(Effect::Announce { action, message: render::order(&order) });
    Decision { next: order, effects }
}

fn set_range(delivery: &mut Fulfilment, pickup: TimeRange, drop: TimeRange) {
    if let Some(start) = delivery.start.as_mut() {
        start.range = Some(pickup);
    }
    if let Some(end) = delivery.end.as_mut() {
        end.range = Some(drop);
    }
}

fn instructions(kind: &str, name: &str, code: &str, text: &str) -> Instructions {
    Instructions {
        code: kind.to_owned(),
        name: name.to_owned(),
        short_desc: code.to_owned(),
        long_desc: text.to_owned(),
    }
}

fn delay(state: DeliveryState, reason_id: &str, desk: &Desk<'_, '_>) -> Delay {
    Delay { state: state.as_str().to_owned(), reason_id: reason_id.to_owned(), timestamp: desk.now }
}
