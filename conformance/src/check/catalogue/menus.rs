//! Categories of a provider: menus that have items, variants that vary, ranks that differ.

use std::collections::{HashMap, HashSet};

use serde_json::Value;
use specs::Action;

use crate::check::payload::Part;
use crate::check::say::Say;
use crate::check::store::each_provider;
use crate::finding::Found;
use crate::view::{FlowView, Step};

/// Each whole catalogue, provider by provider.
pub(crate) fn check(view: &FlowView<'_>, out: &mut Vec<Found>) {
    each_provider(view, out, |step, provider, out| {
        categories(step, provider, out);
        sequences(step, provider, out);
        // A catalogue that comes in pages may have the other variants on another page.
        let transaction = step.text("/context/transaction_id");
        let pages =
            view.all(Action::OnSearch).filter(|other| other.text("/context/transaction_id") == transaction).count();
        if pages == 1 {
            variants(step, provider, out);
        }
    });
}

fn items<'a>(provider: &Part<'a>) -> &'a [Value] {
    provider.value.get("items").and_then(Value::as_array).map_or(&[][..], Vec::as_slice)
}

fn kind(category: &Part<'_>) -> Option<String> {
    category.tag("type").and_then(|tag| tag.entry_word("type"))
}

/// The menu of an item is a category of the provider, and a menu has items.
fn categories(step: &Step<'_>, provider: &Part<'_>, out: &mut Vec<Found>) {
    let all = provider.list("/categories");
    let known: HashSet<&str> = all.iter().filter_map(|category| category.text("/id")).collect();
    if known.is_empty() || items(provider).is_empty() {
        return;
    }
    let mut used: HashSet<&str> = HashSet::new();
    for (at, item) in items(provider).iter().enumerate() {
        for (position, entry) in item["category_ids"].as_array().into_iter().flatten().enumerate() {
            let Some(id) = entry.as_str().map(|entry| entry.split(':').next().unwrap_or_default()) else { continue };
            used.insert(id);
            if !known.contains(id) {
                let place = provider.place(&format!("/items/{at}/category_ids/{position}"));
                let text = format!("the item is in menu {id:?}, which is no category of the provider");
                out.push(step.found("catalogue/MENU_KNOWN", place, text).has(id));
            }
        }
    }
    for category in all.iter().filter(|category| kind(category).as_deref() == Some("custom_menu")) {
        let Some(id) = category.text("/id").filter(|id| !used.contains(id)) else { continue };
        // A menu may only hold other menus.
        let is_parent = all.iter().any(|other| other.text("/parent_category_id") == Some(id));
        if !is_parent {
            let text = format!("menu {id:?} has no item");
            out.push(step.found("catalogue/MENU_USED", category.place("/id"), text).has(id));
        }
    }
}

/// Two items cannot stand at the same place of a menu.
fn sequences(step: &Step<'_>, provider: &Part<'_>, out: &mut Vec<Found>) {
    let mut seen: HashMap<(&str, &str), usize> = HashMap::new();
    for (at, item) in items(provider).iter().enumerate() {
        for (position, entry) in item["category_ids"].as_array().into_iter().flatten().enumerate() {
            let Some((menu, sequence)) = entry.as_str().and_then(|entry| entry.split_once(':')) else { continue };
            let Some(other) = seen.insert((menu, sequence), at).filter(|other| *other != at) else { continue };
            let place = provider.place(&format!("/items/{at}/category_ids/{position}"));
            let text = format!("place {sequence} of menu {menu:?} is taken by another item already");
            let found = step.found("catalogue/MENU_SEQUENCE", place, text).has(sequence);
            out.push(found.against(step.place(provider.place(&format!("/items/{other}/category_ids")))));
        }
    }
}

/// A group of variants has at least two, and each says in what it varies.
fn variants(step: &Step<'_>, provider: &Part<'_>, out: &mut Vec<Found>) {
    let groups: Vec<Part<'_>> = provider
        .list("/categories")
        .into_iter()
        .filter(|category| kind(category).as_deref() == Some("variant_group"))
        .collect();
    if groups.is_empty() {
        return;
    }
    let mut members: HashMap<&str, usize> = HashMap::new();
    for item in items(provider) {
        *members.entry(item["parent_item_id"].as_str().unwrap_or_default()).or_default() += 1;
    }
    for group in &groups {
        let Some(id) = group.text("/id") else { continue };
        let count = members.get(id).copied().unwrap_or_default();
        if count == 1 {
            let text = format!("variant group {id:?} has a single item");
            out.push(
                step.found("catalogue/VARIANTS_MANY", group.place("/id"), text).wants("two items or more").has(count),
            );
        }
    }
}
