//! States of the order and of each fulfilment: which may follow which, and what must be told in each.

use specs::Action;

use crate::check::law::Law;
use crate::check::payload::{Part, fulfilment, fulfilments, state};
use crate::check::say::Say;
use crate::check::thread::{Thread, tells_the_order, threads};
use crate::finding::Found;
use crate::view::{FlowView, Step};

/// Legal successors, order against fulfilment, routing, times.
pub(crate) fn check(view: &FlowView<'_>, out: &mut Vec<Found>) {
    for thread in threads(view) {
        for at in 0..thread.steps.len() {
            let step = &thread.steps[at];
            if !tells_the_order(step) {
                continue;
            }
            let law = Law::of(view, step);
            order_state(&thread, at, out);
            first_status(&thread, at, out);
            for part in fulfilments(step) {
                successor(&thread, at, &part, &law, out);
                fits_the_order(&thread, at, &part, &law, out);
                fits_the_routing(step, &part, &law, out);
                times(step, &part, out);
                follows_tracking(step, &part, &law, out);
            }
        }
    }
}

const ORDER_STATE: &str = "/message/order/state";

/// Order states only move on: Created, Accepted, In-progress, Completed; Cancelled from any but Completed.
fn order_state(thread: &Thread<'_>, at: usize, out: &mut Vec<Found>) {
    const LIFE: [&str; 4] = ["Created", "Accepted", "In-progress", "Completed"];
    let step = &thread.steps[at];
    let Some(before) = thread.before(at).find(|other| tells_the_order(other) && other.text(ORDER_STATE).is_some())
    else {
        return;
    };
    let (Some(then), Some(now)) = (before.text(ORDER_STATE), step.text(ORDER_STATE)) else { return };
    let rank = |state: &str| LIFE.iter().position(|known| *known == state);
    let legal = match (rank(then), rank(now)) {
        (Some(then), Some(now)) => then <= now,
        (Some(_), None) => now != "Cancelled" || then != "Completed",
        (None, _) => then != "Cancelled" || now == "Cancelled",
    };
    if !legal {
        let text = format!("the order is {now} after it was {then}: there is no way back");
        let found =
            step.found("history/ORDER_STATE_NEXT", ORDER_STATE, text).has(now).wants(format!("what may follow {then}"));
        out.push(found.against(before.place(ORDER_STATE)));
    }
}

/// The first on_status after an order that is only Created accepts it.
fn first_status(thread: &Thread<'_>, at: usize, out: &mut Vec<Found>) {
    let step = &thread.steps[at];
    let first = step.action == Action::OnStatus
        && thread.last(at, Action::OnStatus).is_none()
        && thread.request_of(step).is_none();
    if first && step.text(ORDER_STATE) == Some("Created") {
        let text = "the first on_status accepts the order, this one leaves it Created";
        out.push(step.found("history/FIRST_STATUS_ACCEPTS", ORDER_STATE, text).wants("Accepted").has("Created"));
    }
}

/// A fulfilment's state is the one before or one that may follow it.
fn successor(thread: &Thread<'_>, at: usize, part: &Part<'_>, law: &Law<'_>, out: &mut Vec<Found>) {
    let step = &thread.steps[at];
    let (Some(id), Some(now), Some(book)) = (part.text("/id"), state(part), law.book()) else { return };
    let told = |step: &Step<'_>| fulfilment(step, id).and_then(|part| state(&part).map(str::to_owned));
    let earlier =
        thread.before(at).filter(|other| tells_the_order(other)).find_map(|other| Some((other, told(other)?)));
    let Some((before, then)) = earlier else { return };
    let table = book.transitions();
    let known = |state: &str| {
        !table.next(state).is_empty() || table.iter().any(|(_, next)| next.iter().any(|other| other == state))
    };
    if then == now || table.allows(&then, now) || !known(&then) || !known(now) {
        return;
    }
    let place = part.place("/state/descriptor/code");
    let against =
        before.place(fulfilment(before, id).map(|part| part.place("/state/descriptor/code")).unwrap_or_default());
    if reaches(law, &then, now) {
        let text = format!("{now} follows {then} here; the states between them were not told");
        out.push(
            step.found("history/FULFILMENT_STATE_SKIPPED", place, text)
                .wants(table.next(&then).join(", "))
                .has(now)
                .against(against),
        );
    } else {
        let text = format!("{now} cannot follow {then}");
        out.push(
            step.found("history/FULFILMENT_STATE_NEXT", place, text)
                .wants(table.next(&then).join(", "))
                .has(now)
                .against(against),
        );
    }
}

