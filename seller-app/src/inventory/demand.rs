//! What a cart asks of the shelf, and what is short.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// So many pieces of a SKU at a partner, to be held, committed, released, shipped or restocked.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct StockMove {
    pub partner_id: String,
    pub sku: String,
    pub count: u32,
}

/// A SKU of which less is there than was asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shortage {
    pub sku: String,
    pub asked: u32,
    pub available: u32,
}

/// Sums the demand of each SKU first: two lines of one SKU compete for the same shelf.
pub fn demand<'a>(lines: impl IntoIterator<Item = (&'a str, u32)>) -> BTreeMap<String, u32> {
    let mut asked: BTreeMap<String, u32> = BTreeMap::new();
    for (sku, count) in lines {
        let sum = asked.entry(sku.to_owned()).or_default();
        *sum = sum.saturating_add(count);
    }
    asked
}

/// Every SKU whose summed demand is more than `available` says, in order of SKU.
pub fn shortages(asked: &BTreeMap<String, u32>, available: impl Fn(&str) -> u32) -> Vec<Shortage> {
    let mut short = Vec::new();
    for (sku, &count) in asked {
        let there = available(sku);
        if there < count {
            short.push(Shortage { sku: sku.clone(), asked: count, available: there });
        }
    }
    short
}
