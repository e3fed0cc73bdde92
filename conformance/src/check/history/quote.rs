//! The quote: it adds up, its lines refer to something, and it does not change between `on_select` and `on_confirm`.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use specs::Action;

use crate::check::law::{Law, has_history};
use crate::check::payload::{Part, fulfilments, items, lines, order, state, total};
use crate::check::say::Say;
use crate::check::thread::{Thread, threads};
use crate::finding::Found;
use crate::view::{FlowView, Step};

/// Sums, references, and the same quote from `on_select` to `on_confirm`.
pub(crate) fn check(view: &FlowView<'_>, out: &mut Vec<Found>) {
    for thread in threads(view) {
        for (at, step) in thread.steps.iter().enumerate() {
            if order(step).is_none_or(|order| order.at("/quote/breakup").is_none()) {
                continue;
            }
            sum(step, out);
            line_prices(step, out);
            references(step, out);
            if step.action == Action::OnSelect && step.value("/error").is_none_or(serde_json::Value::is_null) {
                delivery_lines(step, &Law::of(view, step), out);
                counts_as_selected(&thread, at, out);
            }
            if matches!(step.action, Action::OnInit | Action::Confirm | Action::OnConfirm) {
                stock_of_items(step, out);
                kept(&thread, at, out);
            }
        }
    }
}

const TITLE_TYPE: &str = "/@ondc~1org~1title_type";
const LINE_ID: &str = "/@ondc~1org~1item_id";
const LINE_COUNT: &str = "/@ondc~1org~1item_quantity/count";

/// The total is the sum of the lines of the fulfilments that the items use; offered alternatives do not count.
fn sum(step: &Step<'_>, out: &mut Vec<Found>) {
    let Some(said) = total(step) else { return };
    let prices = |lines: &[Part<'_>]| lines.iter().filter_map(|line| line.number("/price/value")).sum::<Decimal>();
    let all = lines(step);
    let unused = unused_alternatives(step);
    let used: Vec<Part<'_>> = all.iter().filter(|line| !refers_to_any(line, &unused)).cloned().collect();
    // Two readings of the contract: the default choice only, or everything that is offered.
    let (everything, default) = (prices(&all), prices(&used));
    if said != default && said != everything {
        let text = format!("quote says {said}, its {} lines add up to {default}", used.len());
        let found = step.found("history/QUOTE_SUM", "/message/order/quote/price/value", text);
        out.push(found.wants(default).has(said));
    }
}

/// Fulfilments of an `on_select` that no item uses: the buyer may choose them at `init`.
fn unused_alternatives<'a>(step: &Step<'a>) -> Vec<&'a str> {
    let offered = fulfilments(step);
    if step.action != Action::OnSelect || offered.len() < 2 {
        return Vec::new();
    }
    let items = items(step);
    let used = |id: &str| items.iter().any(|item| item.text("/fulfillment_id") == Some(id));
    offered.iter().filter_map(|part| part.text("/id")).filter(|id| !used(id)).collect()
}

fn refers_to_any(line: &Part<'_>, ids: &[&str]) -> bool {
    line.text(LINE_ID).is_some_and(|id| ids.contains(&id))
}

/// A line of goods costs the price of one times the count.
fn line_prices(step: &Step<'_>, out: &mut Vec<Found>) {
    for line in lines(step).iter().filter(|line| line.text(TITLE_TYPE) == Some("item")) {
        let (price, unit, count) =
            (line.number("/price/value"), line.number("/item/price/value"), line.number(LINE_COUNT));
        if let (Some(price), Some(unit), Some(count)) = (price, unit, count)
            && price != unit * count
        {
            let due = (unit * count).round_dp(2);
            let text = format!("{count} times {unit} is {due}, the line says {price}");
            let each = price.checked_div(count).map(|each| each.round_dp(2));
            let found = step.found("history/LINE_PRICE", line.place("/price/value"), text);
            // Often the price of all was sent as that of one.
            let wanted = match each.filter(|each| price == unit && each * count == price) {
                Some(each) => format!("{due}, or {each} as the price of one"),
                None => due.to_string(),
            };
            out.push(found.wants(wanted).has(price));
        }
    }
}

