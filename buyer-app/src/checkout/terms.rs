//! Judges on_init: the price must be the offered one and the finder fee ours (NETWORK-SPEC 6 and 12).

use serde_json::Value;

use super::record::{Agreed, Checkout};
use super::stage::{Move, Stage};
use crate::money::Money;
use crate::order::decide::Refusal;
use crate::order::report::Report;

/// The finder fee we proposed in search; it never changes after.
#[derive(Clone, Debug, PartialEq)]
pub struct FinderFee {
    /// `percent` or `amount`.
    pub kind: String,
    pub amount: String,
}

/// The checkout, ready to be paid, or the refusal for the NACK.
pub fn agreed(
    checkout: &Checkout,
    message_id: &str,
    payload: &Value,
    report: &Report,
    fee: &FinderFee,
) -> Result<Checkout, Refusal> {
    if checkout.init_id != message_id || checkout.stage != Stage::Initialising {
        return Err(Refusal::new("20008", "context.message_id", "no init of this transaction waits for this answer"));
    }
    let (Some(quote), Some(offer), Some(asked)) = (&report.quote, &checkout.offer, &checkout.agreed) else {
        return Err(Refusal::new("22507", "message.order.quote", "on_init has no quote"));
    };
    if !quote.adds_up() {
        let message = format!("the lines sum to {}, the total says {}", quote.sum(), quote.price.value);
        return Err(Refusal::new("22507", "message.order.quote.price.value", message));
    }
    if quote.price.value != offer.quote.price.value {
        let message = format!("on_select said {}, on_init says {}", offer.quote.price.value, quote.price.value);
        return Err(Refusal::new("21003", "message.order.quote.price.value", message));
    }
    same_fee(payload, fee)?;
    let order =
        |field: &str| payload.pointer("/message/order").and_then(|o| o.get(field)).cloned().unwrap_or(Value::Null);
    let mut next = checkout.clone();
    next.stage = next.stage.after(Move::Terms).unwrap_or(next.stage);
    next.agreed = Some(Agreed {
        billing: asked.billing.clone(),
        delivery: asked.delivery.clone(),
        quote: quote.clone(),
        quote_wire: order("quote"),
        payment_wire: order("payment"),
        tags_wire: order("tags"),
        offers_wire: order("offers"),
    });
    Ok(next)
}

/// `3` and `3.0` are the same fee.
fn same_fee(payload: &Value, fee: &FinderFee) -> Result<(), Refusal> {
    let payment = payload.pointer("/message/order/payment");
    let field = |name: &str| payment.and_then(|p| p.get(name)).and_then(Value::as_str);
    let path = "message.order.payment.@ondc/org/buyer_app_finder_fee_amount";
    if let Some(kind) = field("@ondc/org/buyer_app_finder_fee_type")
        && !kind.eq_ignore_ascii_case(&fee.kind)
    {
        return Err(Refusal::new("27501", path, format!("the finder fee is a {}, on_init says {kind}", fee.kind)));
    }
    if let Some(amount) = field("@ondc/org/buyer_app_finder_fee_amount") {
        let (told, ours) = (Money::parse(amount), Money::parse(&fee.amount));
        if !matches!((&told, &ours), (Ok(told), Ok(ours)) if told == ours) {
            return Err(Refusal::new(
                "27501",
                path,
                format!("the finder fee is {}, on_init says {amount}", fee.amount),
            ));
        }
    }
    Ok(())
}
