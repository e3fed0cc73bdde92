//! What is written down once: the buyer's bill, when the order was made, when it last changed, its invoice.

use serde_json::Value;
use specs::Action;

use crate::check::law::has_history;
use crate::check::payload::{Part, fulfilments, order, state};
use crate::check::say::{Say, changed, dropped};
use crate::check::thread::{Thread, tells_the_order, threads};
use crate::finding::Found;
use crate::view::{FlowView, Step};

/// Billing, created_at, updated_at, documents.
pub(crate) fn check(view: &FlowView<'_>, out: &mut Vec<Found>) {
    for thread in threads(view) {
        for at in 0..thread.steps.len() {
            billing(&thread, at, out);
            created(&thread, at, out);
            updated(&thread, at, out);
            invoice(&thread.steps[at], out);
        }
    }
}

/// The bill is that of `init`, every field of it, unless the buyer updates it.
fn billing(thread: &Thread<'_>, at: usize, out: &mut Vec<Found>) {
    let step = &thread.steps[at];
    if matches!(step.action, Action::OnInit | Action::Confirm | Action::OnConfirm) && has_history(step) {
        return;
    }
    let updated = thread
        .before(at)
        .any(|other| other.action == Action::Update && other.text("/message/update_target") == Some("billing"));
    let Some(base) = thread.last(at, Action::Init).filter(|_| !updated && step.action != Action::Init) else { return };
    let place = "/message/order/billing";
    if let (Some(then), Some(now)) = (Part::of(base, place), Part::of(step, place)) {
        compare(step, &now, base, &then, out);
    }
}

fn compare(step: &Step<'_>, now: &Part<'_>, base: &Step<'_>, then: &Part<'_>, out: &mut Vec<Found>) {
    let Value::Object(fields) = then.value else {
        let same_time = then.time("").is_some() && then.time("") == now.time("");
        if then.word("") != now.word("") && !same_time {
            out.push(changed("history/BILLING_KEPT", step, now, base, then, "a field of billing"));
        }
        return;
    };
    for key in fields.keys() {
        let path = format!("/{}", key.replace('~', "~0").replace('/', "~1"));
        let Some(was) = then.at(&path).filter(|was| was.value != "") else { continue };
        match now.at(&path) {
            Some(is) => compare(step, &is, base, &was, out),
            None => out.push(dropped("history/BILLING_KEPT", step, now.place(&path), base, &was, "a field of billing")),
        }
    }
}

/// The order was made when `confirm` was sent.
fn created(thread: &Thread<'_>, at: usize, out: &mut Vec<Found>) {
    let step = &thread.steps[at];
    let place = "/message/order/created_at";
    let Some(base) = thread.last(at, Action::Confirm).or_else(|| thread.last(at, Action::OnConfirm)) else { return };
    if !tells_the_order(step) {
        return;
    }
    if let (Some(then), Some(now)) = (Part::of(base, place), Part::of(step, place))
        && then.time("") != now.time("")
    {
        out.push(changed("history/CREATED_AT_KEPT", step, &now, base, &then, "created_at"));
    }
}

/// updated_at moves on and is never in the future of its message.
fn updated(thread: &Thread<'_>, at: usize, out: &mut Vec<Found>) {
    let step = &thread.steps[at];
    let place = "/message/order/updated_at";
    let Some(now) = Part::of(step, place).filter(|_| tells_the_order(step) || step.action == Action::Confirm) else {
        return;
    };
    let Some(time) = now.time("") else { return };
    if let Some(sent) = step.at.filter(|sent| time > *sent) {
        let text = format!("updated_at {time} is after the message itself, {sent}");
        let found = step.found("history/UPDATED_AT_PAST", place, text).wants(format!("at most {sent}"));
        out.push(found.has(time).against(step.place("/context/timestamp")));
    }
    if let Some(sent) = step.at.filter(|sent| step.action == Action::OnConfirm && time < *sent) {
        let text =
            format!("on_confirm changes the order, so updated_at is the time of the message, {sent}, not {time}");
        let found = step.found("history/CONFIRMED_NOW", place, text).wants(sent).has(time);
        out.push(found.against(step.place("/context/timestamp")));
    }
    let before = thread.order_before(at).or_else(|| thread.last(at, Action::Confirm));
    let Some(before) = before else { return };
    let Some(then) = Part::of(before, place).and_then(|then| then.time("")) else { return };
    if time < then {
        let text = format!("updated_at {time} is before {then} of {}", before.action);
        out.push(
            step.found("history/UPDATED_AT_MOVES", place, text)
                .wants(format!("after {then}"))
                .has(time)
                .against(before.place(place)),
        );
    }
}

/// States from which on the invoice is there.
const PICKED: [&str; 6] =
    ["Order-picked-up", "In-transit", "At-destination-hub", "Out-for-delivery", "At-delivery", "Order-delivered"];

/// The invoice comes with the pickup and stays.
fn invoice(step: &Step<'_>, out: &mut Vec<Found>) {
    if step.action != Action::OnStatus {
        return;
    }
    let Some(order) = order(step) else { return };
    let forward: Vec<Part<'_>> = fulfilments(step)
        .into_iter()
        .filter(|part| !matches!(part.text("/type"), Some("Cancel" | "Return" | "RTO")))
        .collect();
    let states: Vec<&str> = forward.iter().filter_map(state).collect();
    let documents = order.list("/documents");
    let place = order.place("/documents");
    if states.iter().any(|state| PICKED.contains(state)) && documents.is_empty() {
        let text = "from Order-picked-up on the order carries its invoice";
        out.push(
            step.found("history/INVOICE_FROM_PICKUP", place, text).wants("documents with label Invoice and a url"),
        );
    } else if !documents.is_empty()
        && !states.is_empty()
        && states.iter().all(|state| matches!(*state, "Pending" | "Packed" | "Agent-assigned"))
    {
        let text = "documents before Order-picked-up: the invoice is made when the goods leave";
        out.push(step.found("history/INVOICE_EARLY", place, text).wants("no documents yet"));
    }
}
