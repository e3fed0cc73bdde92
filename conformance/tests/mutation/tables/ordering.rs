//! From `select` to `on_confirm`: basket, fulfilment, quote, payment, terms.

use serde_json::{Value, json};

use crate::flow::Flow;
use crate::mutated::Mutation;
use crate::stories::{self, order};

const FEE: &str = "/payment/@ondc~1org~1buyer_app_finder_fee_amount";
const ACCOUNT: &str = "/payment/@ondc~1org~1settlement_details/0/settlement_bank_account_no";

pub fn all() -> Vec<Mutation> {
    let story = stories::delivered("1.2.5");
    let mut all = basket(&story);
    all.extend(fulfilment(&story));
    all.extend(quote(&story));
    all.extend(payment(&story));
    all.extend(terms(&story));
    all.extend(single(&story));
    all.extend(basket(&stories::delivered("1.2.0")));
    all.extend(quote(&stories::delivered("1.2.0")));
    all
}

fn set(story: &Flow, message: &str, path: &str, value: Value) -> Mutation {
    Mutation::set(story, message, &order(path), value)
}

fn basket(story: &Flow) -> Vec<Mutation> {
    vec![
        set(story, "init", "/provider/locations/0/id", json!("L9"))
            .fires("history/LOCATION_KEPT")
            .also(&["init/ITEM_LOCATION_KNOWN"]),
        set(story, "on_init", "/provider/locations/0/id", json!("L9"))
            .fires("history/LOCATION_KEPT")
            .also(&["on_init/ITEM_LOCATION_KNOWN"]),
        set(story, "init", "/items/0/quantity/count", json!(4))
            .fires("history/COUNT_KEPT")
            .at("init", "/message/order/items"),
        set(story, "confirm", "/items/0/quantity/count", json!(4))
            .fires("history/COUNT_KEPT")
            .at("confirm", "/message/order/items"),
        set(story, "confirm", "/items/0/id", json!("NG-777"))
            .fires("history/ITEMS_KEPT")
            .also(&["history/LINE_REFERS"]),
        set(story, "on_init", "/items/0/id", json!("NG-777"))
            .fires("history/ITEMS_KEPT")
            .also(&["history/LINE_REFERS"]),
        set(story, "on_status_packed", "/items/0/id", json!("NG-777"))
            .fires("history/ITEMS_KEPT")
            .also(&["history/LINE_REFERS", "history/COUNT_SUM"]),
        set(story, "on_status_packed", "/items/0/quantity/count", json!(7))
            .fires("history/COUNT_SUM")
            .at("on_status_packed", "/message/order/items"),
    ]
}

