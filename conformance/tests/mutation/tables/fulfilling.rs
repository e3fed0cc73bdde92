//! From `on_confirm` to the door: states, times, places, documents.

use serde_json::{Value, json};

use crate::flow::Flow;
use crate::mutated::Mutation;
use crate::stories::{self, order};

const PACKED: &str = "on_status_packed";
const PICKED: &str = "on_status_order_picked_up";
const ON_THE_WAY: &str = "on_status_out_for_delivery";
const DELIVERED: &str = "on_status_order_delivered";
const EARLY: &str = "2026-11-23T09:00:00.000Z";
const LATE: &str = "2026-11-23T23:00:00.000Z";

pub fn all() -> Vec<Mutation> {
    let new = stories::delivered("1.2.5");
    let mut all = states(&new);
    all.extend(places(&new));
    all.extend(record(&new));
    all.extend(states(&stories::delivered("1.2.0")));
    all.extend(record(&stories::delivered("1.2.0")));
    let route = Mutation::set(&new, ON_THE_WAY, &order("/fulfillments/0/state/descriptor/code"), json!("At-delivery"));
    all.push(route.fires("history/STATE_OF_ROUTING"));
    all.extend(tracking());
    all
}

fn set(story: &Flow, message: &str, path: &str, value: Value) -> Mutation {
    Mutation::set(story, message, &order(path), value)
}

fn states(story: &Flow) -> Vec<Mutation> {
    const STATE: &str = "/fulfillments/0/state/descriptor/code";
    let pickup = "/fulfillments/0/start/time/timestamp";
    let arrival = "/fulfillments/0/end/time/timestamp";
    vec![
        set(story, "on_status_pending", "/state", json!("Created"))
            .fires("history/FIRST_STATUS_ACCEPTS")
            .also(&["history/ORDER_STATE_NEXT"]),
        set(story, ON_THE_WAY, "/state", json!("Accepted"))
            .fires("history/ORDER_STATE_NEXT")
            .also(&["history/ORDER_STATE_FITS"]),
        set(story, PICKED, "/state", json!("Accepted"))
            .fires("history/ORDER_STATE_FITS")
            .also(&["history/ORDER_STATE_NEXT"]),
        set(story, DELIVERED, "/state", json!("In-progress"))
            .fires("on_status/ORDER/DELIVERED_IS_COMPLETED")
            .also(&["history/ORDER_STATE_FITS"]),
        set(story, ON_THE_WAY, "/state", json!("Completed"))
            .fires("on_status/ORDER/COMPLETED_IS_DELIVERED")
            .at(ON_THE_WAY, "/message/order")
            .also(&["history/ORDER_STATE_FITS"]),
        Mutation::of(
            story.clone().without(PICKED),
            "never picked up",
            ON_THE_WAY,
            "/message/order/fulfillments/0/state",
        )
        .fires("history/FULFILMENT_STATE_SKIPPED")
        .also(&["flow/STEP_NOT_SEEN"]),
        set(story, DELIVERED, STATE, json!("Agent-assigned")).fires("history/FULFILMENT_STATE_NEXT").also(&[
            "history/ORDER_STATE_FITS",
            "history/INVOICE_EARLY",
            "on_status/ORDER/COMPLETED_IS_DELIVERED",
        ]),
        set(story, PACKED, STATE, json!("RTO-Initiated"))
            .fires("on_status/ORDER/TURNED_BACK_IS_CANCELLED")
            .at(PACKED, "/message/order/state")
            .also(&["flow/STEP_NOT_SEEN", "history/FULFILMENT_STATE_NEXT", "history/ORDER_STATE_FITS"]),
        set(story, PICKED, pickup, Value::Null).fires("history/STATE_TIME_GIVEN"),
        set(story, DELIVERED, arrival, Value::Null).fires("history/STATE_TIME_GIVEN"),
        set(story, DELIVERED, arrival, json!(LATE)).fires("history/STATE_TIME_PAST"),
        set(story, ON_THE_WAY, pickup, json!(EARLY)).fires("history/PICKUP_TIME_KEPT"),
        set(story, ON_THE_WAY, "/fulfillments/0/tags/@tracking", Value::Null)
            .fires("history/TRACKING_TAG")
            .at(ON_THE_WAY, "/message/order/fulfillments/0/tags"),
    ]
}

