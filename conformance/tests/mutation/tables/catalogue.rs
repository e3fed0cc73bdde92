//! Catalogues: providers, stores, items, categories, offers, and what is selected from them.

use serde_json::{Value, json};

use crate::flow::Flow;
use crate::mutated::Mutation;
use crate::stories::{self, tag};

const PROVIDER: &str = "/message/catalog/bpp~1providers/0";

pub fn all() -> Vec<Mutation> {
    let mut all = selected(&stories::delivered("1.2.5"));
    all.extend(selected(&stories::delivered("1.2.0")));
    let catalogue = stories::catalogue("1.2.5").named("catalogue 1.2.5");
    all.extend(provider(&catalogue));
    all.extend(stores_and_items(&catalogue));
    all.extend(served(&catalogue));
    all
}

fn set(story: &Flow, path: &str, value: Value) -> Mutation {
    Mutation::set(story, "on_search", &format!("{PROVIDER}{path}"), value)
}

/// What is ordered, against what was shown.
fn selected(story: &Flow) -> Vec<Mutation> {
    let item = |path: &str, value: Value| set(story, &format!("/items/5{path}"), value);
    let select = "/message/order/items/0";
    let cash = json!("ON-FULFILLMENT");
    vec![
        item("/id", json!("NG-777")).fires("catalogue/ITEM_KNOWN").at("select", &format!("{select}/id")),
        set(story, "/id", json!("elsewhere")).fires("catalogue/PROVIDER_KNOWN").at("select", "/message/order/provider/id"),
        item("/time/label", json!("disable")).fires("catalogue/ITEM_ENABLED").at("select", &format!("{select}/id")),
        item("/price/value", json!("255.00")).fires("catalogue/UNIT_PRICE").at("on_select", "/message/order/quote/breakup/0/item/price/value"),
        item("/quantity/maximum/count", json!("1"))
            .and("select", "/message/order/items/0/quantity/count", json!(2))
            .fires("catalogue/COUNT_MAXIMUM")
            .at("select", &format!("{select}/quantity/count"))
            .also(&["history/COUNT_QUOTED", "history/COUNT_KEPT"]),
        item("/@ondc~1org~1time_to_ship", json!("P1D"))
            .fires("catalogue/TAT_OVER_TIME_TO_SHIP")
            .at("on_select", "/message/order/fulfillments/0/@ondc~1org~1TAT"),
        set(story, "/items/5/location_id", set(story, "/id", json!("x")).flow.payload("on_search")["message"]["catalog"]["bpp/providers"][0]["locations"][1]["id"].clone())
            .fires("catalogue/ITEM_LOCATION")
            .at("select", &format!("{select}/location_id")),
        item("/@ondc~1org~1available_on_cod", json!(false))
            .and("init", "/message/order/payment", json!({"type": cash}))
            .fires("catalogue/CASH_ALLOWED")
            .at("init", "/message/order/payment/type")
            .also(&["history/CASH_ON_DELIVERY"]),
        set(story, "/locations/0/id", json!("L9"))
            .fires("catalogue/LOCATION_KNOWN")
            .at("select", "/message/order/provider/locations/0/id")
            .also(&[
                "catalogue/SERVED_LOCATION",
                "on_search/PROVIDER/ITEM_LOCATION_KNOWN",
                "on_search/PROVIDER/SERVICEABILITY_LOCATION_KNOWN",
                "on_search/PROVIDER/TIMING_LOCATION_KNOWN",
            ]),
    ]
}