fn fulfilment(story: &Flow) -> Vec<Mutation> {
    let f = |message: &str, path: &str, value: Value| set(story, message, &format!("/fulfillments/0{path}"), value);
    let provider = story.payload("on_confirm")["message"]["order"]["provider"]["id"].clone();
    vec![
        f("init", "/id", json!("F9"))
            .fires("history/FULFILMENT_KNOWN")
            .also(&["history/ITEM_FULFILMENT", "init/ITEM_FULFILMENT_KNOWN"]),
        f("on_status_packed", "/id", json!("F9"))
            .fires("history/FULFILMENT_CARRIED")
            .at("on_status_packed", "/message/order/fulfillments")
            .also(&[
                "history/ITEM_FULFILMENT",
                "on_status/ITEM_FULFILMENT_KNOWN",
                "history/LINE_REFERS",
                "history/FULFILMENT_STATE_SKIPPED",
            ]),
        set(story, "confirm", "/items/0/fulfillment_id", json!("F9"))
            .fires("history/ITEM_FULFILMENT")
            .also(&["confirm/ITEM_FULFILMENT_KNOWN"]),
        f("confirm", "/@ondc~1org~1TAT", json!("PT7H")).fires("history/TAT_KEPT"),
        f("on_confirm", "/@ondc~1org~1TAT", json!("PT7H")).fires("history/TAT_KEPT"),
        f("on_init", "/type", json!("Self-Pickup")).fires("history/FULFILMENT_TYPE_KEPT"),
        f("confirm", "/tracking", json!(false)).fires("history/TRACKING_KEPT"),
        f("confirm", "/end/location/gps", json!("12.900000,77.600000")).fires("history/DESTINATION_KEPT"),
        f("on_confirm", "/end/location/gps", json!("12.900000,77.600000")).fires("history/DESTINATION_KEPT"),
        f("confirm", "/end/location/address/area_code", json!("560099")).fires("history/AREA_CODE_KEPT"),
        f("on_init", "/end/location/address/area_code", json!("560099")).fires("history/AREA_CODE_KEPT"),
        f("on_status_packed", "/id", provider.clone()).fires("history/FULFILMENT_NOT_PROVIDER").also(&[
            "history/FULFILMENT_CARRIED",
            "history/ITEM_FULFILMENT",
            "history/LINE_REFERS",
            "on_status/ITEM_FULFILMENT_KNOWN",
            "history/FULFILMENT_STATE_SKIPPED",
        ]),
        f(
            "on_select",
            "/end/time/range",
            json!({"start": "2026-11-23T10:00:00.000Z", "end": "2026-11-23T12:00:00.000Z"}),
        )
        .fires("history/SLOT_KEPT")
        .at("on_confirm", "/message/order/fulfillments/0/end/time/range"),
    ]
}

fn quote(story: &Flow) -> Vec<Mutation> {
    let q = |message: &str, path: &str, value: Value| set(story, message, &format!("/quote{path}"), value);

    vec![
        q("on_init", "/price/value", json!("300.00")).fires("history/on_init/QUOTE_KEPT").also(&["history/QUOTE_SUM"]),
        q("confirm", "/price/value", json!("300.00")).fires("history/QUOTE_KEPT").also(&[
            "history/QUOTE_SUM",
            "history/AMOUNT_OF_QUOTE",
            "confirm/PAYMENT/AMOUNT_IS_QUOTE",
        ]),
        q("on_select", "/price/value", json!("300.00"))
            .fires("history/QUOTE_SUM")
            .also(&["history/on_init/QUOTE_KEPT"]),
        q("on_confirm", "/price/value", json!("300.00")).fires("history/QUOTE_SUM").also(&["history/QUOTE_KEPT"]),
        q("on_status_packed", "/price/value", json!("300.00"))
            .fires("history/QUOTE_WITHOUT_TRAIL")
            .also(&["history/QUOTE_SUM"]),
        q("on_confirm", "/breakup/0/price/value", json!("250.00"))
            .fires("history/LINE_PRICE")
            .also(&["history/QUOTE_LINE_KEPT", "history/QUOTE_SUM"]),
        q("on_init", "/breakup/1/price/value", json!("35.00"))
            .fires("history/QUOTE_LINE_KEPT")
            .also(&["history/QUOTE_SUM"]),
        q("on_confirm", "/breakup/0/@ondc~1org~1item_id", json!("NG-777"))
            .fires("history/LINE_REFERS")
            .also(&["history/QUOTE_LINE_KEPT"]),
        q("on_status_packed", "/breakup/1/@ondc~1org~1item_id", json!("F9")).fires("history/LINE_REFERS"),
        q("on_init", "/breakup/0/item/quantity", json!({"available": {"count": "99"}}))
            .fires("history/STOCK_ONLY_IN_ON_SELECT"),
        q("on_select", "/breakup/1", Value::Null)
            .fires("history/DELIVERY_LINE")
            .at("on_select", "/message/order/quote/breakup")
            .also(&["history/QUOTE_SUM"]),
        q("on_select", "/breakup/0/@ondc~1org~1item_quantity/count", json!(2))
            .fires("history/COUNT_QUOTED")
            .also(&["history/LINE_PRICE", "history/QUOTE_LINE_KEPT"]),
        q("on_init", "/ttl", json!("PT0.001S")).fires("timing/QUOTE_EXPIRED").at("confirm", "/context/timestamp"),
    ]
}

