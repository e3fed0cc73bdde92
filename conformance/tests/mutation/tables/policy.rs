//! Limits that the parties agree on: fees, margins, what is withheld.

use serde_json::{Value, json};

use crate::mutated::Mutation;
use crate::stories::{self, order, tag};

pub fn all() -> Vec<Mutation> {
    let catalogue = stories::catalogue("1.2.5").named("catalogue 1.2.5");
    let fee = "/message/intent/payment/@ondc~1org~1buyer_app_finder_fee_amount";
    let margin = tag("np_fees", &[("channel_margin_type", "percent"), ("channel_margin_value", "120")]);
    let mut all = vec![
        Mutation::set(&catalogue, "search", fee, json!("100.5")).fires("search/FINDER_FEE/WITHIN_LIMIT"),
        Mutation::set(&catalogue, "on_search", "/message/catalog/bpp~1providers/0/tags/-", margin)
            .fires("on_search/PROVIDER_MARGIN/WITHIN_LIMIT")
            .at("on_search", "/message/catalog/bpp~1providers/0/tags"),
    ];
    let story = stories::delivered("1.2.5");
    let set = |message: &str, path: &str, value: Value| Mutation::set(&story, message, &order(path), value);
    let percentage = "/cancellation_terms/0/cancellation_fee/percentage";
    all.push(set("on_init", percentage, json!("130")).fires("on_init/CANCELLATION_FEE/WITHIN_LIMIT"));
    for message in ["on_init", "confirm"] {
        let kept: &[&str] = &["history/FINDER_FEE_KEPT"];
        let payment = "/payment/@ondc~1org~1";
        all.extend([
            set(message, &format!("{payment}buyer_app_finder_fee_amount"), json!("150"))
                .fires(format!("{message}/ORDER_FEE/WITHIN_LIMIT"))
                .also(kept),
            set(message, &format!("{payment}buyer_app_finder_fee_amount"), json!("300.00"))
                .and(message, &order(&format!("{payment}buyer_app_finder_fee_type")), json!("amount"))
                .fires(format!("{message}/ORDER_FEE/WITHIN_ORDER"))
                .also(kept),
            set(message, &format!("{payment}withholding_amount"), json!("300.00"))
                .fires(format!("{message}/ORDER_FEE/WITHHELD_WITHIN_ORDER"))
                .also(if message == "confirm" { &["history/PAYMENT_KEPT"][..] } else { &[] }),
        ]);
    }
    all
}
