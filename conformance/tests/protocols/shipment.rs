//! A parcel from door to door: delivered, cancelled, turned back; and one through hubs.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use specs::Specs;

use self::stories::{cancelled, delivered, line, quote, through_hubs, turned_back};
use crate::story::{Defect, Story, at, each_fires, fired_by, is_clean};

#[path = "shipment/each_message.rs"]
mod each_message;
#[path = "shipment/stories.rs"]
mod stories;

#[test]
fn clean_shipments_stay_clean() {
    let specs = Specs::builtin().unwrap();
    for story in [delivered(), cancelled(), turned_back(), through_hubs()] {
        is_clean(&specs, &story);
    }
}

fn broken_delivered() -> Vec<Defect> {
    vec![
        ("on_confirm", "/message/order/id", json!("LO2"), &["logistics/ORDER_ID_KEPT"]),
        ("on_confirm", "/message/order/created_at", json!(at(41)), &["history/on_confirm/CREATED_AT_KEPT"]),
        (
            "on_confirm",
            "/message/order/quote/price/value",
            json!("69.00"),
            &["history/on_confirm/QUOTE_KEPT", "logistics/QUOTE_SUM"],
        ),
        ("on_confirm", "/message/order/fulfillments/0/tracking", Value::Null, &["LOG10.on_confirm.schema.required"]),
        ("on_confirm", "/context/message_id", json!("33"), &["logistics/MESSAGE_ID_ECHOED"]),
        ("picked", "/context/transaction_id", json!("T2"), &["history/on_status/CONTEXT/TRANSACTION_KEPT"]),
        ("confirm", "/message/order/provider/id", json!("P2"), &["history/confirm/PROVIDER_KEPT"]),
        ("confirm", "/message/order/items/0/id", json!("I7"), &["logistics/ITEMS_KEPT"]),
        ("confirm", "/message/order/items/0/fulfillment_id", json!("F7"), &["confirm/ITEM_FULFILMENT/KNOWN"]),
        ("confirm", "/message/order/items/0/category_id", json!("Immediate Delivery"), &["confirm/READY_TO_SHIP_TOLD"]),
        ("confirm", "/message/order/fulfillments/0/tags/0", Value::Null, &["confirm/RETAIL_ORDER_NAMED"]),
        ("confirm", "/message/order/@ondc~1org~1linked_order", Value::Null, &["LOG10.confirm.schema.required"]),
        ("update", "/message/order/fulfillments/0/start/instructions", Value::Null, &["update/READY/PICKUP_CODE"]),
        ("picked", "/message/order/fulfillments/0/@ondc~1org~1awb_no", json!("AWB2"), &["logistics/AWB_KEPT"]),
        ("out", "/message/order/fulfillments/0/start/time/timestamp", json!(at(81)), &["logistics/PICKUP_TIME_KEPT"]),
        (
            "out",
            "/message/order/fulfillments/0/start/time/timestamp",
            Value::Null,
            &["logistics/PICKUP_TIME_KEPT", "on_status/TIMES/PICKED_UP_AT"],
        ),
        (
            "delivered",
            "/message/order/fulfillments/0/end/time/timestamp",
            Value::Null,
            &["on_status/TIMES/DELIVERED_AT"],
        ),
        (
            "out",
            "/message/order/fulfillments/0/state/descriptor/code",
            json!("In-transit"),
            &["LOG10.on_status.schema.enum"],
        ),
        ("delivered", "/message/order/state", json!("In-progress"), &["logistics/ORDER_STATE_END"]),
        (
            "assigned",
            "/message/order/state",
            json!("Created"),
            &["logistics/ORDER_STATE_FITS", "logistics/ORDER_STATE_NEXT"],
        ),
        (
            "delivered",
            "/message/order/fulfillments/0/state/descriptor/code",
            json!("Agent-assigned"),
            &["logistics/ORDER_STATE_FITS", "logistics/STATE_NEXT"],
        ),
        (
            "out",
            "/message/order/quote",
            quote("69.00", &[line("I1", "delivery", "60.00"), line("I1", "tax", "9.00")]),
            &["logistics/QUOTE_KEPT"],
        ),
        (
            "out",
            "/message/order/@ondc~1org~1linked_order/order/id",
            json!("RO2"),
            &["history/on_status/RETAIL_ORDER_KEPT"],
        ),
        ("out", "/context/message_id", json!("3"), &["logistics/MESSAGE_ID_NEW"]),
        ("on_search", "/message/catalog/bpp~1descriptor/tags/0/list/0", Value::Null, &["on_search/TERMS_NAMED"]),
        (
            "on_search",
            "/message/catalog/bpp~1providers/0/items/1",
            Value::Null,
            &["on_search/PROVIDER/WAY_BACK_PRICED"],
        ),
        ("search", "/message/intent/@ondc~1org~1payload_details", Value::Null, &["LOG10.search.schema.required"]),
    ]
}

#[test]
fn what_is_broken_in_a_shipment_is_told() {
    let specs = Specs::builtin().unwrap();
    each_fires(&specs, delivered, broken_delivered());
}

