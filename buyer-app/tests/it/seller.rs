//! Callbacks of a seller: two items, delivery for 50, everything exact. Written for these tests.

use jiff::{SignedDuration, Timestamp};
use protocol::clock::wire_timestamp;
use serde_json::{Value, json};

pub const PRICES: [(&str, &str, i64); 2] = [("I1", "Red rice 1 kg", 12_000), ("I2", "Masala chai 250 g", 9_550)];
pub const DELIVERY: i64 = 5_000;

pub fn money(hundredths: i64) -> String {
    let sign = if hundredths < 0 { "-" } else { "" };
    format!("{sign}{}.{:02}", hundredths.abs() / 100, hundredths.abs() % 100)
}

fn price(hundredths: i64) -> Value {
    json!({"currency": "INR", "value": money(hundredths)})
}

fn price_of(item: &str) -> (&'static str, i64) {
    PRICES.iter().find(|(id, _, _)| *id == item).map(|(_, name, price)| (*name, *price)).unwrap()
}

fn label(at: &str) -> Value {
    json!({"label": "enable", "timestamp": at})
}

pub fn catalogue_item(id: &str, name: &str, hundredths: i64, category: &str, available: bool, at: &str) -> Value {
    json!({
        "id": id, "time": label(at), "parent_item_id": "", "rating": "4.0",
        "descriptor": {"name": name, "code": "1:8901234567894", "symbol": "https://seller.localhost/i.png", "short_desc": name, "long_desc": name, "images": ["https://seller.localhost/i.png"]},
        "quantity": {"unitized": {"measure": {"unit": "kilogram", "value": "1"}}, "available": {"count": if available { "99" } else { "0" }}, "maximum": {"count": "10"}},
        "price": {"currency": "INR", "value": money(hundredths), "maximum_value": money(hundredths + 1_000)},
        "category_id": category, "fulfillment_id": "F1", "location_id": "L1",
        "@ondc/org/returnable": true, "@ondc/org/cancellable": true, "@ondc/org/available_on_cod": true, "@ondc/org/seller_pickup_return": true,
        "@ondc/org/return_window": "P7D", "@ondc/org/time_to_ship": "PT45M",
        "@ondc/org/contact_details_consumer_care": "Care,care@seller.localhost,18001234567",
        "@ondc/org/statutory_reqs_packaged_commodities": {"manufacturer_or_packer_name": "Mill", "manufacturer_or_packer_address": "Mill Road 1",
            "common_or_generic_name_of_commodity": name, "month_year_of_manufacture_packing_import": "01/2026"},
        "tags": [{"code": "origin", "list": [{"code": "country", "value": "IND"}]}, {"code": "veg_nonveg", "list": [{"code": "veg", "value": "yes"}]}]
    })
}

