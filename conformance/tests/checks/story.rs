//! A clean story of retail 1.2.0: found, ordered, a part cancelled, delivered, returned. Every check must let it pass.

use serde_json::{Value, json};

/// The messages of a story by name, to be spoiled.
#[derive(Debug, Clone)]
pub struct Story {
    pub messages: Vec<(String, Value)>,
}

const DELIVERY: &str = "F1";
const CANCELLED: &str = "C1";
const RETURNED: &str = "R1";

/// Times of the story: minute and second of one hour.
fn at(minute: u32, second: u32) -> String {
    format!("2025-03-01T10:{minute:02}:{second:02}.000Z")
}

fn message(action: &str, id: &str, time: &str, message: Value) -> Value {
    let mut context = json!({
        "domain": "ONDC:RET10", "country": "IND", "city": "std:080", "action": action, "core_version": "1.2.0",
        "bap_id": "buyer.example", "bap_uri": "https://buyer.example/ondc", "bpp_id": "seller.example",
        "bpp_uri": "https://seller.example/ondc", "transaction_id": "T1", "message_id": id, "timestamp": time, "ttl": "PT30S"
    });
    if action == "search" {
        context["bpp_id"].take();
    }
    json!({ "context": context, "message": message })
}

fn tag(code: &str, entries: &[(&str, &str)]) -> Value {
    let list: Vec<Value> = entries.iter().map(|(code, value)| json!({ "code": code, "value": value })).collect();
    json!({ "code": code, "list": list })
}

fn trail(id: &str, value: &str) -> Value {
    tag("quote_trail", &[("type", "item"), ("id", id), ("currency", "INR"), ("value", value)])
}

/// How many of the three pieces stay with the delivery, are cancelled, are returned.
fn items(stay: u32, cancelled: u32, returned: u32) -> Value {
    let line = |count: u32, fulfilment: &str| json!({ "id": "I1", "fulfillment_id": fulfilment, "quantity": { "count": count } });
    let mut lines = vec![line(stay, DELIVERY)];
    if cancelled > 0 {
        lines.push(line(cancelled, CANCELLED));
    }
    if returned > 0 {
        lines.push(line(returned, RETURNED));
    }
    Value::Array(lines)
}

fn quote(count: u32) -> Value {
    let goods = format!("{}.00", count * 50);
    json!({
        "price": { "currency": "INR", "value": format!("{}.00", count * 50 + 30) }, "ttl": "P1D",
        "breakup": [
            { "title": "Rice", "@ondc/org/item_id": "I1", "@ondc/org/title_type": "item", "@ondc/org/item_quantity": { "count": count },
              "price": { "currency": "INR", "value": goods }, "item": { "price": { "currency": "INR", "value": "50.00" } } },
            { "title": "Delivery", "@ondc/org/item_id": DELIVERY, "@ondc/org/title_type": "delivery",
              "price": { "currency": "INR", "value": "30.00" } }
        ]
    })
}

fn place_of_store() -> Value {
    json!({ "id": "L1", "gps": "12.971599,77.594566", "descriptor": { "name": "Store" }, "address": { "area_code": "560001" } })
}

fn place_of_buyer() -> Value {
    json!({ "gps": "12.935242,77.624481", "address": { "area_code": "560034" } })
}

fn billing() -> Value {
    json!({ "name": "A. Buyer", "phone": "9000000001", "address": { "area_code": "560034" },
            "created_at": at(1, 20), "updated_at": at(1, 20) })
}

fn payment(refunds: &[Value]) -> Value {
    let mut details = vec![json!({ "settlement_counterparty": "seller-app", "settlement_phase": "sale-amount",
        "settlement_type": "neft", "settlement_bank_account_no": "1234567890" })];
    details.extend_from_slice(refunds);
    json!({
        "type": "ON-ORDER", "status": "PAID", "collected_by": "BAP",
        "params": { "currency": "INR", "amount": "180.00", "transaction_id": "P1" },
        "@ondc/org/buyer_app_finder_fee_type": "percent", "@ondc/org/buyer_app_finder_fee_amount": "3",
        "@ondc/org/settlement_basis": "delivery", "@ondc/org/settlement_window": "P1D", "@ondc/org/settlement_details": details
    })
}

