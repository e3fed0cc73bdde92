//! `on_init`: payment, terms of trade, terms of cancellation.

use serde_json::{Value, json};

use super::{order, payment, quote, tag};
use crate::catalogue::Seller;
use crate::fulfilment::DeliveryState;
use crate::order::{Draft, Rules};

pub fn on_init(draft: &Draft, seller: &Seller, rules: &Rules) -> Value {
    let fulfilments: Vec<Value> = draft
        .fulfilments
        .iter()
        .map(|fulfilment| {
            json!({
                "id": fulfilment.id,
                "type": fulfilment.kind(),
                "tracking": fulfilment.tracking,
                "@ondc/org/provider_name": fulfilment.provider_name,
                "@ondc/org/TAT": fulfilment.tat,
                "end": fulfilment.end.as_ref().map(|end| &end.place),
            })
        })
        .collect();
    json!({ "order": {
        "provider": order::provider(draft),
        "items": draft.lines.iter().map(order::item).collect::<Vec<Value>>(),
        "billing": draft.billing,
        "fulfillments": fulfilments,
        "quote": quote::quote(&draft.quote, quote::Shelf::Hidden),
        "payment": payment::terms(&draft.payment, seller),
        "tags": [bpp_terms(seller, None)],
        "cancellation_terms": cancellation_terms(rules),
    }})
}

/// The seller's terms; after `confirm` with whether it takes the buyer app's.
pub fn bpp_terms(seller: &Seller, accept_bap_terms: Option<&str>) -> Value {
    let terms = &seller.terms;
    tag::tag(
        "bpp_terms",
        [
            ("np_type", Some(terms.np_type.as_str().to_owned())),
            ("tax_number", Some(terms.tax_number.clone())),
            ("provider_tax_number", Some(terms.provider_tax_number.clone())),
            ("accept_bap_terms", accept_bap_terms.map(ToOwned::to_owned)),
        ],
    )
}

/// Free until the goods leave the store, not possible afterwards except when the promise was broken.
fn cancellation_terms(rules: &Rules) -> Vec<Value> {
    let reasons = |wanted: &dyn Fn(&str) -> bool| {
        let ids: Vec<&str> = rules
            .cancellation_reasons
            .iter()
            .filter(|(id, reason)| reason.buyer && wanted(id.as_str()))
            .map(|(id, _)| id.as_str())
            .collect();
        ids.join(",")
    };
    let all = reasons(&|_| true);
    let late = reasons(&|id| id == rules.version.late_reason);
    let term = |state: DeliveryState, ids: &str| {
        json!({
            "fulfillment_state": { "descriptor": { "code": state.as_str(), "short_desc": ids } },
            "refund_eligible": true,
            "reason_required": true,
            "cancellation_fee": { "percentage": "0.00" },
        })
    };
    vec![
        term(DeliveryState::Pending, &all),
        term(DeliveryState::Packed, &all),
        term(DeliveryState::AgentAssigned, &all),
        term(DeliveryState::OrderPickedUp, &late),
        term(DeliveryState::OutForDelivery, &late),
    ]
}
