//! What holds in every message of a shipment, broken in each kind of message.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use specs::Specs;

use super::stories::{cancelled, delivered, turned_back};
use crate::story::{Broken, Story, at, broken, each_fires, fired_by, is_clean};

/// A message of the story of a delivery, and its action.
const SPOTS: [(&str, &str); 7] = [
    ("init_again", "init"),
    ("on_init", "on_init"),
    ("confirm", "confirm"),
    ("on_confirm", "on_confirm"),
    ("update", "update"),
    ("on_update", "on_update"),
    ("picked", "on_status"),
];

/// Delivered; the first price was asked for twice.
fn asked_twice() -> Story {
    let mut story = delivered();
    let at_place = story.messages.iter().position(|(name, _)| name == "confirm").unwrap();
    let again = ["init", "on_init"].map(|name| {
        let (_, mut payload) = story.messages.iter().find(|(own, _)| own == name).unwrap().clone();
        payload["context"]["message_id"] = "2b".into();
        payload["context"]["timestamp"] = at(if name == "init" { 30 } else { 35 }).into();
        (format!("{name}_again"), payload)
    });
    story.messages.splice(at_place..at_place, again);
    story
}

#[test]
fn a_price_that_is_asked_for_twice_is_clean() {
    is_clean(&Specs::builtin().unwrap(), &asked_twice());
}

/// Who speaks with whom about what, against the messages before.
fn other_context(name: &str, action: &str) -> Vec<Broken> {
    let set = |key: &str, value: &str| broken(name, &format!("/context/{key}"), json!(value)).at_the_end();
    let rule = |name: &str| [format!("history/{action}/CONTEXT/{name}")];
    vec![
        set("bap_id", "other.example").fires(&rule("BUYER_KEPT")),
        set("bpp_id", "other.example").fires(&rule("SELLER_KEPT")),
        set("domain", "ONDC:LOG11").fires(&rule("DOMAIN_KEPT")),
        set("core_version", "1.2.0").fires(&rule("VERSION_KEPT")).fires(&["message/KNOWN_BOOK"]),
        set("transaction_id", "T9").fires(&rule("TRANSACTION_KEPT")),
    ]
}

fn twice(name: &str, action: &str) -> Broken {
    let messages = [asked_twice().messages, cancelled().messages].concat();
    let (_, payload) = messages.iter().find(|(own, _)| own == name).unwrap();
    let shipment = payload["message"]["order"]["fulfillments"][0].clone();
    let rule = format!("{action}/FULFILMENT_IDS_ONCE");
    broken(name, "/message/order/fulfillments/-", shipment).at_the_end().fires(&[rule])
}

/// What the order says, against the messages before and within itself.
fn other_order(name: &str, action: &str) -> Vec<Broken> {
    let set = |path: &str, value: Value| broken(name, &format!("/message/order{path}"), value).at_the_end();
    let kept = |name: &str| [format!("history/{action}/{name}")];
    let own = |name: &str| [format!("{action}/{name}")];
    let mut table = Vec::new();
    if matches!(action, "init" | "on_init" | "confirm" | "on_confirm") {
        table.extend([
            set("/items/0/fulfillment_id", Value::Null).fires(&own("ITEM_FULFILMENT/GIVEN")),
            set("/items/0/fulfillment_id", json!("F7")).fires(&own("ITEM_FULFILMENT/KNOWN")),
        ]);
    }
    if !matches!(action, "init" | "update") {
        table.push(set("/provider/id", json!("P7")).fires(&kept("PROVIDER_KEPT")));
    }
    if matches!(action, "on_confirm" | "on_update" | "on_status" | "on_cancel") {
        table.extend([
            set("/created_at", json!(at(41))).fires(&kept("CREATED_AT_KEPT")),
            set("/@ondc~1org~1linked_order/order/id", json!("RO2")).fires(&kept("RETAIL_ORDER_KEPT")),
        ]);
    }
    if matches!(action, "confirm" | "on_confirm") {
        table
            .push(set("/quote/price/value", json!("69.00")).fires(&kept("QUOTE_KEPT")).fires(&["logistics/QUOTE_SUM"]));
    }
    if action != "update" {
        table.push(twice(name, action));
    }
    table
}

