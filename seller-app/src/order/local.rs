//! Commands of a cart that no buyer app stands behind: test orders, orders of the B2B intake. The core decides about them as
//! about any other.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::{Command, Confirm, Init, InitFulfilment, LineRef, Order, PaymentMethod, Quoted};

/// Who gets the goods and who gets the bill, in the network's shape.
#[derive(Clone, Debug, PartialEq)]
pub struct LocalBuyer {
    pub billing: Value,
    /// `end` of the delivery: location, contact, person.
    pub end: Value,
}

/// The second command, from what `select` answered.
pub fn init(draft: &Order, buyer: &LocalBuyer) -> Command {
    Command::Init(Init {
        provider_id: draft.partner_id.clone(),
        location_id: draft.location_id.clone(),
        items: lines(draft),
        billing: buyer.billing.clone(),
        fulfilments: vec![delivery(draft, buyer)],
        offers: Vec::new(),
        payment_type: Some(PaymentMethod::Prepaid.kind().to_owned()),
        finder_fee: None,
    })
}

/// The third: it is an order then.
pub fn confirm(draft: &Order, buyer: &LocalBuyer, order_id: &str, now: Timestamp) -> Command {
    let quote = &draft.quote;
    let total = quote.total();
    let fee = &draft.payment.finder_fee;
    Command::Confirm(Confirm {
        order_id: order_id.to_owned(),
        provider_id: draft.partner_id.clone(),
        location_id: draft.location_id.clone(),
        items: lines(draft),
        billing: draft.billing.clone(),
        fulfilments: vec![delivery(draft, buyer)],
        quote: Quoted {
            total,
            lines: quote.lines.iter().map(|line| (line.kind, line.id.clone(), line.price)).collect(),
        },
        payment: json!({
            "type": PaymentMethod::Prepaid.kind(),
            "collected_by": PaymentMethod::Prepaid.collected_by(),
            "status": "PAID",
            "params": { "currency": quote.currency, "amount": total.wire() },
            "@ondc/org/buyer_app_finder_fee_type": fee.kind,
            "@ondc/org/buyer_app_finder_fee_amount": fee.amount,
        }),
        tags: Vec::new(),
        created_at: now,
    })
}

fn lines(draft: &Order) -> Vec<LineRef> {
    let line = |line: &super::OrderLine| LineRef {
        id: line.item_id.clone(),
        parent_item_id: line.parent_item_id.clone(),
        count: line.count,
    };
    draft.lines.iter().map(line).collect()
}

fn delivery(draft: &Order, buyer: &LocalBuyer) -> InitFulfilment {
    InitFulfilment {
        id: draft.delivery().map(|delivery| delivery.id.clone()).unwrap_or_default(),
        kind: draft.delivery().map_or("Delivery", |delivery| delivery.kind()).to_owned(),
        end: buyer.end.clone(),
        destination: draft.destination.clone(),
        tat: draft.delivery().and_then(|delivery| delivery.tat.clone()),
        vehicle: None,
    }
}
