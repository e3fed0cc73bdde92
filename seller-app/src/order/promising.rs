//! Revised estimates: the buyer is told before it asks, and the ledger keeps who said so and why.

use jiff::Timestamp;
use specs::Action;

use super::decide::Desk;
use super::progress::{announce, confirmed, delivery_mut};
use super::refusal::code;
use super::{Decision, Order, OrderState, Refusal};
use crate::fulfilment::{Delay, DeliveryState, Fulfilment, Mode, Policy, Promise, promise};

/// The first promise of the order, which a revision does not change.
pub fn first_promise(order: &Order) -> Option<Timestamp> {
    let first = order.promises.iter().find(|line| line.who == "order").or(order.promises.first());
    first.map(|line| line.by)
}

/// How often the node itself has revised the estimate.
pub fn revisions_by_node(order: &Order) -> usize {
    order.promises.iter().filter(|line| line.who == SYSTEM).count()
}

/// Who the node is in the ledger.
pub const SYSTEM: &str = "system";

/// Moves the estimate by what the policy says, and tells it with the tag `fulfillment_delay`. An empty cause is found by how
/// far the delivery is.
pub(super) fn revise(desk: &mut Desk<'_, '_>, who: &str, cause: &str) -> Result<Decision, Refusal> {
    let mut order = confirmed(desk)?.clone();
    if !matches!(order.state, OrderState::Accepted | OrderState::InProgress) {
        return Err(nothing_promised());
    }
    let delivery = delivery_mut(&mut order)?;
    let (Some(state), Some(due)) = (delivery.delivery(), delivery.due()) else { return Err(nothing_promised()) };
    if delivery.is_kept() {
        return Err(Refusal::new(code::VALIDATION, format!("the promise is kept: it is {}", state.as_str())));
    }
    let by = move_ranges(delivery, &desk.view.seller.fulfilment, due, desk.now);
    let told = if state.has_left() { DeliveryState::OrderDelivered } else { DeliveryState::OrderPickedUp };
    tell_delay(desk, delivery, told);
    let cause = if cause.trim().is_empty() { promise::cause(state) } else { cause.trim() };
    order.promises.push(Promise { by, said_at: desk.now, who: who.to_owned(), cause: cause.to_owned() });
    order.touch(desk.now);
    Ok(announce(order, Action::OnStatus, Vec::new()))
}

/// The new end of the promise. Ranges stay in order: nothing arrives before it left.
fn move_ranges(delivery: &mut Fulfilment, policy: &Policy, due: Timestamp, now: Timestamp) -> Timestamp {
    let by = policy.revise_by.after(due.max(now));
    let left = delivery.delivery().is_some_and(DeliveryState::has_left);
    let brought = delivery.choice.mode() == Mode::Delivery;
    let pickup = delivery.start.as_mut().and_then(|start| start.range.as_mut());
    if let Some(range) = pickup.filter(|_| !left) {
        range.end = if brought { policy.revise_by.after(range.end.max(now)).min(by) } else { by };
    }
    let packed_by = delivery.start.as_ref().and_then(|start| start.range).map(|range| range.end);
    if let Some(range) = delivery.end.as_mut().and_then(|end| end.range.as_mut()) {
        range.start = packed_by.map_or(range.start, |packed| packed.max(range.start)).min(by);
        range.end = by;
    }
    by
}

/// The tag that tells of a delay; one for each state, the newest.
pub(super) fn tell_delay(desk: &Desk<'_, '_>, delivery: &mut Fulfilment, state: DeliveryState) {
    let state = state.as_str().to_owned();
    delivery.delays.retain(|delay| delay.state != state);
    let reason_id = desk.rules.version.late_reason.to_owned();
    delivery.delays.push(Delay { state, reason_id, timestamp: desk.now });
}

fn nothing_promised() -> Refusal {
    Refusal::new(code::VALIDATION, "nothing is promised that could be revised")
}
