//! The desk moves the delivery on; the buyer app is told each step (NETWORK-SPEC 8).

use serde_json::json;
use specs::Action;

use super::decide::Desk;
use super::refusal::code;
use super::{Decision, Document, Effect, IdKind, Order, OrderEvent, PaymentMethod, Refusal, picking, promising};
use crate::fulfilment::{
    Agent, DeliveryEvent, DeliveryState, Fulfilment, Handover, Holder, Instructions, Mode, Progress, Proof, TimeRange,
    Way, promise,
};
use crate::network::translate::render;
use crate::state_table::Misfit;

pub(super) fn accept(desk: &mut Desk<'_, '_>) -> Result<Decision, Refusal> {
    let mut order = confirmed(desk)?.clone();
    let fresh = order.delivery().is_some_and(|delivery| delivery.provider_id.is_none());
    if fresh {
        accepted(desk, &mut order)?;
    } else {
        order.state = order_next(&order, OrderEvent::Accept)?;
    }
    order.rejection = None;
    Ok(announce(order, Action::OnStatus, Vec::new()))
}

/// Accepting promises times, which change only with a delay that is told.
pub(super) fn accepted(desk: &Desk<'_, '_>, order: &mut Order) -> Result<(), Refusal> {
    order.state = order_next(order, OrderEvent::Accept)?;
    order.touch(desk.now);
    let seller = desk.view.seller;
    let starts =
        desk.view.partner.and_then(|partner| partner.hours.next_open(desk.now, &partner.holidays)).unwrap_or(desk.now);
    let promised = order.promised_by().unwrap_or(starts);
    let ship = order.lines.iter().map(|line| line.time_to_ship.clone()).max();
    let (order_id, partner_id, door) = (order.id.clone(), order.partner_id.clone(), order.destination.gps.clone());
    let delivery = delivery_mut(order)?;
    let category = delivery.category.clone().unwrap_or_default();
    delivery.direct = delivery.choice.mode() == Mode::Delivery
        && desk.view.partner.is_some_and(|partner| seller.fulfilment.direct(&category, &partner.gps, Some(&door)));
    if let Some(ship) = ship {
        let (pickup, drop) = promise::ranges(starts, &ship, promised);
        match delivery.choice.mode() {
            Mode::Delivery => set_range(delivery, pickup, Some(drop)),
            // Nobody brings it: it is ready in time, and waits.
            Mode::SelfPickup | Mode::BuyerDelivery => {
                set_range(delivery, TimeRange { start: starts, end: promised.max(starts) }, None);
            }
        }
    }
    delivery.provider_id = Some(partner_id);
    let routing = delivery.way().routing().filter(|_| desk.rules.version.routing_tag);
    delivery.routing = routing.map(ToOwned::to_owned);
    let url = seller.tracking_url.as_ref().filter(|_| delivery.tracking);
    delivery.tracking_url = url.map(|url| format!("{url}/{order_id}/{}", delivery.id));
    let store = delivery.provider_name.clone().unwrap_or_default();
    delivery.hand_to(Holder::Store, store, desk.now);
    Ok(())
}