fn payment(story: &Flow) -> Vec<Mutation> {
    let cash = |message: &str, path: &str, value: Value| {
        let mut flow = story.clone();
        for at in story.messages.iter().skip_while(|one| one.name != "confirm").map(|one| one.name.as_str()) {
            flow.set(at, "/message/order/payment/type", json!("ON-FULFILLMENT"));
            flow.set(at, "/message/order/payment/collected_by", json!("BPP"));
            flow.set(at, "/message/order/payment/status", json!("NOT-PAID"));
            flow.set(at, "/message/order/payment/params/transaction_id", Value::Null);
        }
        flow.set("on_status_order_delivered", "/message/order/payment/status", json!("PAID"));
        Mutation::set(&flow.named("cash on delivery"), message, &order(path), value)
    };
    vec![
        set(story, "on_init", FEE, json!("5")).fires("history/FINDER_FEE_KEPT"),
        set(story, "confirm", FEE, json!("5")).fires("history/FINDER_FEE_KEPT"),
        set(story, "confirm", "/payment/params/amount", json!("170.00"))
            .fires("history/AMOUNT_OF_QUOTE")
            .also(&["confirm/PAYMENT/AMOUNT_IS_QUOTE", "history/AMOUNT_KEPT"]),
        set(story, "confirm", "/payment/params/amount", json!("170.00"))
            .fires("confirm/PAYMENT/AMOUNT_IS_QUOTE")
            .also(&["history/AMOUNT_OF_QUOTE", "history/AMOUNT_KEPT"]),
        set(story, "on_confirm", "/payment/params/amount", json!("170.00")).fires("history/AMOUNT_KEPT"),
        set(story, "on_status_packed", "/payment/params/amount", json!("170.00")).fires("history/AMOUNT_KEPT"),
        set(story, "on_confirm", "/payment/collected_by", json!("BPP")).fires("history/PAYMENT_KEPT"),
        set(story, "on_confirm", "/payment/@ondc~1org~1settlement_window", json!("P9D")).fires("history/PAYMENT_KEPT"),
        set(story, "on_status_packed", "/payment/@ondc~1org~1settlement_basis", json!("shipment"))
            .fires("history/PAYMENT_KEPT"),
        set(story, "confirm", ACCOUNT, json!("999")).fires("history/SETTLEMENT_KEPT"),
        set(story, "on_status_packed", ACCOUNT, json!("999")).fires("history/SETTLEMENT_KEPT"),
        set(story, "on_confirm", "/payment/@ondc~1org~1settlement_details/0", Value::Null)
            .fires("history/SETTLEMENT_ECHOED")
            .at("on_confirm", "/message/order/payment/@ondc~1org~1settlement_details")
            .also(&["RET10.on_confirm.schema.minItems"]),
        cash("confirm", "/payment/status", json!("PAID"))
            .fires("history/CASH_ON_DELIVERY")
            .also(&["confirm/PAYMENT/CASH_IS_NOT_PAID", "confirm/PAYMENT/PREPAID_HAS_TRANSACTION"]),
        cash("on_status_order_delivered", "/payment/status", json!("NOT-PAID"))
            .fires("history/CASH_ON_DELIVERY")
            .also(&["on_status/ORDER/PAID_ON_ARRIVAL"]),
        cash("on_status_order_delivered", "/payment/status", json!("NOT-PAID"))
            .fires("on_status/ORDER/PAID_ON_ARRIVAL")
            .also(&["history/CASH_ON_DELIVERY"]),
        cash("confirm", "/payment/params/transaction_id", json!("t-1")).fires("history/CASH_ON_DELIVERY"),
    ]
}

