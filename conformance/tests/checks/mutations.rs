//! One thing broken in a clean story, and the rules that have to say so.

use serde_json::{Value, json};

use crate::story::Story;

/// A story with one defect.
#[derive(Debug)]
pub struct Case {
    pub what: String,
    pub story: Story,
    /// Exactly these rules fire.
    pub rules: &'static [&'static str],
}

const ORDER: &str = "/message/order";

/// Every defect.
pub fn all() -> Vec<Case> {
    let mut cases = Vec::new();
    cases.extend(of(Story::ordered, ordering()));
    cases.extend(of(Story::returned, fulfilling()));
    cases.extend(of(Story::returned, returning()));
    cases.extend(of(Story::cancelled, cancelling()));
    cases.extend(of(Story::turned_back, turning_back()));
    cases.extend(of(Story::ordered, catalogue()));
    cases
}

/// Message, pointer, value, rules.
type Defect = (&'static str, String, Value, &'static [&'static str]);

fn of(story: fn() -> Story, defects: Vec<Defect>) -> Vec<Case> {
    let case = |(name, pointer, value, rules): Defect| {
        let what = format!("{name}{pointer} = {value}");
        Case { what, story: story().with(name, &pointer, value), rules }
    };
    defects.into_iter().map(case).collect()
}

fn context(key: &str) -> String {
    format!("/context/{key}")
}

fn order(path: &str) -> String {
    format!("{ORDER}{path}")
}

fn ordering() -> Vec<Defect> {
    vec![
        ("init", context("city"), json!("std:011"), &["history/CITY_KEPT"]),
        ("on_init", context("message_id"), json!("other"), &["history/MESSAGE_ID_ECHOED"]),
        ("init", context("message_id"), json!("m1"), &["history/MESSAGE_ID_ECHOED", "history/MESSAGE_ID_NEW"]),
        ("confirm", context("bpp_uri"), json!("https://elsewhere.example"), &["history/SELLER_URI_KEPT"]),
        ("on_confirm", context("bap_uri"), json!("https://elsewhere.example"), &["history/BUYER_URI_KEPT"]),
        ("on_select", context("timestamp"), json!("2025-03-01T10:00:59.000Z"), &["history/TIMESTAMP_LATER"]),
        ("on_select", context("timestamp"), json!("2025-03-01T10:01:07.000Z"), &["timing/CALLBACK_LATE_CLAIMED"]),
        ("select", context("ttl"), json!("PT1M"), &["timing/TTL_LIMIT"]),
        ("on_select", order("/quote/ttl"), json!("PT10S"), &["timing/QUOTE_EXPIRED"]),
        ("init", order("/provider/locations/0/id"), json!("L2"), &["history/LOCATION_KEPT"]),
        ("init", order("/items/0/quantity/count"), json!(4), &["history/COUNT_KEPT"]),
        ("confirm", order("/items/0/id"), json!("I2"), &["history/ITEMS_KEPT", "history/LINE_REFERS"]),
        ("init", order("/fulfillments/0/id"), json!("F9"), &["history/FULFILMENT_KNOWN", "history/ITEM_FULFILMENT"]),
        ("confirm", order("/fulfillments/0/@ondc~1org~1TAT"), json!("PT7H"), &["history/TAT_KEPT"]),
        ("on_confirm", order("/fulfillments/0/@ondc~1org~1TAT"), json!("PT360M"), &[]),
        ("on_init", order("/fulfillments/0/type"), json!("Self-Pickup"), &["history/FULFILMENT_TYPE_KEPT"]),
        ("confirm", order("/fulfillments/0/tracking"), json!(true), &["history/TRACKING_KEPT"]),
        ("confirm", order("/fulfillments/0/end/location/gps"), json!("12.9,77.6"), &["history/DESTINATION_KEPT"]),
        ("confirm", order("/fulfillments/0/end/location/gps"), json!("12.9352420, 77.6244810"), &[]),
        ("init", order("/fulfillments/0/end/location/address/area_code"), json!("560099"), &["history/AREA_CODE_KEPT"]),
        (
            "confirm",
            order("/quote/price/value"),
            json!("181.00"),
            &["history/AMOUNT_OF_QUOTE", "history/QUOTE_KEPT", "history/QUOTE_SUM"],
        ),
        (
            "on_confirm",
            order("/quote/breakup/0/price/value"),
            json!("140.00"),
            &["history/LINE_PRICE", "history/QUOTE_LINE_KEPT", "history/QUOTE_SUM"],
        ),
        (
            "on_confirm",
            order("/quote/breakup/1/@ondc~1org~1item_id"),
            json!("F9"),
            &["history/LINE_REFERS", "history/QUOTE_LINE_KEPT"],
        ),
        (
            "on_init",
            order("/quote/breakup/0/item/quantity"),
            json!({"available": {"count": "99"}}),
            &["history/STOCK_ONLY_IN_ON_SELECT"],
        ),
        ("on_confirm", order("/quote/price/value"), json!("180"), &[]),
        (
            "confirm",
            order("/payment/params/amount"),
            json!("170.00"),
            &["history/AMOUNT_KEPT", "history/AMOUNT_OF_QUOTE"],
        ),
        ("on_confirm", order("/payment/params/amount"), json!("170.00"), &["history/AMOUNT_KEPT"]),
        ("on_confirm", order("/payment/collected_by"), json!("BPP"), &["history/PAYMENT_KEPT"]),
        (
            "on_init",
            order("/payment/@ondc~1org~1buyer_app_finder_fee_amount"),
            json!("5"),
            &["history/FINDER_FEE_KEPT"],
        ),
        (
            "confirm",
            order("/payment/@ondc~1org~1settlement_details/0/settlement_bank_account_no"),
            json!("999"),
            &["history/SETTLEMENT_KEPT"],
        ),
        ("on_confirm", order("/payment/@ondc~1org~1settlement_details/0"), Value::Null, &["history/SETTLEMENT_ECHOED"]),
        ("on_confirm", order("/created_at"), json!("2025-03-01T10:02:01.000Z"), &["history/CREATED_AT_KEPT"]),
        ("on_confirm", order("/updated_at"), json!("2025-03-01T10:02:01.000Z"), &["history/CONFIRMED_NOW"]),
        ("on_confirm", order("/updated_at"), json!("2025-03-01T11:00:00.000Z"), &["history/UPDATED_AT_PAST"]),
        ("on_init", order("/tags/0/list/2"), Value::Null, &["history/TERMS_GIVEN"]),
        ("confirm", order("/tags/0/list/1/value"), json!("29AAACX1234A1Z5"), &["history/TERMS_KEPT"]),
        ("on_confirm", order("/tags/1"), Value::Null, &["history/TERMS_ECHOED", "history/TERMS_GIVEN"]),
        ("on_init", order("/tags/0/list/2/value"), json!("AAACS1234A"), &["history/TAX_HOLDER", "history/TERMS_KEPT"]),
        ("on_select", order("/quote/breakup/1"), Value::Null, &["history/DELIVERY_LINE", "history/QUOTE_SUM"]),
        (
            "on_select",
            order("/quote/breakup/0/@ondc~1org~1item_quantity/count"),
            json!(2),
            &["history/COUNT_QUOTED", "history/LINE_PRICE", "history/QUOTE_LINE_KEPT"],
        ),
        ("on_confirm", order("/provider/id"), json!("F1"), &["history/FULFILMENT_NOT_PROVIDER"]),
    ]
}

fn fulfilling() -> Vec<Defect> {
    let delivery = |path: &str| order(&format!("/fulfillments/0{path}"));
    vec![
        (
            "on_status_packed",
            delivery("/start/time/range/end"),
            json!("2025-03-01T11:00:00.000Z"),
            &["history/RANGE_KEPT"],
        ),
        ("on_status_packed", delivery("/start/location/descriptor/name"), json!("Shop"), &["history/START_KEPT"]),
        ("on_status_packed", delivery("/start/location/id"), Value::Null, &["history/START_KEPT"]),
        (
            "on_status_out_for_delivery",
            delivery("/start/time/timestamp"),
            json!("2025-03-01T10:12:30.000Z"),
            &["history/PICKUP_TIME_KEPT"],
        ),
        ("on_status_picked", delivery("/start/time/timestamp"), Value::Null, &["history/STATE_TIME_GIVEN"]),
        (
            "on_status_delivered",
            delivery("/end/time/timestamp"),
            json!("2025-03-01T12:00:00.000Z"),
            &["history/STATE_TIME_PAST"],
        ),
        (
            "on_status_packed",
            order("/fulfillments/1"),
            Value::Null,
            &["history/FULFILMENT_CARRIED", "history/ITEM_FULFILMENT", "history/QUOTE_WITHOUT_TRAIL"],
        ),
        ("on_status_packed", order("/items/1"), Value::Null, &["history/COUNT_SUM"]),
        (
            "on_status_packed",
            order("/quote/price/value"),
            json!("140.00"),
            &["history/QUOTE_SUM", "history/QUOTE_TRAIL_SUM"],
        ),
        ("on_status_picked", order("/documents"), Value::Null, &["history/INVOICE_FROM_PICKUP"]),
        ("on_status_packed", order("/documents"), json!([{"label": "Invoice"}]), &["history/INVOICE_EARLY"]),
        ("on_status_packed", order("/updated_at"), json!("2025-03-01T10:09:00.000Z"), &["history/UPDATED_AT_MOVES"]),
        ("on_status_pending", order("/state"), json!("Created"), &["history/FIRST_STATUS_ACCEPTS"]),
        (
            "on_status_out_for_delivery",
            order("/state"),
            json!("Accepted"),
            &["history/ORDER_STATE_FITS", "history/ORDER_STATE_NEXT"],
        ),
        (
            "on_status_delivered",
            order("/state"),
            json!("In-progress"),
            &["history/ORDER_STATE_FITS", "history/RETURN_AFTER_DELIVERY"],
        ),
        (
            "on_status_picked",
            delivery("/state/descriptor/code"),
            json!("Pending"),
            &[
                "history/FULFILMENT_STATE_NEXT",
                "history/FULFILMENT_STATE_SKIPPED",
                "history/INVOICE_EARLY",
                "history/ORDER_STATE_FITS",
                "flow/STEP_NOT_SEEN",
            ],
        ),
        (
            "on_status_out_for_delivery",
            delivery("/tracking"),
            json!(true),
            &["history/TRACKING_KEPT", "history/TRACKING_TAG"],
        ),
        (
            "on_update_part_cancel",
            order("/fulfillments/1/tags/0/list/0/value"),
            json!("053"),
            &["history/CANCEL_REASON"],
        ),
        (
            "on_update_part_cancel",
            order("/fulfillments/1/tags/0/list/1/value"),
            json!("someone.example"),
            &["history/CANCELLED_BY"],
        ),
        (
            "on_update_part_cancel",
            order("/fulfillments/1/tags/1"),
            Value::Null,
            &["history/CANCEL_TRAIL", "history/QUOTE_WITHOUT_TRAIL"],
        ),
        (
            "on_update_part_cancel",
            order("/fulfillments/1/tags/1/list/1/value"),
            json!("I9"),
            &["history/QUOTE_TRAIL_LINE"],
        ),
        (
            "on_update_part_cancel",
            delivery("/start/location"),
            Value::Null,
            &["history/START_KEPT", "history/STORE_TOLD"],
        ),
        ("update_refund_part", order("/fulfillments/0/id"), json!("C9"), &["history/REFUND_KNOWN"]),
        ("on_status_packed", context("message_id"), json!("m4"), &["history/MESSAGE_ID_NEW"]),
    ]
}

fn returning() -> Vec<Defect> {
    let asked = |path: &str| order(&format!("/fulfillments/0/tags/0/list{path}"));
    let back = |path: &str| order(&format!("/fulfillments/2{path}"));
    vec![
        ("update_return", asked("/2/value"), json!("9"), &["history/RETURN_QUANTITY", "history/RETURN_REQUEST_ECHOED"]),
        ("update_return", asked("/0/value"), json!("C1"), &["history/RETURN_ASKED_FOR", "history/RETURN_ID_NEW"]),
        ("on_update_interim", back("/tags/0/list/3/value"), json!("004"), &["history/RETURN_REQUEST_ECHOED"]),
        ("on_update_interim", back("/tags/0/list/6/value"), json!("someone.example"), &["history/RETURN_INITIATED_BY"]),
        ("on_update_approved", back("/end"), Value::Null, &["history/RETURN_PLACES"]),
        ("on_update_picked", back("/start/time/timestamp"), Value::Null, &["history/RETURN_TIME"]),
        ("on_update_picked", back("/tags/1"), Value::Null, &["history/QUOTE_TRAIL_SUM", "history/RETURN_TRAIL"]),
        (
            "on_update_picked",
            order("/payment/@ondc~1org~1settlement_details/1"),
            Value::Null,
            &["history/REFUND_CARRIED"],
        ),
        (
            "on_update_picked",
            back("/state/descriptor/code"),
            json!("Return_Initiated"),
            &["history/FULFILMENT_STATE_NEXT", "history/FULFILMENT_STATE_SKIPPED"],
        ),
        (
            "on_update_delivered",
            order("/state"),
            json!("In-progress"),
            &["history/ORDER_STATE_FITS", "history/ORDER_STATE_NEXT"],
        ),
        (
            "update_refund_return",
            order("/payment/@ondc~1org~1settlement_details/0/settlement_amount"),
            json!("40.00"),
            &["history/REFUND_CARRIED", "history/REFUND_OF_TRAIL"],
        ),
        ("on_update_interim", context("timestamp"), json!("2025-03-01T10:16:45.000Z"), &["timing/TTL_PASSED"]),
    ]
}

fn cancelling() -> Vec<Defect> {
    vec![
        (
            "cancel",
            "/message/cancellation_reason_id".to_owned(),
            json!("011"),
            &["history/CANCEL_REASON", "history/CANCEL_REASON_ECHOED"],
        ),
        (
            "cancel",
            "/message/cancellation_reason_id".to_owned(),
            json!("777"),
            &["history/CANCEL_REASON", "history/CANCEL_REASON_ECHOED"],
        ),
        ("on_cancel", order("/cancellation/cancelled_by"), json!("seller.example"), &["history/CANCELLED_BY"]),
        ("on_cancel", order("/cancellation/reason/id"), json!("001"), &["history/CANCEL_REASON_ECHOED"]),
        ("on_cancel", order("/state"), json!("In-progress"), &["history/CANCELLED_ORDER"]),
        (
            "on_cancel",
            order("/fulfillments/0/state/descriptor/code"),
            json!("Pending"),
            &["history/CANCELLED_FULFILMENT"],
        ),
        ("on_cancel", order("/fulfillments/0/tags/1/list/0/value"), json!("Packed"), &["history/PRECANCEL_STATE"]),
        (
            "on_cancel",
            order("/fulfillments/0/tags/1/list/1/value"),
            json!("2025-03-01T10:00:00.000Z"),
            &["history/PRECANCEL_TIME"],
        ),
        ("on_cancel", order("/items/0/quantity/count"), json!(1), &["history/CANCELLED_ITEMS", "history/COUNT_SUM"]),
        (
            "on_cancel",
            order("/quote/breakup/0/price/value"),
            json!("50.00"),
            &["history/CANCELLED_LINE", "history/LINE_PRICE", "history/QUOTE_SUM"],
        ),
        ("on_cancel", context("message_id"), json!("x"), &["history/MESSAGE_ID_ECHOED"]),
    ]
}

fn turning_back() -> Vec<Defect> {
    let forward = |path: &str| order(&format!("/fulfillments/0{path}"));
    let back = |path: &str| order(&format!("/fulfillments/1{path}"));
    vec![
        ("on_cancel", forward("/tags/0/list/2/value"), json!("B9"), &["history/RTO_ANNOUNCED"]),
        ("on_cancel", forward("/tags/0/list/0/value"), json!("002"), &["history/RTO_REASON"]),
        ("on_cancel", back("/end/time"), json!({"timestamp": "2025-03-01T10:14:00.000Z"}), &["history/RTO_ARRIVAL"]),
        ("on_status_back", back("/end/time"), Value::Null, &["history/RTO_ARRIVAL"]),
        ("on_cancel", back("/start/location"), Value::Null, &["history/RTO_PLACES"]),
        ("on_status_back", back("/end/location/id"), Value::Null, &["history/RTO_PLACES"]),
        ("on_cancel", back("/tags"), json!([]), &["history/CANCEL_TRAIL", "history/QUOTE_WITHOUT_TRAIL"]),
        (
            "on_status_back",
            back("/state/descriptor/code"),
            json!("Pending"),
            &["history/FULFILMENT_STATE_NEXT", "history/ORDER_STATE_FITS"],
        ),
    ]
}

fn catalogue() -> Vec<Defect> {
    let provider = |path: &str| format!("/message/catalog/bpp~1providers/0{path}");
    vec![
        ("on_search", provider("/items/0/id"), json!("I9"), &["catalogue/ITEM_KNOWN"]),
        ("on_search", provider("/id"), json!("P9"), &["catalogue/PROVIDER_KNOWN"]),
        ("on_search", provider("/items/0/time/label"), json!("disable"), &["catalogue/ITEM_ENABLED"]),
        ("on_search", provider("/items/0/price/value"), json!("55.00"), &["catalogue/UNIT_PRICE"]),
        ("on_search", provider("/items/0/quantity/maximum/count"), json!("2"), &["catalogue/COUNT_MAXIMUM"]),
        (
            "on_search",
            provider("/items/0/@ondc~1org~1time_to_ship"),
            json!("P1D"),
            &["catalogue/TAT_OVER_TIME_TO_SHIP"],
        ),
        ("on_search", provider("/items/0/parent_item_id"), Value::Null, &["catalogue/VARIANTS_MANY"]),
        ("on_search", provider("/items/2/price/tags/1/list/0/value"), json!("61.00"), &["catalogue/DEFAULT_SELECTION"]),
        ("on_search", provider("/items/2/price/tags/0/list/1/value"), json!("71.00"), &["catalogue/PRICE_RANGE"]),
        ("on_search", provider("/items/2/price/tags/1"), Value::Null, &["catalogue/DEFAULT_SELECTION_GIVEN"]),
        ("on_search", provider("/items/2/price/tags/0"), Value::Null, &["catalogue/PRICE_RANGE_GIVEN"]),
        ("on_search", provider("/items/2/tags/0/list/0/value"), json!("G9"), &["catalogue/CUSTOM_GROUP_KNOWN"]),
        ("on_search", provider("/items/1/category_ids/0"), json!("M9:2"), &["catalogue/MENU_KNOWN"]),
        ("on_search", provider("/items/1/category_ids/0"), json!("M1:1"), &["catalogue/MENU_SEQUENCE"]),
        (
            "on_search",
            provider("/tags/0/list/1/value"),
            json!("Oil"),
            &["catalogue/SERVED_CATEGORY", "catalogue/SERVED_COMPLETE"],
        ),
        ("on_search", provider("/tags/0/list/0/value"), json!("L9"), &["catalogue/SERVED_LOCATION"]),
        ("on_search", provider("/tags/0/list/3/value"), json!("7"), &["catalogue/SERVED_RADIUS"]),
        (
            "on_search",
            provider("/locations/0/id"),
            json!("L9"),
            &["catalogue/LOCATION_KNOWN", "catalogue/SERVED_LOCATION"],
        ),
    ]
}
