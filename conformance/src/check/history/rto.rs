//! Goods that turn back to the store (RTO): told by `on_cancel`, ended by `on_status`.

use specs::{Action, Side};

use crate::check::history::cancel;
use crate::check::history::quote_trail::trails;
use crate::check::law::Law;
use crate::check::payload::{Part, fulfilment, fulfilments, state};
use crate::check::say::{Say, dropped};
use crate::check::thread::{Thread, tells_the_order, threads};
use crate::finding::Found;
use crate::view::{FlowView, Step};

/// The fulfilment that turns back, its reason, its places and times.
pub(crate) fn check(view: &FlowView<'_>, out: &mut Vec<Found>) {
    for thread in threads(view) {
        for (at, step) in thread.steps.iter().enumerate() {
            if !tells_the_order(step) {
                continue;
            }
            let law = Law::of(view, step);
            for part in fulfilments(step).iter() {
                match part.text("/type") {
                    Some("RTO") => {
                        turned_back(step, part, out);
                        same_store(&thread, at, part, out);
                    }
                    kind if law.is_forward(kind) => announced(step, part, &law, out),
                    _ => {}
                }
            }
        }
    }
}

/// The cancelled delivery names the fulfilment that turns back, and a reason that allows it.
fn announced(step: &Step<'_>, part: &Part<'_>, law: &Law<'_>, out: &mut Vec<Found>) {
    let back = fulfilments(step).into_iter().find(|other| other.text("/type") == Some("RTO"));
    let Some(tag) = part.tag("cancel_request") else {
        if let Some(back) = back.filter(|_| state(part) == Some("Cancelled")) {
            let text = "goods turn back, and the cancelled delivery has no tag cancel_request that says why";
            let found = step
                .found("history/RTO_ANNOUNCED", part.place("/tags"), text)
                .wants("cancel_request with rto_id and reason_id");
            out.push(found.against(step.place(back.pointer)));
        }
        return;
    };
    match (tag.entry("rto_id"), &back) {
        (Some(id), _) if id.text("").is_some_and(|id| fulfilment(step, id).is_none()) => {
            let text = format!("rto_id {} is no fulfilment of the order", id.value);
            out.push(
                step.found("history/RTO_ANNOUNCED", id.pointer, text).wants("the id of the fulfilment of type RTO"),
            );
        }
        (None, Some(back)) => {
            let text = "goods turn back, and cancel_request does not name that fulfilment";
            let found = step.found("history/RTO_ANNOUNCED", tag.place("/list"), text).wants("rto_id");
            out.push(found.against(step.place(back.place("/id"))));
        }
        _ => {}
    }
    if back.is_none() {
        return;
    }
    let reason = tag.entry("reason_id");
    cancel::reason(step, law, reason.clone(), Side::Seller, out);
    let Some(id) = reason.as_ref().and_then(|part| part.word("")) else { return };
    let known = law.every("cancellation_reason", &id);
    if let Some(reason) = reason.filter(|_| !known.is_empty() && !known.iter().any(|code| code.flag("rto"))) {
        let text = format!("goods do not turn back for reason {id} ({})", known[0].name);
        out.push(step.found("history/RTO_REASON", reason.pointer, text).has(id));
    }
}

/// From the buyer's door to the store: both places, when it turned back, and when it arrived.
fn turned_back(step: &Step<'_>, part: &Part<'_>, out: &mut Vec<Found>) {
    for place in ["/start/location", "/end/location"] {
        if part.at(place).is_none() {
            let text = "goods that turn back go from the buyer's place to the store: both are told";
            out.push(step.found("history/RTO_PLACES", part.place(place), text).wants("a location"));
        }
    }
    let ended = matches!(state(part), Some("RTO-Delivered" | "RTO-Disposed"));
    match part.at("/end/time/timestamp").or_else(|| part.at("/end/time")) {
        Some(time) if state(part) == Some("RTO-Initiated") => {
            let text = "the goods have only turned back: there is no time of arrival yet";
            out.push(step.found("history/RTO_ARRIVAL", time.pointer, text).wants("no end.time"));
        }
        None if ended => {
            let text = format!("{} without the time of it", state(part).unwrap_or_default());
            out.push(step.found("history/RTO_ARRIVAL", part.place("/end/time/timestamp"), text).wants("a time"));
        }
        _ => {}
    }
    if trails(part).is_empty() && step.action == Action::OnCancel {
        let text = "goods turned back, and no quote_trail says what that takes off the quote";
        out.push(
            step.found("history/CANCEL_TRAIL", part.place("/tags"), text).wants("a tag quote_trail for each line"),
        );
    }
}

/// The store to which the goods go back keeps its id.
fn same_store(thread: &Thread<'_>, at: usize, part: &Part<'_>, out: &mut Vec<Found>) {
    let step = &thread.steps[at];
    let (Some(before), Some(id)) = (thread.order_before(at), part.text("/id")) else { return };
    let Some(was) = fulfilment(before, id).and_then(|part| part.at("/end/location/id")) else { return };
    if part.at("/end/location/id").is_none() {
        let place = part.place("/end/location/id");
        out.push(dropped("history/RTO_PLACES", step, place, before, &was, "the store to which the goods go back"));
    }
}
