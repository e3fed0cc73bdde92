//! Clean stories: what the sandbox recorded, and what follows from it by program.

use serde_json::{Value, json};

use crate::flow::Flow;

#[path = "stories/business.rs"]
pub mod business;
#[path = "stories/categories.rs"]
pub mod categories;
#[path = "stories/changes.rs"]
pub mod changes;
#[path = "stories/complaint.rs"]
pub mod complaint;
#[path = "stories/menu.rs"]
pub mod menu;

const CANCELLED: &str = "5c3f8f9e-0a30-4d0e-9f0a-5c1d5c0e1f01";
const TURNED: &str = "5c3f8f9e-0a30-4d0e-9f0a-5c1d5c0e1f02";
const ORDER: &str = "/message/order";

/// Every story.
pub fn all() -> Vec<Flow> {
    let mut all = vec![
        delivered("1.2.5"),
        returned("1.2.5"),
        delivered("1.2.0"),
        returned("1.2.0"),
        cancelled_by_seller("1.2.5"),
        cancelled_by_buyer("1.2.5"),
        cancelled_by_seller("1.2.0"),
        cancelled_by_buyer("1.2.0"),
        out_of_stock("1.2.5"),
        cancelled_in_part("1.2.5"),
        turned_back("1.2.5"),
        turned_back("1.2.0"),
        return_rejected("1.2.5"),
    ];
    all.extend([returned_unheard("1.2.5"), tracked("1.2.5"), menu::menu("1.2.5"), menu::menu("1.2.0")]);
    all.extend([changes::changes("1.2.5"), changes::changes("1.2.0"), changes::rejected(), changes::promoted("1.2.5")]);
    all.extend([complaint::complaint(), business::found(), business::ordered()]);
    all.extend([categories::fashion(), categories::electronics(), categories::dish(), categories::cart("ONDC:RET12")]);
    all
}

/// Found, ordered, delivered.
pub fn delivered(version: &str) -> Flow {
    let name = format!("delivered {version}");
    catalogue(version).then(Flow::read(&format!("delivered-{version}.ndjson"))).named(&name)
}

/// Two ordered and delivered, one of them returned and refunded.
pub fn returned(version: &str) -> Flow {
    let name = format!("returned {version}");
    catalogue(version).then(Flow::read(&format!("returned-{version}.ndjson"))).named(&name)
}

/// The same without the catalogue: a log of the order alone.
fn returned_unheard(version: &str) -> Flow {
    Flow::read(&format!("returned-{version}.ndjson")).named("returned, without the catalogue")
}

/// Of two providers, each with six items; a second size of one of them makes a group of variants.
pub fn catalogue(version: &str) -> Flow {
    let mut flow = Flow::read(&format!("catalogue-{version}.json"));
    flow.messages[0].name = "search".to_owned();
    flow.messages[1].name = "on_search".to_owned();
    flow.change("on_search", |payload| {
        for provider in payload["message"]["catalog"]["bpp/providers"].as_array_mut().unwrap() {
            let mut other = provider["items"][0].clone();
            other["id"] = json!("NG-900");
            other["quantity"]["unitized"]["measure"]["value"] = json!("2");
            other["parent_item_id"] = json!("V1");
            provider["items"][0]["parent_item_id"] = json!("V1");
            provider["items"].as_array_mut().unwrap().push(other);
            provider["categories"] = json!([{ "id": "V1", "descriptor": { "name": "Sizes" }, "tags": [
                tag("type", &[("type", "variant_group")]),
                tag("attr", &[("name", "item.quantity.unitized.measure"), ("seq", "1")])
            ] }]);
        }
    });
    flow
}

/// Not enough of it: the seller says so, the buyer selects less.
pub fn out_of_stock(version: &str) -> Flow {
    let whole = delivered(version).named("out of stock");
    let mut flow = whole.clone().before("init");
    flow.set("select", "/message/order/items/0/quantity/count", json!(8));
    flow.change("on_select", |payload| {
        let order = &mut payload["message"]["order"];
        let line = &mut order["quote"]["breakup"][0];
        line["item"]["quantity"]["available"]["count"] = json!("0");
        let item = line["@ondc/org/item_id"].clone();
        payload["error"] = json!({ "type": "DOMAIN-ERROR", "code": "40002",
            "message": json!([{ "item_id": item, "error": "40002" }]).to_string() });
    });
    flow.tell("select_2", "select", "select");
    flow.set("select_2", "/message/order/items/0/quantity/count", json!(1));
    flow.tell("on_select_2", "on_select", "on_select");
    let usual = whole.payload("on_select")["message"].clone();
    flow.change("on_select_2", |payload| {
        payload["message"] = usual;
        payload.as_object_mut().unwrap().remove("error");
    });
    flow.answer("on_select_2", "select_2");
    flow
}

/// The seller cancels the whole order after it was packed.
pub fn cancelled_by_seller(version: &str) -> Flow {
    let mut flow =
        delivered(version).named(&format!("cancelled by the seller {version}")).before("on_status_agent_assigned");
    flow.tell("on_cancel", "on_status_packed", "on_cancel");
    cancel_all(&mut flow, "on_status_packed", "bpp_id", if version == "1.2.5" { "022" } else { "002" });
    flow
}