fn terms(story: &Flow) -> Vec<Mutation> {
    vec![
        set(story, "on_init", "/tags/0/list/2", Value::Null)
            .fires("history/TERMS_GIVEN")
            .at("on_init", "/message/order/tags")
            .also(&["on_init/TAX_NUMBERS/SELLER_NAMED"]),
        set(story, "confirm", "/tags/0/list/1/value", json!("29AAACX1234A1Z5")).fires("history/TERMS_KEPT"),
        set(story, "on_confirm", "/tags/1/list/1/value", json!("29AAACX1234A1Z5")).fires("history/TERMS_KEPT"),
        set(story, "confirm", "/tags/0/list/2", Value::Null)
            .fires("history/TERMS_ECHOED")
            .at("confirm", "/message/order/tags/0/list")
            .also(&["confirm/TAX_NUMBERS/SELLER_NAMED"]),
        set(story, "on_confirm", "/tags/1", Value::Null)
            .fires("history/TERMS_ECHOED")
            .at("on_confirm", "/message/order/tags")
            .also(&["history/TERMS_GIVEN", "on_confirm/TERMS_PRESENT"]),
        set(story, "on_init", "/tags/0/list/0/value", json!("ISN"))
            .fires("history/SELLER_KIND_KEPT")
            .also(&["history/TAX_HOLDER", "history/TERMS_KEPT"]),
        set(story, "on_init", "/tags/0/list/2/value", json!("AAACN1026Q"))
            .fires("history/TAX_HOLDER")
            .also(&["history/TERMS_KEPT"]),
        set(story, "on_confirm", "/tags/1/list/1/value", json!("29AAACN1026Q1Z5"))
            .fires("history/TAX_NUMBERS_DIFFER")
            .also(&["history/TERMS_KEPT"]),
    ]
}

