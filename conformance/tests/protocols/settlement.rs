//! Settlement: both sides order a payment, the agency answers; two books are compared.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use specs::Specs;

use crate::story::{Defect, Story, at, each_fires, fired_by, is_clean, rupees};

#[path = "settlement/outcomes.rs"]
mod outcomes;

const COLLECTOR: &str = "buyer.example";
const RECEIVER: &str = "seller.example";
const AGENCY: &str = "agency.example";

fn message(from: &str, to: &str, action: &str, id: &str, second: u32, message: &Value) -> Value {
    json!({
        "context": {
            "domain": "ONDC:NTS10", "location": { "country": { "code": "IND" }, "city": { "code": "*" } }, "version": "2.0.0",
            "action": action, "bap_id": from, "bap_uri": format!("https://{from}/ondc"), "bpp_id": to,
            "bpp_uri": format!("https://{to}/ondc"), "transaction_id": "T1", "message_id": id, "timestamp": at(second), "ttl": "P1D"
        },
        "message": message
    })
}

/// The legs of the one order; `paid` says whether it is the outcome.
fn settlement(receiver: bool, paid: bool) -> Value {
    let leg = |value: &str| {
        let mut leg = json!({ "amount": rupees(value) });
        if paid {
            leg["status"] = "SETTLED".into();
            leg["reference_no"] = "UTR1".into();
        }
        leg
    };
    let mut order = json!({
        "id": "O1", "inter_participant": leg("1000.00"), "collector": { "amount": rupees("50.00") },
        "self": leg(if receiver { "200.00" } else { "50.00" })
    });
    if paid {
        order["inter_participant"]["settled_amount"] = rupees("1000.00");
    }
    if receiver {
        order["provider"] = leg("800.00");
        order["provider"]["id"] = "P1".into();
        if !paid {
            order["provider"]["bank_details"] = json!({ "account_no": "1234567890", "ifsc_code": "IFSC0001" });
        }
    }
    json!({ "collector_app_id": COLLECTOR, "receiver_app_id": RECEIVER,
            "settlement": { "type": "NP-NP", "id": "S1", "orders": [order] } })
}

fn settled() -> Story {
    let named = |name: &str, payload: Value| (name.to_owned(), payload);
    Story {
        messages: vec![
            named("settle_collector", message(COLLECTOR, AGENCY, "settle", "1", 0, &settlement(false, false))),
            named("settle_receiver", message(RECEIVER, AGENCY, "settle", "1", 10, &settlement(true, false))),
            named("on_settle_collector", message(COLLECTOR, AGENCY, "on_settle", "1", 20, &settlement(false, true))),
            named("on_settle_receiver", message(RECEIVER, AGENCY, "on_settle", "1", 30, &settlement(true, true))),
            named(
                "report",
                message(
                    RECEIVER,
                    AGENCY,
                    "report",
                    "2",
                    40,
                    &json!({ "ref_transaction_id": "T1", "ref_message_id": "1" }),
                ),
            ),
            named("on_report", message(RECEIVER, AGENCY, "on_report", "2", 50, &settlement(true, true))),
        ],
    }
}

/// One payment: its amount, and the difference that an answer tells.
fn payment(status: &str, amount: &str, differs: Option<&str>) -> Value {
    let with = |value: &str, differs: Option<&str>| {
        let mut amount = rupees(value);
        if let Some(differs) = differs {
            amount["diff_value"] = differs.into();
        }
        amount
    };
    let none = differs.map(|_| "0.00");
    json!({ "id": "S1", "payment_id": "PAY1", "status": status, "amount": with(amount, differs), "commission": with("10.00", none),
            "withholding_amount": with("10.00", none), "tcs": with("1.00", none), "tds": with("1.00", none), "updated_at": at(0) })
}

fn reconciled() -> Story {
    let books = |total: &str, payment: &Value| json!({ "orders": [{ "id": "O1", "amount": rupees(total), "settlements": [payment] }] });
    let mut differs = books("110.00", &payment("PENDING", "110.00", Some("10.00")));
    differs["orders"][0]["recon_accord"] = false.into();
    let mut agrees = books("110.00", &payment("TO_BE_INITIATED", "110.00", None));
    agrees["orders"][0]["recon_accord"] = true.into();
    agrees["orders"][0]["settlements"][0]["due_date"] = "2025-03-02".into();
    let named = |name: &str, payload: Value| (name.to_owned(), payload);
    Story {
        messages: vec![
            named(
                "recon",
                message(COLLECTOR, RECEIVER, "recon", "1", 0, &books("100.00", &payment("PENDING", "100.00", None))),
            ),
            named("on_recon_differs", message(COLLECTOR, RECEIVER, "on_recon", "1", 10, &differs)),
            named(
                "recon_again",
                message(COLLECTOR, RECEIVER, "recon", "2", 20, &books("110.00", &payment("PENDING", "110.00", None))),
            ),
            named("on_recon_agrees", message(COLLECTOR, RECEIVER, "on_recon", "2", 30, &agrees)),
        ],
    }
}

#[test]
fn clean_settlements_stay_clean() {
    let specs = Specs::builtin().unwrap();
    is_clean(&specs, &settled());
    is_clean(&specs, &reconciled());
}

const ORDER: &str = "/message/settlement/orders/0";

