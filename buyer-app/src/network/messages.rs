//! `message` of every action a buyer sends (NETWORK-SPEC 4-11). Pure: ids and times are arguments.

use serde_json::{Map, Value, json};

use crate::checkout::place::Collected;
use crate::checkout::record::{Agreed, Checkout, Offer, Place};
use crate::checkout::terms::FinderFee;
use crate::order::record::{Order, Refund};

/// What part of the catalogue a search asks for.
#[derive(Clone, Debug, PartialEq)]
pub enum Scope {
    /// Everything a seller has for the city.
    Full,
    /// One category or one product name, never both.
    Category(String),
    Product(String),
    /// Start or stop of the push subscription.
    PushStart,
    PushStop,
    /// Changes between two wire timestamps.
    Between {
        start: String,
        end: String,
    },
}

pub fn search(scope: &Scope, place: Option<&Place>, fulfilment: Option<&str>, fee: &FinderFee) -> Value {
    let mut intent = Map::new();
    let mut end = Map::new();
    if let Some(place) = place {
        end.insert("location".into(), json!({"gps": place.gps, "address": {"area_code": place.area_code}}));
    }
    match scope {
        Scope::Full | Scope::PushStart | Scope::PushStop | Scope::Between { .. } => {}
        Scope::Category(id) => {
            intent.insert("category".into(), json!({"id": id}));
        }
        Scope::Product(name) => {
            intent.insert("item".into(), json!({"descriptor": {"name": name}}));
        }
    }
    if fulfilment.is_some() || !end.is_empty() {
        let mut wire = Map::new();
        wire.insert("type".into(), json!(fulfilment.unwrap_or("Delivery")));
        if !end.is_empty() {
            wire.insert("end".into(), Value::Object(end));
        }
        intent.insert("fulfillment".into(), Value::Object(wire));
    }
    intent.insert("payment".into(), fee_fields(fee));
    let tag = match scope {
        Scope::Full => Some(tag("catalog_full", &[("payload_type", "inline")])),
        Scope::PushStart => Some(tag("catalog_inc", &[("mode", "start")])),
        Scope::PushStop => Some(tag("catalog_inc", &[("mode", "stop")])),
        Scope::Between { start, end } => Some(tag("catalog_inc", &[("start_time", start), ("end_time", end)])),
        Scope::Category(_) | Scope::Product(_) => None,
    };
    if let Some(tag) = tag {
        intent.insert("tags".into(), json!([tag]));
    }
    json!({"intent": intent})
}

pub fn select(checkout: &Checkout) -> Value {
    let items: Vec<Value> = checkout
        .lines
        .iter()
        .map(|l| json!({"id": l.item_id, "location_id": checkout.location_id, "quantity": {"count": l.count}}))
        .collect();
    let end = json!({"location": {"gps": checkout.place.gps, "address": {"area_code": checkout.place.area_code}}});
    let mut order = json!({"provider": provider(checkout), "items": items, "fulfillments": [{"end": end}]});
    if checkout.cash {
        order["payment"] = json!({"type": "ON-FULFILLMENT"});
    }
    json!({"order": order})
}

/// `agreed` holds what the shopper filled in; the rest of it is still empty.
pub fn init(checkout: &Checkout, offer: &Offer, agreed: &Agreed) -> Value {
    let fulfilments: Vec<Value> = used(checkout, offer)
        .map(|f| json!({"id": f.id, "type": f.kind, "end": without_person(&agreed.delivery)}))
        .collect();
    let mut order = json!({"provider": provider(checkout), "items": items(checkout), "billing": agreed.billing, "fulfillments": fulfilments});
    if checkout.cash {
        order["payment"] = json!({"type": "ON-FULFILLMENT"});
    }
    json!({"order": order})
}

/// Values of confirm that neither the checkout nor the seller gives.
#[derive(Clone, Debug)]
pub struct ConfirmTerms<'a> {
    pub order_id: &'a str,
    /// Wire timestamp of the message; created_at and updated_at equal it.
    pub at: &'a str,
    pub fee: &'a FinderFee,
    /// URL of the buyer node's terms and its tax number.
    pub static_terms: &'a str,
    pub tax_number: &'a str,
    pub settlement_basis: &'a str,
    pub settlement_window: &'a str,
    pub withholding_amount: &'a str,
    /// The buyer node's own account, for money that the seller collects.
    pub own_account: &'a Value,
}

