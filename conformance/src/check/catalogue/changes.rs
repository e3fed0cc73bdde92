//! An incremental catalogue against the whole one, and the rejection of a catalogue.

use std::collections::HashSet;

use serde_json::Value;
use specs::Action;

use crate::check::payload::Part;
use crate::check::say::Say;
use crate::check::store::{PROVIDERS, is_incremental};
use crate::check::thread::{answers, is_retail};
use crate::finding::Found;
use crate::view::{FlowView, Step};

/// Known ids, new message ids, only what changed.
pub(crate) fn check(view: &FlowView<'_>, out: &mut Vec<Found>) {
    for step in view.all(Action::OnSearch).filter(|step| is_retail(step) && is_incremental(step)) {
        pushed(view, step, out);
        shape(step, out);
        known(view, step, out);
    }
    view.all(Action::CatalogRejection).filter(|step| is_retail(step)).for_each(|step| rejection(view, step, out));
}

/// A subscription pushes each change under a new message id; a pull is answered under the id of its search.
fn pushed(view: &FlowView<'_>, step: &Step<'_>, out: &mut Vec<Found>) {
    let Some(search) = view.all(Action::Search).find(|search| answers(step, search)) else { return };
    let mode = Part::of(search, "/message/intent").and_then(|intent| intent.tag("catalog_inc")?.entry_word("mode"));
    if mode.is_some() {
        let text = "a pushed change has the message_id of the subscription; each has one of its own";
        let found = step.found("catalogue/CHANGE_MESSAGE_ID", "/context/message_id", text).wants("a new message_id");
        out.push(found.against(search.place("/context/message_id")));
    }
}

/// Only changes travel: nothing of the seller as a whole, and nothing of a provider that is off.
fn shape(step: &Step<'_>, out: &mut Vec<Found>) {
    for key in ["bpp~1descriptor", "bpp~1fulfillments"] {
        let place = format!("/message/catalog/{key}");
        if Part::of(step, &place).is_some() {
            let text = format!("{} is not part of an incremental catalogue", key.replace("~1", "/"));
            out.push(step.found("catalogue/CHANGE_SHAPE", place, text).wants("only what changed"));
        }
    }
    let Some(catalogue) = Part::of(step, "/message/catalog") else { return };
    for provider in catalogue.list("/bpp~1providers") {
        let has_items = provider.value.get("items").and_then(Value::as_array).is_some_and(|items| !items.is_empty());
        if provider.text("/time/label") == Some("disable") && has_items {
            let text = "a provider that is disabled carries items";
            out.push(step.found("catalogue/CHANGE_OF_DISABLED", provider.place("/items"), text).wants("no items"));
        }
    }
}

/// Providers, stores and items of a change are in the whole catalogue of the seller.
fn known(view: &FlowView<'_>, step: &Step<'_>, out: &mut Vec<Found>) {
    let seller = step.text("/context/bpp_id");
    let mut whole = view.all(Action::OnSearch).filter(|other| is_retail(other) && !is_incremental(other)).peekable();
    let Some(first) = whole.peek().copied() else { return };
    let mine: Vec<&Step<'_>> = whole.filter(|other| other.text("/context/bpp_id") == seller).collect();
    if mine.is_empty() {
        return; // of another seller: nothing is known of this one
    }
    let whole = Known::of(&mine);
    let Some(catalogue) = Part::of(step, "/message/catalog") else { return };
    for provider in catalogue.list("/bpp~1providers") {
        let Some(id) = provider.text("/id") else { continue };
        if !whole.providers.contains(id) {
            let text = format!("provider {id:?} is not in the whole catalogue");
            out.push(
                step.found("catalogue/CHANGE_KNOWN", provider.place("/id"), text)
                    .has(id)
                    .against(first.place(PROVIDERS)),
            );
            continue;
        }
        for (list, known) in [("locations", &whole.locations), ("items", &whole.items)] {
            // A catalogue behind a link, or one of stores only, says nothing of what it does not hold.
            if !known.iter().any(|(of, _)| of == id) {
                continue;
            }
            for part in provider.list(&format!("/{list}")) {
                let Some(child) =
                    part.text("/id").filter(|child| !known.contains(&(id.to_owned(), (*child).to_owned())))
                else {
                    continue;
                };
                let text = format!("{child:?} of {list} is not in the whole catalogue of provider {id:?}");
                let rule = if list == "items" { "catalogue/CHANGE_NEW_ITEM" } else { "catalogue/CHANGE_KNOWN" };
                out.push(step.found(rule, part.place("/id"), text).has(child).against(first.place(PROVIDERS)));
            }
        }
    }
}

/// Ids of providers, and of stores or items with their provider.
#[derive(Default)]
struct Known {
    providers: HashSet<String>,
    locations: HashSet<(String, String)>,
    items: HashSet<(String, String)>,
}

impl Known {
    /// What whole catalogues hold, part by part.
    fn of(whole: &[&Step<'_>]) -> Known {
        let mut known = Known::default();
        for part in whole.iter().flat_map(|step| step.recorded.parts()) {
            for provider in part.payload.pointer(PROVIDERS).and_then(Value::as_array).into_iter().flatten() {
                let Some(id) = provider["id"].as_str() else { continue };
                known.providers.insert(id.to_owned());
                for (list, into) in [("locations", &mut known.locations), ("items", &mut known.items)] {
                    let children = provider[list].as_array().into_iter().flatten();
                    into.extend(
                        children
                            .filter_map(|child| child["id"].as_str())
                            .map(|child| (id.to_owned(), child.to_owned())),
                    );
                }
            }
        }
        known
    }
}

/// A rejection stands in the transaction and the city of the catalogue that it rejects.
fn rejection(view: &FlowView<'_>, step: &Step<'_>, out: &mut Vec<Found>) {
    let transaction = step.text("/context/transaction_id");
    let of = |other: &&Step<'_>| other.text("/context/transaction_id") == transaction;
    let Some(catalogue) = view.all(Action::OnSearch).filter(of).last() else {
        if let Some(other) = view.all(Action::OnSearch).next() {
            let text = "the rejection does not have the transaction_id of the catalogue";
            let found = step.found("catalogue/REJECTION_OF", "/context/transaction_id", text);
            out.push(found.against(other.place("/context/transaction_id")));
        }
        return;
    };
    let id = step.text("/context/message_id");
    if !view.all(Action::OnSearch).filter(of).any(|other| other.text("/context/message_id") == id) {
        let text = "the rejection does not have the message_id of the catalogue that it rejects";
        let found = step.found("catalogue/REJECTION_OF", "/context/message_id", text);
        out.push(found.against(catalogue.place("/context/message_id")));
    }
    if step.text("/context/city") != catalogue.text("/context/city") {
        let text = "the rejection names another city than the catalogue";
        let wanted = catalogue.text("/context/city").unwrap_or_default();
        let found = step.found("catalogue/REJECTION_CITY", "/context/city", text).wants(wanted);
        out.push(found.has(step.text("/context/city").unwrap_or_default()).against(catalogue.place("/context/city")));
    }
}
