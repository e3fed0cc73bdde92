//! The stories of a parcel, message by message.

use serde_json::{Value, json};

use crate::story::{Story, at, rupees, tag};

const SELLER: &str = "seller.example";
const CARRIER: &str = "carrier.example";
const AWB: &str = "@ondc/org/awb_no";

fn message(action: &str, id: &str, second: u32, message: &Value) -> (String, Value) {
    let mut payload = json!({
        "context": {
            "domain": "ONDC:LOG10", "country": "IND", "city": "std:080", "action": action, "core_version": "1.2.5",
            "bap_id": SELLER, "bap_uri": "https://seller.example/ondc", "bpp_id": CARRIER, "bpp_uri": "https://carrier.example/ondc",
            "transaction_id": "T1", "message_id": id, "timestamp": at(second), "ttl": "PT30S"
        },
        "message": message
    });
    if action == "search" {
        let context = payload["context"].as_object_mut().unwrap();
        context.remove("bpp_id");
        context.remove("bpp_uri");
    }
    (action.to_owned(), payload)
}

fn turnaround() -> Value {
    json!({ "label": "TAT", "duration": "PT45M", "timestamp": "2025-03-01" })
}

fn address() -> Value {
    json!({ "name": "House 1", "building": "Tower", "locality": "Lane 2", "city": "Bengaluru", "state": "Karnataka", "country": "India",
            "area_code": "560001" })
}

fn described(name: &str) -> Value {
    json!({ "name": name, "short_desc": name, "long_desc": name })
}

fn search() -> Value {
    let length = json!({ "unit": "centimeter", "value": 10 });
    let area = |code: &str| json!({ "gps": "12.9352,77.6244", "address": { "area_code": code } });
    json!({ "intent": {
        "category": { "id": "Standard Delivery" },
        "provider": { "time": { "days": "1,2,3", "duration": "PT30M", "range": { "start": "1000", "end": "2100" }, "schedule": { "holidays": [] } } },
        "fulfillment": { "type": "Delivery", "start": { "location": area("560001") }, "end": { "location": area("560034") },
            "tags": [tag("linked_provider", &[("id", "P9"), ("name", "Store")])] },
        "payment": { "type": "POST-FULFILLMENT" },
        "@ondc/org/payload_details": { "weight": { "unit": "kilogram", "value": 1 }, "dimensions": { "length": length, "breadth": length, "height": length },
            "category": "Grocery", "value": rupees("300.00"), "dangerous_goods": false }
    } })
}

fn on_search() -> Value {
    let item = |id: &str, parent: &str, fulfilment: &str, price: &str| {
        json!({ "id": id, "parent_item_id": parent, "category_id": "Standard Delivery", "fulfillment_id": fulfilment,
                "descriptor": described(id), "price": rupees(price), "time": turnaround() })
    };
    json!({ "catalog": {
        "bpp/descriptor": { "name": "Carrier", "tags": [tag("bpp_terms", &[("static_terms", "https://carrier.example/terms")])] },
        "bpp/providers": [{
            "id": "P1", "descriptor": described("Carrier"), "categories": [{ "id": "Standard Delivery", "time": turnaround() }],
            "fulfillments": [{ "id": "F1", "type": "Delivery" }, { "id": "F2", "type": "RTO" }],
            "items": [item("I1", "", "F1", "59.00"), item("I2", "I1", "F2", "40.00")]
        }]
    } })
}

fn billing() -> Value {
    json!({ "name": "Seller", "address": address(), "tax_number": "29ABCDE1234F1Z5", "phone": "9000000001", "email": "a@seller.example",
            "created_at": at(20), "updated_at": at(20) })
}

fn stop(second: Option<u32>) -> Value {
    let mut stop = json!({
        "location": { "id": "S1", "gps": "12.9352,77.6244", "address": address() },
        "contact": { "phone": "9000000001", "email": "a@b.example" }, "person": { "name": "A. Person" },
        "time": { "duration": "PT15M", "range": { "start": at(0), "end": at(3000) } }
    });
    if let Some(second) = second {
        stop["time"]["timestamp"] = at(second).into();
    }
    stop
}

