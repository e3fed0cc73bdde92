//! Returns and refunds, and what the seller cancels of an order.

use serde_json::{Value, json};

use crate::flow::Flow;
use crate::mutated::Mutation;
use crate::stories::{self, order};

const TOLD: &str = "on_update_return_initiated";
const APPROVED: &str = "on_update_return_approved";
const PICKED: &str = "on_update_return_picked";
const DELIVERED: &str = "on_update_return_delivered";

pub fn all() -> Vec<Mutation> {
    let mut all = returned(&stories::returned("1.2.5"));
    all.extend(returned(&stories::returned("1.2.0")));
    all.extend(refunded(&stories::returned("1.2.5")));
    all.extend(in_part(&stories::cancelled_in_part("1.2.5")));
    let rejected = stories::return_rejected("1.2.5");
    let why = order("/fulfillments/1/state/descriptor/short_desc");
    all.push(
        Mutation::set(&rejected, "on_update_return_rejected", &why, Value::Null)
            .fires("history/RETURN_REFUSAL")
            .also(&["on_update/RETURN/REJECTION_HAS_REASON"]),
    );
    all.push(
        Mutation::set(&rejected, "on_update_return_rejected", &why, Value::Null)
            .fires("on_update/RETURN/REJECTION_HAS_REASON")
            .also(&["history/RETURN_REFUSAL"]),
    );
    all
}

fn set(story: &Flow, message: &str, path: &str, value: Value) -> Mutation {
    Mutation::set(story, message, &order(path), value)
}

fn returned(story: &Flow) -> Vec<Mutation> {
    let asked =
        |at: usize, value: Value| set(story, "update", &format!("/fulfillments/0/tags/0/list/{at}/value"), value);
    let back = |message: &str, path: &str, value: Value| set(story, message, &format!("/fulfillments/1{path}"), value);
    let forward = story.payload("on_confirm")["message"]["order"]["fulfillments"][0]["id"].clone();
    let trail_gone = |message: &str| back(message, "/tags/1", Value::Null);
    vec![
        asked(2, json!("9")).fires("history/RETURN_QUANTITY").also(&["history/RETURN_REQUEST_ECHOED"]),
        asked(1, json!("NG-777"))
            .fires("history/RETURN_QUANTITY")
            .at("update", "/message/order/fulfillments/0/tags/0")
            .also(&["history/RETURN_REQUEST_ECHOED"]),
        asked(0, forward)
            .fires("history/RETURN_ID_NEW")
            .at("update", "/message/order/fulfillments/0/tags/0")
            .also(&["history/RETURN_ASKED_FOR"]),
        asked(0, json!("7d3e8a52-0000-4000-8000-000000000001"))
            .fires("history/RETURN_ASKED_FOR")
            .at(TOLD, "/message/order/fulfillments/1/id"),
        back(TOLD, "/tags/0/list/3/value", json!("004")).fires("history/RETURN_REQUEST_ECHOED"),
        back(TOLD, "/tags/0/list/2/value", json!("2")).fires("history/RETURN_REQUEST_ECHOED"),
        back(TOLD, "/tags/0/list/8/value", json!("someone.example")).fires("history/RETURN_INITIATED_BY"),
        back(APPROVED, "/end", Value::Null).fires("history/RETURN_PLACES"),
        back(APPROVED, "/start", Value::Null).fires("history/RETURN_PLACES"),
        back(PICKED, "/start/time/timestamp", Value::Null).fires("history/RETURN_TIME"),
        back(DELIVERED, "/end/time/timestamp", Value::Null).fires("history/RETURN_TIME"),
        trail_gone(PICKED)
            .fires("history/RETURN_TRAIL")
            .at(PICKED, "/message/order/fulfillments/1/tags")
            .also(&["history/QUOTE_WITHOUT_TRAIL", "on_update/RETURN/HAS_TRAIL"]),
        trail_gone(PICKED)
            .fires("on_update/RETURN/HAS_TRAIL")
            .at(PICKED, "/message/order/fulfillments/1/tags")
            .also(&["history/QUOTE_WITHOUT_TRAIL", "history/RETURN_TRAIL"]),
        back(PICKED, "/tags/1/list/3/value", json!("-200.00"))
            .fires("history/QUOTE_TRAIL_SUM")
            .at(PICKED, "/message/order/quote/price/value")
            .also(&["history/REFUND_OF_TRAIL"]),
        set(story, DELIVERED, "/quote/price/value", json!("290.00"))
            .fires("history/QUOTE_TRAIL_SUM")
            .also(&["history/QUOTE_SUM"]),
        back(PICKED, "/state/descriptor/code", json!("Return_Initiated"))
            .fires("history/FULFILMENT_STATE_NEXT")
            .also(&["history/FULFILMENT_STATE_SKIPPED"]),
        set(story, DELIVERED, "/state", json!("In-progress"))
            .fires("history/ORDER_STATE_NEXT")
            .also(&["history/ORDER_STATE_FITS"]),
        set(story, "on_status_order_delivered", "/state", json!("In-progress"))
            .fires("history/RETURN_AFTER_DELIVERY")
            .at("update", "/message/order/fulfillments/0/tags/0")
            .also(&["history/ORDER_STATE_FITS", "on_status/ORDER/DELIVERED_IS_COMPLETED"]),
        set(story, DELIVERED, "/fulfillments/1", Value::Null)
            .fires("history/FULFILMENT_CARRIED")
            .at(DELIVERED, "/message/order/fulfillments")
            .also(&["history/ITEM_FULFILMENT", "on_update/ITEM_FULFILMENT_KNOWN", "history/QUOTE_WITHOUT_TRAIL"]),
        set(story, DELIVERED, "/items/1", Value::Null).fires("history/COUNT_SUM").at(DELIVERED, "/message/order/items"),
        Mutation::set(
            story,
            "on_search",
            "/message/catalog/bpp~1providers/0/items/5/@ondc~1org~1returnable",
            json!(false),
        )
        .fires("history/RETURN_ALLOWED")
        .at("update", "/message/order/fulfillments/0/tags/0"),
    ]
}

