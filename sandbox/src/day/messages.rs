//! The bodies that the played buyer app sends.

use jiff::Timestamp;
use protocol::clock::wire_timestamp;
use serde_json::{Value, json};

use super::brand::Cell;

pub fn select(partner: &str, lines: &[(String, u32)], cell: &Cell) -> Value {
    let place = format!("{partner}-L1");
    let items: Vec<Value> = lines
        .iter()
        .map(|(sku, count)| json!({ "id": sku, "location_id": place, "quantity": { "count": count } }))
        .collect();
    json!({ "order": {
        "provider": { "id": partner, "locations": [{ "id": place }] },
        "items": items,
        "fulfillments": [{ "end": { "location": { "gps": cell.gps, "address": { "area_code": cell.area_code } } } }],
    }})
}

/// `init` for what `on_select` offered.
pub fn init(select: &Value, on_select: &Value, cell: &Cell, at: Timestamp) -> Value {
    let fulfilment_id = on_select["message"]["order"]["fulfillments"][0]["id"].clone();
    let mut items = select["order"]["items"].clone();
    for item in items.as_array_mut().into_iter().flatten() {
        item["fulfillment_id"] = fulfilment_id.clone();
    }
    let made = wire_timestamp(at);
    let address = json!({
        "name": "Flat 1", "building": "Made-up House", "locality": "Some Block", "city": "Bengaluru",
        "state": "Karnataka", "country": "IND", "area_code": cell.area_code,
    });
    json!({ "order": {
        "provider": select["order"]["provider"],
        "items": items,
        "billing": {
            "name": "Some Shopper", "address": address, "phone": "08000000888", "email": "shopper@buyer.example",
            "created_at": made, "updated_at": made,
        },
        "fulfillments": [{
            "id": fulfilment_id, "type": "Delivery",
            "end": {
                "person": { "name": "Some Shopper" },
                "location": { "gps": cell.gps, "address": address },
                "contact": { "email": "shopper@buyer.example", "phone": "08000000888" },
            },
        }],
        "payment": { "type": "ON-ORDER" },
    }})
}

/// `confirm` for what `on_init` offered.
pub fn confirm(order_id: &str, init: &Value, on_select: &Value, on_init: &Value, at: Timestamp) -> Value {
    let offered = &on_init["message"]["order"];
    let mut fulfilment = init["order"]["fulfillments"][0].clone();
    let quoted = &on_select["message"]["order"]["fulfillments"][0];
    fulfilment["@ondc/org/TAT"] = quoted["@ondc/org/TAT"].clone();
    fulfilment["tracking"] = quoted["tracking"].clone();
    let mut payment = offered["payment"].clone();
    payment["uri"] = json!("https://pay.buyer.example");
    payment["tl_method"] = json!("http/get");
    let total = &offered["quote"]["price"]["value"];
    payment["params"] = json!({ "currency": "INR", "amount": total, "transaction_id": "pay-1" });
    payment["status"] = json!("PAID");
    payment["type"] = json!("ON-ORDER");
    payment["collected_by"] = json!("BAP");
    payment["@ondc/org/settlement_basis"] = json!("delivery");
    payment["@ondc/org/settlement_window"] = json!("P1D");
    payment["@ondc/org/withholding_amount"] = json!("0.00");
    let mut tags = offered["tags"].as_array().cloned().unwrap_or_default();
    tags.push(json!({ "code": "bap_terms", "list": [
        { "code": "tax_number", "value": "27AAACB1234C1Z5" }, { "code": "accept_bpp_terms", "value": "Y" },
    ]}));
    let made = wire_timestamp(at);
    json!({ "order": {
        "id": order_id, "state": "Created",
        "provider": init["order"]["provider"], "items": init["order"]["items"], "billing": init["order"]["billing"],
        "fulfillments": [fulfilment], "quote": offered["quote"], "payment": payment, "tags": tags,
        "created_at": made, "updated_at": made,
    }})
}

pub fn cancel(order_id: &str) -> Value {
    json!({ "order_id": order_id, "cancellation_reason_id": "010" })
}
