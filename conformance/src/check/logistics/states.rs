//! States of a shipment and of its order: which may follow which, by the way that the parcel takes.

use specs::{Book, Transitions};

use crate::check::logistics::shipment::Shipment;
use crate::check::payload::{Part, fulfilment, fulfilments, items, state};
use crate::check::say::Say;
use crate::check::thread::tells_the_order;
use crate::finding::Found;
use crate::view::{FlowView, Step};

const ORDER_STATE: &str = "/message/order/state";
const CODE: &str = "/state/descriptor/code";

/// Legal successors; order against shipment.
pub(super) fn check(view: &FlowView<'_>, shipment: &Shipment<'_>, at: usize, out: &mut Vec<Found>) {
    let step = &shipment.steps[at];
    if !tells_the_order(step) {
        return;
    }
    order(shipment, at, out);
    let Some(book) = book(view, shipment, step) else { return };
    for part in fulfilments(step) {
        successor(shipment, at, &part, book.transitions(), out);
        fits_the_order(step, &part, book, out);
    }
}

/// The book of the message; under the domain's old name, that of the way which the items name.
fn book<'a>(view: &FlowView<'a>, shipment: &Shipment<'a>, step: &Step<'a>) -> Option<&'a Book> {
    let of_way = || {
        let kinds: Vec<&str> = shipment
            .steps
            .iter()
            .flat_map(|step| items(step))
            .filter_map(|item| item.text("/descriptor/code"))
            .collect();
        let all = || {
            view.specs
                .books()
                .iter()
                .filter(|book| book.codes("routing").is_some() && book.domain().starts_with("ONDC:LOG"))
        };
        all().find(|book| {
            let ways = book.codes("routing");
            let way = ways.and_then(|ways| ways.iter().find(|way| way.text("domain") == Some(book.domain())));
            way.is_some_and(|way| kinds.contains(&way.code.as_str()))
        })
    };
    step.book.or_else(of_way)
}

/// Order states only move on: Created, Accepted, In-progress, Completed; Cancelled from any but Completed.
fn order(shipment: &Shipment<'_>, at: usize, out: &mut Vec<Found>) {
    const LIFE: [&str; 4] = ["Created", "Accepted", "In-progress", "Completed"];
    let step = &shipment.steps[at];
    let Some(before) = shipment.order_before(at) else { return };
    let (Some(then), Some(now)) = (before.text(ORDER_STATE), step.text(ORDER_STATE)) else { return };
    let rank = |state: &str| LIFE.iter().position(|known| *known == state);
    let legal = match (rank(then), rank(now)) {
        (Some(then), Some(now)) => then <= now,
        (Some(_), None) => now != "Cancelled" || then != "Completed",
        (None, _) => then != "Cancelled" || now == "Cancelled",
    };
    if !legal {
        let text = format!("the order is {now} after it was {then}: there is no way back");
        let found = step.found("logistics/ORDER_STATE_NEXT", ORDER_STATE, text);
        out.push(found.wants(format!("what may follow {then}")).has(now).against(before.place(ORDER_STATE)));
    }
}

/// A shipment's state is the one before, or one that can still come after it; recordings leave states out.
fn successor(shipment: &Shipment<'_>, at: usize, part: &Part<'_>, table: &Transitions, out: &mut Vec<Found>) {
    let step = &shipment.steps[at];
    let (Some(id), Some(now)) = (part.text("/id"), state(part)) else { return };
    let told = shipment.before(at).filter(|other| tells_the_order(other));
    let Some((before, earlier)) = told.into_iter().find_map(|other| Some((other, fulfilment(other, id)?))) else {
        return;
    };
    let Some(then) = state(&earlier) else { return };
    if then == now || !known(table, then) || !known(table, now) || reaches(table, then, now) {
        return;
    }
    let text = format!("{now} cannot follow {then}");
    let found = step.found("logistics/STATE_NEXT", part.place(CODE), text);
    out.push(found.wants(table.next(then).join(", ")).has(now).against(before.place(earlier.place(CODE))));
}

fn known(table: &Transitions, state: &str) -> bool {
    table.iter().any(|(from, to)| from == state || to.iter().any(|next| next == state))
}

/// Is there a way from one state to the other?
fn reaches(table: &Transitions, from: &str, to: &str) -> bool {
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

/// The order stands where its shipment stands; with a way back both tell.
fn fits_the_order(step: &Step<'_>, part: &Part<'_>, book: &Book, out: &mut Vec<Found>) {
    let (Some(now), Some(order)) = (state(part), step.text(ORDER_STATE)) else { return };
    let alone = fulfilments(step).len() == 1;
    let Some(code) = book.codes("fulfilment_state").and_then(|states| states.get(now)).filter(|_| alone) else {
        return;
    };
    let fits = code.texts("order_state");
    if !fits.is_empty() && !fits.contains(&order) {
        // Where nothing can follow, the order has ended too.
        let rule = if code.flag("final") { "logistics/ORDER_STATE_END" } else { "logistics/ORDER_STATE_FITS" };
        let text = format!("the order is {order} while its shipment is {now}");
        out.push(
            step.found(rule, ORDER_STATE, text)
                .wants(fits.join(" or "))
                .has(order)
                .against(step.place(part.place(CODE))),
        );
    }
}
