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

    /// What one piece of an item costs here; nothing for an item that is not on it.
    pub fn piece_price(&self, item_id: &str, parent_item_id: Option<&str>) -> Money {
        let same = |line: &&QuoteLine| {
            line.kind == LineKind::Item && line.id == item_id && line.parent_item_id.as_deref() == parent_item_id
        };
        self.lines.iter().find(same).and_then(|line| line.unit_price).unwrap_or_default()
    }

    /// Takes `count` pieces of an item off, their share of its tax, and their share of offers on the whole order (by value).
    /// Tells what changed.
    pub fn take_off(&mut self, item_id: &str, parent_item_id: Option<&str>, count: u32) -> Vec<TrailEntry> {
        let same = |line: &QuoteLine| line.id == item_id && line.parent_item_id.as_deref() == parent_item_id;
        let is_item = |line: &QuoteLine| line.kind == LineKind::Item && same(line);
        let Some(item) = self.lines.iter().find(|line| is_item(line)) else {
            return Vec::new();
        };
        let before = item.count.unwrap_or(0);
        let left = before.saturating_sub(count);
        let value_before = self.items_value();
        let mut trail = Vec::new();
        for line in self.lines.iter_mut().filter(|line| same(line)) {
            let price = match line.kind {
                LineKind::Item => line.unit_price.unwrap_or(Money::ZERO).times(left),
                LineKind::Tax | LineKind::Discount => left_of(line.price, i64::from(left), i64::from(before)),
                LineKind::Offer | LineKind::Delivery | LineKind::Packing | LineKind::Misc => line.price,
            };
            if line.kind == LineKind::Item {
                line.count = Some(left);
            }
            line.set_price(price, &mut trail);
        }
        let value_left = self.items_value();
        trail.extend(self.scale(value_left, value_before, |kind| kind == LineKind::Offer));
        trail
    }

    /// Takes off the part of delivery and packing that goes with what was just taken off the items.
    /// `value_before` is what the items were worth then.
    pub fn share_charges(&mut self, value_before: Money) -> Vec<TrailEntry> {
        let value_left = self.items_value();
        self.scale(value_left, value_before, |kind| matches!(kind, LineKind::Delivery | LineKind::Packing))
    }

    /// Leaves of some lines what `left` is of `before`. Nothing changes when there was no value.
    fn scale(&mut self, left: Money, before: Money, wanted: impl Fn(LineKind) -> bool) -> Vec<TrailEntry> {
        let mut trail = Vec::new();
        let (Some(left), Some(before)) = (left.minor(), before.minor()) else { return trail };
        if before <= 0 {
            return trail;
        }
        for line in self.lines.iter_mut().filter(|line| wanted(line.kind)) {
            line.set_price(left_of(line.price, left, before), &mut trail);
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

/// What stays of a price when `left` of `before` parts stay: the two parts add up to it.
fn left_of(price: Money, left: i64, before: i64) -> Money {
    price.apportion(&[left, before.saturating_sub(left)]).first().copied().unwrap_or_default()
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
