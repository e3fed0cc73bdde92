//! The quote after a cancellation, a return or goods turned back: what it was, less what the trails say.

use rust_decimal::Decimal;
use specs::Action;

use crate::check::payload::{Part, fulfilments, lines, order, total};
use crate::check::say::Say;
use crate::check::thread::{Thread, threads};
use crate::finding::Found;
use crate::view::{FlowView, Step};

/// New total = total of the confirmed order + every trail. Where `confirm` and `on_confirm` differ, which is told there, a later
/// message may go on from either.
pub(crate) fn check(view: &FlowView<'_>, out: &mut Vec<Found>) {
    for thread in threads(view) {
        let Some(confirmed) = confirmed(&thread) else { continue };
        let Some(original) = total(confirmed) else { continue };
        let asked = thread.first(Action::Confirm).and_then(total).unwrap_or(original);
        for step in thread.steps.iter().filter(|step| is_after(step.action)) {
            let Some(now) = total(step) else { continue };
            adds_up(step, confirmed, ([original, asked], now), out);
            known_lines(step, confirmed, out);
        }
    }
}

fn is_after(action: Action) -> bool {
    matches!(action, Action::OnStatus | Action::OnCancel | Action::OnUpdate)
}

/// The message that says what was bought.
fn confirmed<'t, 'a>(thread: &'t Thread<'a>) -> Option<&'t Step<'a>> {
    thread.first(Action::OnConfirm).or_else(|| thread.first(Action::Confirm))
}

/// Every entry of every `quote_trail` with its amount.
pub(crate) fn trails<'a>(fulfilment: &Part<'a>) -> Vec<(Part<'a>, Decimal)> {
    let amount = |tag: Part<'a>| {
        let value = tag.entry("value").and_then(|part| part.number(""))?;
        Some((tag, value))
    };
    fulfilment.tags("quote_trail").into_iter().filter_map(amount).collect()
}

fn adds_up(
    step: &Step<'_>,
    confirmed: &Step<'_>,
    ([original, asked], now): ([Decimal; 2], Decimal),
    out: &mut Vec<Found>,
) {
    let entries: Vec<_> = fulfilments(step).iter().flat_map(trails).collect();
    let trail: Decimal = entries.iter().map(|(_, value)| *value).sum();
    let due = original + trail;
    if now == due || now == asked + trail {
        return;
    }
    let place = "/message/order/quote/price/value";
    let against = confirmed.place(place);
    if entries.is_empty() {
        let text = format!("the quote is {now}, {} said {original}, and no quote_trail says why", confirmed.action);
        out.push(step.found("history/QUOTE_WITHOUT_TRAIL", place, text).wants(original).has(now).against(against));
    } else {
        let text = format!(
            "{original} confirmed and {trail} in {} quote_trail tags make {due}, the quote says {now}",
            entries.len()
        );
        out.push(step.found("history/QUOTE_TRAIL_SUM", place, text).wants(due).has(now).against(against));
    }
}

/// A trail is about a line of the confirmed quote.
fn known_lines(step: &Step<'_>, confirmed: &Step<'_>, out: &mut Vec<Found>) {
    let known: Vec<String> = lines(confirmed).iter().filter_map(|line| line.word("/@ondc~1org~1item_id")).collect();
    let quote_of_one = order(step).map(|order| order.list("/items")).unwrap_or_default();
    let also: Vec<String> = quote_of_one.iter().filter_map(|item| item.word("/id")).collect();
    for (tag, _) in fulfilments(step).iter().flat_map(trails).filter(|(_, value)| value.is_sign_negative()) {
        let Some(id) = tag.entry_word("id").filter(|id| !known.contains(id) && !also.contains(id)) else { continue };
        let text = format!("a quote_trail is about {id:?}, which no line of the confirmed quote names");
        let found =
            step.found("history/QUOTE_TRAIL_LINE", tag.pointer, text).wants("an id of a line of the quote").has(id);
        out.push(found.against(confirmed.place("/message/order/quote/breakup")));
    }
}
