//! The legs of one order: nobody pays out more than comes in, and what was settled is what was asked.

use rust_decimal::Decimal;
use specs::Action;

use crate::check::payload::Part;
use crate::check::say::Say;
use crate::check::settlement::settled;
use crate::finding::Found;
use crate::view::Step;

const AMOUNT: &str = "/amount/value";
/// Two books may round differently.
pub(super) const TOLERANCE: Decimal = Decimal::ONE;

/// One message by itself.
pub(super) fn check(step: &Step<'_>, out: &mut Vec<Found>) {
    for order in settled(step) {
        match step.action {
            Action::Settle => paid_out(step, &order, out),
            Action::OnSettle | Action::OnReport => {
                for leg in ["/inter_participant", "/provider", "/self"] {
                    order.at(leg).into_iter().for_each(|leg| outcome(step, &leg, out));
                }
            }
            _ => {}
        }
    }
}

/// The receiver pays provider and itself from what it gets; the collector itself from what it keeps.
fn paid_out(step: &Step<'_>, order: &Part<'_>, out: &mut Vec<Found>) {
    let amount = |leg: &str| order.at(leg).and_then(|leg| leg.number(AMOUNT));
    let is = |role: &str| step.text("/context/bap_id").is_some() && step.text("/context/bap_id") == step.text(role);
    let (sum, of, source) = if is("/message/receiver_app_id") {
        let sum = amount("/provider").unwrap_or_default() + amount("/self").unwrap_or_default();
        (sum, amount("/inter_participant"), "inter_participant")
    } else if is("/message/collector_app_id") {
        (amount("/self").unwrap_or_default(), amount("/collector"), "collector")
    } else {
        return;
    };
    if let Some(of) = of.filter(|of| sum > *of + TOLERANCE) {
        let text = format!("{sum} is paid out of {of} ({source})");
        let place = order.place(&format!("/{source}{AMOUNT}"));
        out.push(
            step.found("settlement/LEG_SUM", order.place(&format!("/self{AMOUNT}")), text)
                .wants(format!("at most {of}"))
                .has(sum)
                .against(step.place(place)),
        );
    }
}

/// A settled leg is settled with its amount, one that is not with none.
fn outcome(step: &Step<'_>, leg: &Part<'_>, out: &mut Vec<Found>) {
    const SETTLED: &str = "/settled_amount/value";
    let (Some(status), Some(settled), Some(asked)) = (leg.text("/status"), leg.number(SETTLED), leg.number(AMOUNT))
    else {
        return;
    };
    let wrong = match status {
        "SETTLED" => (settled - asked).abs() > TOLERANCE,
        _ => settled > Decimal::ZERO,
    };
    if wrong {
        let text = format!("{status} with {settled} of {asked}");
        let wanted = if status == "SETTLED" { asked } else { Decimal::ZERO };
        out.push(
            step.found("settlement/SETTLED_AMOUNT", leg.place(SETTLED), text)
                .wants(wanted)
                .has(settled)
                .against(step.place(leg.place(AMOUNT))),
        );
    }
}
