//! Cancellation by either side, and goods that turn back.

use serde_json::{Value, json};

use crate::flow::Flow;
use crate::mutated::Mutation;
use crate::stories::{self, order};

const BACK: &str = "on_status_rto_delivered";

pub fn all() -> Vec<Mutation> {
    let mut all = Vec::new();
    for version in ["1.2.5", "1.2.0"] {
        all.extend(by_buyer(&stories::cancelled_by_buyer(version)));
        all.extend(by_seller(&stories::cancelled_by_seller(version)));
        all.extend(turned_back(&stories::turned_back(version)));
    }
    all.extend(single(&stories::cancelled_by_seller("1.2.5")));
    all.extend(too_late(&stories::delivered("1.2.5")));
    all
}

fn set(story: &Flow, message: &str, path: &str, value: Value) -> Mutation {
    Mutation::set(story, message, &order(path), value)
}

fn by_buyer(story: &Flow) -> Vec<Mutation> {
    let force = |value: &str| {
        let tags = json!([stories::tag("params", &[("force", value), ("ttl_response", "PT10S")])]);
        Mutation::set(story, "cancel", "/message/descriptor", json!({"name": "fulfillment", "tags": tags}))
    };
    vec![
        Mutation::set(story, "cancel", "/message/cancellation_reason_id", json!("011"))
            .fires("history/CANCEL_REASON")
            .also(&["history/CANCEL_REASON_ECHOED"]),
        set(story, "on_cancel", "/cancellation/reason/id", json!("051")).fires("history/CANCEL_REASON_ECHOED"),
        set(story, "on_cancel", "/cancellation/cancelled_by", json!("seller.localhost:8082"))
            .fires("history/CANCELLED_BY"),
        Mutation::set(story, "on_cancel", "/context/message_id", json!("0f0f0f0f-0f0f-4f0f-8f0f-0f0f0f0f0f0f"))
            .fires("history/MESSAGE_ID_ECHOED"),
        force("yes").fires("history/FORCE_AFTER_REQUEST"),
    ]
}

fn by_seller(story: &Flow) -> Vec<Mutation> {
    let f = |path: &str, value: Value| set(story, "on_cancel", &format!("/fulfillments/0{path}"), value);
    let before = |entry: &str, value: &str| f(&format!("/tags/@precancel_state/list/@{entry}/value"), json!(value));
    vec![
        set(story, "on_cancel", "/cancellation/reason/id", json!("053")).fires("history/CANCEL_REASON"),
        set(story, "on_cancel", "/cancellation/cancelled_by", json!("someone.example")).fires("history/CANCELLED_BY"),
        set(story, "on_cancel", "/state", json!("In-progress"))
            .fires("history/CANCELLED_ORDER")
            .also(&["RET10.on_cancel.schema.const"]),
        f("/state/descriptor/code", json!("Packed")).fires("history/CANCELLED_FULFILMENT"),
        before("fulfillment_state", "Pending").fires("history/PRECANCEL_STATE"),
        before("updated_at", "2026-11-23T09:00:00.000Z").fires("history/PRECANCEL_TIME"),
        set(story, "on_cancel", "/items/0/quantity/count", json!(1))
            .fires("history/CANCELLED_ITEMS")
            .also(&["history/COUNT_SUM"]),
        set(story, "on_cancel", "/quote/breakup/0/price/value", json!("259.00"))
            .fires("history/CANCELLED_LINE")
            .also(&["history/LINE_PRICE", "history/QUOTE_SUM"]),
        set(story, "on_cancel", "/fulfillments/1/tags/1/list/3/value", json!("-1.00"))
            .fires("history/QUOTE_TRAIL_SUM")
            .at("on_cancel", "/message/order/quote/price/value"),
        set(story, "on_cancel", "/items/1", Value::Null)
            .fires("history/COUNT_SUM")
            .at("on_cancel", "/message/order/items"),
    ]
}