fn provider(story: &Flow) -> Vec<Mutation> {
    let whole = story.payload("on_search")["message"]["catalog"]["bpp/providers"][0].clone();
    let twice = |list: &str| set(story, &format!("/{list}/-"), whole[list][0].clone());
    let hours = |kind: &str| {
        tag(
            "timing",
            &[
                ("type", kind),
                ("location", whole["locations"][0]["id"].as_str().unwrap()),
                ("day_from", "1"),
                ("day_to", "7"),
                ("time_from", "0800"),
                ("time_to", "2200"),
            ],
        )
    };
    let offer = json!({"id": "OF1", "descriptor": {"code": "discount", "images": []}, "location_ids": [whole["locations"][0]["id"]], "item_ids": ["NG-051"],
        "time": {"label": "valid", "range": {"start": "2026-11-01T00:00:00.000Z", "end": "2026-12-01T00:00:00.000Z"}},
        "tags": [tag("qualifier", &[("min_value", "100")]), tag("benefit", &[("value_type", "percent"), ("value", "-10")]), tag("meta", &[("additive", "no"), ("auto", "yes")])]});
    let with_offer = |path: &str, value: Value| {
        let mut flow = story.clone().named("catalogue with an offer");
        flow.set("on_search", &format!("{PROVIDER}/offers"), json!([offer]));
        Mutation::set(&flow, "on_search", &format!("{PROVIDER}/offers/0{path}"), value)
    };
    let untimed: Vec<Value> =
        whole["tags"].as_array().unwrap().iter().filter(|tag| tag["code"] != "timing").cloned().collect();
    let unserved: Vec<Value> =
        whole["tags"].as_array().unwrap().iter().filter(|tag| tag["code"] != "serviceability").cloned().collect();
    vec![
        Mutation::set(story, "on_search", "/message/catalog/bpp~1providers/1/id", whole["id"].clone())
            .fires("on_search/PROVIDER_IDS_ONCE")
            .at("on_search", "/message/catalog/bpp~1providers"),
        twice("items").fires("on_search/PROVIDER/ITEM_IDS_ONCE").at("on_search", &format!("{PROVIDER}/items")),
        twice("locations")
            .fires("on_search/PROVIDER/LOCATION_IDS_ONCE")
            .at("on_search", &format!("{PROVIDER}/locations")),
        twice("fulfillments")
            .fires("on_search/PROVIDER/FULFILMENT_IDS_ONCE")
            .at("on_search", &format!("{PROVIDER}/fulfillments")),
        twice("categories")
            .fires("on_search/PROVIDER/CATEGORY_IDS_ONCE")
            .at("on_search", &format!("{PROVIDER}/categories")),
        set(story, "/offers", json!([offer, offer])).fires("on_search/PROVIDER/OFFER_IDS_ONCE"),
        set(story, "/items/0/location_id", json!("L9")).fires("on_search/PROVIDER/ITEM_LOCATION_KNOWN"),
        set(story, "/items/0/fulfillment_id", json!("D9")).fires("on_search/PROVIDER/ITEM_FULFILMENT_KNOWN"),
        set(story, "/time/label", json!("disable"))
            .fires("on_search/PROVIDER/DISABLED_CARRIES_NOTHING")
            .at("on_search", PROVIDER),
        set(story, "/tags/-", whole["tags"][4].clone())
            .fires("on_search/PROVIDER/SERVICEABILITY_NOT_REPEATED")
            .at("on_search", &format!("{PROVIDER}/tags"))
            .also(&["catalogue/SERVED_ONCE"]),
        set(story, "/tags/-", whole["tags"][0].clone())
            .fires("on_search/PROVIDER/TIMING_NOT_REPEATED")
            .at("on_search", &format!("{PROVIDER}/tags")),
        set(story, "/tags/-", hours("All"))
            .fires("on_search/WHOLE/PROVIDER/TIMING_ALL_ALONE")
            .at("on_search", &format!("{PROVIDER}/tags")),
        set(story, "/tags", json!(untimed)).fires("on_search/WHOLE/PROVIDER/TIMING_PRESENT"),
        set(story, "/tags", json!(unserved)).fires("on_search/WHOLE/PROVIDER/SERVICEABILITY_PRESENT"),
        set(story, "/items", json!([])).fires("on_search/WHOLE/PROVIDER/ITEMS_PRESENT"),
        set(story, "/categories", Value::Null)
            .fires("on_search/WHOLE/PROVIDER/VARIANTS_HAVE_GROUPS")
            .at("on_search", &format!("{PROVIDER}/items/0/parent_item_id")),
        set(story, "/time/timestamp", json!("2026-11-24T09:00:00.000Z")).fires("on_search/TIMES/PROVIDER/NOT_LATER"),
        Mutation::set(story, "on_search", "/message/catalog/bpp~1descriptor/tags", json!([]))
            .fires("on_search/WHOLE/SELLER_KIND_STATED"),
        Mutation::set(
            story,
            "on_search",
            "/context/message_id",
            story.payload("on_search")["context"]["transaction_id"].clone(),
        )
        .fires("on_search/MESSAGE_ID_OWN"),
        with_offer("/location_ids/0", json!("L9")).fires("on_search/PROVIDER/OFFER_LOCATION_KNOWN"),
        with_offer("/item_ids/0", json!("NG-777")).fires("on_search/PROVIDER/OFFER_ITEMS_KNOWN"),
        with_offer("/time/range/end", json!("2026-10-01T00:00:00.000Z"))
            .fires("on_search/OFFER/RANGE_IN_ORDER")
            .at("on_search", &format!("{PROVIDER}/offers/0/time/range")),
        with_offer("/time/label", Value::Null)
            .fires("on_search/OFFER/VALID_WHEN")
            .at("on_search", &format!("{PROVIDER}/offers/0")),
        with_offer("/tags/1/list/1/value", json!("10")).fires("on_search/OFFER/BENEFIT_IS_NEGATIVE"),
        with_offer("/tags/1/list/0", Value::Null)
            .fires("on_search/OFFER/DISCOUNT")
            .at("on_search", &format!("{PROVIDER}/offers/0/tags")),
        with_offer("/tags/0/list/0/code", json!("item_count"))
            .fires("on_search/OFFER/DISCOUNT_FROM")
            .at("on_search", &format!("{PROVIDER}/offers/0/tags")),
        with_offer("/descriptor/code", json!("buyXgetY"))
            .fires("on_search/OFFER/BUY_X_GET_Y")
            .at("on_search", &format!("{PROVIDER}/offers/0")),
        with_offer("/descriptor/code", json!("freebie"))
            .fires("on_search/OFFER/FREEBIE")
            .at("on_search", &format!("{PROVIDER}/offers/0")),
        with_offer("/descriptor/code", json!("slab"))
            .fires("on_search/OFFER/SLAB")
            .at("on_search", &format!("{PROVIDER}/offers/0")),
        with_offer("/descriptor/code", json!("combo"))
            .fires("on_search/OFFER/COMBO")
            .at("on_search", &format!("{PROVIDER}/offers/0")),
    ]
}

