//! Trade between businesses: a search that goes to one seller, a catalogue with a credit line, an order for a business.

use serde_json::{Value, json};

use super::{catalogue, tag};
use crate::flow::Flow;

const DOMAIN: &str = "ONDC:RETeB2B";

fn customer() -> Value {
    json!({
        "id": "BIZ-1",
        "organization": { "descriptor": { "name": "Corner Store" }, "address": "Lake Road 1", "city": { "code": "std:080" },
            "state": { "code": "IN-KA" } },
        "person": { "creds": [{ "id": "29ABCDE1234F1Z5", "type": "tax_number" }] },
        "contact": { "phone": "9800000000", "email": "store@example.org" }
    })
}

/// Searched for at one seller.
pub fn found() -> Flow {
    let mut flow = catalogue("1.2.5").named("catalogue of eB2B");
    for name in ["search", "on_search"] {
        flow.set(name, "/context/domain", json!(DOMAIN));
    }
    let seller = flow.payload("on_search")["context"].clone();
    let provider = flow.payload("on_search")["message"]["catalog"]["bpp/providers"][0]["id"].clone();
    flow.change("search", |payload| {
        payload["context"]["bpp_id"] = seller["bpp_id"].clone();
        payload["context"]["bpp_uri"] = seller["bpp_uri"].clone();
        payload["message"]["intent"]["provider"] = json!({ "id": provider });
        payload["message"]["intent"]["fulfillment"] = json!({ "type": "Delivery", "customer": customer() });
    });
    flow.change("on_search", |payload| {
        let credit = tag("credit", &[("credit_limit", "50000.00"), ("valid_till", "2026-12-31T00:00:00.000Z")]);
        payload["message"]["catalog"]["bpp/providers"][0]["tags"].as_array_mut().unwrap().push(credit);
    });
    flow
}

/// Ordered by a business and delivered; nobody recorded the catalogue.
pub fn ordered() -> Flow {
    let mut flow = Flow::read("delivered-1.2.5.ndjson").named("order of eB2B");
    let fulfilment = flow.payload("on_select")["message"]["order"]["items"][0]["fulfillment_id"].clone();
    let place = flow.payload("select")["message"]["order"]["items"][0]["location_id"].clone();
    let payment = flow.payload("confirm")["message"]["order"]["payment"].clone();
    let names: Vec<String> = flow.messages.iter().map(|one| one.name.clone()).collect();
    for name in names {
        flow.change(&name, |payload| {
            payload["context"]["domain"] = json!(DOMAIN);
            let order = &mut payload["message"]["order"];
            for item in order["items"].as_array_mut().unwrap() {
                item["location_id"] = place.clone();
                item["fulfillment_id"] = fulfilment.clone();
                if !item["quantity"].is_object() {
                    item["quantity"] = json!({ "count": 1 });
                }
            }
            order["fulfillments"][0]["customer"] = customer();
            if !order["payment"].is_object() && name != "select" && name != "on_select" {
                order["payment"] = json!({ "type": payment["type"], "collected_by": payment["collected_by"] });
            }
        });
    }
    flow
}