fn refunded(story: &Flow) -> Vec<Mutation> {
    let paid = |path: &str, value: Value| {
        set(story, "update_2", &format!("/payment/@ondc~1org~1settlement_details/0{path}"), value)
    };
    let mut late = story.clone();
    let refund = late.messages.remove(late.position("update_2"));
    late.messages.retain(|one| one.name != "on_update_return_picked_2");
    late.messages.push(refund);
    late.tell("refund", "update_2", "update");
    late = late.without("update_2");
    vec![
        paid("/settlement_amount", json!("40.00")).fires("history/REFUND_OF_TRAIL").also(&["history/REFUND_CARRIED"]),
        set(story, "update_2", "/fulfillments/0/id", json!("7d3e8a52-0000-4000-8000-000000000001"))
            .fires("history/REFUND_KNOWN"),
        set(story, DELIVERED, "/payment/@ondc~1org~1settlement_details/1", Value::Null)
            .fires("history/REFUND_CARRIED")
            .at(DELIVERED, "/message/order/payment/@ondc~1org~1settlement_details"),
        paid("/settlement_counterparty", json!("seller-app"))
            .fires("update/REFUND/GOES_TO_BUYER")
            .also(&["history/REFUND_CARRIED", "RET10.update.schema.required"]),
        set(story, "update_2", "/fulfillments", Value::Null).fires("update/REFUND/NAMES_FULFILMENT"),
        set(story, "update", "/fulfillments/0/tags/0/code", json!("quote_trail"))
            .fires("update/RETURN_HAS_REQUEST")
            .at("update", "/message/order/fulfillments/0/tags")
            .also(&["RET10.update.schema.enum"]),
        set(story, "update", "/fulfillments/0/tags/0/list/3", Value::Null)
            .fires("update/RETURN_REQUEST_COMPLETE")
            .at("update", "/message/order/fulfillments/0/tags/0"),
        set(story, TOLD, "/fulfillments/1/tags/0", Value::Null)
            .fires("on_update/RETURN/HAS_REQUEST")
            .at(TOLD, "/message/order/fulfillments/1/tags"),
        set(story, PICKED, "/fulfillments/1/tags/1/list/2", Value::Null)
            .fires("on_update/QUOTE_TRAIL/COMPLETE")
            .at(PICKED, "/message/order/fulfillments/1/tags/1"),
        set(story, PICKED, "/fulfillments/1/tags/1/list/3/value", json!("INR -259"))
            .fires("on_update/QUOTE_TRAIL/AMOUNT")
            .also(&["history/QUOTE_WITHOUT_TRAIL", "history/RETURN_TRAIL"]),
        set(story, PICKED, "/fulfillments/1/tags/1/list/1/value", json!("NG-777"))
            .fires("history/QUOTE_TRAIL_LINE")
            .at(PICKED, "/message/order/fulfillments/1/tags/1"),
        set(story, PICKED, "/fulfillments/1/tags/-", stories::tag("replace_request", &[("id", "F9")]))
            .fires("on_update/REPLACEMENT_KNOWN")
            .at(PICKED, "/message/order/fulfillments/1/tags/2"),
        set(story, DELIVERED, "/items/0/fulfillment_id", json!("F9"))
            .fires("on_update/ITEM_FULFILMENT_KNOWN")
            .also(&["history/ITEM_FULFILMENT"]),
        set(story, DELIVERED, "/updated_at", json!("2026-11-23T09:00:00.000Z"))
            .fires("on_update/UPDATED_AFTER_CREATED")
            .also(&["history/UPDATED_AT_MOVES"]),
        set(story, DELIVERED, "/fulfillments/0/start/location", Value::Null)
            .fires("history/STORE_TOLD")
            .also(&["history/START_KEPT"]),
        Mutation::of(late, "the refund after the end", "refund", "/message/order/fulfillments/0/id")
            .fires("flow/REFUND_ORDER"),
    ]
}

