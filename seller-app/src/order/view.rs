//! What `decide` may see besides the command. The shell loads it, nothing more is looked up.

use std::collections::BTreeSet;

use super::{FinderFee, Order};
use crate::catalogue::{Item, Partner, Seller};

#[derive(Clone, Debug)]
pub struct OrderView<'a> {
    /// The draft or order of the transaction; `None` for the first `select` and for unknown orders.
    pub order: Option<&'a Order>,
    /// The partner that the command or the order names; `None` when there is no such partner.
    pub partner: Option<&'a Partner>,
    /// The items that the command or the order names, at that partner. Unknown ones are left out.
    pub shelf: Vec<ShelfItem<'a>>,
    pub seller: &'a Seller,
    /// Proposed by this buyer app in its last `search`, when that is known.
    pub finder_fee: Option<FinderFee>,
}

/// An item at the partner, and how many pieces this transaction may take: its own live hold counts as available.
#[derive(Clone, Debug)]
pub struct ShelfItem<'a> {
    pub item: &'a Item,
    pub available: u32,
}

impl<'a> OrderView<'a> {
    pub fn item(&self, sku: &str) -> Option<&'a Item> {
        self.shelf.iter().find(|on_shelf| on_shelf.item.sku == sku).map(|on_shelf| on_shelf.item)
    }

    /// The categories of these items, each once; unknown items are left out.
    pub fn categories<'s>(&self, skus: impl IntoIterator<Item = &'s str>) -> BTreeSet<&'a str> {
        skus.into_iter().filter_map(|sku| self.item(sku)).map(|item| item.category.as_str()).collect()
    }

    /// Zero for an item that is not on the shelf.
    pub fn available(&self, sku: &str) -> u32 {
        self.shelf.iter().find(|on_shelf| on_shelf.item.sku == sku).map_or(0, |on_shelf| on_shelf.available)
    }
}
