//! Tags: a code and a list of codes with text values.

use serde_json::{Value, json};

use crate::fulfilment::{CancelRequest, Delay, PrecancelState, TrailEntry};
use crate::returns::ReturnRequest;
use protocol::clock::wire_timestamp;

/// One tag; entries without a value are left out.
pub fn tag<'a>(code: &str, entries: impl IntoIterator<Item = (&'a str, Option<String>)>) -> Value {
    let list: Vec<Value> = entries
        .into_iter()
        .filter_map(|(code, value)| value.map(|value| json!({ "code": code, "value": value })))
        .collect();
    json!({ "code": code, "list": list })
}

pub fn cancel_request(request: &CancelRequest) -> Value {
    tag(
        "cancel_request",
        [
            ("reason_id", Some(request.reason_id.clone())),
            ("initiated_by", Some(request.initiated_by.clone())),
            ("retry_count", request.retry_count.map(|count| count.to_string())),
            ("rto_id", request.rto_id.clone()),
        ],
    )
}

pub fn precancel_state(before: &PrecancelState) -> Value {
    tag(
        "precancel_state",
        [
            ("fulfillment_state", Some(before.fulfillment_state.clone())),
            ("updated_at", Some(wire_timestamp(before.updated_at))),
        ],
    )
}

pub fn delay(delay: &Delay) -> Value {
    tag(
        "fulfillment_delay",
        [
            ("state", Some(delay.state.clone())),
            ("reason_id", Some(delay.reason_id.clone())),
            ("timestamp", Some(wire_timestamp(delay.timestamp))),
        ],
    )
}

pub fn quote_trail(entry: &TrailEntry, currency: &str) -> Value {
    tag(
        "quote_trail",
        [
            ("type", Some(entry.kind.as_str().to_owned())),
            ("id", Some(entry.id.clone())),
            ("currency", Some(currency.to_owned())),
            ("value", Some(entry.value.wire())),
        ],
    )
}

pub fn return_request(request: &ReturnRequest) -> Value {
    tag(
        "return_request",
        [
            ("id", Some(request.id.clone())),
            ("item_id", Some(request.item_id.clone())),
            ("parent_item_id", request.parent_item_id.clone()),
            ("item_quantity", Some(request.quantity.to_string())),
            ("reason_id", Some(request.reason_id.clone())),
            ("reason_desc", request.reason_desc.clone()),
            ("images", request.images.clone()),
            ("ttl_approval", request.ttl_approval.as_ref().map(ToString::to_string)),
            ("ttl_reverseqc", request.ttl_reverseqc.as_ref().map(ToString::to_string)),
            ("initiated_by", Some(request.initiated_by.clone())),
        ],
    )
}