/// The buyer asks to cancel, the seller does it.
pub fn cancelled_by_buyer(version: &str) -> Flow {
    let reason = if version == "1.2.5" { "053" } else { "010" };
    let mut flow = delivered(version).named(&format!("cancelled by the buyer {version}")).before("on_status_packed");
    flow.tell("cancel", "confirm", "cancel");
    let order = flow.payload("confirm")["message"]["order"]["id"].clone();
    flow.change("cancel", |payload| {
        payload["message"] = json!({ "order_id": order, "cancellation_reason_id": reason });
    });
    flow.tell("on_cancel", "on_status_pending", "on_cancel");
    flow.answer("on_cancel", "cancel");
    cancel_all(&mut flow, "on_status_pending", "bap_id", reason);
    flow
}

/// The goods turn back at the buyer's door, and arrive at the store.
pub fn turned_back(version: &str) -> Flow {
    let mut flow = delivered(version).named(&format!("turned back {version}")).before("on_status_order_delivered");
    flow.tell("on_cancel", "on_status_out_for_delivery", "on_cancel");
    cancel_all(&mut flow, "on_status_out_for_delivery", "bpp_id", "013");
    flow.change("on_cancel", |payload| {
        let time = payload["context"]["timestamp"].clone();
        let order = &mut payload["message"]["order"];
        order["items"][1]["fulfillment_id"] = json!(TURNED);
        let (end, start) = (order["fulfillments"][0]["end"].clone(), order["fulfillments"][0]["start"].clone());
        let request = order["fulfillments"][0]["tags"].as_array_mut().unwrap();
        let request = request.iter_mut().find(|tag| tag["code"] == "cancel_request").unwrap();
        for (code, value) in [("rto_id", TURNED), ("retry_count", "3")] {
            request["list"].as_array_mut().unwrap().push(json!({ "code": code, "value": value }));
        }
        let back = &mut order["fulfillments"][1];
        back["id"] = json!(TURNED);
        back["type"] = json!("RTO");
        back["state"]["descriptor"]["code"] = json!("RTO-Initiated");
        back["start"] =
            json!({ "location": end["location"], "contact": end["contact"], "time": { "timestamp": time } });
        back["end"] = json!({ "location": start["location"], "contact": start["contact"] });
        back["tags"].as_array_mut().unwrap().retain(|tag| tag["code"] == "quote_trail");
    });
    flow.tell("on_status_rto_delivered", "on_cancel", "on_status");
    flow.change("on_status_rto_delivered", |payload| {
        let time = payload["context"]["timestamp"].clone();
        let back = &mut payload["message"]["order"]["fulfillments"][1];
        back["state"]["descriptor"]["code"] = json!("RTO-Delivered");
        back["end"]["time"] = json!({ "timestamp": time });
    });
    flow
}

/// Before packing, the seller cancels one of two pieces.
pub fn cancelled_in_part(version: &str) -> Flow {
    let whole = returned(version).named("cancelled in part");
    let after = ["packed", "agent_assigned", "order_picked_up", "out_for_delivery", "order_delivered"];
    let mut flow = whole.clone().before("on_status_packed");
    flow.tell("on_update", "on_status_pending", "on_update");
    flow.change("on_update", |payload| {
        let by = payload["context"]["bpp_id"].clone();
        less_one(&mut payload["message"]["order"], by.as_str().unwrap());
    });
    flow.tell("update", "confirm", "update");
    let refund = json!({ "settlement_counterparty": "buyer", "settlement_phase": "refund", "settlement_type": "upi",
        "settlement_amount": "259.00", "settlement_timestamp": flow.payload("update")["context"]["timestamp"] });
    let order = flow.payload("confirm")["message"]["order"]["id"].clone();
    flow.change("update", |payload| {
        payload["message"] = json!({ "update_target": "payment", "order": { "id": order,
            "fulfillments": [{ "id": CANCELLED, "type": "Cancel" }],
            "payment": { "@ondc/org/settlement_details": [refund] } } });
    });
    for state in after {
        let name = format!("on_status_{state}");
        let at = whole.position(&name);
        flow.messages.push(whole.messages[at].clone());
        let mut scratch = flow.clone();
        scratch.messages.pop();
        scratch.tell(&name, "on_status_pending", "on_status");
        let told = scratch.payload(&name).clone();
        flow.change(&name, |payload| {
            let by = payload["context"]["bpp_id"].clone();
            payload["context"] = told["context"].clone();
            let order = &mut payload["message"]["order"];
            order["updated_at"] = told["message"]["order"]["updated_at"].clone();
            less_one(order, by.as_str().unwrap());
        });
        flow.recorded(&name).at = scratch.recorded(&name).at;
    }
    flow
}