/// A full catalogue of provider P1 with the given items.
pub fn catalogue(items: &[Value], at: &str) -> Value {
    let pictures = json!(["https://seller.localhost/i.png"]);
    let serves = |category: &str| {
        json!({"code": "serviceability", "list": [{"code": "location", "value": "L1"}, {"code": "category", "value": category},
        {"code": "type", "value": "11"}, {"code": "val", "value": "560001-560099"}, {"code": "unit", "value": "pincode"}]})
    };
    json!({"catalog": {
        "bpp/descriptor": {"name": "Seller", "symbol": "https://seller.localhost/s.png", "short_desc": "s", "long_desc": "s", "images": pictures,
            "tags": [{"code": "bpp_terms", "list": [{"code": "np_type", "value": "MSN"}, {"code": "accept_bap_terms", "value": "Y"}, {"code": "collect_payment", "value": "N"}]}]},
        "bpp/fulfillments": [{"id": "F1", "type": "Delivery"}],
        "bpp/providers": [{
            "id": "P1", "time": label(at), "ttl": "P1D", "rating": "4.5",
            "descriptor": {"name": "Corner shop", "symbol": "https://seller.localhost/p.png", "short_desc": "grocer", "long_desc": "grocer", "images": pictures},
            "fulfillments": [{"id": "F1", "type": "Delivery", "contact": {"phone": "9000000001", "email": "shop@seller.localhost"}}],
            "locations": [{"id": "L1", "gps": "12.9352,77.6245", "address": {"locality": "Market", "street": "High Street", "city": "Bengaluru", "area_code": "560095", "state": "Karnataka"},
                "time": {"label": "enable", "timestamp": at, "days": "1,2,3,4,5,6,7", "schedule": {"holidays": ["2099-01-26"]}, "range": {"start": "0000", "end": "2359"}},
                "circle": {"gps": "12.9352,77.6245", "radius": {"unit": "km", "value": "5"}}}],
            "categories": [], "items": items,
            "tags": [
                {"code": "timing", "list": [{"code": "type", "value": "Order"}, {"code": "location", "value": "L1"}, {"code": "day_from", "value": "1"},
                    {"code": "day_to", "value": "7"}, {"code": "time_from", "value": "0000"}, {"code": "time_to", "value": "2359"}]},
                {"code": "timing", "list": [{"code": "type", "value": "Delivery"}, {"code": "location", "value": "L1"}, {"code": "day_from", "value": "1"},
                    {"code": "day_to", "value": "7"}, {"code": "time_from", "value": "0000"}, {"code": "time_to", "value": "2359"}]},
                {"code": "order_value", "list": [{"code": "min_value", "value": "100.00"}]},
                serves("Rice and Rice Products"), serves("Tea and Coffee")
            ]
        }]
    }})
}

/// The two items of [`PRICES`].
pub fn both_items(at: &str) -> Vec<Value> {
    vec![
        catalogue_item("I1", PRICES[0].1, PRICES[0].2, "Rice and Rice Products", true, at),
        catalogue_item("I2", PRICES[1].1, PRICES[1].2, "Tea and Coffee", true, at),
    ]
}

/// Lines for the given counts; `stock` adds the quantities that only on_select carries.
pub fn quote(counts: &[(String, i64)], stock: bool) -> Value {
    let mut total = DELIVERY;
    let mut breakup = Vec::new();
    for (id, count) in counts {
        let (name, unit) = price_of(id);
        total += unit * count;
        let mut item = json!({"price": price(unit)});
        if stock {
            item["quantity"] = json!({"available": {"count": "99"}, "maximum": {"count": "10"}});
        }
        breakup.push(json!({"@ondc/org/item_id": id, "@ondc/org/item_quantity": {"count": count}, "title": name, "@ondc/org/title_type": "item",
            "price": price(unit * count), "item": item}));
    }
    breakup.push(json!({"@ondc/org/item_id": "F1", "title": "Delivery charges", "@ondc/org/title_type": "delivery", "price": price(DELIVERY)}));
    json!({"price": price(total), "breakup": breakup, "ttl": "P1D"})
}

pub fn counts(order: &Value) -> Vec<(String, i64)> {
    let item = |i: &Value| (i["id"].as_str().unwrap().to_owned(), i["quantity"]["count"].as_i64().unwrap());
    order["items"].as_array().unwrap().iter().map(item).collect()
}

pub fn on_select(select: &Value) -> Value {
    let order = &select["message"]["order"];
    let items: Vec<Value> = counts(order).iter().map(|(id, _)| json!({"id": id, "fulfillment_id": "F1"})).collect();
    json!({"order": {"provider": {"id": "P1", "locations": [{"id": "L1"}]}, "items": items,
        "fulfillments": [{"id": "F1", "type": "Delivery", "@ondc/org/provider_name": "Corner shop", "tracking": true, "@ondc/org/category": "Immediate Delivery",
            "@ondc/org/TAT": "PT60M", "state": {"descriptor": {"code": "Serviceable"}}}],
        "quote": quote(&counts(order), true)}})
}

