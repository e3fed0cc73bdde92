//! A complaint that is passed on: the respondent complains to its own partner, in the transaction with that partner.

use specs::Action;

use crate::check::issue::complaint::{Complaint, id, issue};
use crate::check::say::Say;
use crate::finding::Found;
use crate::view::Step;

/// Each pair of complaints of which the first one's respondent is the second one's complainant.
pub(super) fn check(complaints: &[Complaint<'_>], out: &mut Vec<Found>) {
    for above in complaints {
        for below in complaints {
            let (Some(first), Some(second)) = (opened(above), opened(below)) else { continue };
            let passes_on = first.text("/context/bpp_id").is_some()
                && first.text("/context/bpp_id") == second.text("/context/bap_id")
                && first.text("/context/bap_id") != second.text("/context/bpp_id")
                && first.index != second.index
                && first.text("/context/bap_id") != first.text("/context/bpp_id");
            if passes_on {
                own_transaction(first, second, out);
                same_id(first, second, out);
                later(first, second, out);
            }
        }
    }
}

/// The message that opened a complaint, when it is recorded.
fn opened<'c, 'a>(complaint: &'c Complaint<'a>) -> Option<&'c Step<'a>> {
    complaint.steps.iter().find(|step| step.action == Action::Issue && issue(step).is_some())
}

fn own_transaction(above: &Step<'_>, below: &Step<'_>, out: &mut Vec<Found>) {
    const PLACE: &str = "/context/transaction_id";
    if let Some(same) = below.text(PLACE).filter(|own| above.text(PLACE) == Some(own)) {
        let text = "the complaint to the partner runs in the transaction of the buyer's order";
        let found = below.found("issue/CASCADE_TRANSACTION", PLACE, text);
        out.push(found.wants("the transaction of the order with the partner").has(same).against(above.place(PLACE)));
    }
}

/// In version 1.0.0 a complaint keeps its id through all participants; in 2.0.0 each pair has its own.
fn same_id(above: &Step<'_>, below: &Step<'_>, out: &mut Vec<Found>) {
    const PLACE: &str = "/message/issue/id";
    let old = |step: &Step<'_>| step.value("/message/issue/issue_actions").is_some();
    if let (true, true, Some(first), Some(second)) = (old(above), old(below), id(above), id(below))
        && first != second
    {
        let text = format!("passed on as {second:?}, raised as {first:?}");
        out.push(below.found("issue/CASCADE_ID", PLACE, text).wants(first).has(second).against(above.place(PLACE)));
    }
}

fn later(above: &Step<'_>, below: &Step<'_>, out: &mut Vec<Found>) {
    const PLACE: &str = "/context/timestamp";
    if let (Some(first), Some(second)) = (above.at, below.at)
        && second < first
    {
        let text = format!("passed on at {second}, before it was raised at {first}");
        out.push(
            below
                .found("issue/CASCADE_LATER", PLACE, text)
                .wants(format!("after {first}"))
                .has(second)
                .against(above.place(PLACE)),
        );
    }
}