pub fn confirm(
    checkout: &Checkout,
    offer: &Offer,
    agreed: &Agreed,
    payment: &Value,
    terms: &ConfirmTerms<'_>,
) -> Value {
    let fulfilments: Vec<Value> = used(checkout, offer)
        .map(|f| {
            let mut wire = json!({"id": f.id, "type": f.kind, "tracking": f.tracking, "end": agreed.delivery});
            if let Some(tat) = &f.tat {
                wire["@ondc/org/TAT"] = json!(tat);
            }
            wire
        })
        .collect();
    let mut order = json!({
        "id": terms.order_id, "state": "Created", "provider": provider(checkout), "items": items(checkout),
        "billing": agreed.billing, "fulfillments": fulfilments, "quote": agreed.quote_wire, "payment": payment,
        "tags": confirm_tags(agreed, terms), "created_at": terms.at, "updated_at": terms.at,
    });
    if agreed.offers_wire.as_array().is_some_and(|offers| !offers.is_empty()) {
        order["offers"] = agreed.offers_wire.clone();
    }
    json!({"order": order})
}

/// The seller's terms echoed, then ours with the acceptance.
fn confirm_tags(agreed: &Agreed, terms: &ConfirmTerms<'_>) -> Value {
    let mut tags: Vec<Value> = Vec::new();
    let theirs = agreed.tags_wire.as_array().into_iter().flatten().filter(|t| t["code"] == "bpp_terms");
    tags.extend(theirs.cloned());
    tags.push(tag(
        "bap_terms",
        &[("static_terms", terms.static_terms), ("tax_number", terms.tax_number), ("accept_bpp_terms", "Y")],
    ));
    Value::Array(tags)
}

/// `order.payment` of confirm: on_init's, with what was collected (NETWORK-SPEC 13).
pub fn confirm_payment(agreed: &Agreed, collected: &Collected, terms: &ConfirmTerms<'_>) -> Value {
    let mut payment = agreed.payment_wire.as_object().cloned().unwrap_or_default();
    let mut default = |key: &str, value: &str| {
        payment.entry(key).or_insert_with(|| json!(value));
    };
    default("@ondc/org/buyer_app_finder_fee_type", &terms.fee.kind);
    default("@ondc/org/buyer_app_finder_fee_amount", &terms.fee.amount);
    default("@ondc/org/settlement_basis", terms.settlement_basis);
    default("@ondc/org/settlement_window", terms.settlement_window);
    default("@ondc/org/withholding_amount", terms.withholding_amount);
    let price = &agreed.quote.price;
    let mut params = json!({"currency": price.currency, "amount": price.value.wire()});
    let (kind, by, status) = match collected {
        Collected::Prepaid { reference } => {
            params["transaction_id"] = json!(reference);
            ("ON-ORDER", "BAP", "PAID")
        }
        Collected::Cash => ("ON-FULFILLMENT", "BPP", "NOT-PAID"),
    };
    payment.insert("params".into(), params);
    payment.insert("type".into(), json!(kind));
    payment.insert("collected_by".into(), json!(by));
    payment.insert("status".into(), json!(status));
    if matches!(collected, Collected::Cash) && terms.own_account.is_object() {
        payment.insert("@ondc/org/settlement_details".into(), json!([terms.own_account]));
    }
    Value::Object(payment)
}

/// `status` and `track`.
pub fn by_order(order_id: &str) -> Value {
    json!({"order_id": order_id})
}

/// Cancel of the order, or of one fulfilment; `force` only for a broken delivery promise.
pub fn cancel(
    order_id: &str,
    reason_id: &str,
    fulfilment_id: Option<&str>,
    force: Option<bool>,
    ttl_response: &str,
) -> Value {
    let mut message = json!({"order_id": order_id, "cancellation_reason_id": reason_id});
    if fulfilment_id.is_some() || force.is_some() {
        let mut descriptor = json!({"name": "fulfillment", "short_desc": fulfilment_id.unwrap_or_default()});
        if let Some(force) = force {
            descriptor["tags"] =
                json!([tag("params", &[("force", if force { "yes" } else { "no" }), ("ttl_response", ttl_response)])]);
        }
        message["descriptor"] = descriptor;
    }
    message
}