/// A line of goods names an item of the order; a line of delivery or packing a fulfilment.
fn references(step: &Step<'_>, out: &mut Vec<Found>) {
    let ids = |parts: Vec<Part<'_>>| parts.iter().filter_map(|part| part.word("/id")).collect::<Vec<_>>();
    let (items, fulfilments) = (ids(items(step)), ids(fulfilments(step)));
    if items.is_empty() {
        return;
    }
    for line in lines(step) {
        let (Some(id), Some(kind)) = (line.word(LINE_ID), line.text(TITLE_TYPE)) else { continue };
        let (known, list) = match kind {
            "item" => (items.contains(&id), "items[].id"),
            "delivery" | "packing" if !fulfilments.is_empty() => (fulfilments.contains(&id), "fulfillments[].id"),
            _ => continue,
        };
        if !known {
            let text = format!("a line of type {kind} refers to {id:?}, which is not in {list}");
            out.push(
                step.found("history/LINE_REFERS", line.place(LINE_ID), text).wants(format!("one of {list}")).has(id),
            );
        }
    }
}

/// A delivery that can be served has a line with its price, also when it costs nothing; one that cannot has none.
fn delivery_lines(step: &Step<'_>, law: &Law<'_>, out: &mut Vec<Found>) {
    let charged = lines(step);
    let has_line = |id: &str| {
        charged.iter().find(|line| line.text(TITLE_TYPE) == Some("delivery") && line.text(LINE_ID) == Some(id))
    };
    let any_line = charged.iter().any(|line| line.text(TITLE_TYPE) == Some("delivery"));
    for fulfilment in fulfilments(step).iter().filter(|part| part.text("/type") == Some("Delivery")) {
        let (Some(id), Some(state)) = (fulfilment.text("/id"), state(fulfilment)) else { continue };
        let serviceable = state.eq_ignore_ascii_case("Serviceable") && law.is_forward(fulfilment.text("/type"));
        if serviceable && !any_line {
            let text = format!("fulfilment {id:?} is serviceable, but the quote has no line of type delivery");
            out.push(
                step.found("history/DELIVERY_LINE", "/message/order/quote/breakup", text)
                    .wants("a line of type delivery"),
            );
        }
        if let Some(line) = has_line(id).filter(|_| state.eq_ignore_ascii_case("Non-serviceable")) {
            let text = format!("fulfilment {id:?} cannot be served, but the quote charges for its delivery");
            out.push(step.found("history/DELIVERY_LINE", line.pointer.clone(), text).wants("no line of type delivery"));
        }
    }
}

/// Without an error the quote is for as many pieces as were selected.
fn counts_as_selected(thread: &Thread<'_>, at: usize, out: &mut Vec<Found>) {
    let step = &thread.steps[at];
    let Some(select) = thread.request_of(step).or_else(|| thread.last(at, Action::Select)) else { return };
    if step.value("/error").is_some_and(|error| !error.is_null()) {
        return;
    }
    let selected =
        counts(items(select).iter().filter_map(|item| Some((item.word("/id")?, item.number("/quantity/count")?))));
    let goods = lines(step).into_iter().filter(|line| line.text(TITLE_TYPE) == Some("item"));
    let quoted = counts(goods.filter_map(|line| Some((line.word(LINE_ID)?, line.number(LINE_COUNT)?))));
    for (id, wanted) in &selected {
        let Some(count) = quoted.get(id).filter(|count| *count != wanted) else { continue };
        let text =
            format!("{wanted} of item {id:?} were selected, the quote is for {count}, and there is no error object");
        let line = lines(step).into_iter().find(|line| line.word(LINE_ID).as_ref() == Some(id));
        let pointer = line.map(|line| line.place(LINE_COUNT)).unwrap_or_default();
        out.push(
            step.found("history/COUNT_QUOTED", pointer, text)
                .wants(wanted)
                .has(count)
                .against(select.place("/message/order/items")),
        );
    }
}

fn counts(pairs: impl Iterator<Item = (String, Decimal)>) -> BTreeMap<String, Decimal> {
    let mut counts = BTreeMap::new();
    for (id, count) in pairs {
        *counts.entry(id).or_insert(Decimal::ZERO) += count;
    }
    counts
}

