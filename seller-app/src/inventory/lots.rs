//! Lots with a last day: which are sold first, and which have too little life left for a channel.

use serde::{Deserialize, Serialize};

/// Milliseconds of a day.
pub const DAY_MS: i64 = 86_400_000;

/// A named lot on a shelf. Whatever has no date stands in the unnamed lot, which never runs out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lot {
    pub name: String,
    /// The first moment at which it may not be sold any more, Unix milliseconds.
    pub expires_ms: i64,
    pub on_hand: i64,
    /// Sold and still there.
    pub committed: i64,
}

impl Lot {
    /// Units that are not sold; never below zero.
    pub fn free(&self) -> i64 {
        (self.on_hand - self.committed).max(0)
    }

    /// Whether so many days of life are left.
    pub fn lasts(&self, now_ms: i64, min_life_days: u32) -> bool {
        self.expires_ms.saturating_sub(now_ms) > i64::from(min_life_days) * DAY_MS
    }
}

/// Units promised to nobody that have too little life left.
pub fn too_short(lots: &[Lot], now_ms: i64, min_life_days: u32) -> i64 {
    lots.iter().filter(|lot| !lot.lasts(now_ms, min_life_days)).map(Lot::free).sum()
}

/// So many units of a lot; an empty name is the unnamed lot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    pub lot: String,
    pub units: i64,
}

/// First expired, first out: units that are sold come from the lot that runs out soonest of those that last long enough, and
/// from the unnamed lot last. `None` when there are not enough.
pub fn pick(lots: &[Lot], unnamed: i64, units: i64, now_ms: i64, min_life_days: u32) -> Option<Vec<Part>> {
    let usable = lots.iter().filter(|lot| lot.lasts(now_ms, min_life_days));
    take(usable, unnamed, units, Lot::free)
}

/// Units that are gone without having been sold (a count, breakage, a rejection): first what has no date, because nobody knows which
/// they were, then what runs out soonest. `None` when there are not enough.
pub fn write_off(lots: &[Lot], unnamed: i64, units: i64) -> Option<Vec<Part>> {
    let first = units.min(unnamed.max(0));
    let mut parts = if first > 0 { vec![Part { lot: String::new(), units: first }] } else { Vec::new() };
    parts.extend(take(lots.iter(), 0, units - first, |lot| lot.on_hand)?);
    Some(parts)
}

fn take<'a>(
    lots: impl Iterator<Item = &'a Lot>,
    unnamed: i64,
    units: i64,
    there: impl Fn(&Lot) -> i64,
) -> Option<Vec<Part>> {
    let mut order: Vec<&Lot> = lots.collect();
    order.sort_by(|a, b| (a.expires_ms, &a.name).cmp(&(b.expires_ms, &b.name)));
    let (mut wanted, mut parts) = (units, Vec::new());
    for lot in order {
        let units = wanted.min(there(lot));
        if units > 0 {
            parts.push(Part { lot: lot.name.clone(), units });
            wanted -= units;
        }
    }
    let rest = wanted.min(unnamed.max(0));
    if rest > 0 {
        parts.push(Part { lot: String::new(), units: rest });
        wanted -= rest;
    }
    (wanted <= 0).then_some(parts)
}
