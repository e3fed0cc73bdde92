//! Message ids, and calls that come too late.

use specs::Action;

use crate::check::logistics::shipment::Shipment;
use crate::check::say::Say;
use crate::finding::Found;

const MESSAGE_ID: &str = "/context/message_id";

/// The call at `at` against those before it.
pub(super) fn check(shipment: &Shipment<'_>, at: usize, out: &mut Vec<Found>) {
    echoed(shipment, at, out);
    new(shipment, at, out);
    too_late(shipment, at, out);
}

/// What only ever answers has the id of its request.
fn echoed(shipment: &Shipment<'_>, at: usize, out: &mut Vec<Found>) {
    let step = &shipment.steps[at];
    if !matches!(step.action, Action::OnSearch | Action::OnInit | Action::OnConfirm) {
        return;
    }
    let Some(request) = step.action.request() else { return };
    let asked =
        |id: Option<&str>| shipment.steps.iter().any(|other| other.action == request && other.text(MESSAGE_ID) == id);
    let Some(last) = shipment.steps.iter().find(|other| other.action == request) else { return };
    let id = step.text(MESSAGE_ID);
    if !asked(id) {
        let text = format!("no {request} has the message_id of this {}", step.action);
        let found = step.found("logistics/MESSAGE_ID_ECHOED", MESSAGE_ID, text);
        let (wanted, has) = (last.text(MESSAGE_ID).unwrap_or_default(), id.unwrap_or_default());
        out.push(found.wants(wanted).has(has).against(last.place(MESSAGE_ID)));
    }
}

/// Every call has an id of its own; only its answer repeats it.
fn new(shipment: &Shipment<'_>, at: usize, out: &mut Vec<Found>) {
    let step = &shipment.steps[at];
    let Some(id) = step.text(MESSAGE_ID).filter(|id| !id.is_empty()) else { return };
    let pair = |one: Action, other: Action| one.callback() == Some(other) || other.callback() == Some(one);
    // An answer repeats the id of its request; when that had been used before, the request is to blame.
    if shipment
        .steps
        .iter()
        .any(|other| other.action.callback() == Some(step.action) && other.text(MESSAGE_ID) == Some(id))
    {
        return;
    }
    // Several carriers answer one search, and the same message may be recorded twice.
    let used = shipment.before(at).find(|other| {
        other.text(MESSAGE_ID) == Some(id) && other.action != step.action && !pair(other.action, step.action)
    });
    if let Some(other) = used {
        let text = format!("the {} before has the same message_id", other.action);
        let found = step.found("logistics/MESSAGE_ID_NEW", MESSAGE_ID, text);
        out.push(found.wants("a new one").has(id).against(other.place(MESSAGE_ID)));
    }
}

/// Nothing can be cancelled that has ended.
fn too_late(shipment: &Shipment<'_>, at: usize, out: &mut Vec<Found>) {
    const STATE: &str = "/message/order/state";
    let step = &shipment.steps[at];
    let Some(order) = shipment.order_before(at).filter(|_| step.action == Action::Cancel) else { return };
    if let Some(state) = order.text(STATE).filter(|state| matches!(*state, "Completed" | "Cancelled")) {
        let text = format!("cancel of an order that is {state}");
        out.push(step.found("logistics/CANCEL_TOO_LATE", "/message/order_id", text).against(order.place(STATE)));
    }
}
