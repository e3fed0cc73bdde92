//! `on_select`: the quote and what it depends on.

use serde_json::{Value, json};

use super::{order, quote};
use crate::order::{Draft, OrderLine};

/// Every way that is offered; the items name the default. Whether the place is served decides the state of the fulfilment.
pub fn on_select(draft: &Draft, serviceable: bool) -> Value {
    let offered = draft.options.iter().map(|offered| &offered.fulfilment);
    let fulfilments: Vec<Value> = offered
        .map(|fulfilment| {
            let mut wire = json!({
                "id": fulfilment.id,
                "type": fulfilment.kind(),
                "@ondc/org/provider_name": fulfilment.provider_name,
                "@ondc/org/category": fulfilment.category,
                "tracking": fulfilment.tracking,
                "state": { "descriptor": { "code": if serviceable { "Serviceable" } else { "Non-serviceable" } } },
            });
            // Nothing is promised to a place that is not served.
            if serviceable {
                wire["@ondc/org/TAT"] = json!(fulfilment.tat);
            }
            wire
        })
        .collect();
    // Charges of the ways that are not the default stand in the quote too; its total does not count them.
    let mut shown = quote::quote(&draft.quote, quote::Shelf::Shown);
    let chosen = draft.delivery().map(|delivery| delivery.id.as_str());
    let others = draft.options.iter().filter(|offered| Some(offered.fulfilment.id.as_str()) != chosen);
    if let Some(lines) = shown["breakup"].as_array_mut() {
        lines.extend(others.flat_map(|offered| quote::lines(&offered.charges, &draft.quote.currency)));
    }
    json!({ "order": {
        "provider": order::provider(draft),
        "items": draft.lines.iter().map(item).collect::<Vec<Value>>(),
        "fulfillments": fulfilments,
        "quote": shown,
    }})
}

fn item(line: &OrderLine) -> Value {
    let mut wire = json!({ "id": line.item_id, "fulfillment_id": line.fulfilment_id });
    if let Some(parent) = &line.parent_item_id {
        wire["parent_item_id"] = json!(parent);
    }
    wire
}
