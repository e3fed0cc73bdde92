//! What a shipment keeps: its id, its items, its fulfilments, the number of its waybill; without a book also its carrier.

use specs::Action;

use crate::check::law::has_history;
use crate::check::logistics::shipment::Shipment;
use crate::check::payload::{Part, fulfilment, fulfilments, items};
use crate::check::say::{Say, changed, dropped};
use crate::check::thread::{order_id, tells_the_order};
use crate::finding::Found;
use crate::view::Step;

/// The message at `at` against those before it.
pub(super) fn check(shipment: &Shipment<'_>, at: usize, out: &mut Vec<Found>) {
    let step = &shipment.steps[at];
    id(shipment, at, out);
    if !has_history(step) {
        provider(shipment, at, out);
    }
    ordered_items(shipment, at, out);
    if tells_the_order(step) {
        waybill(shipment, at, out);
        carried(shipment, at, out);
        pickup_time(shipment, at, out);
    }
}

/// Rules of a book find the messages before by the order's id, so a changed id is told here.
fn id(shipment: &Shipment<'_>, at: usize, out: &mut Vec<Found>) {
    let step = &shipment.steps[at];
    let (Some(now), Some(confirm)) = (order_id(step), shipment.last(at, Action::Confirm)) else { return };
    if let Some(then) = order_id(confirm).filter(|then| *then != now) {
        let place = if step.text("/message/order/id").is_some() { "/message/order/id" } else { "/message/order_id" };
        let text = format!("the order is {now:?}, confirm said {then:?}");
        let found = step.found("logistics/ORDER_ID_KEPT", place, text);
        out.push(found.wants(then).has(now).against(confirm.place("/message/order/id")));
    }
}

fn provider(shipment: &Shipment<'_>, at: usize, out: &mut Vec<Found>) {
    const PLACE: &str = "/message/order/provider/id";
    let step = &shipment.steps[at];
    let Some(init) = shipment.last(at, Action::Init) else { return };
    if let (Some(now), Some(then)) = (Part::of(step, PLACE), Part::of(init, PLACE))
        && now.value != then.value
    {
        out.push(changed("logistics/PROVIDER_KEPT", step, &now, init, &then, "provider.id"));
    }
}

/// From init to on_confirm the items are the same; later an item for the way back may come.
fn ordered_items(shipment: &Shipment<'_>, at: usize, out: &mut Vec<Found>) {
    let step = &shipment.steps[at];
    if !matches!(step.action, Action::OnInit | Action::Confirm | Action::OnConfirm) {
        return;
    }
    let Some(init) = shipment.last(at, Action::Init) else { return };
    let known: Vec<&str> = items(init).iter().filter_map(|item| item.text("/id")).collect();
    for item in items(step) {
        if let Some(other) = item.text("/id").filter(|id| !known.is_empty() && !known.contains(id)) {
            let text = format!("item {other:?} was not asked for in init");
            let found = step.found("logistics/ITEMS_KEPT", item.place("/id"), text);
            out.push(found.wants(known.join(", ")).has(other).against(init.place("/message/order/items")));
        }
    }
}

const WAYBILL: &str = "/@ondc~1org~1awb_no";

/// A waybill number stays once it is given. No clause says that every message repeats it.
fn waybill(shipment: &Shipment<'_>, at: usize, out: &mut Vec<Found>) {
    let gives = |now: &Part<'_>| now.text(WAYBILL).is_some();
    kept(shipment, at, WAYBILL, ("logistics/AWB_KEPT", "the waybill number"), gives, out);
}

/// What was picked up once stays picked up then.
fn pickup_time(shipment: &Shipment<'_>, at: usize, out: &mut Vec<Found>) {
    const WORDS: (&str, &str) = ("logistics/PICKUP_TIME_KEPT", "start.time.timestamp");
    kept(shipment, at, "/start/time/timestamp", WORDS, |_| true, out);
}

/// A value of a fulfilment is that of the last message that gave it; one that drops it breaks the rule too. Only fulfilments that
/// `concerned` names are looked at.
fn kept(
    shipment: &Shipment<'_>,
    at: usize,
    path: &str,
    (rule, what): (&str, &str),
    concerned: impl Fn(&Part<'_>) -> bool,
    out: &mut Vec<Found>,
) {
    let step = &shipment.steps[at];
    for now in fulfilments(step).into_iter().filter(|now| concerned(now)) {
        let Some(id) = now.text("/id") else { continue };
        let given = |other: &Step<'_>| fulfilment(other, id).is_some_and(|part| part.text(path).is_some());
        let Some(before) = shipment.before(at).find(|other| tells_the_order(other) && given(other)) else { continue };
        let Some(then) = fulfilment(before, id).and_then(|part| part.at(path)) else { continue };
        match now.at(path).filter(|_| now.text(path).is_some()) {
            Some(is) if is.value != then.value => out.push(changed(rule, step, &is, before, &then, what)),
            Some(_) => {}
            None => out.push(dropped(rule, step, now.place(path), before, &then, what)),
        }
    }
}

/// Every fulfilment of the order before is still there.
fn carried(shipment: &Shipment<'_>, at: usize, out: &mut Vec<Found>) {
    let step = &shipment.steps[at];
    let Some(before) = shipment.order_before(at) else { return };
    for then in fulfilments(before) {
        let Some(id) = then.text("/id") else { continue };
        // Some carriers leave the ids out; then nothing can be told.
        let named = fulfilments(step).iter().any(|part| part.text("/id").is_some());
        if named && fulfilment(step, id).is_none() {
            let what = format!("fulfilment {id:?}");
            out.extend(then.at("/id").map(|was| {
                dropped(
                    "logistics/FULFILMENT_CARRIED",
                    step,
                    "/message/order/fulfillments".to_owned(),
                    before,
                    &was,
                    &what,
                )
            }));
        }
    }
}
