//! What the simulation knows and the node does not: what is really on the shelves, what was wished and what arrived.

use std::collections::BTreeMap;

/// A place of an item: (partner, item).
pub type Shelf = (usize, usize);

/// Numbers of all shelves.
#[derive(Debug, Default)]
pub struct Shelves {
    /// What the node was told, less what left the house.
    pub told: BTreeMap<Shelf, i64>,
    /// What is really there.
    pub truth: BTreeMap<Shelf, i64>,
    /// Pieces of confirmed orders that did not leave yet.
    pub promised: BTreeMap<Shelf, i64>,
    /// Pieces that were confirmed though another order already had them.
    pub oversold: i64,
}

impl Shelves {
    /// A confirmed order. More confirmed than there is by the node's own number: the same piece was sold twice.
    pub fn confirm(&mut self, shelf: Shelf, count: u32) {
        let promised = self.promised.entry(shelf).or_default();
        let told = self.told.get(&shelf).copied().unwrap_or(0);
        let before = (*promised - told).max(0);
        *promised += i64::from(count);
        self.oversold += (*promised - told).max(0) - before;
    }

    pub fn cancel(&mut self, shelf: Shelf, count: u32) {
        *self.promised.entry(shelf).or_default() -= i64::from(count);
    }

    /// Takes what is there, at most so many.
    pub fn take(&mut self, shelf: Shelf, count: u32) -> u32 {
        let there = self.truth.entry(shelf).or_default();
        let taken = i64::from(count).min(*there).max(0);
        *there -= taken;
        u32::try_from(taken).unwrap_or(0)
    }

    pub fn leave(&mut self, shelf: Shelf, count: u32) {
        self.cancel(shelf, count);
        *self.told.entry(shelf).or_default() -= i64::from(count);
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Channel {
    Household,
    Business,
}

/// A customer's wish and what became of it.
#[derive(Clone, Debug)]
pub struct Story {
    pub channel: Channel,
    pub wanted: u32,
    pub delivered: u32,
    /// Orders into which it was divided.
    pub parcels: u32,
    pub late: bool,
    pub abandoned: bool,
    /// Placed again after a partner failed.
    pub again: bool,
    /// Something of it was cancelled.
    pub broken: bool,
}

impl Story {
    pub fn new(channel: Channel, wanted: u32) -> Self {
        Self { channel, wanted, delivered: 0, parcels: 0, late: false, abandoned: false, again: false, broken: false }
    }

    /// In full, on time, at the first try.
    pub fn perfect(&self) -> bool {
        self.delivered == self.wanted && !self.late && !self.broken
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_piece_that_is_confirmed_twice_counts_as_oversold_once() {
        let mut shelves = Shelves { told: BTreeMap::from([((0, 0), 2)]), ..Shelves::default() };
        shelves.confirm((0, 0), 2);
        assert_eq!(shelves.oversold, 0);
        shelves.confirm((0, 0), 1);
        assert_eq!(shelves.oversold, 1);
        shelves.cancel((0, 0), 1);
        shelves.leave((0, 0), 2);
        assert_eq!((shelves.told[&(0, 0)], shelves.promised[&(0, 0)]), (0, 0));
    }
}