fn broken_settled() -> Vec<Defect> {
    vec![
        (
            "settle_receiver",
            "/message/settlement/orders/0/self/amount/value",
            json!("900.00"),
            &["settlement/LEG_KEPT", "settlement/LEG_SUM"],
        ),
        (
            "settle_receiver",
            "/message/settlement/orders/0/collector/amount/value",
            json!("70.00"),
            &["settlement/COLLECTOR_AGREED", "settlement/LEG_KEPT"],
        ),
        (
            "settle_receiver",
            "/message/settlement/orders/0/inter_participant/amount/value",
            json!("1100.00"),
            &["settlement/BETWEEN_AGREED", "settlement/LEG_KEPT"],
        ),
        (
            "settle_receiver",
            "/message/settlement/orders/0/provider/bank_details",
            Value::Null,
            &["NTS10.settle.schema.required"],
        ),
        (
            "settle_receiver",
            "/message/settlement/orders/0/id",
            json!("O2"),
            &["settlement/ORDER_ANSWERED", "settlement/ORDER_KNOWN", "settlement/ORDER_SHARED"],
        ),
        (
            "settle_receiver",
            "/context/bap_id",
            json!(COLLECTOR),
            &["settlement/LEG_ANSWERED", "settlement/LEG_KEPT", "settlement/LEG_SUM", "settlement/SETTLEMENT_ONCE"],
        ),
        ("settle_receiver", "/context/bap_id", json!("other.example"), &["settle/SETTLEMENT/OWN_INSTRUCTION"]),
        (
            "settle_receiver",
            "/message/settlement/type",
            json!("MISC"),
            &["settle/SETTLEMENT/NO_OTHER_PARTICIPANT", "settlement/INSTRUCTION_KEPT"],
        ),
        (
            "settle_collector",
            "/message/receiver_app_id",
            json!(COLLECTOR),
            &["settle/SETTLEMENT/TWO_PARTICIPANTS", "settlement/INSTRUCTION_KEPT"],
        ),
        (
            "settle_collector",
            "/message/settlement/orders/-",
            json!({ "id": "O1", "inter_participant": { "amount": rupees("1000.00") }, "collector": { "amount": rupees("50.00") }, "self": { "amount": rupees("50.00") } }),
            &["settle/SETTLEMENT/ORDERS_ONCE"],
        ),
        ("on_settle_collector", "/message/settlement/id", json!("S2"), &["settlement/INSTRUCTION_KEPT"]),
        ("on_settle_collector", "/context/message_id", json!("9"), &["settlement/MESSAGE_ID_ECHOED"]),
        (
            "on_settle_collector",
            "/message/settlement/orders/0/inter_participant/settled_amount/value",
            json!("700.00"),
            &["settlement/SETTLED_AMOUNT"],
        ),
        (
            "on_settle_collector",
            "/message/settlement/orders/0/self/reference_no",
            Value::Null,
            &["on_settle/TO_SELF/REFERENCE_GIVEN"],
        ),
        (
            "on_settle_collector",
            "/message/settlement/orders/0/self/status",
            json!("NOT_SETTLED"),
            &["on_settle/TO_SELF/REASON_GIVEN"],
        ),
        ("on_settle_receiver", "/message/settlement/orders/0/provider", Value::Null, &["settlement/LEG_ANSWERED"]),
        ("report", "/message/ref_message_id", json!("9"), &["settlement/REPORT_REFERS"]),
        ("on_report", "/message/settlement/orders/0/self/amount/value", json!("20.00"), &["settlement/LEG_KEPT"]),
    ]
}

#[test]
fn what_is_broken_in_a_settlement_is_told() {
    let specs = Specs::builtin().unwrap();
    assert!(settled().messages[0].1.pointer(ORDER).is_some());
    each_fires(&specs, settled, broken_settled());
}

fn broken_reconciled() -> Vec<Defect> {
    vec![
        (
            "on_recon_differs",
            "/message/orders/0/settlements/0/amount/diff_value",
            json!("20.00"),
            &["settlement/RECON_DIFFERENCE"],
        ),
        (
            "on_recon_differs",
            "/message/orders/0/settlements/0/amount/diff_value",
            Value::Null,
            &["settlement/RECON_DIFFERENCE"],
        ),
        (
            "on_recon_differs",
            "/message/orders/0/recon_accord",
            json!(true),
            &["settlement/RECON_ACCORD", "settlement/RECON_DUE"],
        ),
        ("on_recon_differs", "/message/orders/0/recon_accord", Value::Null, &["NTS10.on_recon.schema.required"]),
        ("on_recon_agrees", "/message/orders/0/settlements/0/tds/value", json!("2.00"), &["settlement/RECON_ACCORD"]),
        ("on_recon_agrees", "/message/orders/0/recon_accord", json!(false), &["settlement/RECON_NO_DIFFERENCE"]),
        ("on_recon_agrees", "/message/orders/0/settlements/0/due_date", Value::Null, &["settlement/RECON_DUE"]),
        (
            "on_recon_agrees",
            "/message/orders/0/settlements/0/status",
            json!("SETTLED"),
            &["on_recon/PAYMENT/REFERENCE_GIVEN"],
        ),
        (
            "on_recon_agrees",
            "/message/orders/0/settlements/0/payment_id",
            json!("PAY2"),
            &["history/on_recon/PAYMENTS_KEPT"],
        ),
        ("on_recon_agrees", "/message/orders/0/id", json!("O2"), &["history/on_recon/ORDERS_KEPT"]),
        ("on_recon_agrees", "/context/message_id", json!("7"), &["settlement/MESSAGE_ID_ECHOED"]),
        ("recon", "/message/orders/0/settlements/0/status", json!("DONE"), &["NTS10.recon.schema.enum"]),
        ("recon", "/context/version", json!("1.0.0"), &["message/KNOWN_BOOK"]),
    ]
}

#[test]
fn what_is_broken_between_two_books_is_told() {
    let specs = Specs::builtin().unwrap();
    each_fires(&specs, reconciled, broken_reconciled());
}

/// Every rule that these defects fire.
pub fn fired() -> BTreeSet<String> {
    let own = [broken_settled(), broken_reconciled()];
    fired_by(own.concat()).into_iter().chain(outcomes::fired()).collect()
}
