//! Provider, store, items and counts: what was selected is what is ordered.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use specs::Action;

use crate::check::payload::{Part, fulfilments, items};
use crate::check::say::{Say, changed};
use crate::check::thread::{Thread, tells_the_order, threads};
use crate::finding::Found;
use crate::view::{FlowView, Step};

/// Provider, location, items, counts.
pub(crate) fn check(view: &FlowView<'_>, out: &mut Vec<Found>) {
    for thread in threads(view) {
        for at in 1..thread.steps.len() {
            location(&thread, at, out);
            same_items(&thread, at, out);
            counts_add_up(&thread, at, out);
        }
    }
}

/// The last message before this one that names the whole basket.
fn basket_before<'t, 'a>(thread: &'t Thread<'a>, at: usize) -> Option<&'t Step<'a>> {
    let step = &thread.steps[at];
    match step.action {
        Action::OnSelect => thread.request_of(step).or_else(|| thread.last(at, Action::Select)),
        Action::Init => thread.last(at, Action::OnSelect).or_else(|| thread.last(at, Action::Select)),
        Action::OnInit => thread.request_of(step).or_else(|| thread.last(at, Action::Init)),
        Action::Confirm => thread.last(at, Action::OnInit).or_else(|| thread.last(at, Action::Init)),
        Action::OnConfirm => thread.request_of(step).or_else(|| thread.last(at, Action::Confirm)),
        _ => None,
    }
}

/// The store stays the same (the provider: a rule of the books); after confirmation the order is compared with what was confirmed.
fn location(thread: &Thread<'_>, at: usize, out: &mut Vec<Found>) {
    let step = &thread.steps[at];
    let confirmed = || thread.last(at, Action::OnConfirm).or_else(|| thread.last(at, Action::Confirm));
    let Some(earlier) = basket_before(thread, at).or_else(|| confirmed().filter(|_| tells_the_order(step))) else {
        return;
    };
    let place = "/message/order/provider/locations/0/id";
    if let (Some(then), Some(now)) = (Part::of(earlier, place), Part::of(step, place))
        && then.word("") != now.word("")
    {
        out.push(changed("history/LOCATION_KEPT", step, &now, earlier, &then, "the store"));
    }
}

/// An item with the configured product that it belongs to.
type Goods = (String, Option<String>);

/// How many of each.
fn counted(parts: &[Part<'_>]) -> BTreeMap<Goods, Option<Decimal>> {
    let mut counted: BTreeMap<Goods, Option<Decimal>> = BTreeMap::new();
    for item in parts {
        let Some(id) = item.word("/id") else { continue };
        let count = item.number("/quantity/count");
        let sum = counted.entry((id, item.word("/parent_item_id"))).or_insert(None);
        *sum = match (*sum, count) {
            (Some(sum), Some(count)) => Some(sum + count),
            (sum, count) => sum.or(count),
        };
    }
    counted
}

/// From `select` to `on_confirm` the items stay the same; `on_select` may leave out what cannot be had.
fn same_items(thread: &Thread<'_>, at: usize, out: &mut Vec<Found>) {
    let step = &thread.steps[at];
    let Some(earlier) = basket_before(thread, at) else { return };
    let (before, now) = (items(earlier), items(step));
    if before.is_empty() || now.is_empty() {
        return;
    }
    let (then, is) = (counted(&before), counted(&now));
    let refused = step.value("/error").is_some_and(|error| !error.is_null());
    for item in &now {
        let Some(id) = item.word("/id") else { continue };
        if !then.keys().any(|(known, _)| *known == id) {
            let text = format!("item {id:?} is not among the items of {}", earlier.action);
            let found = step.found("history/ITEMS_KEPT", item.place("/id"), text).has(&id);
            out.push(found.against(earlier.place("/message/order/items")));
        }
    }
    for (id, _) in then.keys().filter(|(id, _)| !refused && !is.keys().any(|(known, _)| known == id)) {
        let text = format!("item {id:?} of {} is missing", earlier.action);
        let found = step.found("history/ITEMS_KEPT", "/message/order/items", text).wants(id);
        out.push(found.against(earlier.place("/message/order/items")));
    }
    if step.action != Action::OnSelect {
        same_counts(thread, at, &is, out);
    }
}

/// The count of an item is the one that was last asked for: at `select`, or at `init` for what follows it.
fn same_counts(thread: &Thread<'_>, at: usize, is: &BTreeMap<Goods, Option<Decimal>>, out: &mut Vec<Found>) {
    let step = &thread.steps[at];
    let asked = match step.action {
        Action::Init => thread.last(at, Action::Select),
        _ => thread.last(at, Action::Init).or_else(|| thread.last(at, Action::Select)),
    };
    let Some(asked) = asked else { return };
    let then = counted(&items(asked));
    for (goods, count) in is {
        let (Some(count), Some(Some(wanted))) = (count, then.get(goods)) else { continue };
        if count != wanted {
            let text = format!("{count} of item {:?}, but {} asked for {wanted}", goods.0, asked.action);
            let found = step.found("history/COUNT_KEPT", "/message/order/items", text).wants(wanted).has(count);
            out.push(found.against(asked.place("/message/order/items")));
        }
    }
}

/// After confirmation the lines of every fulfilment together are still what was ordered.
fn counts_add_up(thread: &Thread<'_>, at: usize, out: &mut Vec<Found>) {
    let step = &thread.steps[at];
    if step.action == Action::OnConfirm || !tells_the_order(step) {
        return;
    }
    let Some(confirmed) = thread.last(at, Action::OnConfirm).or_else(|| thread.last(at, Action::Confirm)) else {
        return;
    };
    let (then, now) = (counted(&items(confirmed)), counted(&items(step)));
    if now.is_empty() {
        return;
    }
    let replaced = fulfilments(step).iter().any(|part| part.tag("replace_request").is_some());
    for (goods, wanted) in then.iter().filter_map(|(goods, count)| Some((goods, (*count)?))) {
        let count = match now.get(goods) {
            Some(Some(count)) => *count,
            Some(None) => continue,
            None => Decimal::ZERO,
        };
        if count != wanted && !(replaced && count > wanted) {
            let text = format!(
                "the lines of item {:?} add up to {count}; {wanted} were ordered, and what is cancelled or returned stays in the order on a fulfilment of its own",
                goods.0
            );
            let found = step.found("history/COUNT_SUM", "/message/order/items", text).wants(wanted).has(count);
            out.push(found.against(confirmed.place("/message/order/items")));
        }
    }
    for item in items(step) {
        let Some(id) = item.word("/id").filter(|id| !then.keys().any(|(known, _)| known == id)) else { continue };
        let text = format!("item {id:?} was not ordered");
        let found = step.found("history/ITEMS_KEPT", item.place("/id"), text).has(id);
        out.push(found.against(confirmed.place("/message/order/items")));
    }
}
