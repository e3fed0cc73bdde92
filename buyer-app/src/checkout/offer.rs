//! Judges on_select: may it be accepted, and is what was asked for to be had? (NETWORK-SPEC 5 and 12)

use serde::Deserialize;
use serde_json::Value;

use super::record::{Checkout, Offer, OfferError, OfferedFulfilment};
use super::stage::{Move, Stage};
use crate::order::decide::Refusal;
use crate::order::report::{Report, ReportFulfilment};

/// The checkout with the offer in it, or the refusal for the NACK.
pub fn offered(
    checkout: &Checkout,
    message_id: &str,
    report: &Report,
    error: Option<&Value>,
) -> Result<Checkout, Refusal> {
    if checkout.select_id != message_id || checkout.stage != Stage::Selecting {
        return Err(Refusal::new("20008", "context.message_id", "no select of this transaction waits for this answer"));
    }
    same_seller(checkout, report)?;
    let quote = match (&report.quote, error) {
        (Some(quote), _) => quote.clone(),
        (None, Some(_)) => crate::order::quote::Quote::default(),
        (None, None) => {
            return Err(Refusal::new("22507", "message.order.quote", "on_select has neither a quote nor an error"));
        }
    };
    if !quote.adds_up() {
        let message = format!("the lines sum to {}, the total says {}", quote.sum(), quote.price.value);
        return Err(Refusal::new("22507", "message.order.quote.price.value", message));
    }
    known_lines(checkout, &quote)?;
    let fulfilments: Vec<OfferedFulfilment> = report.fulfillments.iter().map(offered_fulfilment).collect();
    let fulfilment_of: Vec<(String, String)> =
        report.items.iter().map(|item| (item.id.clone(), assigned(item))).collect();
    let chosen = choose(&fulfilments, &fulfilment_of);
    let error = error.map(offer_error);
    let good = error.is_none() && !chosen.is_empty();
    let mut next = checkout.clone();
    let step = if good { Move::OfferGood } else { Move::OfferBad };
    next.stage = next.stage.after(step).unwrap_or(next.stage);
    next.offer = Some(Offer { quote, fulfilments, fulfilment_of, chosen, error });
    next.agreed = None;
    Ok(next)
}

fn same_seller(checkout: &Checkout, report: &Report) -> Result<(), Refusal> {
    match &report.provider.id {
        Some(id) if *id != checkout.provider_id => {
            Err(Refusal::new("20003", "message.order.provider.id", format!("`{}` was selected", checkout.provider_id)))
        }
        Some(_) | None => Ok(()),
    }
}

/// Every item line was selected, and not for more pieces than selected.
fn known_lines(checkout: &Checkout, quote: &crate::order::quote::Quote) -> Result<(), Refusal> {
    for line in quote.breakup.iter().filter(|line| line.is_item()) {
        let selected = checkout.count_of(&line.item_id);
        // A free item of an offer is a line of price zero that nobody selected.
        if selected == 0 && !line.price.value.is_zero() {
            let message = format!("`{}` was not selected", line.item_id);
            return Err(Refusal::new("20005", "message.order.quote.breakup[*].@ondc/org/item_id", message));
        }
        if selected > 0 && quote.count_of(&line.item_id) > selected {
            let message = format!(
                "{selected} of `{}` were selected, the quote has {}",
                line.item_id,
                quote.count_of(&line.item_id)
            );
            return Err(Refusal::new("21002", "message.order.quote.breakup[*].@ondc/org/item_quantity.count", message));
        }
    }
    Ok(())
}

fn assigned(item: &crate::order::report::ReportItem) -> String {
    item.fulfillment_id.clone().or_else(|| item.fulfillment_ids.first().cloned()).unwrap_or_default()
}

fn offered_fulfilment(f: &ReportFulfilment) -> OfferedFulfilment {
    // Both spellings of "not" are in use; only an explicit code makes it unserviceable.
    let serviceable = f.state_code().is_none_or(|code| !code.eq_ignore_ascii_case("non-serviceable"));
    OfferedFulfilment {
        id: f.id.clone(),
        kind: f.kind().wire().to_owned(),
        category: f.category.clone().unwrap_or_default(),
        tat: f.tat.clone(),
        tracking: f.tracking.unwrap_or(false),
        serviceable,
    }
}

/// The seller's own assignment when it is serviceable, else the first serviceable one.
fn choose(fulfilments: &[OfferedFulfilment], assigned: &[(String, String)]) -> String {
    let serviceable = |id: &str| fulfilments.iter().any(|f| f.id == id && f.serviceable);
    let default = assigned.first().map(|(_, id)| id.clone()).filter(|id| serviceable(id));
    default.or_else(|| fulfilments.iter().find(|f| f.serviceable).map(|f| f.id.clone())).unwrap_or_default()
}

/// Reads the error; its message may be a JSON array, one JSON object, or plain words.
pub fn offer_error(error: &Value) -> OfferError {
    #[derive(Deserialize)]
    struct Short {
        #[serde(default)]
        item_id: String,
        #[serde(default)]
        error: String,
    }
    let text = |field: &str| error.get(field).and_then(Value::as_str).unwrap_or_default().to_owned();
    let message = text("message");
    let shorts: Vec<Short> = serde_json::from_str(&message)
        .or_else(|_| serde_json::from_str::<Short>(&message).map(|one| vec![one]))
        .unwrap_or_default();
    let items = shorts.into_iter().filter(|s| !s.item_id.is_empty()).map(|s| (s.item_id, s.error)).collect();
    OfferError { code: text("code"), message, items }
}