fn refund(amount: &str, time: &str) -> Value {
    json!({ "settlement_counterparty": "buyer", "settlement_phase": "refund", "settlement_type": "upi",
            "settlement_amount": amount, "settlement_timestamp": time })
}

fn delivery(state: &str) -> Value {
    let mut delivery = json!({
        "id": DELIVERY, "type": "Delivery", "tracking": false, "@ondc/org/TAT": "PT6H", "state": { "descriptor": { "code": state } },
        "start": { "location": place_of_store(), "time": { "range": { "start": at(40, 0), "end": at(50, 0) } } },
        "end": { "location": place_of_buyer(), "time": { "range": { "start": at(50, 0), "end": at(59, 0) } } },
        "tags": [tag("routing", &[("type", "P2P")])]
    });
    if matches!(state, "Order-picked-up" | "Out-for-delivery" | "Order-delivered") {
        delivery["start"]["time"]["timestamp"] = json!(at(12, 0));
    }
    if state == "Order-delivered" {
        delivery["end"]["time"]["timestamp"] = json!(at(14, 0));
    }
    delivery
}

fn cancelled_part() -> Value {
    json!({ "id": CANCELLED, "type": "Cancel", "state": { "descriptor": { "code": "Cancelled" } },
            "tags": [tag("cancel_request", &[("reason_id", "002"), ("initiated_by", "seller.example")]), trail("I1", "-50.00")] })
}

fn return_request() -> Vec<(&'static str, &'static str)> {
    vec![
        ("id", RETURNED),
        ("item_id", "I1"),
        ("item_quantity", "1"),
        ("reason_id", "003"),
        ("ttl_approval", "PT24H"),
        ("ttl_reverseqc", "P3D"),
    ]
}

fn returned(state: &str) -> Value {
    let mut entries = return_request();
    entries.push(("initiated_by", "buyer.example"));
    let mut tags = vec![tag("return_request", &entries)];
    let mut part = json!({ "id": RETURNED, "type": "Return", "state": { "descriptor": { "code": state } } });
    if state != "Return_Initiated" {
        part["start"] =
            json!({ "location": place_of_buyer(), "time": { "range": { "start": at(18, 0), "end": at(30, 0) } } });
        part["end"] = json!({ "location": place_of_store() });
    }
    if matches!(state, "Return_Picked" | "Return_Delivered") {
        part["start"]["time"]["timestamp"] = json!(at(19, 0));
        tags.push(trail("I1", "-50.00"));
    }
    if state == "Return_Delivered" {
        part["end"]["time"] = json!({ "timestamp": at(21, 0) });
    }
    part["tags"] = json!(tags);
    part
}

fn order(state: &str, updated: &str, items: Value, quote: Value, fulfilments: &[Value], refunds: &[Value]) -> Value {
    json!({ "order": {
        "id": "O1", "state": state, "provider": { "id": "P1", "locations": [{ "id": "L1" }] }, "items": items, "billing": billing(),
        "fulfillments": fulfilments, "quote": quote, "payment": payment(refunds), "created_at": at(2, 0), "updated_at": updated
    } })
}

fn terms(of: &str) -> Value {
    let seller = tag(
        "bpp_terms",
        &[("np_type", "MSN"), ("tax_number", "29AAACS1234A1Z5"), ("provider_tax_number", "AAACM9999B")],
    );
    let buyer = tag("bap_terms", &[("tax_number", "29AAACB5678A1Z5")]);
    match of {
        "on_init" => json!([seller]),
        _ => json!([seller, buyer]),
    }
}