fn turned_back(story: &Flow) -> Vec<Mutation> {
    let back = |message: &str, path: &str, value: Value| set(story, message, &format!("/fulfillments/1{path}"), value);
    let request = |entry: &str, value: &str| {
        let path = format!("/fulfillments/0/tags/@cancel_request/list/@{entry}/value");
        set(story, "on_cancel", &path, json!(value))
    };
    vec![
        request("rto_id", "B9").fires("history/RTO_ANNOUNCED"),
        request("reason_id", "002").fires("history/RTO_REASON"),
        back("on_cancel", "/end/time", json!({"timestamp": "2026-11-23T09:10:22.000Z"})).fires("history/RTO_ARRIVAL"),
        back(BACK, "/end/time", Value::Null).fires("history/RTO_ARRIVAL"),
        back("on_cancel", "/start/location", Value::Null)
            .fires("history/RTO_PLACES")
            .also(&["RET10.on_cancel.schema.required"]),
        back(BACK, "/end/location/id", Value::Null).fires("history/RTO_PLACES"),
        back("on_cancel", "/tags", json!([])).fires("history/CANCEL_TRAIL").also(&["history/QUOTE_WITHOUT_TRAIL"]),
        back(BACK, "/state/descriptor/code", json!("Pending"))
            .fires("history/FULFILMENT_STATE_NEXT")
            .also(&["history/ORDER_STATE_FITS"]),
    ]
}

fn single(story: &Flow) -> Vec<Mutation> {
    let trail = "/fulfillments/1/tags/1/list";
    let gone = Mutation::set(story, "on_cancel", &order("/cancellation"), Value::Null)
        .and("on_cancel", &order("/fulfillments/0/tags/@cancel_request/list/0"), Value::Null)
        .and("on_cancel", &order("/fulfillments/1/tags/0/list/0"), Value::Null);
    let twice = story.payload("on_cancel")["message"]["order"]["fulfillments"][1].clone();
    vec![
        gone.fires("on_cancel/REASON_STATED").at("on_cancel", "/message/order"),
        set(story, "on_cancel", &format!("{trail}/2"), Value::Null)
            .fires("on_cancel/QUOTE_TRAIL/COMPLETE")
            .at("on_cancel", "/message/order/fulfillments/1/tags/1"),
        set(story, "on_cancel", &format!("{trail}/3/value"), json!("free"))
            .fires("on_cancel/QUOTE_TRAIL/AMOUNT")
            .also(&["history/QUOTE_TRAIL_SUM"]),
        set(story, "on_cancel", "/fulfillments/-", twice)
            .fires("on_cancel/FULFILMENT_IDS_ONCE")
            .at("on_cancel", "/message/order/fulfillments")
            .also(&["history/QUOTE_TRAIL_SUM"]),
        set(story, "on_cancel", "/items/0/fulfillment_id", json!("F9"))
            .fires("on_cancel/ITEM_FULFILMENT_KNOWN")
            .also(&["history/ITEM_FULFILMENT"]),
        set(story, "on_cancel", "/updated_at", json!("2026-11-23T09:00:00.000Z"))
            .fires("on_cancel/UPDATED_AFTER_CREATED")
            .also(&["history/UPDATED_AT_MOVES"]),
    ]
}

fn too_late(story: &Flow) -> Vec<Mutation> {
    let id = story.payload("confirm")["message"]["order"]["id"].clone();
    let mut late = story.clone();
    late.tell("cancel", "confirm", "cancel");
    late.change("cancel", |payload| payload["message"] = json!({"order_id": id, "cancellation_reason_id": "053"}));
    let mut hasty = stories::cancelled_by_buyer("1.2.5");
    let tags = json!([stories::tag("params", &[("force", "no")])]);
    hasty.set("cancel", "/message/descriptor", json!({"name": "fulfillment", "tags": tags}));
    vec![
        Mutation::of(late, "cancelled after delivery", "cancel", "/message/order_id")
            .fires("flow/CANCEL_TOO_LATE")
            .also(&["flow/ANSWER_MISSING"]),
        Mutation::of(hasty, "force without ttl_response", "cancel", "/message/descriptor")
            .fires("cancel/FORCE_HAS_DEADLINE"),
    ]
}