pub fn on_init(init: &Value) -> Value {
    let order = &init["message"]["order"];
    let mut fulfilment = order["fulfillments"][0].clone();
    fulfilment["tracking"] = json!(true);
    let mut payment = json!({"@ondc/org/buyer_app_finder_fee_type": "percent", "@ondc/org/buyer_app_finder_fee_amount": "3",
        "@ondc/org/settlement_details": [{"settlement_counterparty": "seller-app", "settlement_phase": "sale-amount", "settlement_type": "upi", "upi_address": "shop@upi",
            "settlement_bank_account_no": "1234567890", "settlement_ifsc_code": "BANK0001234", "beneficiary_name": "Shop", "bank_name": "Bank", "branch_name": "Main"}]});
    if order["payment"]["type"] == "ON-FULFILLMENT" {
        payment["type"] = json!("ON-FULFILLMENT");
        payment["collected_by"] = json!("BPP");
        payment["status"] = json!("NOT-PAID");
        payment["@ondc/org/settlement_basis"] = json!("delivery");
        payment["@ondc/org/settlement_window"] = json!("P1D");
        payment["@ondc/org/withholding_amount"] = json!("0.00");
    }
    json!({"order": {"provider": order["provider"], "items": order["items"], "billing": order["billing"], "fulfillments": [fulfilment],
        "quote": quote(&counts(order), false), "payment": payment,
        "tags": [{"code": "bpp_terms", "list": [{"code": "np_type", "value": "MSN"}, {"code": "tax_number", "value": "29AAACU9603R1ZX"},
            {"code": "provider_tax_number", "value": "AAACU9603R"}]}]}})
}

/// States of a delivery in their order.
const WAY: [&str; 6] =
    ["Pending", "Packed", "Agent-assigned", "Order-picked-up", "Out-for-delivery", "Order-delivered"];

/// The confirm's time and so many milliseconds: facts that never change once they were told.
fn later(confirm: &Value, ms: i64) -> String {
    let at: Timestamp = confirm["context"]["timestamp"].as_str().unwrap().parse().unwrap();
    wire_timestamp(at + SignedDuration::from_millis(ms))
}

fn range(confirm: &Value, minutes: [i64; 2]) -> Value {
    let [start, end] = minutes.map(|minutes| later(confirm, minutes * 60_000));
    json!({"start": start, "end": end})
}

/// The whole order after `confirm`, to be changed and sent. What an accepted order carries, it carries from then on.
pub fn order(confirm: &Value, state: &str, fulfilment_state: &str) -> Value {
    let mut order = confirm["message"]["order"].clone();
    let reached =
        |at: &str| WAY.iter().position(|one| *one == fulfilment_state) >= WAY.iter().position(|one| *one == at);
    order["state"] = json!(state);
    let fulfilment = &mut order["fulfillments"][0];
    fulfilment["state"] = json!({"descriptor": {"code": fulfilment_state}});
    fulfilment["@ondc/org/provider_name"] = json!("Corner shop");
    fulfilment["provider_id"] = json!("P1");
    fulfilment["start"] = json!({"location": {"id": "L1", "descriptor": {"name": "Corner shop"}, "gps": "12.9352,77.6245",
            "address": {"locality": "Market", "city": "Bengaluru", "area_code": "560095", "state": "Karnataka"}},
        "contact": {"phone": "9000000001", "email": "shop@seller.localhost"}, "time": {"range": range(confirm, [0, 30])}});
    fulfilment["end"]["time"] = json!({"range": range(confirm, [0, 120])});
    let mut tags = vec![
        json!({"code": "tracking", "list": [{"code": "gps_enabled", "value": "no"}, {"code": "url_enabled", "value": "yes"},
        {"code": "url", "value": "https://seller.localhost/track"}]}),
    ];
    if confirm["context"]["core_version"] == "1.2.5" {
        tags.push(json!({"code": "routing", "list": [{"code": "type", "value": "P2H2P"}]}));
    }
    fulfilment["tags"] = json!(tags);
    if reached("Order-picked-up") {
        fulfilment["start"]["time"]["timestamp"] = json!(later(confirm, 1));
    }
    if reached("Order-delivered") {
        fulfilment["end"]["time"]["timestamp"] = json!(later(confirm, 2));
    }
    if reached("Order-picked-up") {
        order["documents"] = json!([{"url": "https://seller.localhost/invoice.pdf", "label": "Invoice"}]);
    }
    for tag in order["tags"].as_array_mut().unwrap() {
        if tag["code"] == "bpp_terms" {
            tag["list"].as_array_mut().unwrap().push(json!({"code": "accept_bap_terms", "value": "Y"}));
        }
    }
    order
}

