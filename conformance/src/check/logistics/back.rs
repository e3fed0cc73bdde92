//! A parcel that goes back: the way back is a fulfilment with an item of its own, and says how far the parcel was.

use specs::Action;

use crate::check::logistics::shipment::Shipment;
use crate::check::payload::{Part, fulfilment, fulfilments, items, state};
use crate::check::say::Say;
use crate::check::thread::tells_the_order;
use crate::finding::Found;
use crate::view::Step;

/// For the messages that tell the order.
pub(super) fn check(shipment: &Shipment<'_>, at: usize, out: &mut Vec<Found>) {
    let step = &shipment.steps[at];
    if !tells_the_order(step) {
        return;
    }
    own_item(step, out);
    not_delivered_before(shipment, at, out);
    for part in fulfilments(step) {
        told_before(shipment, at, &part, out);
    }
}

/// Where items name their fulfilment, the way back has an item too.
fn own_item(step: &Step<'_>, out: &mut Vec<Found>) {
    let named: Vec<&str> = items(step).iter().filter_map(|item| item.text("/fulfillment_id")).collect();
    for part in fulfilments(step).iter().filter(|part| part.text("/type") == Some("RTO")) {
        let Some(id) = part.text("/id") else { continue };
        if !named.is_empty() && !named.contains(&id) {
            let text = format!("no item is carried by the way back {id:?}");
            out.push(
                step.found("logistics/RTO_ITEM", "/message/order/items", text)
                    .wants(format!("an item with fulfillment_id {id}"))
                    .against(step.place(part.place("/id"))),
            );
        }
    }
}

/// What goes back was not delivered before.
fn not_delivered_before(shipment: &Shipment<'_>, at: usize, out: &mut Vec<Found>) {
    let step = &shipment.steps[at];
    let Some(back) = fulfilments(step).into_iter().find(|part| state(part) == Some("RTO-Initiated")) else { return };
    let Some(order) = shipment.order_before(at) else { return };
    let forward = fulfilments(order).into_iter().find(|part| part.text("/type") != Some("RTO"));
    let Some(delivered) = forward.filter(|part| state(part) == Some("Order-delivered")) else { return };
    let text = "the parcel goes back after it was delivered";
    let found = step.found("logistics/RTO_AFTER_DELIVERY", back.place("/state/descriptor/code"), text);
    out.push(found.against(order.place(delivered.place("/state/descriptor/code"))));
}

/// `precancel_state` is the state that was told last.
fn told_before(shipment: &Shipment<'_>, at: usize, part: &Part<'_>, out: &mut Vec<Found>) {
    let step = &shipment.steps[at];
    let entry = part.tag("precancel_state").and_then(|tag| tag.entry("fulfillment_state"));
    let (Some(said), Some(id)) = (entry, part.text("/id")) else { return };
    if step.action != Action::OnCancel {
        return;
    }
    let Some((before, then)) = shipment
        .before(at)
        .filter(|other| tells_the_order(other))
        .find_map(|other| Some((other, fulfilment(other, id)?)))
    else {
        return;
    };
    if let Some(was) = state(&then).filter(|was| said.value != *was) {
        let text = format!("precancel_state is {}, the state told last was {was}", said.value);
        let found = step.found("logistics/PRECANCEL_STATE", said.pointer.clone(), text);
        out.push(found.wants(was).has(said.value).against(before.place(then.place("/state/descriptor/code"))));
    }
}