pub(super) fn pack(desk: &mut Desk<'_, '_>) -> Result<Decision, Refusal> {
    picking::all_there(desk, confirmed(desk)?)?;
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

/// A station that changes nothing but the state and who has the goods.
pub(super) fn station(desk: &mut Desk<'_, '_>, event: DeliveryEvent, place: &str) -> Result<Decision, Refusal> {
    let mut order = step(desk, event)?;
    let now = desk.now;
    let delivery = delivery_mut(&mut order)?;
    match event {
        DeliveryEvent::Transit => delivery.hand_to(Holder::Carrier, place, now),
        DeliveryEvent::ReachHub => delivery.hand_to(Holder::Hub, place, now),
        DeliveryEvent::Pack
        | DeliveryEvent::AssignAgent
        | DeliveryEvent::GoToPickup
        | DeliveryEvent::ReachStore
        | DeliveryEvent::FailPickup
        | DeliveryEvent::PickUp
        | DeliveryEvent::GoOut
        | DeliveryEvent::ReachDoor
        | DeliveryEvent::FailDelivery
        | DeliveryEvent::Deliver
        | DeliveryEvent::Cancel => {}
    }
    Ok(announce(order, Action::OnStatus, Vec::new()))
}

pub(super) fn pick_up(desk: &mut Desk<'_, '_>, handover: &Handover) -> Result<Decision, Refusal> {
    let (order, effects) = picked_up(desk, handover)?;
    Ok(announce(order, Action::OnStatus, effects))
}

/// The goods leave the store; at the counter that ends the order.
pub(super) fn picked_up(desk: &mut Desk<'_, '_>, handover: &Handover) -> Result<(Order, Vec<Effect>), Refusal> {
    let mut order = step(desk, DeliveryEvent::PickUp)?;
    let now = desk.now;
    let door_code = (delivery_mut(&mut order)?.way() == Way::Direct).then(|| (desk.ids)(IdKind::DeliveryCode));
    let delivery = delivery_mut(&mut order)?;
    let expected = delivery.start.as_ref().and_then(|start| start.instructions.clone());
    prove(desk, delivery, DeliveryState::OrderPickedUp, expected.as_ref(), handover)?;
    let (holder, name) = match (delivery.way(), &delivery.agent) {
        (Way::Direct | Way::Hub, Some(agent)) => (Holder::Rider, agent.name.clone()),
        (Way::Direct | Way::Hub, None) => (Holder::Rider, String::new()),
        (Way::Counter, _) => (Holder::Buyer, String::new()),
        (Way::BuyersCourier, agent) => {
            (Holder::BuyersCourier, agent.as_ref().map(|agent| agent.name.clone()).unwrap_or_default())
        }
    };
    delivery.hand_to(holder, name, now);
    if let Some(start) = delivery.start.as_mut() {
        start.at = Some(now);
        if start.range.is_some_and(|range| now > range.end) {
            promising::tell_delay(desk, delivery, DeliveryState::OrderPickedUp);
        }
    }
    if let (Some(code), Some(end)) = (door_code, delivery.end.as_mut()) {
        end.instructions = Some(instructions("1", "Delivery code", &code, "Ask the buyer for this code"));
    }
    let over = delivery.way().ends_at_pickup();
    if let Some(end) = delivery.end.as_mut().filter(|_| over) {
        end.at = Some(now);
    }
    let (shipped, way) = (delivery.id.clone(), delivery.way());
    let url = format!("{}/{}/{shipped}.pdf", desk.view.seller.invoice_url, order.id);
    order.documents.push(Document { label: "Invoice".to_owned(), url });
    if way.ends_at_pickup() {
        collect_cash(&mut order);
    }
    let effects = vec![Effect::Ship { lines: order.stock_on(&shipped) }];
    Ok((order, effects))
}

pub(super) fn out_for_delivery(desk: &mut Desk<'_, '_>) -> Result<Decision, Refusal> {
    let before = confirmed(desk)?.delivery().and_then(|delivery| delivery.end.as_ref()?.instructions.clone());
    let fresh = (desk.ids)(IdKind::DeliveryCode);
    let mut order = step(desk, DeliveryEvent::GoOut)?;
    let now = desk.now;
    let delivery = delivery_mut(&mut order)?;
    if let Some(end) = delivery.end.as_mut() {
        // A second try keeps the code that the buyer has.
        let text = "Ask the buyer for this code";
        end.instructions = Some(before.unwrap_or_else(|| instructions("1", "Delivery code", &fresh, text)));
    }
    if delivery.custody.last().is_some_and(|leg| leg.holder != Holder::Rider) {
        let name = delivery.agent.as_ref().map(|agent| agent.name.clone()).unwrap_or_default();
        delivery.hand_to(Holder::Rider, name, now);
    }
    Ok(announce(order, Action::OnStatus, Vec::new()))
}

pub(super) fn deliver(desk: &mut Desk<'_, '_>, handover: &Handover) -> Result<Decision, Refusal> {
    let (order, effects) = delivered(desk, handover)?;
    Ok(announce(order, Action::OnStatus, effects))
}

/// The goods are the buyer's.
pub(super) fn delivered(desk: &mut Desk<'_, '_>, handover: &Handover) -> Result<(Order, Vec<Effect>), Refusal> {
    let mut order = step(desk, DeliveryEvent::Deliver)?;
    let delivery = delivery_mut(&mut order)?;
    let expected = delivery.end.as_ref().and_then(|end| end.instructions.clone());
    prove(desk, delivery, DeliveryState::OrderDelivered, expected.as_ref(), handover)?;
    delivery.hand_to(Holder::Buyer, "", desk.now);
    let found = delivery.trouble.take().is_some();
    if let Some(end) = delivery.end.as_mut() {
        end.at = Some(desk.now);
        if end.range.is_some_and(|range| desk.now > range.end) {
            promising::tell_delay(desk, delivery, DeliveryState::OrderDelivered);
        }
    }
    collect_cash(&mut order);
    let closed = Effect::CloseTickets { outcome: "delivered after all".to_owned() };
    Ok((order, found.then_some(closed).into_iter().collect()))
}

/// Keeps what shows that the goods changed hands; the right code when one is said, or when the policy wants it.
fn prove(
    desk: &Desk<'_, '_>,
    delivery: &mut Fulfilment,
    state: DeliveryState,
    expected: Option<&Instructions>,
    handover: &Handover,
) -> Result<(), Refusal> {
    let said = handover.code.trim();
    let code_checked = match expected {
        Some(expected) if !said.is_empty() && expected.short_desc != said => {
            return Err(Refusal::new(code::CODE_WRONG, "that is not the code of this order"));
        }
        Some(_) if said.is_empty() && desk.view.seller.fulfilment.code_to_hand_over => {
            return Err(Refusal::new(code::CODE_WRONG, "ask for the code first: without it nothing is handed over"));
        }
        Some(_) => !said.is_empty(),
        None => false,
    };
    let (note, photo) = (handover.note.trim().to_owned(), handover.photo.trim().to_owned());
    if code_checked || !note.is_empty() || !photo.is_empty() {
        delivery.proofs.push(Proof { state, at: desk.now, code_checked, note, photo });
    }
    Ok(())
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
    let delivery = delivery_mut(&mut order)?;
    let (way, Some(from)) = (delivery.way(), delivery.delivery()) else { return Err(nothing_to_deliver()) };
    order.state = order_next(&order, order_event(event, way))?;
    let to = from.next(event, way).map_err(|misfit| misplaced(misfit, from.as_str()))?;
    lawful(desk, from.as_str(), to.as_str())?;
    delivery_mut(&mut order)?.progress = Progress::Delivery(to);
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

fn order_event(event: DeliveryEvent, way: Way) -> OrderEvent {
    match event {
        DeliveryEvent::PickUp if way.ends_at_pickup() => OrderEvent::Complete,
        DeliveryEvent::Pack
        | DeliveryEvent::AssignAgent
        | DeliveryEvent::GoToPickup
        | DeliveryEvent::ReachStore
        | DeliveryEvent::FailPickup
        | DeliveryEvent::PickUp
        | DeliveryEvent::Transit
        | DeliveryEvent::ReachHub
        | DeliveryEvent::GoOut
        | DeliveryEvent::ReachDoor
        | DeliveryEvent::FailDelivery => OrderEvent::Progress,
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
        Misfit::NotThisWay => format!("it is {state}, and this way of delivery has no such station"),
    };
    Refusal::new(code::VALIDATION, problem)
}

/// The full order to the buyer app, unasked, before or after stock effects.
pub(super) fn announce(order: Order, action: Action, mut effects: Vec<Effect>) -> Decision {
    effects.push(Effect::Announce { action, message: render::order(&order) });
    Decision { next: order, effects }
}

fn set_range(delivery: &mut Fulfilment, pickup: TimeRange, drop: Option<TimeRange>) {
    if let Some(start) = delivery.start.as_mut() {
        start.range = Some(pickup);
    }
    if let Some(end) = delivery.end.as_mut() {
        end.range = drop;
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