fn linked_order() -> Value {
    let measure = json!({ "unit": "kilogram", "value": 1 });
    json!({
        "items": [{ "category_id": "Grocery", "descriptor": { "name": "Rice" }, "quantity": { "count": 1, "measure": measure }, "price": rupees("300.00") }],
        "provider": { "descriptor": { "name": "Store" }, "address": address() },
        "order": { "id": "RO1", "weight": measure, "dimensions": { "length": measure, "breadth": measure, "height": measure } }
    })
}

pub fn line(id: &str, kind: &str, price: &str) -> Value {
    json!({ "@ondc/org/item_id": id, "@ondc/org/title_type": kind, "price": rupees(price) })
}

pub fn quote(total: &str, lines: &[Value]) -> Value {
    json!({ "price": rupees(total), "ttl": "PT15M", "breakup": lines })
}

fn forward_quote() -> Value {
    quote("59.00", &[line("I1", "delivery", "50.00"), line("I1", "tax", "9.00")])
}

/// The order with its shipment in this state; picked up and delivered at these seconds.
fn order(order_state: &str, state: Option<&str>, picked: Option<u32>, delivered: Option<u32>) -> Value {
    let mut shipment = json!({
        "id": "F1", "type": "Delivery", "tracking": true, "start": stop(picked), "end": stop(delivered),
        "tags": [tag("linked_order", &[("id", "RO1")]), tag("rto_action", &[("return_to_origin", "yes")])]
    });
    if let Some(state) = state {
        shipment["state"] = json!({ "descriptor": { "code": state } });
        shipment[AWB] = "AWB1".into();
    }
    json!({ "order": {
        "id": "LO1", "state": order_state, "provider": { "id": "P1" },
        "items": [{ "id": "I1", "category_id": "Standard Delivery", "fulfillment_id": "F1", "time": turnaround() }],
        "quote": forward_quote(), "fulfillments": [shipment], "billing": billing(),
        "payment": { "type": "POST-FULFILLMENT", "collected_by": "BAP" }, "@ondc/org/linked_order": linked_order(),
        "created_at": at(40), "updated_at": at(40)
    } })
}

/// Up to the parcel that is ready.
fn ordered() -> Vec<(String, Value)> {
    let mut init = order("Created", None, None, None);
    let part = init["order"].as_object_mut().unwrap();
    for key in ["id", "state", "quote", "@ondc/org/linked_order", "created_at", "updated_at"] {
        part.remove(key);
    }
    let mut on_init = init.clone();
    on_init["order"]["quote"] = forward_quote();
    let mut update = order("Accepted", None, None, None);
    update["update_target"] = "fulfillment".into();
    update["order"]["fulfillments"][0]["tags"] = json!([tag("state", &[("ready_to_ship", "yes")])]);
    update["order"]["fulfillments"][0]["start"]["instructions"] = json!({ "code": "2", "short_desc": "4711" });
    let mut messages = vec![
        message("search", "1", 0, &search()),
        message("on_search", "1", 5, &on_search()),
        message("init", "2", 20, &init),
        message("on_init", "2", 25, &on_init),
        message("confirm", "3", 40, &order("Created", None, None, None)),
        message("on_confirm", "3", 45, &order("Accepted", Some("Pending"), None, None)),
        message("update", "4", 60, &update),
        message("on_update", "4", 65, &order("In-progress", Some("Searching-for-Agent"), None, None)),
    ];
    messages.extend([status("assigned", "5", 70, &order("In-progress", Some("Agent-assigned"), None, None))]);
    messages
}

fn status(name: &str, id: &str, second: u32, order: &Value) -> (String, Value) {
    (name.to_owned(), message("on_status", id, second, order).1)
}