/// Rules of one message by itself.
fn single(story: &Flow) -> Vec<Mutation> {
    let order = |name: &str| story.payload(name)["message"]["order"].clone();
    let twice = |name: &str, list: &str| json!([order(name)[list][0], order(name)[list][0]]);
    let error = "/error";
    let not_served = json!({"descriptor": {"code": "Non-serviceable"}});
    let fulfilment = |name: &str| order(name)["fulfillments"][0]["id"].clone();
    let mut all = vec![
        set(story, "select", "/items", twice("select", "items")).fires("select/ITEM_IDS_ONCE").also(&["history/COUNT_QUOTED", "history/COUNT_KEPT"]),
        set(story, "on_select", "/items", twice("on_select", "items")).fires("on_select/ITEM_IDS_ONCE"),
        set(story, "init", "/items", twice("init", "items")).fires("init/ITEM_IDS_ONCE").also(&["history/COUNT_KEPT"]),
        set(story, "on_init", "/items", twice("on_init", "items")).fires("on_init/ITEM_IDS_ONCE").also(&["history/COUNT_KEPT"]),
        set(story, "confirm", "/items", twice("confirm", "items")).fires("confirm/ITEM_IDS_ONCE").also(&["history/COUNT_KEPT"]),
        set(story, "select", "/items/0/location_id", json!("L9")).fires("select/ITEM_LOCATION_KNOWN").also(&["catalogue/ITEM_LOCATION"]),
        set(story, "init", "/items/0/location_id", json!("L9")).fires("init/ITEM_LOCATION_KNOWN"),
        set(story, "on_init", "/items/0/location_id", json!("L9")).fires("on_init/ITEM_LOCATION_KNOWN"),
        set(story, "confirm", "/items/0/location_id", json!("L9")).fires("confirm/ITEM_LOCATION_KNOWN"),
        set(story, "select", "/offers", json!([{"id": "O1"}, {"id": "O1"}])).fires("select/OFFER_IDS_ONCE"),
        set(story, "init", "/offers", json!([{"id": "O1"}, {"id": "O1"}])).fires("init/OFFER_IDS_ONCE"),
        set(story, "on_select", "/items/0/fulfillment_ids", json!([fulfilment("on_select"), "F9"])).fires("on_select/ITEM_FULFILMENTS_KNOWN"),
        set(story, "on_select", "/fulfillments/0/@ondc~1org~1category", json!("Takeaway")).fires("on_select/WAY/DELIVERY_CATEGORY"),
        set(story, "on_select", "/fulfillments/0/@ondc~1org~1TAT", Value::Null).fires("on_select/FULFILMENT/PROMISED_TIME"),
        set(story, "on_select", "/fulfillments/0/type", json!("Self-Pickup"))
            .fires("on_select/FULFILMENT/PICKUP_CATEGORY")
            .at("on_select", "/message/order/fulfillments/0/@ondc~1org~1category")
            .also(&["on_select/WAY/PICKUP_CATEGORY", "history/FULFILMENT_TYPE_KEPT"]),
        set(story, "on_select", "/fulfillments/0/type", json!("Self-Pickup"))
            .fires("on_select/WAY/PICKUP_CATEGORY")
            .at("on_select", "/message/order/fulfillments/0/@ondc~1org~1category")
            .also(&["on_select/FULFILMENT/PICKUP_CATEGORY", "history/FULFILMENT_TYPE_KEPT"]),
        set(story, "on_select", "/fulfillments/0/state", not_served)
            .fires("on_select/NOT_SERVED_HAS_ERROR")
            .at("on_select", error)
            .also(&["history/DELIVERY_LINE"]),
        set(story, "on_select", "/quote/breakup/0/item/quantity/available/count", json!("0"))
            .fires("on_select/SHORT_HAS_ERROR")
            .at("on_select", error),
        set(story, "on_init", "/tags/0", Value::Null)
            .fires("on_init/TERMS_PRESENT")
            .at("on_init", "/message/order/tags")
            .also(&["history/TERMS_GIVEN", "on_init/TAX_NUMBERS/SELLER_NAMED"]),
        set(story, "on_init", "/payment/collected_by", json!("BPP")).fires("on_init/SELLER_COLLECTS/TERMS").at("on_init", "/message/order/payment"),
        set(story, "on_init", "/payment/type", json!("ON-FULFILLMENT"))
            .fires("on_init/CASH_COLLECTED_BY_SELLER")
            .at("on_init", "/message/order/payment/collected_by"),
        set(story, "on_init", "/payment", json!({"type": "ON-ORDER", "collected_by": "BPP", "status": "NOT-PAID",
            "@ondc/org/settlement_basis": "delivery", "@ondc/org/settlement_window": "P1D", "@ondc/org/withholding_amount": "0.00",
            "@ondc/org/buyer_app_finder_fee_type": "percent", "@ondc/org/buyer_app_finder_fee_amount": "3"}))
            .fires("on_init/SELLER_COLLECTS/PAY_LINK"),
        set(story, "confirm", "/tags/1", Value::Null)
            .fires("confirm/TERMS_PRESENT")
            .at("confirm", "/message/order/tags")
            .also(&["history/TERMS_GIVEN"]),
        set(story, "confirm", "/tags/1/list/2/value", json!("N")).fires("confirm/TERMS_ACCEPTED"),
        set(story, "confirm", "/payment/params/transaction_id", Value::Null).fires("confirm/PAYMENT/PREPAID_HAS_TRANSACTION"),
        set(story, "confirm", "/payment/type", json!("ON-FULFILLMENT"))
            .fires("confirm/PAYMENT/CASH_IS_NOT_PAID")
            .at("confirm", "/message/order/payment/status")
            .also(&["confirm/CASH_COLLECTED_BY_SELLER", "history/CASH_ON_DELIVERY", "history/PAYMENT_KEPT"]),
        set(story, "confirm", "/payment/type", json!("ON-FULFILLMENT"))
            .fires("confirm/CASH_COLLECTED_BY_SELLER")
            .at("confirm", "/message/order/payment/collected_by")
            .also(&["confirm/PAYMENT/CASH_IS_NOT_PAID", "history/CASH_ON_DELIVERY", "history/PAYMENT_KEPT"]),
        set(story, "confirm", "/payment/@ondc~1org~1settlement_details/0/settlement_counterparty", json!("buyer-app"))
            .fires("confirm/PAYMENT/SELLER_IS_SETTLED")
            .also(&["history/SETTLEMENT_ECHOED"]),
        set(story, "confirm", "/payment/@ondc~1org~1settlement_basis", Value::Null).fires("confirm/PAYMENT/SETTLEMENT_TERMS"),
        set(story, "confirm", "/updated_at", json!("2026-11-23T09:00:00.000Z")).fires("confirm/PLACED_ONCE").at("confirm", "/message/order/created_at"),
        set(story, "on_confirm", "/tags/0/list/0", Value::Null)
            .fires("on_confirm/SELLER_KIND_NAMED")
            .at("on_confirm", "/message/order/tags")
            .also(&["history/TERMS_GIVEN", "history/TERMS_ECHOED"]),
        set(story, "on_confirm", "/tags/0/list/1", Value::Null)
            .fires("on_confirm/TAX_NUMBERS/SELLER_NAMED")
            .at("on_confirm", "/message/order/tags")
            .also(&["history/TERMS_GIVEN", "history/TERMS_ECHOED"]),
        set(story, "on_confirm", "/tags/1", Value::Null)
            .fires("on_confirm/TERMS_PRESENT")
            .at("on_confirm", "/message/order/tags")
            .also(&["history/TERMS_GIVEN", "history/TERMS_ECHOED"]),
        set(story, "on_confirm", "/state", json!("Cancelled")).fires("on_confirm/REFUSED_HAS_REASON")
            .at("on_confirm", "/message/order/cancellation")
            .also(&["history/ORDER_STATE_FITS", "history/ORDER_STATE_NEXT"]),
        set(story, "on_confirm", "/updated_at", json!("2026-11-23T09:00:00.000Z"))
            .fires("on_confirm/UPDATED_AFTER_CREATED")
            .also(&["history/CONFIRMED_NOW", "history/UPDATED_AT_MOVES"]),
        set(story, "on_status_packed", "/updated_at", json!("2026-11-23T09:00:00.000Z"))
            .fires("on_status/UPDATED_AFTER_CREATED")
            .also(&["history/UPDATED_AT_MOVES"]),
    ];
    for name in ["on_init", "confirm", "on_confirm"] {
        all.push(
            set(story, name, "/tags/0/list/1/value", json!("29aaacn1026q1z5"))
                .fires(format!("{name}/TAX_NUMBERS/TAX_NUMBER_FORM"))
                .also(&["history/TERMS_KEPT"]),
        );
        all.push(
            set(story, name, "/tags/0/list/2/value", json!("12345"))
                .fires(format!("{name}/TAX_NUMBERS/PROVIDER_TAX_NUMBER_FORM"))
                .also(&["history/TERMS_KEPT"]),
        );
    }
    let provider = order("confirm")["provider"]["id"].clone();
    for (name, action) in [
        ("on_select", "on_select"),
        ("init", "init"),
        ("on_init", "on_init"),
        ("confirm", "confirm"),
        ("on_confirm", "on_confirm"),
        ("on_status_packed", "on_status"),
    ] {
        all.push(
            set(story, name, "/fulfillments", twice(name, "fulfillments"))
                .fires(format!("{action}/FULFILMENT_IDS_ONCE")),
        );
        all.push(
            set(story, name, "/items/0/fulfillment_id", json!("F9"))
                .fires(format!("{action}/ITEM_FULFILMENT_KNOWN"))
                .also(&["history/ITEM_FULFILMENT"]),
        );
        if !matches!(action, "on_confirm" | "on_status") {
            let known = format!("{action}/ITEM_FULFILMENT_KNOWN");
            let follows =
                ["history/FULFILMENT_NOT_PROVIDER", "history/ITEM_FULFILMENT", "history/FULFILMENT_KNOWN", &known];
            let quoted: &[&str] = if action == "init" { &[] } else { &["history/LINE_REFERS"] };
            all.push(
                set(story, name, "/fulfillments/0/id", provider.clone())
                    .fires(format!("{action}/FULFILMENT_IS_NOT_PROVIDER"))
                    .also(&[&follows[..], quoted].concat()),
            );
        }
    }
    all
}
