//! The checkout record, one per transaction, stored as JSON.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::stage::Stage;
use crate::money::Money;
use crate::order::quote::Quote;

/// One basket with one provider on its way to an order.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Checkout {
    pub transaction_id: String,
    /// Shopper session or API caller.
    pub owner: String,
    pub domain: String,
    pub core_version: String,
    pub city: String,
    pub bpp_id: String,
    pub bpp_uri: String,
    pub provider_id: String,
    pub provider_name: String,
    pub location_id: String,
    pub stage: Stage,
    pub lines: Vec<CheckoutLine>,
    pub place: Place,
    pub cash: bool,
    /// Message id of the newest select; an answer to an older one is out of sequence.
    pub select_id: String,
    pub init_id: String,
    pub offer: Option<Offer>,
    pub agreed: Option<Agreed>,
    /// Set when `confirm` is sent.
    pub order_id: String,
    /// Payment at the payment provider, when one was begun.
    pub payment_id: String,
    /// `context.timestamp` (ms) of the newest message of the transaction, ours or theirs.
    pub last_message_ms: i64,
}

/// An item and how many.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CheckoutLine {
    pub item_id: String,
    pub count: u32,
    pub title: String,
    pub category: String,
    /// Catalogue price of one piece, when the item is in our catalogue.
    pub unit_price: Option<Money>,
    pub returnable: Option<bool>,
    pub cancellable: Option<bool>,
}

/// Where it is to be delivered.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Place {
    /// `lat,lng` with at least four decimals.
    pub gps: String,
    pub area_code: String,
}

/// The seller's answer to `select`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Offer {
    pub quote: Quote,
    pub fulfilments: Vec<OfferedFulfilment>,
    /// Fulfilment that the seller put on each item.
    pub fulfilment_of: Vec<(String, String)>,
    /// Which of them the shopper takes; the first serviceable one unless init says otherwise.
    pub chosen: String,
    pub error: Option<OfferError>,
}

/// A way to get the goods, with the promise.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OfferedFulfilment {
    pub id: String,
    pub kind: String,
    pub category: String,
    pub tat: Option<String>,
    pub tracking: bool,
    pub serviceable: bool,
}

/// Business error in on_select.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OfferError {
    pub code: String,
    pub message: String,
    /// Items that are short: item id and the code for it.
    pub items: Vec<(String, String)>,
}

/// What on_init agreed, echoed in confirm.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Agreed {
    pub billing: Value,
    /// `end` of the fulfilment: location, contact, person.
    pub delivery: Value,
    pub quote: Quote,
    /// `order.quote` exactly as received.
    pub quote_wire: Value,
    /// `order.payment` exactly as received.
    pub payment_wire: Value,
    /// `order.tags`, of which bpp_terms are echoed.
    pub tags_wire: Value,
    /// `order.offers`, echoed when present.
    pub offers_wire: Value,
}

impl Checkout {
    /// The total to pay: agreed, else offered.
    pub fn total(&self) -> Option<Money> {
        let agreed = self.agreed.as_ref().filter(|_| matches!(self.stage, Stage::Ready | Stage::Ordered));
        agreed.map(|a| a.quote.price.value).or_else(|| self.offer.as_ref().map(|o| o.quote.price.value))
    }

    pub fn count_of(&self, item_id: &str) -> u32 {
        self.lines.iter().filter(|l| l.item_id == item_id).map(|l| l.count).sum()
    }

    /// The fulfilment of an item after the choice.
    pub fn fulfilment_of(&self, item_id: &str) -> String {
        let Some(offer) = &self.offer else { return String::new() };
        let assigned = offer.fulfilment_of.iter().find(|(item, _)| item == item_id).map(|(_, id)| id.clone());
        if offer.chosen.is_empty() { assigned.unwrap_or_default() } else { offer.chosen.clone() }
    }
}