fn catalogue() -> Value {
    json!({ "catalog": {
        "bpp/descriptor": { "name": "Seller", "tags": [tag("bpp_terms", &[("np_type", "MSN")])] },
        "bpp/fulfillments": [{ "id": "1", "type": "Delivery" }],
        "bpp/providers": [{
            "id": "P1", "locations": [{ "id": "L1", "circle": { "radius": { "unit": "km", "value": "5" } } }],
            "categories": [
                { "id": "V1", "tags": [tag("type", &[("type", "variant_group")])] },
                { "id": "M1", "tags": [tag("type", &[("type", "custom_menu")])] },
                { "id": "G1", "tags": [tag("type", &[("type", "custom_group")]), tag("config", &[("min", "1"), ("max", "1"), ("input", "select")])] }
            ],
            "items": [
                item("I1", json!({ "parent_item_id": "V1" })),
                item("I2", json!({ "parent_item_id": "V1" })),
                item("I3", json!({ "price": { "value": "50.00", "maximum_value": "60.00", "tags": [
                    tag("range", &[("lower", "60.00"), ("upper", "70.00")]),
                    tag("default_selection", &[("value", "60.00"), ("maximum_value", "72.00")]) ] },
                    "tags": [tag("custom_group", &[("id", "G1")])] })),
                choice("I4", "10.00", "12.00", "yes"),
                choice("I5", "20.00", "20.00", "no")
            ],
            "tags": [tag("serviceability", &[("location", "L1"), ("category", "Rice"), ("type", "10"), ("val", "5"), ("unit", "km")])]
        }]
    } })
}

fn item(id: &str, more: Value) -> Value {
    let mut item = json!({
        "id": id, "location_id": "L1", "category_id": "Rice", "category_ids": [format!("M1:{}", &id[1..])],
        "price": { "currency": "INR", "value": "50.00", "maximum_value": "60.00" }, "time": { "label": "enable", "timestamp": at(0, 0) },
        "quantity": { "available": { "count": "99" }, "maximum": { "count": "10" } },
        "@ondc/org/time_to_ship": "PT1H", "@ondc/org/returnable": true, "@ondc/org/available_on_cod": false
    });
    if let (Some(item), Value::Object(more)) = (item.as_object_mut(), more) {
        item.extend(more);
    }
    item
}

fn choice(id: &str, value: &str, maximum: &str, default: &str) -> Value {
    item(
        id,
        json!({ "price": { "value": value, "maximum_value": maximum }, "tags": [tag("parent", &[("id", "G1"), ("default", default)])] }),
    )
}

fn on_select() -> Value {
    let mut offered = delivery("Serviceable");
    offered.as_object_mut().unwrap().retain(|key, _| !matches!(key.as_str(), "start" | "end" | "tags"));
    let mut quote = quote(3);
    quote["breakup"][0]["item"]["quantity"] = json!({ "available": { "count": "99" }, "maximum": { "count": "10" } });
    json!({ "order": { "provider": { "id": "P1", "locations": [{ "id": "L1" }] }, "items": [{ "id": "I1", "fulfillment_id": DELIVERY }],
            "fulfillments": [offered], "quote": quote } })
}

fn basket() -> Value {
    json!({ "order": { "provider": { "id": "P1", "locations": [{ "id": "L1" }] }, "items": [{ "id": "I1", "quantity": { "count": 3 } }],
            "fulfillments": [{ "end": { "location": place_of_buyer() } }] } })
}

fn addressed(with: Value) -> Value {
    let mut order = json!({ "provider": { "id": "P1", "locations": [{ "id": "L1" }] }, "items": items(3, 0, 0), "billing": billing(),
        "fulfillments": [{ "id": DELIVERY, "type": "Delivery", "end": { "location": place_of_buyer() } }] });
    if let (Some(order), Value::Object(with)) = (order.as_object_mut(), with) {
        order.extend(with);
    }
    json!({ "order": order })
}

fn confirmed(action: &str) -> Value {
    let (updated, state) = if action == "confirm" { (at(2, 0), "Created") } else { (at(2, 2), "Created") };
    let mut confirmed = order(state, &updated, items(3, 0, 0), quote(3), &[delivery("Pending")], &[]);
    confirmed["order"]["tags"] = terms(action);
    confirmed
}

fn update_return() -> Value {
    json!({ "update_target": "item", "order": { "id": "O1",
        "fulfillments": [{ "type": "Return", "tags": [tag("return_request", &return_request())] }] } })
}

fn update_refund(of: &str, refund: Value) -> Value {
    json!({ "update_target": "payment", "order": { "id": "O1", "fulfillments": [{ "id": of }],
            "payment": { "@ondc/org/settlement_details": [refund] } } })
}