fn of_delivery() -> Vec<Broken> {
    let mut table: Vec<Broken> = SPOTS
        .into_iter()
        .flat_map(|(name, action)| [other_context(name, action), other_order(name, action)].concat())
        .collect();
    let order =
        |name: &str, path: &str, value: Value| broken(name, &format!("/message/order{path}"), value).at_the_end();
    let provider = |path: &str, value: Value| {
        broken("on_search", &format!("/message/catalog/bpp~1providers/0{path}"), value).at_the_end()
    };
    table.extend([
        order("confirm", "/updated_at", json!(at(41))).fires(&["confirm/CREATED_NOW"]),
        order("confirm", "/billing/tax_number", json!("29ABCDE1234F1Z6")).fires(&["history/confirm/BILLING_KEPT"]),
        order("update", "/items/0/category_id", json!("Immediate Delivery")).fires(&["update/READY/BOTH_TOLD"]),
        order("picked", "/fulfillments/0/start/location", Value::Null).fires(&["on_status/PLACES/FROM"]),
        order("picked", "/fulfillments/0/end/location", Value::Null).fires(&["on_status/PLACES/TO"]),
        provider("/items/1/id", json!("I1")).fires(&["on_search/PROVIDER/ITEM_IDS_ONCE"]),
        provider("/items/0/fulfillment_id", json!("F7")).fires(&["on_search/PROVIDER/FULFILMENT_KNOWN"]),
        provider("/items/0/category_id", json!("Next Day Delivery")).fires(&["on_search/PROVIDER/CATEGORY_KNOWN"]),
    ]);
    table
}

fn of_cancelling() -> Vec<Broken> {
    [other_context("on_cancel", "on_cancel"), other_order("on_cancel", "on_cancel")].concat()
}

/// When the goods were picked up, turned back and arrived.
fn of_way_back() -> Vec<Broken> {
    let on_cancel = |path: &str, value: Value| {
        broken("on_cancel", &format!("/message/order/fulfillments{path}"), value).at_the_end()
    };
    vec![
        on_cancel("/1/type", json!("Return")).fires(&["on_cancel/BACK/OWN_FULFILMENT"]),
        on_cancel("/0/start/time/timestamp", Value::Null)
            .fires(&["on_cancel/TIMES/PICKED_UP_AT", "logistics/PICKUP_TIME_KEPT"]),
        on_cancel("/0/state/descriptor/code", json!("Order-delivered")).fires(&["on_cancel/TIMES/DELIVERED_AT"]),
        on_cancel("/1/start/time/timestamp", Value::Null).fires(&["on_cancel/TIMES/TURNED_BACK_AT"]),
        on_cancel("/1/state/descriptor/code", json!("RTO-Delivered")).fires(&["on_cancel/TIMES/RETURNED_AT"]),
        broken("returned", "/message/order/fulfillments/1/start/time/timestamp", Value::Null)
            .fires(&["on_status/TIMES/TURNED_BACK_AT", "logistics/PICKUP_TIME_KEPT"]),
    ]
}

#[test]
fn what_is_broken_in_one_message_is_told_in_each() {
    let specs = Specs::builtin().unwrap();
    each_fires(&specs, asked_twice, of_delivery());
}

#[test]
fn what_is_broken_when_it_ends_otherwise_is_told() {
    let specs = Specs::builtin().unwrap();
    each_fires(&specs, cancelled, of_cancelling());
    each_fires(&specs, turned_back, of_way_back());
}

/// Every rule that these defects fire.
pub fn fired() -> BTreeSet<String> {
    fired_by([of_delivery(), of_cancelling(), of_way_back()].concat())
}
