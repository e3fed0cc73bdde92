//! `fulfillments[]` of a full order.

use protocol::clock::wire_timestamp;
use serde_json::{Map, Value, json};

use super::tag;
use crate::fulfilment::{DeliveryState, Fulfilment, Stop, Way};

pub fn fulfilment(fulfilment: &Fulfilment, currency: &str) -> Value {
    let mut wire = Map::new();
    wire.insert("id".to_owned(), json!(fulfilment.id));
    wire.insert("type".to_owned(), json!(fulfilment.kind()));
    wire.insert("state".to_owned(), state(fulfilment));
    if fulfilment.delivery().is_some() {
        wire.insert("tracking".to_owned(), json!(fulfilment.tracking));
    }
    let optional = [
        ("@ondc/org/provider_name", fulfilment.provider_name.as_ref().map(|name| json!(name))),
        ("@ondc/org/TAT", fulfilment.tat.as_ref().map(|tat| json!(tat))),
        ("provider_id", fulfilment.provider_id.as_ref().map(|id| json!(id))),
        ("start", fulfilment.start.as_ref().map(stop)),
        ("end", fulfilment.end.as_ref().map(stop)),
        ("vehicle", fulfilment.vehicle.as_ref().map(|number| json!({ "registration": number }))),
        ("agent", fulfilment.agent.as_ref().map(|agent| json!({ "name": agent.name, "phone": agent.phone }))),
    ];
    for (name, value) in optional {
        if let Some(value) = value {
            wire.insert(name.to_owned(), value);
        }
    }
    let tags = tags(fulfilment, currency);
    if !tags.is_empty() {
        wire.insert("tags".to_owned(), Value::Array(tags));
    }
    Value::Object(wire)
}

fn state(fulfilment: &Fulfilment) -> Value {
    let mut descriptor = json!({ "code": fulfilment.progress.code() });
    if let Some(reason) = &fulfilment.rejection_reason {
        descriptor["short_desc"] = json!(reason);
    }
    json!({ "descriptor": descriptor })
}

fn tags(fulfilment: &Fulfilment, currency: &str) -> Vec<Value> {
    let mut tags = Vec::new();
    if let Some(routing) = &fulfilment.routing {
        tags.push(tag::tag("routing", [("type", Some(routing.clone()))]));
    }
    if fulfilment.way() == Way::BuyersCourier && fulfilment.delivery() == Some(DeliveryState::Packed) {
        tags.push(tag::tag("state", [("ready_to_ship", Some("yes".to_owned()))]));
    }
    if let Some(url) = &fulfilment.tracking_url {
        let entries = [("gps_enabled", Some("no".to_owned())), ("url_enabled", Some("yes".to_owned()))];
        tags.push(tag::tag("tracking", entries.into_iter().chain([("url", Some(url.clone()))])));
    }
    tags.extend(fulfilment.delays.iter().map(tag::delay));
    tags.extend(fulfilment.cancel_request.as_ref().map(tag::cancel_request));
    tags.extend(fulfilment.precancel.as_ref().map(tag::precancel_state));
    tags.extend(fulfilment.return_request.as_ref().map(tag::return_request));
    tags.extend(fulfilment.quote_trail.iter().map(|entry| tag::quote_trail(entry, currency)));
    tags
}

fn stop(stop: &Stop) -> Value {
    let mut wire = match &stop.place {
        Value::Object(place) => place.clone(),
        _ => Map::new(),
    };
    let mut time = Map::new();
    if let Some(range) = &stop.range {
        let range = json!({ "start": wire_timestamp(range.start), "end": wire_timestamp(range.end) });
        time.insert("range".to_owned(), range);
    }
    if let Some(at) = stop.at {
        time.insert("timestamp".to_owned(), json!(wire_timestamp(at)));
    }
    if !time.is_empty() {
        wire.insert("time".to_owned(), Value::Object(time));
    }
    if let Some(own) = &stop.instructions {
        // What the buyer wrote for the rider stays beside the code.
        let mut text = wire.get("instructions").and_then(Value::as_object).cloned().unwrap_or_default();
        text.insert("code".to_owned(), json!(own.code));
        text.insert("name".to_owned(), json!(own.name));
        text.insert("short_desc".to_owned(), json!(own.short_desc));
        text.entry("long_desc").or_insert_with(|| json!(own.long_desc));
        wire.insert("instructions".to_owned(), Value::Object(text));
    }
    Value::Object(wire)
}
