//! Whom a provider serves (tag `serviceability`) against its stores and the categories of its items.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::check::payload::Part;
use crate::check::say::Say;
use crate::check::store::each_provider;
use crate::finding::Found;
use crate::view::{FlowView, Step};

/// Each whole catalogue, provider by provider.
pub(crate) fn check(view: &FlowView<'_>, out: &mut Vec<Found>) {
    each_provider(view, out, served);
}

fn served(step: &Step<'_>, provider: &Part<'_>, out: &mut Vec<Found>) {
    let areas = provider.tags("serviceability");
    let items = provider.value.get("items").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    let sold: BTreeSet<&str> = items.iter().filter_map(|item| item["category_id"].as_str()).collect();
    let stores: BTreeSet<String> = provider.list("/locations").iter().filter_map(|store| store.word("/id")).collect();
    let mut named: BTreeSet<String> = BTreeSet::new();
    let mut seen: BTreeSet<(String, String)> = BTreeSet::new();
    for area in &areas {
        let (category, store) = (area.entry("category"), area.entry("location"));
        let (Some(kind), Some(place)) =
            (category.as_ref().and_then(|part| part.word("")), store.as_ref().and_then(|part| part.word("")))
        else {
            continue;
        };
        named.insert(kind.clone());
        if let Some(part) = category.filter(|_| kind != "*" && !sold.is_empty() && !sold.contains(kind.as_str())) {
            let text = format!("serviceability for category {kind:?}, of which the provider has no item");
            out.push(
                step.found("catalogue/SERVED_CATEGORY", part.pointer, text)
                    .wants("a category_id of an item")
                    .has(&kind),
            );
        }
        if let Some(part) = store.filter(|_| !stores.is_empty() && !stores.contains(&place)) {
            let text = format!("serviceability for store {place:?}, which the provider does not have");
            out.push(
                step.found("catalogue/SERVED_LOCATION", part.pointer, text).wants("an id of a location").has(&place),
            );
        }
        radius(step, provider, area, &place, out);
        if !seen.insert((place.clone(), kind.clone())) {
            let text = format!("two areas for store {place:?} and category {kind:?}: one level for each");
            out.push(step.found("catalogue/SERVED_ONCE", area.pointer.clone(), text));
        }
    }
    for kind in sold.iter().filter(|kind| !areas.is_empty() && !named.contains("*") && !named.contains(**kind)) {
        let text = format!("items of category {kind:?} are offered, and no serviceability says whom they are for");
        out.push(
            step.found("catalogue/SERVED_COMPLETE", provider.place("/tags"), text)
                .wants(format!("serviceability for {kind}")),
        );
    }
}

/// A radius around a store is the circle of that store.
fn radius(step: &Step<'_>, provider: &Part<'_>, area: &Part<'_>, place: &str, out: &mut Vec<Found>) {
    if area.entry_word("type").as_deref() != Some("10") {
        return;
    }
    let store = provider.list("/locations").into_iter().find(|store| store.text("/id") == Some(place));
    let Some(circle) = store.and_then(|store| store.at("/circle/radius/value")) else { return };
    let Some(value) = area.entry("val") else { return };
    if circle.number("").is_some() && circle.number("") != value.number("") {
        let text = format!("the radius is {}, the circle of the store says {}", value.value, circle.value);
        let found = step
            .found("catalogue/SERVED_RADIUS", value.pointer.clone(), text)
            .wants(circle.word("").unwrap_or_default());
        out.push(found.has(value.word("").unwrap_or_default()).against(step.place(circle.pointer)));
    }
}