fn stores_and_items(story: &Flow) -> Vec<Mutation> {
    let store = |path: &str, value: Value| set(story, &format!("/locations/0{path}"), value);
    let item = |path: &str, value: Value| set(story, &format!("/items/1{path}"), value);
    let category = |path: &str, value: Value| set(story, &format!("/categories/0{path}"), value);
    vec![
        store("/time/days", json!("1,2,2,3")).fires("on_search/LOCATION/DAYS_ONCE"),
        store("/time/range/start", json!("2300"))
            .fires("on_search/LOCATION/HOURS_IN_ORDER")
            .at("on_search", &format!("{PROVIDER}/locations/0/time/range")),
        store("/time/schedule/times", json!(["0900"]))
            .fires("on_search/LOCATION/HOURS_ONE_WAY")
            .at("on_search", &format!("{PROVIDER}/locations/0/time")),
        store("/time/schedule/holidays", json!(["2020-01-26"])).fires("catalogue/HOLIDAYS_AHEAD"),
        store("/time/timestamp", json!("2026-11-24T09:00:00.000Z")).fires("on_search/TIMES/LOCATION/NOT_LATER"),
        item("/time/timestamp", json!("2026-11-24T09:00:00.000Z")).fires("on_search/TIMES/ITEM/NOT_LATER"),
        item("/price/value", json!("99999.00")).fires("on_search/ITEM/PRICE_WITHIN_MAXIMUM"),
        item("/price/value", json!("-1.00")).fires("on_search/ITEM/PRICE_NOT_NEGATIVE"),
        item("/quantity/minimum", json!({"count": "50"}))
            .fires("on_search/ITEM/MAXIMUM_NOT_BELOW_MINIMUM")
            .at("on_search", &format!("{PROVIDER}/items/1/quantity")),
        item("/descriptor/code", json!("1:123")).fires("on_search/ITEM/CODE_LENGTH"),
        item("/category_ids", json!(["M1"])).fires("on_search/ITEM/MENU_PLACE_FORM").also(&["catalogue/MENU_KNOWN"]),
        item("/category_ids", json!(["M9:1"])).fires("catalogue/MENU_KNOWN"),
        item("/parent_item_id", json!("V9")).fires("on_search/PROVIDER/VARIANTS_KNOWN"),
        item("/@ondc~1org~1statutory_reqs_packaged_commodities/manufacturer_or_packer_name", Value::Null)
            .fires("on_search/ITEM/PACKAGED_COMPLETE")
            .at("on_search", &format!("{PROVIDER}/items/1/@ondc~1org~1statutory_reqs_packaged_commodities")),
        item("/@ondc~1org~1statutory_reqs_prepackaged_food/additives_info", Value::Null)
            .fires("on_search/ITEM/PREPACKAGED_COMPLETE")
            .at("on_search", &format!("{PROVIDER}/items/1/@ondc~1org~1statutory_reqs_prepackaged_food")),
        item("/@ondc~1org~1statutory_reqs_packaged_commodities", Value::Null).fires("on_search/ITEM/PACKAGED_STATED"),
        set(story, "/items/5/@ondc~1org~1statutory_reqs_prepackaged_food", Value::Null)
            .fires("on_search/ITEM/PREPACKAGED_STATED"),
        set(story, "/items/0/parent_item_id", Value::Null)
            .fires("catalogue/VARIANTS_MANY")
            .at("on_search", &format!("{PROVIDER}/categories/0/id")),
        category("/tags/1/list/1", Value::Null)
            .fires("on_search/CATEGORY/VARIANTS_TOLD_APART")
            .at("on_search", &format!("{PROVIDER}/categories/0/tags")),
        category("/tags/1/list/0/value", json!("item.colour")).fires("on_search/CATEGORY/VARIANT_ATTRIBUTE_FORM"),
        category("/tags/0", Value::Null)
            .fires("on_search/CATEGORY/KIND_STATED")
            .at("on_search", &format!("{PROVIDER}/categories/0")),
        category("/parent_category_id", json!("V1")).fires("on_search/CATEGORY/NOT_ITS_OWN_PARENT"),
        category("/parent_category_id", json!("V9")).fires("on_search/PROVIDER/PARENT_CATEGORIES_KNOWN"),
    ]
}