impl Story {
    /// Found and ordered.
    pub fn ordered() -> Story {
        let search = json!({ "intent": { "payment": { "@ondc/org/buyer_app_finder_fee_type": "percent", "@ondc/org/buyer_app_finder_fee_amount": "3.0" } } });
        let mut payment_of_init = payment(&[]);
        payment_of_init.as_object_mut().unwrap().retain(|key, _| !matches!(key.as_str(), "status" | "params"));
        let answered = json!({ "quote": quote(3), "payment": payment_of_init, "tags": terms("on_init") });
        let mut story = Story { messages: Vec::new() };
        story.tell("search", "m0", at(0, 1), search);
        story.tell("on_search", "m0", at(0, 2), catalogue());
        story.tell("select", "m1", at(1, 0), basket());
        story.tell("on_select", "m1", at(1, 1), on_select());
        story.tell("init", "m2", at(1, 20), addressed(json!({})));
        story.tell("on_init", "m2", at(1, 21), addressed(answered));
        story.tell("confirm", "m3", at(2, 0), confirmed("confirm"));
        story.tell("on_confirm", "m3", at(2, 2), confirmed("on_confirm"));
        story
    }

    /// Ordered, a part cancelled, delivered, a part returned.
    pub fn returned() -> Story {
        let mut story = Story::ordered();
        let refunded = refund("50.00", &at(6, 0));
        let status = |story: &mut Story, name: &str, minute: u32, state: &str, fulfilment: &str| {
            let parts = [delivery(fulfilment), cancelled_part()];
            let mut told =
                order(state, &at(minute, 0), items(2, 1, 0), quote(2), &parts, std::slice::from_ref(&refunded));
            if minute >= 12 {
                told["order"]["documents"] = json!([{ "label": "Invoice", "url": "https://seller.example/i1" }]);
            }
            story.add(name, message("on_status", name, &at(minute, 1), told));
        };
        let cancelled =
            order("Created", &at(5, 0), items(2, 1, 0), quote(2), &[delivery("Pending"), cancelled_part()], &[]);
        story.add("on_update_part_cancel", message("on_update", "m4", &at(5, 1), cancelled));
        story.add(
            "update_refund_part",
            message("update", "m5", &at(6, 0), update_refund(CANCELLED, refund("50.00", &at(6, 0)))),
        );
        status(&mut story, "on_status_pending", 10, "Accepted", "Pending");
        status(&mut story, "on_status_packed", 11, "In-progress", "Packed");
        status(&mut story, "on_status_picked", 12, "In-progress", "Order-picked-up");
        status(&mut story, "on_status_out_for_delivery", 13, "In-progress", "Out-for-delivery");
        status(&mut story, "on_status_delivered", 14, "Completed", "Order-delivered");
        story.add("update_return", message("update", "m6", &at(16, 0), update_return()));
        let told = |state: &str, minute: u32, taken: bool, refunds: &[Value]| {
            let parts = [delivery("Order-delivered"), cancelled_part(), returned(state)];
            let (lines, quote) = if taken { (items(1, 1, 1), quote(1)) } else { (items(2, 1, 0), quote(2)) };
            order("Completed", &at(minute, 0), lines, quote, &parts, refunds)
        };
        let both = [refunded.clone(), refund("50.00", &at(20, 0))];
        let first = std::slice::from_ref(&refunded);
        story.add(
            "on_update_interim",
            message("on_update", "m6", &at(16, 1), told("Return_Initiated", 16, false, first)),
        );
        story.add(
            "on_update_approved",
            message("on_update", "m7", &at(17, 1), told("Return_Approved", 17, false, first)),
        );
        story.add("on_update_picked", message("on_update", "m8", &at(19, 1), told("Return_Picked", 19, true, first)));
        story.add(
            "update_refund_return",
            message("update", "m9", &at(20, 0), update_refund(RETURNED, refund("50.00", &at(20, 0)))),
        );
        story.add(
            "on_update_delivered",
            message("on_update", "m10", &at(21, 1), told("Return_Delivered", 21, true, &both)),
        );
        story
    }

