//! `quote` of a message.

use serde_json::{Value, json};

use crate::money::Money;
use crate::order::{LineKind, Quote, QuoteLine};

/// Whether the lines tell what is on the shelf: only `on_select` does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shelf {
    Shown,
    Hidden,
}

pub fn quote(quote: &Quote, shelf: Shelf) -> Value {
    let breakup: Vec<Value> = quote.lines.iter().map(|line| breakup(line, &quote.currency, shelf)).collect();
    json!({ "price": price(quote.total(), &quote.currency), "breakup": breakup, "ttl": quote.ttl })
}

/// Charges alone, as lines of a breakup.
pub fn lines<'a>(charges: &'a [QuoteLine], currency: &'a str) -> impl Iterator<Item = Value> + 'a {
    charges.iter().map(move |line| breakup(line, currency, Shelf::Hidden))
}

pub fn price(value: Money, currency: &str) -> Value {
    json!({ "currency": currency, "value": value })
}

fn breakup(line: &QuoteLine, currency: &str, shelf: Shelf) -> Value {
    let mut wire = json!({
        "@ondc/org/item_id": line.id,
        "@ondc/org/title_type": line.kind.as_str(),
        "title": line.title,
        "price": price(line.price, currency),
    });
    if line.kind == LineKind::Item {
        wire["@ondc/org/item_quantity"] = json!({ "count": line.count.unwrap_or(0) });
        wire["item"] = item(line, currency, shelf);
    }
    wire
}

fn item(line: &QuoteLine, currency: &str, shelf: Shelf) -> Value {
    let mut item = json!({ "price": price(line.unit_price.unwrap_or(Money::ZERO), currency) });
    if let Some(parent) = &line.parent_item_id {
        item["parent_item_id"] = json!(parent);
    }
    if shelf == Shelf::Shown {
        let available = if line.in_stock { "99" } else { "0" };
        item["quantity"] = json!({ "available": { "count": available }, "maximum": { "count": line.maximum } });
    }
    item
}