/// The buyer asks where the goods are.
pub fn tracked(version: &str) -> Flow {
    let mut flow = delivered(version).named("tracked").before("on_status_order_delivered");
    let order = flow.payload("on_status_out_for_delivery")["message"]["order"].clone();
    flow.tell("track", "confirm", "track");
    flow.set("track", "/message", json!({ "order_id": order["id"] }));
    flow.tell("on_track", "on_confirm", "on_track");
    flow.answer("on_track", "track");
    let time = flow.payload("on_track")["context"]["timestamp"].clone();
    let place = json!({ "gps": "12.931000,77.620000", "time": { "timestamp": time }, "updated_at": time });
    let tracking = json!({ "id": order["fulfillments"][0]["id"], "url": "http://seller.localhost:8082/track/1",
        "status": "active", "location": place, "tags": [tag("order", &[("id", order["id"].as_str().unwrap())])] });
    flow.set("on_track", "/message", json!({ "tracking": tracking }));
    flow
}

/// The seller refuses the return.
pub fn return_rejected(version: &str) -> Flow {
    let mut flow = returned(version).named("return rejected").before("on_update_return_approved");
    flow.tell("on_update_return_rejected", "on_update_return_initiated", "on_update");
    let state = json!({ "descriptor": { "code": "Return_Rejected", "short_desc": "001" } });
    flow.set("on_update_return_rejected", "/message/order/fulfillments/1/state", state);
    flow
}

/// Takes everything off the order in `on_cancel`, as it stood in `before`.
fn cancel_all(flow: &mut Flow, before: &str, by: &str, reason: &str) {
    let before = flow.payload(before)["message"]["order"].clone();
    flow.change("on_cancel", |payload| {
        let by = payload["context"][by].clone();
        let order = &mut payload["message"]["order"];
        order["state"] = json!("Cancelled");
        order["cancellation"] = json!({ "cancelled_by": by, "reason": { "id": reason } });
        let mut gone = order["items"][0].clone();
        gone["fulfillment_id"] = json!(CANCELLED);
        order["items"][0]["quantity"]["count"] = json!(0);
        order["items"].as_array_mut().unwrap().push(gone);
        let forward = &mut order["fulfillments"][0];
        let state = forward["state"]["descriptor"]["code"].clone();
        forward["state"]["descriptor"]["code"] = json!("Cancelled");
        let tags = forward["tags"].as_array_mut().unwrap();
        tags.push(tag("cancel_request", &[("reason_id", reason), ("initiated_by", by.as_str().unwrap())]));
        tags.push(tag(
            "precancel_state",
            &[
                ("fulfillment_state", state.as_str().unwrap()),
                ("updated_at", before["updated_at"].as_str().unwrap()),
            ],
        ));
        let lines = order["quote"]["breakup"].as_array_mut().unwrap();
        let trails: Vec<Value> = lines.iter().map(trail).collect();
        for line in lines {
            line["price"]["value"] = json!("0.00");
            if line["@ondc/org/title_type"] == "item" {
                line["@ondc/org/item_quantity"]["count"] = json!(0);
            }
        }
        order["quote"]["price"]["value"] = json!("0.00");
        let mut tags = vec![tag("cancel_request", &[("reason_id", reason), ("initiated_by", by.as_str().unwrap())])];
        tags.extend(trails);
        let part = json!({ "id": CANCELLED, "type": "Cancel", "state": { "descriptor": { "code": "Cancelled" } }, "tags": tags });
        order["fulfillments"].as_array_mut().unwrap().push(part);
    });
}

/// One of two pieces at 259.00 moves to a cancelled fulfilment.
fn less_one(order: &mut Value, by: &str) {
    let mut gone = order["items"][0].clone();
    gone["fulfillment_id"] = json!(CANCELLED);
    gone["quantity"]["count"] = json!(1);
    order["items"][0]["quantity"]["count"] = json!(1);
    order["items"].as_array_mut().unwrap().push(gone);
    let line = &mut order["quote"]["breakup"][0];
    line["@ondc/org/item_quantity"]["count"] = json!(1);
    line["price"]["value"] = json!("259.00");
    let trail = trail(line);
    order["quote"]["price"]["value"] = json!("299.00");
    order["fulfillments"].as_array_mut().unwrap().push(json!({
        "id": CANCELLED, "type": "Cancel", "state": { "descriptor": { "code": "Cancelled" } },
        "tags": [tag("cancel_request", &[("reason_id", "002"), ("initiated_by", by)]), trail]
    }));
}

/// A trail that takes a line of the quote away.
fn trail(line: &Value) -> Value {
    let value = format!("-{}", line["price"]["value"].as_str().unwrap());
    let (kind, id) = (line["@ondc/org/title_type"].as_str().unwrap(), line["@ondc/org/item_id"].as_str().unwrap());
    tag("quote_trail", &[("type", kind), ("id", id), ("currency", "INR"), ("value", &value)])
}

/// `{code, list: [{code, value}]}`.
pub fn tag(code: &str, entries: &[(&str, &str)]) -> Value {
    let list: Vec<Value> = entries.iter().map(|(code, value)| json!({ "code": code, "value": value })).collect();
    json!({ "code": code, "list": list })
}

/// Pointer in the order.
pub fn order(path: &str) -> String {
    format!("{ORDER}{path}")
}
