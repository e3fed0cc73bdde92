//! Settlement: answers against instructions, the instructions of the two sides against each other, books against books.

mod books;
mod instructions;
mod legs;
mod outcome;

use crate::check::payload::Part;
use crate::finding::Found;
use crate::view::{FlowView, Step};

/// Every message of settlement in a flow.
pub(crate) fn check(view: &FlowView<'_>, out: &mut Vec<Found>) {
    let steps: Vec<&Step<'_>> = view.steps.iter().filter(|step| is_settlement(step)).collect();
    for (at, step) in steps.iter().enumerate() {
        legs::check(step, out);
        instructions::check(&steps[..at], step, out);
        outcome::check(&steps[..at], step, out);
        books::check(&steps[..at], step, out);
    }
}

fn is_settlement(step: &Step<'_>) -> bool {
    step.text("/context/domain").is_some_and(|domain| domain.starts_with("ONDC:NTS"))
}

/// Do two messages have the same text at a place?
fn same(one: &Step<'_>, other: &Step<'_>, place: &str) -> bool {
    one.text(place).is_some() && one.text(place) == other.text(place)
}

/// The orders of an instruction or of its outcome.
fn settled<'a>(step: &Step<'a>) -> Vec<Part<'a>> {
    Part::of(step, "/message/settlement").map(|part| part.list("/orders")).unwrap_or_default()
}