/// A fulfilment beside the delivery. A return has its way back from its approval on, and the times of what happened.
fn beside(order: &Value, kind: &str, id: &str, state: &str, tags: Value) -> Value {
    let mut fulfilment = json!({"id": id, "type": kind, "state": {"descriptor": {"code": state}}, "tags": tags});
    let way = ["Return_Approved", "Return_Picked", "Return_Delivered"];
    let Some(reached) = way.iter().position(|one| *one == state) else { return fulfilment };
    let delivery = &order["fulfillments"][0];
    let stop = |end: &str| json!({"location": delivery[end]["location"], "contact": delivery[end]["contact"]});
    let delivered: Timestamp = delivery["end"]["time"]["timestamp"].as_str().unwrap().parse().unwrap();
    let after = |ms: i64| wire_timestamp(delivered + SignedDuration::from_millis(ms));
    fulfilment["@ondc/org/provider_name"] = json!("Corner shop");
    fulfilment["start"] = stop("end");
    fulfilment["start"]["time"] = json!({"range": {"start": after(3_600_000), "end": after(7_200_000)}});
    fulfilment["end"] = stop("start");
    if reached >= 1 {
        fulfilment["start"]["time"]["timestamp"] = json!(after(1));
    }
    if reached >= 2 {
        fulfilment["end"]["time"] = json!({"timestamp": after(2)});
    }
    fulfilment
}

/// The order with `count` of an item moved to another fulfilment of the given kind, quote and trails exact.
pub fn moved(order: &Value, kind: &str, id: &str, state: &str, item: &str, count: i64, mut tags: Vec<Value>) -> Value {
    let mut order = order.clone();
    let (_, unit) = price_of(item);
    let line = order["items"].as_array_mut().unwrap().iter_mut().find(|i| i["id"] == item).unwrap();
    line["quantity"]["count"] = json!(line["quantity"]["count"].as_i64().unwrap() - count);
    order["items"]
        .as_array_mut()
        .unwrap()
        .push(json!({"id": item, "fulfillment_id": id, "quantity": {"count": count}}));
    let quote = &mut order["quote"];
    let part = |value: &Value| (value.as_str().unwrap().replace('.', "")).parse::<i64>().unwrap();
    quote["price"]["value"] = json!(money(part(&quote["price"]["value"]) - unit * count));
    let line = quote["breakup"].as_array_mut().unwrap().iter_mut().find(|l| l["@ondc/org/item_id"] == item).unwrap();
    line["price"]["value"] = json!(money(part(&line["price"]["value"]) - unit * count));
    line["@ondc/org/item_quantity"]["count"] =
        json!(line["@ondc/org/item_quantity"]["count"].as_i64().unwrap() - count);
    tags.push(json!({"code": "quote_trail", "list": [{"code": "type", "value": "item"}, {"code": "id", "value": item},
        {"code": "currency", "value": "INR"}, {"code": "value", "value": money(-unit * count)}]}));
    let added = beside(&order, kind, id, state, json!(tags));
    order["fulfillments"].as_array_mut().unwrap().push(added);
    order
}

/// The order with one more fulfilment and nothing else changed.
pub fn with_fulfilment(order: &Value, kind: &str, id: &str, state: &str, tags: Value) -> Value {
    let mut order = order.clone();
    let added = beside(&order, kind, id, state, json!(tags));
    order["fulfillments"].as_array_mut().unwrap().push(added);
    order
}

/// A picked return that has reached the store.
pub fn back_at_the_store(order: &Value) -> Value {
    let mut order = order.clone();
    let back = &order["fulfillments"][1];
    let id = back["id"].as_str().unwrap().to_owned();
    order["fulfillments"][1] = beside(&order, "Return", &id, "Return_Delivered", back["tags"].clone());
    order
}