/// Is there a way from one state to the other?
fn reaches(law: &Law<'_>, from: &str, to: &str) -> bool {
    let Some(table) = law.book().map(specs::Book::transitions) else { return false };
    let mut seen = vec![from];
    let mut at = 0;
    while let Some(state) = seen.get(at).copied() {
        for next in table.next(state) {
            if next == to {
                return true;
            }
            if !seen.contains(&next.as_str()) {
                seen.push(next);
            }
        }
        at += 1;
    }
    false
}

/// In each state of a fulfilment the order stands in a fitting state.
fn fits_the_order(thread: &Thread<'_>, at: usize, part: &Part<'_>, law: &Law<'_>, out: &mut Vec<Found>) {
    let step = &thread.steps[at];
    let (Some(now), Some(order)) = (state(part), step.text(ORDER_STATE)) else { return };
    let Some(code) = law.code("fulfilment_state", now) else { return };
    let fitting = code.texts("order_state");
    // A replacement runs while the order stays Completed; a part of an order may be cancelled in any state.
    let others = fulfilments(step).iter().filter(|other| law.is_forward(other.text("/type"))).count();
    let replaced = order == "Completed" && others > 1;
    let cancelled = order == "Cancelled" && step.action == Action::OnCancel;
    if fitting.is_empty() || fitting.contains(&order) || replaced || cancelled {
        return;
    }
    let before = thread.order_before(at).and_then(|other| other.text(ORDER_STATE));
    if before == Some("Completed") && order == "Completed" && law.is_forward(part.text("/type")) {
        return;
    }
    let text = format!("the fulfilment is {now}, so the order should be {}, not {order}", fitting.join(" or "));
    out.push(
        step.found("history/ORDER_STATE_FITS", ORDER_STATE, text)
            .wants(fitting.join(" or "))
            .has(order)
            .against(step.place(part.place("/state/descriptor/code"))),
    );
}

/// Door to door and through a hub have different stations.
fn fits_the_routing(step: &Step<'_>, part: &Part<'_>, law: &Law<'_>, out: &mut Vec<Found>) {
    // 1.2.0 has no stations by routing: its own flows go through Out-for-delivery whatever the routing.
    if step.text("/context/core_version") == Some("1.2.0") {
        return;
    }
    let Some(routing) = part.tag("routing").and_then(|tag| tag.entry_word("type")) else { return };
    let (Some(now), Some(code)) = (state(part), law.code("routing", &routing)) else { return };
    if code.texts("forbidden").contains(&now) {
        let text = format!("{now} is no station of a delivery by {routing}");
        out.push(step.found("history/STATE_OF_ROUTING", part.place("/state/descriptor/code"), text).has(now));
    }
}

/// States in which the goods have left the store.
const LEFT: [&str; 6] =
    ["Order-picked-up", "In-transit", "At-destination-hub", "Out-for-delivery", "At-delivery", "Order-delivered"];

/// When goods left and arrived is told, and lies in the past.
fn times(step: &Step<'_>, part: &Part<'_>, out: &mut Vec<Found>) {
    let now = state(part).unwrap_or_default();
    let delivery = matches!(part.text("/type"), Some("Delivery") | None) && step.action == Action::OnStatus;
    let pickup = ("/start/time/timestamp", delivery && LEFT.contains(&now), "the goods were picked up, but not when");
    let arrival =
        ("/end/time/timestamp", delivery && now == "Order-delivered", "the goods were delivered, but not when");
    for (place, wanted, text) in [pickup, arrival] {
        let time = part.time(place);
        if wanted && part.text(place).is_none() {
            out.push(
                step.found("history/STATE_TIME_GIVEN", part.place(place), format!("the state is {now}: {text}"))
                    .wants("a time"),
            );
        }
        if let Some((time, sent)) = time.zip(step.at).filter(|(time, sent)| time > sent && delivery) {
            let text = format!("{time} is after the message itself, {sent}");
            let found = step.found("history/STATE_TIME_PAST", part.place(place), text).wants(format!("at most {sent}"));
            out.push(found.has(time).against(step.place("/context/timestamp")));
        }
    }
}

/// Where tracking was promised, the tag says how, from the pickup on.
fn follows_tracking(step: &Step<'_>, part: &Part<'_>, law: &Law<'_>, out: &mut Vec<Found>) {
    let tracked = part.at("/tracking").is_some_and(|tracking| tracking.value == &serde_json::Value::Bool(true));
    let on_the_way = state(part).is_some_and(|state| LEFT.contains(&state)) && step.action == Action::OnStatus;
    if tracked && on_the_way && law.is_forward(part.text("/type")) && part.tag("tracking").is_none() {
        let text = "tracking is true, but no tag says how to track";
        out.push(step.found("history/TRACKING_TAG", part.place("/tags"), text).wants("a tag tracking"));
    }
}