/// Whom a provider serves, and when.
fn served(story: &Flow) -> Vec<Mutation> {
    let entry =
        |at: usize, entry: usize, value: &str| set(story, &format!("/tags/{at}/list/{entry}/value"), json!(value));
    let area = |kind: &str, val: &str, unit: &str| {
        entry(4, 2, kind)
            .and("on_search", &format!("{PROVIDER}/tags/4/list/3/value"), json!(val))
            .and("on_search", &format!("{PROVIDER}/tags/4/list/4/value"), json!(unit))
            .at("on_search", &format!("{PROVIDER}/tags/4"))
    };
    vec![
        entry(4, 0, "L9")
            .fires("on_search/PROVIDER/SERVICEABILITY_LOCATION_KNOWN")
            .also(&["catalogue/SERVED_LOCATION"]),
        entry(4, 0, "L9")
            .fires("catalogue/SERVED_LOCATION")
            .also(&["on_search/PROVIDER/SERVICEABILITY_LOCATION_KNOWN"]),
        entry(4, 1, "Oil & Ghee").fires("catalogue/SERVED_CATEGORY").also(&["catalogue/SERVED_COMPLETE"]),
        entry(4, 1, "Oil & Ghee")
            .fires("catalogue/SERVED_COMPLETE")
            .at("on_search", &format!("{PROVIDER}/tags"))
            .also(&["catalogue/SERVED_CATEGORY"]),
        entry(5, 1, "Atta, Flours and Sooji")
            .fires("catalogue/SERVED_ONCE")
            .at("on_search", &format!("{PROVIDER}/tags"))
            .also(&["catalogue/SERVED_COMPLETE", "on_search/PROVIDER/SERVICEABILITY_NOT_REPEATED"]),
        area("10", "5", "pincode").fires("on_search/SERVICEABILITY/RADIUS"),
        area("10", "99", "km").fires("catalogue/SERVED_RADIUS"),
        area("11", "5600", "pincode").fires("on_search/SERVICEABILITY/POSTAL_CODES"),
        area("12", "India", "country").fires("on_search/SERVICEABILITY/COUNTRY"),
        area("13", "somewhere", "geojson").fires("on_search/SERVICEABILITY/POLYGON"),
        set(story, "/tags/4/list/4", Value::Null)
            .fires("on_search/SERVICEABILITY/COMPLETE")
            .at("on_search", &format!("{PROVIDER}/tags/4"))
            .also(&["on_search/SERVICEABILITY/POSTAL_CODES"]),
        set(story, "/tags/0/list/5", Value::Null)
            .fires("on_search/TIMING/COMPLETE")
            .at("on_search", &format!("{PROVIDER}/tags/0")),
        entry(0, 1, "L9").fires("on_search/PROVIDER/TIMING_LOCATION_KNOWN"),
        entry(0, 2, "7")
            .and("on_search", &format!("{PROVIDER}/tags/0/list/3/value"), json!("1"))
            .fires("on_search/TIMING/DAYS_IN_ORDER")
            .at("on_search", &format!("{PROVIDER}/tags/0")),
        entry(1, 0, "Self-Pickup")
            .and("on_search", &format!("{PROVIDER}/tags/3/list/0/value"), json!("Self-Pickup"))
            .fires("on_search/WHOLE/PROVIDER/TIMING_COVERS_WAYS")
            .at("on_search", PROVIDER),
        entry(0, 0, "Delivery")
            .and("on_search", &format!("{PROVIDER}/tags/2/list/0/value"), json!("Delivery"))
            .fires("on_search/WHOLE/PROVIDER/TIMING_COVERS_ORDERS")
            .at("on_search", PROVIDER),
    ]
}