/// A return request as it travels.
#[derive(Clone, Debug)]
pub struct ReturnRequest<'a> {
    pub return_id: &'a str,
    pub item_id: &'a str,
    pub count: u32,
    pub reason_id: &'a str,
    pub reason_desc: &'a str,
    /// URLs of pictures.
    pub images: &'a [String],
    pub ttl_approval: &'a str,
    pub ttl_reverseqc: &'a str,
    pub replace: bool,
}

pub fn return_request(order_id: &str, ask: &ReturnRequest<'_>) -> Value {
    let count = ask.count.to_string();
    let images = ask.images.join(",");
    let mut list = vec![
        ("id", ask.return_id),
        ("item_id", ask.item_id),
        ("item_quantity", count.as_str()),
        ("reason_id", ask.reason_id),
        ("reason_desc", ask.reason_desc),
    ];
    if !images.is_empty() {
        list.push(("images", images.as_str()));
    }
    list.extend([("ttl_approval", ask.ttl_approval), ("ttl_reverseqc", ask.ttl_reverseqc)]);
    if ask.replace {
        list.push(("replace", "yes"));
    }
    let fulfilment = json!({"id": ask.return_id, "type": "Return", "tags": [tag("return_request", &list)]});
    json!({"update_target": "item", "order": {"id": order_id, "fulfillments": [fulfilment]}})
}

/// The settlement trail: tells the seller that the shopper has the money back.
pub fn refund_trail(order: &Order, refund: &Refund, settlement_type: &str, reference: &str, at: &str) -> Value {
    let kind = order.fulfilment(&refund.fulfilment_id).map_or("Cancel", |f| f.kind.wire());
    let details = json!({
        "settlement_counterparty": "buyer", "settlement_phase": "refund", "settlement_type": settlement_type,
        "settlement_amount": refund.amount.wire(), "settlement_timestamp": at, "settlement_reference": reference,
    });
    json!({"update_target": "payment", "order": {"id": order.id,
        "fulfillments": [{"id": refund.fulfilment_id, "type": kind}],
        "payment": {"@ondc/org/settlement_details": [details]}}})
}

pub fn support(order_id: &str) -> Value {
    json!({"ref_id": order_id})
}

/// `category` is Order, Fulfillment, Item, Provider or Agent; `id` names the thing; `value` is 1-5.
pub fn rating(category: &str, id: &str, value: u8) -> Value {
    json!({"rating_category": category, "id": id, "value": value.to_string()})
}

fn provider(checkout: &Checkout) -> Value {
    json!({"id": checkout.provider_id, "locations": [{"id": checkout.location_id}]})
}

fn items(checkout: &Checkout) -> Vec<Value> {
    checkout
        .lines
        .iter()
        .map(|l| {
            json!({"id": l.item_id, "fulfillment_id": checkout.fulfilment_of(&l.item_id), "location_id": checkout.location_id,
                "quantity": {"count": l.count}})
        })
        .collect()
}

/// Offered fulfilments that an item uses.
fn used<'a>(
    checkout: &'a Checkout,
    offer: &'a Offer,
) -> impl Iterator<Item = &'a crate::checkout::record::OfferedFulfilment> {
    offer.fulfilments.iter().filter(|f| checkout.lines.iter().any(|l| checkout.fulfilment_of(&l.item_id) == f.id))
}

/// init knows no person yet; confirm names who receives the goods.
fn without_person(end: &Value) -> Value {
    let mut end = end.clone();
    if let Some(map) = end.as_object_mut() {
        map.remove("person");
    }
    end
}

fn fee_fields(fee: &FinderFee) -> Value {
    json!({"@ondc/org/buyer_app_finder_fee_type": fee.kind, "@ondc/org/buyer_app_finder_fee_amount": fee.amount})
}

fn tag(code: &str, list: &[(&str, &str)]) -> Value {
    let list: Vec<Value> = list.iter().map(|(code, value)| json!({"code": code, "value": value})).collect();
    json!({"code": code, "list": list})
}
