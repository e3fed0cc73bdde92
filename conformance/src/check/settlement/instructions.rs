//! An instruction against those before it: its own repetition, and that of the other side.

use specs::Action;

use crate::check::payload::Part;
use crate::check::say::Say;
use crate::check::settlement::legs::TOLERANCE;
use crate::check::settlement::{same, settled};
use crate::finding::Found;
use crate::view::Step;

const SETTLEMENT: &str = "/message/settlement/id";

/// Each earlier instruction of the same settlement.
pub(super) fn check(before: &[&Step<'_>], step: &Step<'_>, out: &mut Vec<Found>) {
    if step.action != Action::Settle {
        return;
    }
    for other in before.iter().filter(|other| other.action == Action::Settle && same(other, step, SETTLEMENT)) {
        if same(other, step, "/context/bap_id") {
            repeated(step, other, out);
        } else {
            counterpart(step, other, out);
        }
    }
}

fn repeated(step: &Step<'_>, other: &Step<'_>, out: &mut Vec<Found>) {
    if step.payload.get("message") == other.payload.get("message") {
        return;
    }
    let id = step.text(SETTLEMENT).unwrap_or_default();
    let text = format!("settlement {id:?} was ordered before with other content");
    out.push(
        step.found("settlement/SETTLEMENT_ONCE", SETTLEMENT, text)
            .wants("a new id")
            .has(id)
            .against(other.place(SETTLEMENT)),
    );
}

/// Collector and receiver say the same of each order.
fn counterpart(step: &Step<'_>, other: &Step<'_>, out: &mut Vec<Found>) {
    let theirs = settled(other);
    for order in settled(step) {
        let Some(id) = order.text("/id") else { continue };
        let Some(there) = theirs.iter().find(|there| there.text("/id") == Some(id)) else {
            let text = format!("the other side does not settle order {id:?}");
            let found = step.found("settlement/ORDER_SHARED", order.place("/id"), text);
            out.push(found.has(id).against(other.place("/message/settlement/orders")));
            continue;
        };
        agrees(step, &order, other, there, "collector", "settlement/COLLECTOR_AGREED", out);
        agrees(step, &order, other, there, "inter_participant", "settlement/BETWEEN_AGREED", out);
    }
}

fn agrees(
    step: &Step<'_>,
    own: &Part<'_>,
    other: &Step<'_>,
    theirs: &Part<'_>,
    leg: &str,
    rule: &str,
    out: &mut Vec<Found>,
) {
    let place = format!("/{leg}/amount/value");
    if let (Some(here), Some(there)) = (own.number(&place), theirs.number(&place))
        && (here - there).abs() > TOLERANCE
    {
        let text = format!("{leg} is {here}, the other side says {there}");
        out.push(
            step.found(rule, own.place(&place), text).wants(there).has(here).against(other.place(theirs.place(&place))),
        );
    }
}