pub fn delivered() -> Story {
    let mut messages = ordered();
    messages.extend([
        status("picked", "6", 80, &order("In-progress", Some("Order-picked-up"), Some(80), None)),
        status("out", "7", 90, &order("In-progress", Some("Out-for-delivery"), Some(80), None)),
        status("delivered", "8", 100, &order("Completed", Some("Order-delivered"), Some(80), Some(100))),
    ]);
    Story { messages }
}

pub fn cancelled() -> Story {
    let mut on_cancel = order("Cancelled", Some("Cancelled"), None, None);
    on_cancel["order"]["cancellation"] = json!({ "cancelled_by": SELLER, "reason": { "id": "004" } });
    on_cancel["order"]["quote"] = quote("0.00", &[line("I1", "delivery", "0.00"), line("I1", "tax", "0.00")]);
    on_cancel["order"]["fulfillments"][0]["tags"] =
        json!([tag("precancel_state", &[("fulfillment_state", "Agent-assigned"), ("updated_at", &at(70))])]);
    let mut messages = ordered();
    messages.push(message("cancel", "6", 80, &json!({ "order_id": "LO1", "cancellation_reason_id": "004" })));
    messages.push(message("on_cancel", "6", 85, &on_cancel));
    Story { messages }
}

/// The order with the way back in this state.
fn back(order_state: &str, state: &str, returned: Option<u32>) -> Value {
    let mut back = order(order_state, Some("RTO"), Some(80), None);
    let order = &mut back["order"];
    let mut way = json!({ "id": "F2", "type": "RTO", "state": { "descriptor": { "code": state } }, "start": { "time": { "timestamp": at(100) } } });
    if let Some(second) = returned {
        way["end"] = json!({ "time": { "timestamp": at(second) } });
    }
    order["fulfillments"].as_array_mut().unwrap().push(way);
    order["fulfillments"][0]["tags"] = json!([
        tag(
            "rto_event",
            &[("retry_count", "3"), ("rto_id", "F2"), ("cancellation_reason_id", "013"), ("cancelled_by", CARRIER)]
        ),
        tag("precancel_state", &[("fulfillment_state", "Out-for-delivery"), ("updated_at", &at(90))])
    ]);
    order["items"]
        .as_array_mut()
        .unwrap()
        .push(json!({ "id": "I2", "category_id": "Standard Delivery", "fulfillment_id": "F2", "time": turnaround() }));
    order["quote"] = quote(
        "99.00",
        &[
            line("I1", "delivery", "50.00"),
            line("I1", "tax", "9.00"),
            line("I2", "rto", "34.00"),
            line("I2", "tax", "6.00"),
        ],
    );
    order["cancellation"] = json!({ "cancelled_by": CARRIER, "reason": { "id": "013" } });
    back
}

pub fn turned_back() -> Story {
    let mut messages = ordered();
    messages.extend([
        status("picked", "6", 80, &order("In-progress", Some("Order-picked-up"), Some(80), None)),
        status("out", "7", 90, &order("In-progress", Some("Out-for-delivery"), Some(80), None)),
        message("on_cancel", "8", 100, &back("In-progress", "RTO-Initiated", None)),
        status("returned", "9", 120, &back("Completed", "RTO-Delivered", Some(120))),
    ]);
    Story { messages }
}

/// The same parcel through hubs.
pub fn through_hubs() -> Story {
    let mut messages = ordered();
    messages.extend([
        status("out_for_pickup", "a", 75, &order("In-progress", Some("Out-for-pickup"), None, None)),
        status("picked", "6", 80, &order("In-progress", Some("Order-picked-up"), Some(80), None)),
        status("transit", "7", 90, &order("In-progress", Some("In-transit"), Some(80), None)),
        status("hub", "8", 95, &order("In-progress", Some("At-destination-hub"), Some(80), None)),
        status("out", "9", 97, &order("In-progress", Some("Out-for-delivery"), Some(80), None)),
        status("delivered", "b", 100, &order("Completed", Some("Order-delivered"), Some(80), Some(100))),
    ]);
    for (_, payload) in &mut messages {
        payload["context"]["domain"] = "ONDC:LOG11".into();
    }
    Story { messages }
}
