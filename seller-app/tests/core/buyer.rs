//! A buyer app: makes each request out of the seller's last answer, as real ones do.

use protocol::clock::wire_timestamp;
use seller_app::order::Refusal;
use serde_json::{Value, json};
use specs::Action;

use crate::world::{Sent, World};

pub const ORDER_ID: &str = "O-2026-0001";

/// How it is paid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pay {
    Prepaid,
    Cash,
}

pub fn select_message(basket: &[(&str, u32)], area_code: &str) -> Value {
    let items: Vec<Value> = basket
        .iter()
        .map(|(id, count)| json!({ "id": id, "location_id": "blr-hill-L1", "quantity": { "count": count } }))
        .collect();
    json!({ "order": {
        "provider": { "id": "blr-hill", "locations": [{ "id": "blr-hill-L1" }] },
        "items": items,
        "fulfillments": [{ "end": { "location": { "gps": "12.960000,77.640000", "address": { "area_code": area_code } } } }],
    }})
}

pub fn address() -> Value {
    json!({ "name": "Flat 12", "building": "Lake View", "locality": "Indiranagar", "city": "Bengaluru",
        "state": "Karnataka", "country": "IND", "area_code": "560038" })
}

pub fn init_message(world: &World, pay: Pay) -> Value {
    let answer = world.last(Action::OnSelect).order();
    let at = wire_timestamp(world.now);
    let mut order = json!({
        "provider": answer["provider"],
        "items": quantities(answer),
        "billing": { "name": "A. Buyer", "address": address(), "phone": "9800000000", "email": "a@buyer.example",
            "created_at": at, "updated_at": at },
        "fulfillments": [{
            "id": answer["fulfillments"][0]["id"],
            "type": "Delivery",
            "end": {
                "location": { "gps": "12.960000,77.640000", "address": address() },
                "contact": { "phone": "9800000000", "email": "a@buyer.example" },
            },
        }],
    });
    if pay == Pay::Cash {
        order["payment"] = json!({ "type": "ON-FULFILLMENT" });
    }
    json!({ "order": order })
}

/// Items as quoted: pieces come from the quote, lines of nothing are dropped.
fn quantities(answer: &Value) -> Vec<Value> {
    let mut items = Vec::new();
    for item in answer["items"].as_array().unwrap() {
        let quoted = answer["quote"]["breakup"]
            .as_array()
            .unwrap()
            .iter()
            .find(|line| line["@ondc/org/title_type"] == "item" && line["@ondc/org/item_id"] == item["id"]);
        let count = quoted.unwrap()["@ondc/org/item_quantity"]["count"].as_u64().unwrap();
        if count > 0 {
            items.push(json!({ "id": item["id"], "fulfillment_id": item["fulfillment_id"],
                "location_id": "blr-hill-L1", "quantity": { "count": count } }));
        }
    }
    items
}

