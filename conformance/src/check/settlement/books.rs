//! Two books compared: an answer that disagrees says by how much, one that agrees has the same amounts.

use specs::Action;

use crate::check::payload::Part;
use crate::check::say::Say;
use crate::check::settlement::same;
use crate::finding::Found;
use crate::view::Step;

const AMOUNTS: [&str; 5] = ["amount", "commission", "withholding_amount", "tcs", "tds"];

/// An `on_recon` against its `recon`.
pub(super) fn check(before: &[&Step<'_>], step: &Step<'_>, out: &mut Vec<Found>) {
    if step.action != Action::OnRecon {
        return;
    }
    let own = || {
        before
            .iter()
            .rev()
            .filter(|other| other.action == Action::Recon && same(other, step, "/context/transaction_id"))
    };
    let by_id = own().find(|other| same(other, step, "/context/message_id"));
    let Some(asked) = by_id.or_else(|| own().next()) else { return };
    if by_id.is_none() {
        const PLACE: &str = "/context/message_id";
        let text = "the answer does not have the message_id of its recon";
        let (wanted, has) = (asked.text(PLACE).unwrap_or_default(), step.text(PLACE).unwrap_or_default());
        out.push(
            step.found("settlement/MESSAGE_ID_ECHOED", PLACE, text).wants(wanted).has(has).against(asked.place(PLACE)),
        );
    }
    for order in orders(step) {
        let there = orders(asked)
            .into_iter()
            .find(|there| there.text("/id").is_some() && there.text("/id") == order.text("/id"));
        if let Some(there) = there {
            compared(step, &order, asked, &there, out);
        }
    }
}

fn orders<'a>(step: &Step<'a>) -> Vec<Part<'a>> {
    Part::of(step, "/message").map(|message| message.list("/orders")).unwrap_or_default()
}

fn compared(step: &Step<'_>, order: &Part<'_>, asked: &Step<'_>, there: &Part<'_>, out: &mut Vec<Found>) {
    let Some(agrees) = order.at("/recon_accord").and_then(|part| part.value.as_bool()) else { return };
    let mut differs = order.number("/amount/value") != there.number("/amount/value");
    for payment in order.list("/settlements") {
        let id = payment.text("/payment_id");
        let other =
            there.list("/settlements").into_iter().find(|other| id.is_some() && other.text("/payment_id") == id);
        let Some(other) = other else { continue };
        for name in AMOUNTS {
            let value = format!("/{name}/value");
            let (Some(is), Some(was)) = (payment.number(&value), other.number(&value)) else { continue };
            let by = (is - was).abs();
            differs |= !by.is_zero();
            if agrees && !by.is_zero() {
                let text = format!("recon_accord is true, and {name} is {is} where recon said {was}");
                out.push(
                    step.found("settlement/RECON_ACCORD", payment.place(&value), text)
                        .wants(was)
                        .has(is)
                        .against(asked.place(other.place(&value))),
                );
            } else if !agrees {
                difference(step, &payment, asked, &other, name, by, out);
            }
        }
        due(step, &payment, agrees, out);
    }
    if !agrees && !differs {
        let text = "recon_accord is false, and every amount is that of recon";
        out.push(
            step.found("settlement/RECON_NO_DIFFERENCE", order.place("/recon_accord"), text)
                .wants("true")
                .has("false")
                .against(asked.place(there.pointer.clone())),
        );
    }
}

/// The difference that is told is the one between the two amounts.
fn difference(
    step: &Step<'_>,
    payment: &Part<'_>,
    asked: &Step<'_>,
    other: &Part<'_>,
    name: &str,
    by: rust_decimal::Decimal,
    out: &mut Vec<Found>,
) {
    let place = format!("/{name}/diff_value");
    let said = payment.number(&place);
    let against = || asked.place(other.place(&format!("/{name}/value")));
    match said {
        Some(said) if said.abs() != by => {
            let text = format!("{name} differs by {by}, diff_value says {said}");
            out.push(
                step.found("settlement/RECON_DIFFERENCE", payment.place(&place), text)
                    .wants(by)
                    .has(said)
                    .against(against()),
            );
        }
        None if !by.is_zero() => {
            let text = format!("{name} differs by {by}, and no diff_value says so");
            out.push(
                step.found("settlement/RECON_DIFFERENCE", payment.place(&place), text).wants(by).against(against()),
            );
        }
        _ => {}
    }
}

/// What is agreed and not yet paid has a day.
fn due(step: &Step<'_>, payment: &Part<'_>, agrees: bool, out: &mut Vec<Found>) {
    let unpaid = payment.text("/status").is_some_and(|status| status != "SETTLED");
    if agrees && unpaid && payment.text("/due_date").is_none() {
        let text = "agreed and not paid, and nothing says when it will be";
        out.push(step.found("settlement/RECON_DUE", payment.place("/due_date"), text).wants("a date"));
    }
}
