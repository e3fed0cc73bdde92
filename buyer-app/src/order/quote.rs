//! The seller's price, line by line (NETWORK-SPEC 5 and 12): total = sum of the lines, at every step.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::money::Money;

/// Price with its currency, as on the wire.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Price {
    #[serde(default)]
    pub currency: String,
    #[serde(default)]
    pub value: Money,
}

/// `quote` of a callback.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Quote {
    #[serde(default)]
    pub price: Price,
    #[serde(default)]
    pub breakup: Vec<QuoteLine>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ttl: Option<String>,
}

/// One line of `quote.breakup`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct QuoteLine {
    #[serde(rename = "@ondc/org/item_id", default)]
    pub item_id: String,
    #[serde(rename = "@ondc/org/item_quantity", default, skip_serializing_if = "Option::is_none")]
    pub quantity: Option<Quantity>,
    #[serde(default)]
    pub title: String,
    #[serde(rename = "@ondc/org/title_type", default)]
    pub title_type: String,
    #[serde(default)]
    pub price: Price,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub item: Option<Value>,
}

/// A count that peers write as a number or as a string.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Quantity {
    #[serde(default, deserialize_with = "super::report::count")]
    pub count: u32,
}

impl QuoteLine {
    pub fn is_item(&self) -> bool {
        self.title_type == "item"
    }

    pub fn count(&self) -> u32 {
        self.quantity.as_ref().map_or(0, |q| q.count)
    }
}

impl Quote {
    /// Sum of all lines.
    pub fn sum(&self) -> Money {
        self.breakup.iter().map(|line| line.price.value).sum()
    }

    /// `price.value` is what the shopper pays, so it must be the sum of the lines.
    pub fn adds_up(&self) -> bool {
        self.sum() == self.price.value
    }

    /// Ordered count of an item over all its lines.
    pub fn count_of(&self, item_id: &str) -> u32 {
        self.breakup.iter().filter(|l| l.is_item() && l.item_id == item_id).map(QuoteLine::count).sum()
    }

    /// Sum of the lines with this title type, such as `delivery`.
    pub fn sum_of(&self, title_type: &str) -> Money {
        self.breakup.iter().filter(|l| l.title_type == title_type).map(|l| l.price.value).sum()
    }
}

/// One `quote_trail` tag: by how much a cancel or a return changed one line. Negative takes a charge away.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Trail {
    pub kind: String,
    pub id: String,
    pub value: Money,
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    #[test]
    fn counts_read_from_text_and_number() {
        let quote: Quote = serde_json::from_value(json!({"price": {"currency": "INR", "value": "340.00"}, "breakup": [
            {"@ondc/org/item_id": "I1", "@ondc/org/item_quantity": {"count": "2"}, "title": "Atta", "@ondc/org/title_type": "item", "price": {"currency": "INR", "value": "340.00"}},
            {"@ondc/org/item_id": "F1", "title": "Delivery", "@ondc/org/title_type": "delivery", "price": {"currency": "INR", "value": "00.00"}}]}))
        .unwrap();
        assert_eq!(quote.count_of("I1"), 2);
        assert!(quote.adds_up());
        assert_eq!(quote.sum_of("delivery"), Money::ZERO);
    }

    proptest! {
        #[test]
        fn one_changed_line_breaks_the_sum(prices in proptest::collection::vec(-5_000i64..500_000, 1..30), at in 0usize..30, by in 1i64..10_000) {
            let lines: Vec<QuoteLine> = prices.iter().map(|p| QuoteLine { price: Price { currency: "INR".into(), value: Money::from_hundredths(*p) }, ..QuoteLine::default() }).collect();
            let total = Money::from_hundredths(prices.iter().sum());
            let mut quote = Quote { price: Price { currency: "INR".into(), value: total }, breakup: lines, ttl: None };
            prop_assert!(quote.adds_up());
            let at = at % quote.breakup.len();
            quote.breakup[at].price.value += Money::from_hundredths(by);
            prop_assert!(!quote.adds_up());
        }
    }
}