pub fn confirm_message(world: &World, pay: Pay) -> Value {
    let answer = world.last(Action::OnInit).order();
    let at = wire_timestamp(world.now);
    let mut end = answer["fulfillments"][0]["end"].clone();
    end["person"] = json!({ "name": "A. Buyer" });
    let mut payment = answer["payment"].clone();
    let total = &answer["quote"]["price"]["value"];
    match pay {
        Pay::Prepaid => {
            payment["params"] = json!({ "currency": "INR", "amount": total, "transaction_id": "pay-77" });
            payment["status"] = json!("PAID");
            payment["type"] = json!("ON-ORDER");
            payment["collected_by"] = json!("BAP");
            payment["@ondc/org/settlement_basis"] = json!("delivery");
            payment["@ondc/org/settlement_window"] = json!("P1D");
            payment["@ondc/org/withholding_amount"] = json!("0.00");
        }
        Pay::Cash => {
            payment["params"] = json!({ "currency": "INR", "amount": total });
            payment["@ondc/org/settlement_details"] = json!([{
                "settlement_counterparty": "buyer-app", "settlement_phase": "sale-amount", "settlement_type": "neft",
                "beneficiary_name": "Buyer App", "settlement_bank_account_no": "99887766", "settlement_ifsc_code": "ABCD0009999",
                "bank_name": "Bank", "branch_name": "East" }]);
        }
    }
    json!({ "order": {
        "id": ORDER_ID,
        "state": "Created",
        "provider": answer["provider"],
        "items": answer["items"],
        "billing": answer["billing"],
        "fulfillments": [{
            "id": answer["fulfillments"][0]["id"], "type": answer["fulfillments"][0]["type"], "tracking": answer["fulfillments"][0]["tracking"],
            "@ondc/org/TAT": answer["fulfillments"][0]["@ondc/org/TAT"], "end": end,
        }],
        "quote": answer["quote"],
        "payment": payment,
        "tags": [answer["tags"][0], { "code": "bap_terms", "list": [
            { "code": "static_terms", "value": "https://buyer.example/terms.pdf" },
            { "code": "tax_number", "value": "33AAAAA0000A1Z5" },
            { "code": "accept_bpp_terms", "value": "Y" },
        ] }],
        "created_at": at,
        "updated_at": at,
    }})
}

pub fn select(world: &mut World, basket: &[(&str, u32)]) -> Result<Sent, Refusal> {
    world.ask(Action::Select, select_message(basket, "560038"))
}

pub fn init(world: &mut World, pay: Pay) -> Result<Sent, Refusal> {
    let message = init_message(world, pay);
    world.ask(Action::Init, message)
}

pub fn confirm(world: &mut World, pay: Pay) -> Result<Sent, Refusal> {
    let message = confirm_message(world, pay);
    world.ask(Action::Confirm, message)
}

/// select, init, confirm.
pub fn buy(world: &mut World, basket: &[(&str, u32)], pay: Pay) {
    select(world, basket).unwrap();
    init(world, pay).unwrap();
    confirm(world, pay).unwrap();
}

pub fn status(world: &mut World) -> Result<Sent, Refusal> {
    world.ask(Action::Status, json!({ "order_id": ORDER_ID }))
}

pub fn cancel(world: &mut World, reason: &str) -> Result<Sent, Refusal> {
    world.ask(Action::Cancel, json!({ "order_id": ORDER_ID, "cancellation_reason_id": reason }))
}

pub fn give_back(world: &mut World, id: &str, item: &str, count: u32, reason: &str) -> Result<Sent, Refusal> {
    let entries = [
        ("id", id.to_owned()),
        ("item_id", item.to_owned()),
        ("item_quantity", count.to_string()),
        ("reason_id", reason.to_owned()),
        ("reason_desc", "not as described".to_owned()),
        ("images", "https://buyer.example/1.png".to_owned()),
        ("ttl_approval", "PT24H".to_owned()),
        ("ttl_reverseqc", "P3D".to_owned()),
    ];
    let list: Vec<Value> = entries.iter().map(|(code, value)| json!({ "code": code, "value": value })).collect();
    world.ask(
        Action::Update,
        json!({ "update_target": "item", "order": {
            "id": ORDER_ID,
            "fulfillments": [{ "type": "Return", "tags": [{ "code": "return_request", "list": list }] }],
        }}),
    )
}

pub fn refund(world: &mut World, fulfilment_id: &str, amount: &str) -> Result<Sent, Refusal> {
    let at = wire_timestamp(world.now);
    let kind = world.order().fulfilment(fulfilment_id).map_or("Return", |f| f.progress.kind());
    world.ask(
        Action::Update,
        json!({ "update_target": "payment", "order": {
            "id": ORDER_ID,
            "fulfillments": [{ "id": fulfilment_id, "type": kind }],
            "payment": { "@ondc/org/settlement_details": [{
                "settlement_counterparty": "buyer", "settlement_phase": "refund", "settlement_type": "upi",
                "settlement_amount": amount, "settlement_timestamp": at }] },
        }}),
    )
}
