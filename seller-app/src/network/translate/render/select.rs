//! `on_select`: the quote and what it depends on.

use serde_json::{Value, json};

use super::{order, quote};
use crate::order::{Draft, OrderLine};

/// Whether the place is served decides the state of the fulfilment.
pub fn on_select(draft: &Draft, serviceable: bool) -> Value {
    let fulfilments: Vec<Value> = draft
        .fulfilments
        .iter()
        .map(|fulfilment| {
            let mut wire = json!({
                "id": fulfilment.id,
                "type": fulfilment.progress.kind(),
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
    json!({ "order": {
        "provider": order::provider(draft),
        "items": draft.lines.iter().map(item).collect::<Vec<Value>>(),
        "fulfillments": fulfilments,
        "quote": quote::quote(&draft.quote, quote::Shelf::Shown),
    }})
}

fn item(line: &OrderLine) -> Value {
    let mut wire = json!({ "id": line.item_id, "fulfillment_id": line.fulfilment_id });
    if let Some(parent) = &line.parent_item_id {
        wire["parent_item_id"] = json!(parent);
    }
    wire
}
