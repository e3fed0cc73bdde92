//! What became of an instruction: every order and leg of it, with its amounts.

use specs::Action;

use crate::check::payload::Part;
use crate::check::say::{Say, changed};
use crate::check::settlement::{same, settled};
use crate::finding::Found;
use crate::view::Step;

const MESSAGE_ID: &str = "/context/message_id";
const SETTLEMENT: &str = "/message/settlement/id";
const TRANSACTION: &str = "/context/transaction_id";
const LEGS: [&str; 4] = ["inter_participant", "collector", "provider", "self"];

/// The instruction that an answer is about, when it is recorded.
pub(super) fn check(before: &[&Step<'_>], step: &Step<'_>, out: &mut Vec<Found>) {
    match step.action {
        Action::OnSettle => {
            if let Some(instruction) = instruction(before, step) {
                echoed(step, instruction, out);
                repeated(step, instruction, out);
                compared(step, instruction, out);
            }
        }
        Action::Report => referred(before, step, out),
        Action::OnReport => {
            let asked =
                before.iter().rev().find(|other| other.action == Action::Report && same(other, step, MESSAGE_ID));
            let meant = asked.and_then(|report| before.iter().find(|other| is_meant(report, other)));
            meant.into_iter().for_each(|instruction| compared(step, instruction, out));
        }
        _ => {}
    }
}

/// By sender, message id and settlement; else by the two of them that tell.
fn instruction<'s, 'a>(before: &[&'s Step<'a>], step: &Step<'_>) -> Option<&'s Step<'a>> {
    let is_own = |other: &&&Step<'_>| other.action == Action::Settle && same(other, step, "/context/bap_id");
    let own: Vec<&'s Step<'a>> = before.iter().rev().filter(is_own).copied().collect();
    let by_id = |other: &&&Step<'_>| same(other, step, MESSAGE_ID);
    let by_settlement = |other: &&&Step<'_>| same(other, step, SETTLEMENT);
    let both = own.iter().find(|other| by_id(other) && by_settlement(other));
    // A refund may come under the ids of the first instruction: then the message id alone tells nothing.
    let alone = own.iter().filter(by_id).count() == 1;
    let found = both.or_else(|| own.iter().find(by_id).filter(|_| alone)).or_else(|| own.iter().find(by_settlement));
    found.copied()
}

/// What an answer repeats of its instruction.
fn repeated(step: &Step<'_>, instruction: &Step<'_>, out: &mut Vec<Found>) {
    for place in ["/message/settlement/type", SETTLEMENT, "/message/collector_app_id", "/message/receiver_app_id"] {
        if let (Some(now), Some(then)) = (Part::of(step, place), Part::of(instruction, place))
            && now.value != then.value
        {
            let what = place.trim_start_matches("/message/").replace('/', ".");
            out.push(changed("settlement/INSTRUCTION_KEPT", step, &now, instruction, &then, &what));
        }
    }
    let known: Vec<&str> = settled(instruction).iter().filter_map(|order| order.text("/id")).collect();
    for order in settled(step) {
        if let Some(other) = order.text("/id").filter(|id| !known.contains(id)) {
            let text = format!("order {other:?} is not in the instruction");
            let found =
                step.found("settlement/ORDER_KNOWN", order.place("/id"), text).wants(known.join(", ")).has(other);
            out.push(found.against(instruction.place("/message/settlement/orders")));
        }
    }
}

fn echoed(step: &Step<'_>, instruction: &Step<'_>, out: &mut Vec<Found>) {
    if !same(step, instruction, MESSAGE_ID) {
        let text = format!("the answer does not have the message_id of its {}", instruction.action);
        let (wanted, has) =
            (instruction.text(MESSAGE_ID).unwrap_or_default(), step.text(MESSAGE_ID).unwrap_or_default());
        out.push(
            step.found("settlement/MESSAGE_ID_ECHOED", MESSAGE_ID, text)
                .wants(wanted)
                .has(has)
                .against(instruction.place(MESSAGE_ID)),
        );
    }
}

/// Every order and leg of the instruction has an outcome, of the same amount.
fn compared(step: &Step<'_>, instruction: &Step<'_>, out: &mut Vec<Found>) {
    let outcomes = settled(step);
    // A refusal of the whole has no orders.
    if outcomes.is_empty() {
        return;
    }
    for (at, asked) in settled(instruction).iter().enumerate() {
        let id = asked.text("/id");
        // MISC has no order ids; its parts are told by their place.
        let told = if id.is_some() { outcomes.iter().find(|told| told.text("/id") == id) } else { outcomes.get(at) };
        let Some(told) = told else {
            let text = format!("nothing is said of order {:?}", id.unwrap_or_default());
            let found = step.found("settlement/ORDER_ANSWERED", "/message/settlement/orders", text);
            out.push(found.wants(id.unwrap_or_default()).against(instruction.place(asked.pointer.clone())));
            continue;
        };
        LEGS.iter().for_each(|leg| leg_kept(step, told, instruction, asked, leg, out));
    }
}

fn leg_kept(
    step: &Step<'_>,
    told: &Part<'_>,
    instruction: &Step<'_>,
    asked: &Part<'_>,
    leg: &str,
    out: &mut Vec<Found>,
) {
    let amount = format!("/{leg}/amount/value");
    let Some(wanted) = asked.number(&amount) else { return };
    let against = instruction.place(asked.place(&amount));
    match told.number(&amount) {
        Some(is) if is == wanted => {}
        Some(is) => {
            let text = format!("{leg} is {is}, the instruction said {wanted}");
            out.push(
                step.found("settlement/LEG_KEPT", told.place(&amount), text).wants(wanted).has(is).against(against),
            );
        }
        None => {
            let text = format!("nothing is said of {leg}, {wanted} in the instruction");
            out.push(
                step.found("settlement/LEG_ANSWERED", told.place(&format!("/{leg}")), text)
                    .wants(wanted)
                    .against(against),
            );
        }
    }
}

/// A report names an instruction; when the sender's instructions are recorded, it is one of them.
fn referred(before: &[&Step<'_>], step: &Step<'_>, out: &mut Vec<Found>) {
    let own: Vec<_> =
        before.iter().filter(|other| other.action == Action::Settle && same(other, step, "/context/bap_id")).collect();
    let Some(last) = own.last() else { return };
    if !own.iter().any(|other| is_meant(step, other)) {
        const REFERENCE: &str = "/message/ref_message_id";
        let text = "no recorded instruction has this transaction and message id";
        let (wanted, has) = (last.text(MESSAGE_ID).unwrap_or_default(), step.text(REFERENCE).unwrap_or_default());
        out.push(
            step.found("settlement/REPORT_REFERS", REFERENCE, text)
                .wants(wanted)
                .has(has)
                .against(last.place(MESSAGE_ID)),
        );
    }
}

/// Is it the instruction, of the same sender, that a report asks about?
fn is_meant(report: &Step<'_>, other: &Step<'_>) -> bool {
    let refers = |place: &str, id: &str| report.text(place).is_some() && report.text(place) == other.text(id);
    other.action == Action::Settle
        && same(other, report, "/context/bap_id")
        && refers("/message/ref_transaction_id", TRANSACTION)
        && refers("/message/ref_message_id", MESSAGE_ID)
}
