//! Who wants what, where and when: Zipf over the items, clusters of postal codes, an evening with ten times as many orders.

use super::brand::{Brand, Size};
use super::chance::Chance;

pub const MINUTE_MS: i64 = 60_000;
/// Orders come for so many minutes from the start of the day.
pub const ORDER_MINUTES: i64 = 12 * 60;
/// The festival: from this minute for an hour, each minute brings ten times as many orders.
pub const FESTIVAL_FROM: i64 = 10 * 60;
pub const FESTIVAL_MINUTES: i64 = 60;
pub const FESTIVAL_TIMES: u64 = 10;

/// What one customer wants.
#[derive(Clone, Debug)]
pub struct Wish {
    /// Milliseconds from the start of the day.
    pub after_ms: i64,
    pub cell: usize,
    /// Items and pieces; no item twice.
    pub lines: Vec<(usize, u32)>,
}

/// The wishes of a day.
#[derive(Clone, Debug, Default)]
pub struct Demand {
    pub d2c: Vec<Wish>,
    pub b2b: Vec<Wish>,
}

impl Demand {
    pub fn make(size: Size, brand: &Brand, chance: &Chance) -> Self {
        let minutes = cumulated((0..ORDER_MINUTES).map(|minute| {
            let festival = (FESTIVAL_FROM..FESTIVAL_FROM + FESTIVAL_MINUTES).contains(&minute);
            if festival { FESTIVAL_TIMES } else { 1 }
        }));
        let items = cumulated((1..=brand.skus.len() as u64).map(|rank| 1_000_000 / rank));
        let cells = cumulated((0..brand.cells.len() as u64).map(|n| 1_000 / (n % 12 + 1)));
        let wish = |lines: i64, most: i64| {
            let after_ms = chance.weighted(&minutes) as i64 * MINUTE_MS + chance.between(0, MINUTE_MS - 1);
            let mut wanted = std::collections::BTreeMap::new();
            for _ in 0..chance.between(1, lines) {
                wanted.insert(chance.weighted(&items), u32::try_from(chance.between(1, most)).unwrap_or(1));
            }
            Wish { after_ms, cell: chance.weighted(&cells), lines: wanted.into_iter().collect() }
        };
        Self { d2c: (0..size.d2c).map(|_| wish(4, 3)).collect(), b2b: (0..size.b2b).map(|_| wish(10, 12)).collect() }
    }
}

fn cumulated(weights: impl Iterator<Item = u64>) -> Vec<u64> {
    weights
        .scan(0, |sum, weight| {
            *sum += weight;
            Some(*sum)
        })
        .collect()
}
