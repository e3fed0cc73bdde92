//! The full order: message of on_confirm, on_status, on_update and on_cancel.
//!
//! Whatever once travelled travels again: earlier fulfilments, refunds and documents stay in it.

use protocol::clock::wire_timestamp;
use serde_json::{Value, json};

use super::{fulfilment, payment, quote};
use crate::order::{Order, OrderLine};

pub fn order(order: &Order) -> Value {
    let currency = order.quote.currency.as_str();
    let fulfilments: Vec<Value> = order.fulfilments.iter().map(|f| fulfilment::fulfilment(f, currency)).collect();
    let mut wire = json!({
        "id": order.id,
        "state": order.state.as_str(),
        "provider": provider(order),
        "items": order.lines.iter().map(item).collect::<Vec<Value>>(),
        "billing": order.billing,
        "fulfillments": fulfilments,
        "quote": quote::quote(&order.quote, quote::Shelf::Hidden),
        "payment": payment::confirmed(&order.payment),
        "created_at": wire_timestamp(order.created_at),
        "updated_at": wire_timestamp(order.updated_at),
    });
    if !order.tags.is_empty() {
        wire["tags"] = json!(order.tags);
    }
    if !order.documents.is_empty() {
        wire["documents"] = json!(order.documents);
    }
    if let Some(cancellation) = &order.cancellation {
        wire["cancellation"] =
            json!({ "cancelled_by": cancellation.cancelled_by, "reason": { "id": cancellation.reason_id } });
    }
    json!({ "order": wire })
}

/// `provider` with its one location.
pub fn provider(order: &Order) -> Value {
    json!({ "id": order.partner_id, "locations": [{ "id": order.location_id }] })
}

/// An element of `items` with its quantity.
pub fn item(line: &OrderLine) -> Value {
    let mut wire = json!({
        "id": line.item_id,
        "fulfillment_id": line.fulfilment_id,
        "location_id": line.location_id,
        "quantity": { "count": line.count },
    });
    if let Some(parent) = &line.parent_item_id {
        wire["parent_item_id"] = json!(parent);
    }
    wire
}
