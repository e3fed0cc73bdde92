//! What is compared at `confirm`: quote, promise, terms, payment. Each difference has its own code.

use jiff::Timestamp;
use serde_json::Value;

use super::{Payment, Reader};
use crate::catalogue::Seller;
use crate::money::Money;
use crate::order::refusal::code;
use crate::order::{FinderFee, InitFulfilment, LineKind, Order, PaymentMethod, Quote, Quoted, Refusal};

/// An order cannot be made in the future: `updated_at` would lie before `created_at`.
pub(super) fn same_clock(created_at: Timestamp, now: Timestamp, skew_ms_max: i64) -> Result<(), Refusal> {
    if created_at.as_millisecond() <= now.as_millisecond().saturating_add(skew_ms_max) {
        return Ok(());
    }
    Err(Refusal::new(code::VALIDATION, "created_at lies in the future: set your clock")
        .at("$.message.order.created_at"))
}

/// The total and each line that costs something. Lines of nothing may come or go.
pub(super) fn same_quote(ours: &Quote, theirs: &Quoted) -> Result<(), Refusal> {
    let changed = |what: String| Refusal::new(code::QUOTE_CHANGED, what).at("$.message.order.quote");
    if ours.total() != theirs.total {
        return Err(changed(format!("the quote was {}, not {}", ours.total(), theirs.total)));
    }
    let mut own: Vec<(LineKind, &str, Money)> =
        ours.lines.iter().map(|line| (line.kind, line.id.as_str(), line.price)).collect();
    let mut said: Vec<(LineKind, &str, Money)> =
        theirs.lines.iter().map(|(kind, id, price)| (*kind, id.as_str(), *price)).collect();
    for lines in [&mut own, &mut said] {
        lines.retain(|(_, _, price)| !price.is_zero());
        lines.sort();
    }
    if own == said { Ok(()) } else { Err(changed("a line of the quote was changed".to_owned())) }
}

pub(super) fn same_promise(order: &Order, fulfilments: &[InitFulfilment]) -> Result<(), Refusal> {
    for (at, asked) in fulfilments.iter().enumerate() {
        let promised = order.fulfilment(&asked.id).and_then(|fulfilment| fulfilment.tat.as_ref());
        let (Some(promised), Some(said)) = (promised, asked.tat.as_ref()) else { continue };
        if promised != said {
            return Err(Refusal::new(code::TAT_DIFFERS, format!("the promise was {promised}, not {said}"))
                .at(format!("$.message.order.fulfillments[{at}]['@ondc/org/TAT']")));
        }
    }
    Ok(())
}

/// Our terms must come back unchanged; theirs must accept ours, and be somebody else's.
pub(super) fn terms(seller: &Seller, tags: &[Value]) -> Result<(), Refusal> {
    let message = serde_json::json!({ "tags": tags });
    let reader = Reader::root(&message);
    let refused = |code: &str, why: &str| Err(Refusal::new(code, why).at("$.message.order.tags"));
    let ours = &seller.terms;
    let echoed = [
        ("np_type", ours.np_type.as_str()),
        ("tax_number", ours.tax_number.as_str()),
        ("provider_tax_number", ours.provider_tax_number.as_str()),
    ];
    for (name, own) in echoed {
        if reader.tag("bpp_terms", name).is_some_and(|said| said != own) {
            return refused(code::TERMS_NOT_ACCEPTED, "bpp_terms were changed: repeat them as on_init has them");
        }
    }
    if reader.tag("bap_terms", "accept_bpp_terms").as_deref() == Some("N") {
        return refused(code::TERMS_NOT_ACCEPTED, "the buyer app does not accept our terms");
    }
    if reader.tag("bap_terms", "tax_number").is_some_and(|theirs| theirs == ours.tax_number) {
        return refused(code::BUYER_TERMS, "the buyer app's tax number is ours");
    }
    Ok(())
}

pub(super) fn payment(order: &Order, payment: &Value) -> Result<(), Refusal> {
    let reader = Reader::root(payment);
    let own = &order.payment;
    let refused = |code: &str, name: &str, why: String| {
        Err(Refusal::new(code, why).at(format!("$.message.order.payment.{name}")))
    };
    let kind = reader.optional_text("type").unwrap_or_default();
    if kind != own.method.kind() {
        return refused(code::PAYMENT_TYPE, "type", format!("payment type must be {}", own.method.kind()));
    }
    let collector = reader.optional_text("collected_by").unwrap_or_default();
    if collector != own.method.collected_by() {
        return refused(code::PAYMENT_TYPE, "collected_by", format!("{} must collect", own.method.collected_by()));
    }
    let status = reader.optional_text("status").unwrap_or_default();
    if status != due(own) {
        return refused(code::VALIDATION, "status", format!("payment status must be {}", due(own)));
    }
    let amount = reader.optional("params").map(|params| params.money("amount")).transpose();
    match amount {
        Ok(Some(amount)) if amount == order.quote.total() => {}
        Ok(_) | Err(_) => {
            return refused(code::QUOTE_CHANGED, "params.amount", format!("must be {}", order.quote.total()));
        }
    }
    finder_fee(own, &reader)
}

fn due(payment: &Payment) -> &'static str {
    match payment.method {
        PaymentMethod::Prepaid => "PAID",
        PaymentMethod::CashOnDelivery => "NOT-PAID",
    }
}

fn finder_fee(own: &Payment, reader: &Reader<'_>) -> Result<(), Refusal> {
    let text = |name: &str| reader.optional_text(name).unwrap_or_default();
    let said = FinderFee {
        kind: text("@ondc/org/buyer_app_finder_fee_type"),
        amount: text("@ondc/org/buyer_app_finder_fee_amount"),
    };
    if own.finder_fee.same(&said) {
        return Ok(());
    }
    Err(Refusal::new(code::FINDER_FEE, "the finder fee differs from the one in on_init").at("$.message.order.payment"))
}