fn places(story: &Flow) -> Vec<Mutation> {
    let f = |message: &str, path: &str, value: Value| set(story, message, &format!("/fulfillments/0{path}"), value);
    vec![
        f(PACKED, "/start/time/range/end", json!(LATE))
            .fires("history/RANGE_KEPT")
            .at(PACKED, "/message/order/fulfillments/0/start/time/range"),
        f(PACKED, "/end/time/range/end", json!(LATE))
            .fires("history/RANGE_KEPT")
            .at(PACKED, "/message/order/fulfillments/0/end/time/range"),
        f(PACKED, "/start/location/descriptor/name", json!("Another Shop")).fires("history/START_KEPT"),
        f(PACKED, "/start/location/gps", json!("12.900000,77.600000")).fires("history/START_KEPT"),
        f(PACKED, "/start/location/id", Value::Null).fires("history/START_KEPT"),
        f(PACKED, "/provider_id", json!("somebody")).fires("history/CARRIER_KEPT"),
        f(PACKED, "/tags/0/list/0/value", json!("P2P")).fires("history/ROUTING_KEPT"),
        f(PACKED, "/type", json!("Self-Pickup")).fires("history/FULFILMENT_TYPE_KEPT"),
        f(PACKED, "/tracking", json!(false)).fires("history/TRACKING_KEPT"),
        f(PACKED, "/end/location/gps", json!("12.900000,77.600000")).fires("history/DESTINATION_KEPT"),
        f(PACKED, "/end/location/address/area_code", json!("560099")).fires("history/AREA_CODE_KEPT"),
    ]
}

fn record(story: &Flow) -> Vec<Mutation> {
    let invoice = json!([{"label": "Invoice", "url": "http://seller.localhost:8082/invoice/1"}]);
    vec![
        set(story, PICKED, "/documents", Value::Null).fires("history/INVOICE_FROM_PICKUP"),
        set(story, PACKED, "/documents", invoice).fires("history/INVOICE_EARLY"),
        set(story, PACKED, "/created_at", json!(EARLY)).fires("history/CREATED_AT_KEPT"),
        set(story, "on_confirm", "/created_at", json!(EARLY)).fires("history/CREATED_AT_KEPT"),
        set(story, "on_confirm", "/updated_at", json!(LATE))
            .fires("history/UPDATED_AT_PAST")
            .also(&["history/UPDATED_AT_MOVES"]),
        set(story, PACKED, "/updated_at", json!(LATE))
            .fires("history/UPDATED_AT_PAST")
            .also(&["history/UPDATED_AT_MOVES"]),
        set(story, PACKED, "/billing/phone", json!("9811111111")).fires("history/BILLING_KEPT"),
        set(story, PACKED, "/billing/email", Value::Null).fires("history/BILLING_KEPT"),
    ]
}

/// Where the goods are, asked and answered.
fn tracking() -> Vec<Mutation> {
    let story = stories::tracked("1.2.5");
    let mut untold = story.clone();
    for at in 0..untold.messages.len() {
        let name = untold.messages[at].name.clone();
        let forward = order("/fulfillments/0");
        if untold.payload(&name).pointer(&format!("{forward}/tracking")).is_some() {
            untold.set(&name, &format!("{forward}/tracking"), json!(false));
        }
        untold.change(&name, |payload| {
            let tags = payload.pointer_mut(&format!("{forward}/tags")).and_then(Value::as_array_mut);
            tags.into_iter().for_each(|tags| tags.retain(|tag| tag["code"] != "tracking"));
        });
    }
    let nowhere = Mutation::set(&story, "on_track", "/message/tracking/location", json!({}));
    vec![
        Mutation::of(untold, "nothing can be tracked", "on_track", "/message/tracking")
            .fires("history/TRACKED_AS_PROMISED"),
        nowhere
            .and("on_track", "/message/tracking/url", Value::Null)
            .fires("on_track/ACTIVE_HAS_PLACE")
            .at("on_track", "/message/tracking"),
    ]
}