fn in_part(story: &Flow) -> Vec<Mutation> {
    let part = |path: &str, value: Value| set(story, "on_update", &format!("/fulfillments/1{path}"), value);
    let twice = story.payload("on_update")["message"]["order"]["fulfillments"][1].clone();
    vec![
        part("/tags/0/list/0/value", json!("053")).fires("history/CANCEL_REASON"),
        part("/tags/0/list/1/value", json!("someone.example")).fires("history/CANCELLED_BY"),
        part("/tags/1", Value::Null)
            .fires("history/CANCEL_TRAIL")
            .at("on_update", "/message/order/fulfillments/1/tags")
            .also(&["history/QUOTE_WITHOUT_TRAIL", "on_update/CANCEL/HAS_TRAIL"]),
        part("/tags/1", Value::Null)
            .fires("on_update/CANCEL/HAS_TRAIL")
            .at("on_update", "/message/order/fulfillments/1/tags")
            .also(&["history/QUOTE_WITHOUT_TRAIL", "history/CANCEL_TRAIL"]),
        part("/tags/0", Value::Null)
            .fires("on_update/CANCEL/HAS_REQUEST")
            .at("on_update", "/message/order/fulfillments/1/tags"),
        part("/tags/1/list/1/value", json!("NG-777"))
            .fires("history/QUOTE_TRAIL_LINE")
            .at("on_update", "/message/order/fulfillments/1/tags/1"),
        set(story, "on_update", "/fulfillments/-", twice)
            .fires("on_update/FULFILMENT_IDS_ONCE")
            .at("on_update", "/message/order/fulfillments")
            .also(&["history/QUOTE_TRAIL_SUM"]),
        set(story, "on_status_packed", "/fulfillments/1", Value::Null)
            .fires("history/FULFILMENT_CARRIED")
            .at("on_status_packed", "/message/order/fulfillments")
            .also(&["history/ITEM_FULFILMENT", "history/QUOTE_WITHOUT_TRAIL", "on_status/ITEM_FULFILMENT_KNOWN"]),
        set(story, "update", "/fulfillments/0/id", json!("C9")).fires("history/REFUND_KNOWN"),
    ]
}