fn broken_cancelled() -> Vec<Defect> {
    vec![
        (
            "assigned",
            "/message/order/state",
            json!("Completed"),
            &["logistics/CANCEL_TOO_LATE", "logistics/ORDER_STATE_FITS", "logistics/ORDER_STATE_NEXT"],
        ),
        ("on_cancel", "/message/order/cancellation/reason/id", json!("005"), &["history/on_cancel/REASON_KEPT"]),
        ("on_cancel", "/message/order/fulfillments/0/tags/0", Value::Null, &["on_cancel/STATE_BEFORE"]),
        (
            "on_cancel",
            "/message/order/fulfillments/0/tags/0/list/0/value",
            json!("Pending"),
            &["logistics/PRECANCEL_STATE"],
        ),
        (
            "on_cancel",
            "/message/order/state",
            json!("In-progress"),
            &["logistics/ORDER_STATE_END", "logistics/QUOTE_KEPT"],
        ),
        (
            "cancel",
            "/message/cancellation_reason_id",
            json!("250"),
            &["LOG10.cancel.schema.enum", "history/on_cancel/REASON_KEPT"],
        ),
    ]
}

#[test]
fn what_is_broken_when_it_is_cancelled_is_told() {
    let specs = Specs::builtin().unwrap();
    each_fires(&specs, cancelled, broken_cancelled());
}

fn broken_turned_back() -> Vec<Defect> {
    vec![
        ("on_cancel", "/message/order/items/1", Value::Null, &["logistics/RTO_ITEM"]),
        ("on_cancel", "/message/order/fulfillments/0/tags/0", Value::Null, &["on_cancel/BACK/EVENT_TOLD"]),
        (
            "on_cancel",
            "/message/order/fulfillments/0/tags/0/list/1/value",
            json!("F9"),
            &["on_cancel/BACK/EVENT_NAMES_IT"],
        ),
        (
            "on_cancel",
            "/message/order/quote/breakup/2/price/value",
            json!("134.00"),
            &["logistics/QUOTE_SUM", "logistics/RTO_PRICE"],
        ),
        ("returned", "/message/order/fulfillments/1", Value::Null, &["logistics/FULFILMENT_CARRIED"]),
        ("returned", "/message/order/fulfillments/1/end/time/timestamp", Value::Null, &["on_status/TIMES/RETURNED_AT"]),
        (
            "out",
            "/message/order/fulfillments/0/state/descriptor/code",
            json!("Order-delivered"),
            &[
                "logistics/ORDER_STATE_END",
                "logistics/PRECANCEL_STATE",
                "logistics/RTO_AFTER_DELIVERY",
                "logistics/STATE_NEXT",
                "on_status/TIMES/DELIVERED_AT",
            ],
        ),
    ]
}

#[test]
fn what_is_broken_on_the_way_back_is_told() {
    let specs = Specs::builtin().unwrap();
    each_fires(&specs, turned_back, broken_turned_back());
}

fn broken_through_hubs() -> Vec<Defect> {
    vec![
        (
            "hub",
            "/message/order/fulfillments/0/state/descriptor/code",
            json!("At-delivery"),
            &["LOG11.on_status.schema.enum"],
        ),
        (
            "hub",
            "/message/order/fulfillments/0/state/descriptor/code",
            json!("Pickup-failed"),
            &["logistics/STATE_NEXT"],
        ),
    ]
}

#[test]
fn a_parcel_through_hubs_has_other_states() {
    let specs = Specs::builtin().unwrap();
    each_fires(&specs, through_hubs, broken_through_hubs());
}

/// Of a message whose domain and version have no book.
const NO_BOOK: &str = "message/KNOWN_BOOK";

fn old() -> Story {
    let mut story = delivered();
    for (_, payload) in &mut story.messages {
        payload["context"]["domain"] = "nic2004:60232".into();
        payload["context"]["core_version"] = "1.2.0".into();
        for place in ["/message/order/items/0", "/message/catalog/bpp~1providers/0/items/0"] {
            if let Some(item) = payload.pointer_mut(place) {
                item["descriptor"] = json!({ "code": "P2P" });
            }
        }
    }
    story
}

fn broken_old() -> Vec<Defect> {
    vec![
        ("on_confirm", "/message/order/id", json!("LO2"), &[NO_BOOK, "logistics/ORDER_ID_KEPT"]),
        ("confirm", "/message/order/provider/id", json!("P2"), &[NO_BOOK, "logistics/PROVIDER_KEPT"]),
        ("picked", "/message/order/fulfillments/0/@ondc~1org~1awb_no", json!("AWB2"), &[NO_BOOK, "logistics/AWB_KEPT"]),
        (
            "out",
            "/message/order/fulfillments/0/state/descriptor/code",
            json!("Pending"),
            &[NO_BOOK, "logistics/STATE_NEXT"],
        ),
        (
            "on_confirm",
            "/message/order/quote/price/value",
            json!("69.00"),
            &[NO_BOOK, "logistics/QUOTE_KEPT", "logistics/QUOTE_SUM"],
        ),
    ]
}

/// The domain under its old name has no book of that version; what can be compared is compared all the same.
#[test]
fn the_old_name_of_the_domain_is_judged_too() {
    let specs = Specs::builtin().unwrap();
    each_fires(&specs, old, broken_old());
}

/// Every rule that these defects fire.
pub fn fired() -> BTreeSet<String> {
    let own = [broken_delivered(), broken_cancelled(), broken_turned_back(), broken_through_hubs(), broken_old()];
    fired_by(own.concat()).into_iter().chain(each_message::fired()).collect()
}