/// What can be had of an item is told in `on_select` only.
fn stock_of_items(step: &Step<'_>, out: &mut Vec<Found>) {
    for line in lines(step) {
        if let Some(quantity) = line.at("/item/quantity") {
            let text = "the stock of an item stands in the quote of on_select only";
            out.push(step.found("history/STOCK_ONLY_IN_ON_SELECT", quantity.pointer, text).wants("no item.quantity"));
        }
    }
}

/// Total and lines are those of the message before.
fn kept(thread: &Thread<'_>, at: usize, out: &mut Vec<Found>) {
    let step = &thread.steps[at];
    let Some(earlier) = quoted_before(thread, at) else { return };
    // Of what on_select offered, the buyer chose some: lines of the other fulfilments are gone rightly.
    let left = not_chosen(earlier, step);
    let before: Vec<Part<'_>> = lines(earlier).into_iter().filter(|line| !refers_to_any(line, &left)).collect();
    let then = if left.is_empty() {
        total(earlier)
    } else {
        Some(before.iter().filter_map(|line| line.number("/price/value")).sum())
    };
    // The plain case of on_init is a rule of the books.
    let plain = step.action == Action::OnInit
        && has_history(step)
        && fulfilments(earlier).len() < 2
        && earlier.value("/error").is_none();
    if let (Some(then), Some(now)) = (then, total(step))
        && then != now
        && total(earlier) != Some(now)
        && !plain
    {
        let place = "/message/order/quote/price/value";
        let text = format!("the quote is {now}, {} said {then}", earlier.action);
        out.push(step.found("history/QUOTE_KEPT", place, text).wants(then).has(now).against(earlier.place(place)));
    }
    for line in lines(step) {
        let Some(then) = before.iter().find(|other| same_line(other, &line)) else { continue };
        for place in ["/price/value", "/item/price/value", LINE_COUNT] {
            if let (Some(was), Some(is)) = (then.number(place), line.number(place))
                && was != is
            {
                let text = format!("{} of a line is {is}, {} said {was}", name(place), earlier.action);
                let found = step.found("history/QUOTE_LINE_KEPT", line.place(place), text).wants(was).has(is);
                out.push(found.against(earlier.place(then.place(place))));
            }
        }
    }
    let gone = before.iter().filter(|then| !lines(step).iter().any(|line| same_line(line, then)));
    for then in gone.filter(|then| then.number("/price/value").is_some_and(|price| !price.is_zero())) {
        let (kind, id) = (then.text(TITLE_TYPE).unwrap_or("some"), then.word(LINE_ID).unwrap_or_default());
        let text = format!("the line of type {kind} for {id:?} in the quote of {} is missing here", earlier.action);
        let found = step.found("history/QUOTE_LINE_KEPT", "/message/order/quote/breakup", text);
        out.push(found.against(earlier.place(then.pointer.clone())));
    }
}

/// Fulfilments that were offered and that the later message no longer has.
fn not_chosen<'a>(earlier: &Step<'a>, step: &Step<'_>) -> Vec<&'a str> {
    let kept = fulfilments(step);
    let is_kept = |id: &str| kept.iter().any(|part| part.text("/id") == Some(id));
    if earlier.action != Action::OnSelect || kept.is_empty() {
        return Vec::new();
    }
    fulfilments(earlier).iter().filter_map(|part| part.text("/id")).filter(|id| !is_kept(id)).collect()
}

fn quoted_before<'t, 'a>(thread: &'t Thread<'a>, at: usize) -> Option<&'t Step<'a>> {
    let quoted = |action: Action| matches!(action, Action::OnSelect | Action::OnInit | Action::Confirm);
    thread.before(at).find(|step| quoted(step.action) && total(step).is_some())
}

fn name(place: &str) -> &'static str {
    match place {
        "/price/value" => "the price",
        "/item/price/value" => "the price of one",
        _ => "the count",
    }
}

/// A line is known by what it refers to, its type, and the configured product that it belongs to.
fn same_line(one: &Part<'_>, other: &Part<'_>) -> bool {
    let same = |place: &str| one.word(place) == other.word(place);
    let products = [one, other].map(|line| line.word("/item/parent_item_id"));
    let titles = one.text(TITLE_TYPE) == Some("item") || same("/title");
    same(LINE_ID) && same(TITLE_TYPE) && (products[0] == products[1] || products.iter().any(Option::is_none)) && titles
}
