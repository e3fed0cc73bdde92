//! What is ordered against what the catalogue showed: known, enabled, at that price, not promised too soon.

use specs::Action;

use crate::check::payload::{Part, fulfilments, items, lines};
use crate::check::say::{Say, changed};
use crate::check::store::{PROVIDERS, Store, is_incremental};
use crate::check::thread::{Thread, threads};
use crate::finding::Found;
use crate::view::{FlowView, Step};

/// Every order whose seller's catalogue was recorded.
pub(crate) fn check(view: &FlowView<'_>, out: &mut Vec<Found>) {
    for thread in threads(view) {
        let Some(store) = Store::of(view, &thread) else {
            unknown_provider(view, &thread, out);
            continue;
        };
        for step in &thread.steps {
            match step.action {
                Action::Select => selected(step, &store, out),
                Action::OnSelect => {
                    prices(step, &store, out);
                    promised(step, &store, out);
                }
                Action::Init | Action::Confirm => on_delivery(step, &store, out),
                _ => {}
            }
        }
    }
}

/// The seller's whole catalogue was recorded and does not have the provider.
fn unknown_provider(view: &FlowView<'_>, thread: &Thread<'_>, out: &mut Vec<Found>) {
    let Some(select) = thread.first(Action::Select) else { return };
    let Some(id) = select.text("/message/order/provider/id") else { return };
    let Some(end) = thread.steps.iter().map(|step| step.index).max() else { return };
    let of_seller = |step: &Step<'_>| step.text("/context/bpp_id") == select.text("/context/bpp_id");
    let same_seller = |step: &&Step<'_>| step.index < end && of_seller(step) && !is_incremental(step);
    if view.all(Action::OnSearch).any(|step| step.recorded.split.is_some()) {
        return; // of a catalogue too large to be held, one part is looked at
    }
    if let Some(catalogue) = view.all(Action::OnSearch).find(same_seller) {
        let text = format!("provider {id:?} is not in the catalogue of this seller");
        let found = select.found("catalogue/PROVIDER_KNOWN", "/message/order/provider/id", text).has(id);
        out.push(found.against(catalogue.place(PROVIDERS)));
    }
}

/// Only what was shown and is offered can be selected, up to its maximum.
fn selected(step: &Step<'_>, store: &Store<'_>, out: &mut Vec<Found>) {
    let place = step.text("/message/order/provider/locations/0/id");
    if let Some(id) = place.filter(|id| store.is_whole() && store.location(id).is_none()) {
        let text = format!("store {id:?} is not in the catalogue of this provider");
        out.push(step.found("catalogue/LOCATION_KNOWN", "/message/order/provider/locations/0/id", text).has(id));
    }
    for item in items(step) {
        let Some(id) = item.text("/id") else { continue };
        let Some((catalogue, shown)) = store.item(id) else {
            // A configured product may have an id of its own that was never shown.
            if store.is_whole() && item.at("/parent_item_id").is_none() {
                let text = format!("item {id:?} is not in the catalogue of this provider");
                let against = store.provider().map(|(step, provider)| step.place(provider.place("/items")));
                let mut found = step.found("catalogue/ITEM_KNOWN", item.place("/id"), text).has(id);
                found.contradicts = against;
                out.push(found);
            }
            continue;
        };
        if shown.text("/time/label") == Some("disable") {
            let text = format!("item {id:?} is disabled in the catalogue");
            out.push(
                step.found("catalogue/ITEM_ENABLED", item.place("/id"), text)
                    .against(catalogue.place(shown.place("/time/label"))),
            );
        }
        if let (Some(was), Some(is)) = (shown.at("/location_id"), item.at("/location_id"))
            && was.word("") != is.word("")
        {
            out.push(changed("catalogue/ITEM_LOCATION", step, &is, &catalogue, &was, "the store of the item"));
        }
        let maximum = shown.number("/quantity/maximum/count").filter(|maximum| *maximum != 99.into());
        if let (Some(maximum), Some(count)) = (maximum, item.number("/quantity/count"))
            && count > maximum
        {
            let text = format!("{count} of item {id:?} are selected, at most {maximum} can be ordered");
            let found = step
                .found("catalogue/COUNT_MAXIMUM", item.place("/quantity/count"), text)
                .wants(format!("at most {maximum}"))
                .has(count);
            out.push(found.against(catalogue.place(shown.place("/quantity/maximum/count"))));
        }
    }
}

/// The price of one in the quote is the price that was shown.
fn prices(step: &Step<'_>, store: &Store<'_>, out: &mut Vec<Found>) {
    for line in lines(step).iter().filter(|line| line.text("/@ondc~1org~1title_type") == Some("item")) {
        let Some((catalogue, shown)) = line.text("/@ondc~1org~1item_id").and_then(|id| store.item(id)) else {
            continue;
        };
        let (was, is) = (shown.at("/price/value"), line.at("/item/price/value"));
        if let (Some(was), Some(is)) = (was, is)
            && was.number("").is_some()
            && was.number("") != is.number("")
        {
            out.push(changed("catalogue/UNIT_PRICE", step, &is, &catalogue, &was, "the price of one"));
        }
    }
}

/// From order to door takes longer than from order to ready.
fn promised(step: &Step<'_>, store: &Store<'_>, out: &mut Vec<Found>) {
    for part in fulfilments(step) {
        let (Some(tat), Some(id)) = (part.duration_ms("/@ondc~1org~1TAT"), part.text("/id")) else { continue };
        let mine: Vec<Part<'_>> =
            items(step).into_iter().filter(|item| item.text("/fulfillment_id") == Some(id)).collect();
        let ready = mine
            .iter()
            .filter_map(|item| store.item(item.text("/id")?))
            .filter_map(|(catalogue, shown)| Some((shown.duration_ms("/@ondc~1org~1time_to_ship")?, catalogue, shown)));
        let Some((ready, catalogue, shown)) = ready.max_by_key(|(ready, _, _)| *ready) else { continue };
        if tat <= ready && part.text("/type") == Some("Delivery") {
            let place = shown.place("/@ondc~1org~1time_to_ship");
            let (said, shown) = (
                part.text("/@ondc~1org~1TAT").unwrap_or_default(),
                shown.text("/@ondc~1org~1time_to_ship").unwrap_or_default(),
            );
            let text = format!("delivered in {said}, but one of the items is ready only after {shown}");
            let found = step
                .found("catalogue/TAT_OVER_TIME_TO_SHIP", part.place("/@ondc~1org~1TAT"), text)
                .wants(format!("more than {shown}"));
            out.push(found.has(said).against(catalogue.place(place)));
        }
    }
}

/// Cash on delivery only when every item allows it.
fn on_delivery(step: &Step<'_>, store: &Store<'_>, out: &mut Vec<Found>) {
    if step.text("/message/order/payment/type") != Some("ON-FULFILLMENT") {
        return;
    }
    for item in items(step) {
        let Some((catalogue, shown)) = item.text("/id").and_then(|id| store.item(id)) else { continue };
        let place = shown.place("/@ondc~1org~1available_on_cod");
        if catalogue.value(&place).is_some_and(|allowed| *allowed == false) {
            let text = format!("item {} cannot be paid on delivery, by the catalogue", item.value["id"]);
            let found = step.found("catalogue/CASH_ALLOWED", "/message/order/payment/type", text).wants("ON-ORDER");
            out.push(found.against(catalogue.place(place)));
        }
    }
}