    /// Ordered and cancelled by the buyer.
    pub fn cancelled() -> Story {
        let mut story = Story::ordered();
        story.add(
            "cancel",
            message("cancel", "m4", &at(3, 0), json!({ "order_id": "O1", "cancellation_reason_id": "003" })),
        );
        let mut forward = delivery("Cancelled");
        forward["tags"] = json!([
            tag("cancel_request", &[("reason_id", "003"), ("initiated_by", "buyer.example")]),
            tag("precancel_state", &[("fulfillment_state", "Pending"), ("updated_at", &at(2, 2))])
        ]);
        let mut part = cancelled_part();
        part["tags"] = json!([trail("I1", "-150.00")]);
        let mut told = order("Cancelled", &at(3, 1), items(0, 3, 0), quote(0), &[forward, part], &[]);
        told["order"]["cancellation"] = json!({ "cancelled_by": "buyer.example", "reason": { "id": "003" } });
        story.add("on_cancel", message("on_cancel", "m4", &at(3, 1), told));
        story
    }

    /// Ordered, on the way, and turned back.
    pub fn turned_back() -> Story {
        let mut story = Story::ordered();
        for (minute, state, fulfilment) in [
            (10, "Accepted", "Pending"),
            (11, "In-progress", "Packed"),
            (12, "In-progress", "Order-picked-up"),
            (13, "In-progress", "Out-for-delivery"),
        ] {
            let mut told = order(state, &at(minute, 0), items(3, 0, 0), quote(3), &[delivery(fulfilment)], &[]);
            if minute >= 12 {
                told["order"]["documents"] = json!([{ "label": "Invoice", "url": "https://seller.example/i1" }]);
            }
            story
                .add(&format!("on_status_{minute}"), message("on_status", &format!("s{minute}"), &at(minute, 1), told));
        }
        let back = |state: &str, minute: u32| {
            let mut forward = delivery("Cancelled");
            forward["start"]["time"]["timestamp"] = json!(at(12, 0));
            forward["tags"] = json!([
                tag(
                    "cancel_request",
                    &[("reason_id", "013"), ("initiated_by", "seller.example"), ("rto_id", "B1"), ("retry_count", "3")]
                ),
                tag("precancel_state", &[("fulfillment_state", "Out-for-delivery"), ("updated_at", &at(13, 0))])
            ]);
            let mut part = json!({ "id": "B1", "type": "RTO", "state": { "descriptor": { "code": state } }, "tags": [trail("I1", "-150.00")],
                "start": { "location": place_of_buyer(), "time": { "timestamp": at(14, 0) } }, "end": { "location": place_of_store() } });
            if state != "RTO-Initiated" {
                part["end"]["time"] = json!({ "timestamp": at(20, 0) });
            }
            let mut lines = items(0, 3, 0);
            lines[1]["fulfillment_id"] = json!("B1");
            let mut told = order("Cancelled", &at(minute, 0), lines, quote(0), &[forward, part], &[]);
            told["order"]["cancellation"] = json!({ "cancelled_by": "seller.example", "reason": { "id": "013" } });
            told
        };
        story.add("on_cancel", message("on_cancel", "b1", &at(14, 1), back("RTO-Initiated", 14)));
        story.add("on_status_back", message("on_status", "b2", &at(20, 1), back("RTO-Delivered", 20)));
        story
    }

    fn tell(&mut self, action: &str, id: &str, time: String, content: Value) {
        self.add(action, message(action, id, &time, content));
    }

    fn add(&mut self, name: &str, message: Value) {
        self.messages.push((name.to_owned(), message));
    }

    /// The story with another value at one place of one message; `Null` takes the place away.
    pub fn with(mut self, name: &str, pointer: &str, value: Value) -> Story {
        let (_, message) = self.messages.iter_mut().find(|(known, _)| known == name).expect("a message of the story");
        let (parent, key) = pointer.rsplit_once('/').expect("a pointer");
        let key = key.replace("~1", "/");
        match message.pointer_mut(parent).unwrap_or_else(|| panic!("{parent} in {name}")) {
            Value::Object(map) if value.is_null() => drop(map.remove(&key)),
            Value::Object(map) => drop(map.insert(key, value)),
            Value::Array(list) if value.is_null() => drop(list.remove(key.parse().expect("an index"))),
            Value::Array(list) => list[key.parse::<usize>().expect("an index")] = value,
            other => panic!("{parent} is {other}"),
        }
        self
    }

    /// The story without one message.
    pub fn without(mut self, name: &str) -> Story {
        self.messages.retain(|(known, _)| known != name);
        self
    }
}
