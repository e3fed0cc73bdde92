//! The quote: lines that add up. The total is never stored, so it cannot differ from the lines.

use serde::{Deserialize, Serialize};

use crate::catalogue::Period;
use crate::fulfilment::TrailEntry;
use crate::money::Money;

/// Wire `@ondc/org/title_type`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LineKind {
    Item,
    Tax,
    Discount,
    Offer,
    Delivery,
    Packing,
    Misc,
}

impl LineKind {
    pub fn as_str(self) -> &'static str {
        match self {
            LineKind::Item => "item",
            LineKind::Tax => "tax",
            LineKind::Discount => "discount",
            LineKind::Offer => "offer",
            LineKind::Delivery => "delivery",
            LineKind::Packing => "packing",
            LineKind::Misc => "misc",
        }
    }

    pub fn parse(text: &str) -> Option<LineKind> {
        Some(match text {
            "item" => LineKind::Item,
            "tax" => LineKind::Tax,
            "discount" => LineKind::Discount,
            "offer" => LineKind::Offer,
            "delivery" => LineKind::Delivery,
            "packing" => LineKind::Packing,
            "misc" => LineKind::Misc,
            _ => return None,
        })
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuoteLine {
    pub kind: LineKind,
    /// Item id for items and their tax; fulfilment id for delivery and packing.
    pub id: String,
    pub parent_item_id: Option<String>,
    pub title: String,
    /// Pieces; items only.
    pub count: Option<u32>,
    /// Price of one piece; items only.
    pub unit_price: Option<Money>,
    pub price: Money,
    /// `on_select` only: whether everything asked is there, and the most one order may have (`99` no limit).
    pub in_stock: bool,
    pub maximum: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quote {
    pub currency: String,
    pub lines: Vec<QuoteLine>,
    pub ttl: Period,
}

impl Quote {
    /// Σ of the lines, always.
    pub fn total(&self) -> Money {
        self.lines.iter().map(|line| line.price).sum()
    }

    /// Value of the items alone, which a minimum order value is measured against.
    pub fn items_value(&self) -> Money {
        self.lines.iter().filter(|line| line.kind == LineKind::Item).map(|line| line.price).sum()
    }

    /// Takes `count` pieces of an item off, and their share of its tax. Tells what changed.
    pub fn take_off(&mut self, item_id: &str, parent_item_id: Option<&str>, count: u32) -> Vec<TrailEntry> {
        let same = |line: &QuoteLine| line.id == item_id && line.parent_item_id.as_deref() == parent_item_id;
        let is_item = |line: &QuoteLine| line.kind == LineKind::Item && same(line);
        let Some(item) = self.lines.iter().find(|line| is_item(line)) else {
            return Vec::new();
        };
        let before = item.count.unwrap_or(0);
        let left = before.saturating_sub(count);
        let mut trail = Vec::new();
        for line in self.lines.iter_mut().filter(|line| same(line)) {
            let price = match line.kind {
                LineKind::Item => line.unit_price.unwrap_or(Money::ZERO).times(left),
                LineKind::Tax | LineKind::Discount => line.price.share(left, before),
                LineKind::Offer | LineKind::Delivery | LineKind::Packing | LineKind::Misc => line.price,
            };
            if line.kind == LineKind::Item {
                line.count = Some(left);
            }
            line.set_price(price, &mut trail);
        }
        trail
    }

    /// Takes delivery, packing and other charges off, when the whole order is cancelled free of charge.
    pub fn waive_charges(&mut self) -> Vec<TrailEntry> {
        let mut trail = Vec::new();
        for line in &mut self.lines {
            match line.kind {
                LineKind::Offer | LineKind::Delivery | LineKind::Packing | LineKind::Misc => {
                    line.set_price(Money::ZERO, &mut trail);
                }
                LineKind::Item | LineKind::Tax | LineKind::Discount => {}
            }
        }
        trail
    }
}

impl QuoteLine {
    /// Only a line whose value changed goes on the trail.
    fn set_price(&mut self, price: Money, trail: &mut Vec<TrailEntry>) {
        let value = price - self.price;
        self.price = price;
        if !value.is_zero() {
            trail.push(TrailEntry { kind: self.kind, id: self.id.clone(), value });
        }
    }
}
