//! Catalogues and orders of the categories that have rules of their own: fashion, beauty, electronics, food.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{catalogue, tag};
use crate::flow::Flow;

/// What somebody has to know of a thing of electronics.
const ELECTRONIC: [&str; 19] = [
    "brand",
    "model",
    "colour",
    "screen_size",
    "cpu",
    "ram",
    "ram_unit",
    "storage",
    "storage_unit",
    "storage_type",
    "os_type",
    "os_version",
    "connectivity",
    "form_factor",
    "weight",
    "length",
    "breadth",
    "height",
    "battery",
];
/// One item of each kind that has attributes of its own.
pub const KINDS: [&str; 6] = ["Mobile Phone", "Smart Watch", "Headset", "Laptop", "Desktop", "Tablet"];

/// A catalogue of this domain: one item of each of these categories, each with these attributes and this code.
fn shelf(domain: &str, categories: &[&str], attributes: &[(&str, &str)], code: &str) -> Flow {
    let mut flow = catalogue("1.2.5").named(&format!("catalogue of {domain}"));
    flow.set("search", "/context/domain", json!(domain));
    flow.change("on_search", |payload| {
        payload["context"]["domain"] = json!(domain);
        for provider in payload["message"]["catalog"]["bpp/providers"].as_array_mut().unwrap() {
            for (item, category) in provider["items"].as_array_mut().unwrap().iter_mut().zip(categories.iter().cycle())
            {
                of_category(item, category, attributes);
                item["descriptor"]["code"] = json!(code);
            }
            serve(provider["tags"].as_array_mut().unwrap(), categories);
        }
    });
    flow
}

/// Each store serves its area with each category.
fn serve(tags: &mut Vec<Value>, categories: &[&str]) {
    let (served, others): (Vec<Value>, Vec<Value>) = tags.drain(..).partition(|tag| tag["code"] == "serviceability");
    let mut stores: BTreeMap<String, Value> = BTreeMap::new();
    for one in served {
        stores.entry(one["list"][0]["value"].to_string()).or_insert(one);
    }
    *tags = others;
    for store in stores.values() {
        tags.extend(categories.iter().map(|category| {
            let mut one = store.clone();
            one["list"][1]["value"] = json!(category);
            one
        }));
    }
}

fn of_category(item: &mut Value, category: &str, attributes: &[(&str, &str)]) {
    item["category_id"] = json!(category);
    let map = item.as_object_mut().unwrap();
    map.remove("@ondc/org/statutory_reqs_prepackaged_food");
    let tags = map["tags"].as_array_mut().unwrap();
    tags.retain(|tag| tag["code"] == "origin");
    tags.push(tag("attribute", attributes));
}

/// Shirts.
pub fn fashion() -> Flow {
    let attributes = [
        ("brand", "Neemgaon"),
        ("colour", "#1D4ED8"),
        ("gender", "unisex"),
        ("size", "M"),
        ("fabric", "Cotton"),
        ("size_chart", "https://seller.example/sizes.png"),
    ];
    shelf("ONDC:RET12", &["Shirts"], &attributes, "4:610510")
}

/// Of a domain whose items only say their brand.
pub fn branded(domain: &str, category: &str, code: &str) -> Flow {
    shelf(domain, &[category], &[("brand", "Neemgaon"), ("prescription_required", "no")], code)
}

/// Telephones, watches, headsets, computers.
pub fn electronics() -> Flow {
    shelf("ONDC:RET14", &KINDS, &ELECTRONIC.map(|code| (code, "1")), "3:08900000000012")
}

/// A cart of this domain, asked for and answered; nobody recorded the catalogue.
pub fn cart(domain: &str) -> Flow {
    let mut flow = Flow::read("delivered-1.2.5.ndjson").named(&format!("cart of {domain}")).before("init");
    for name in ["select", "on_select"] {
        flow.set(name, "/context/domain", json!(domain));
    }
    flow
}

/// A dish that the buyer puts together, in a cart.
pub fn dish() -> Flow {
    let mut flow = cart("ONDC:RET11");
    for name in ["select", "on_select"] {
        flow.set(name, "/message/order/items/0/parent_item_id", json!("DISH-1"));
        flow.set(name, "/message/order/items/0/tags", json!([tag("type", &[("type", "item")])]));
    }
    flow.set("on_select", "/message/order/quote/breakup/0/item/parent_item_id", json!("DISH-1"));
    flow.set("on_select", "/message/order/quote/breakup/0/item/tags", json!([tag("type", &[("type", "item")])]));
    flow
}
