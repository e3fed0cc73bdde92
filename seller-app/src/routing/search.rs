//! Branch and bound over the seats: the best division, or the best one found and how far from the best it may be.
//!
//! Work is counted in shelves that were looked at, never by a clock, so the same input always ends at the same place.

use super::bound::{Bound, Part, ascend, bound, step};
use super::instance::Instance;

/// What the search found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Found {
    /// Seats, ascending.
    pub open: Vec<usize>,
    pub value: i64,
    /// No division is cheaper than this.
    pub lower: i64,
    /// Shelves that were looked at.
    pub steps: u64,
}

/// Improvements of the prices at the root, and at each node below it.
const ROOT_ROUNDS: usize = 60;
const NODE_ROUNDS: usize = 12;
/// With more shelves than this, first divisions are made by what goods are worth (`pay`), that many quarters of it: greed
/// alone takes far seats that have much.
const GUIDED_FROM: usize = 20_000;
const GUIDES: [i64; 2] = [5, 8];
/// The seats that may come into one order are kept as bits.
const OPEN_MAX: usize = 60;

struct Search<'a> {
    instance: &'a Instance,
    best: i64,
    open: Vec<usize>,
    steps: u64,
    budget: u64,
    /// The smallest bound of a part that was left because the budget was spent.
    left: i64,
}

/// The best division with at most `parcels_max` parcels; after `budget` shelves the best one so far.
pub(super) fn search(instance: &Instance, budget: u64) -> Found {
    let mut search = Search { instance, best: instance.nothing(), open: Vec::new(), steps: 0, budget, left: i64::MAX };
    let parcels = instance.parcels_max.min(OPEN_MAX).min(instance.seats.len());
    search.singles();
    if parcels > 1 {
        let is_large = instance.whole && instance.offers.len() > GUIDED_FROM;
        if !is_large {
            search.greedy(parcels, &instance.missing);
        }
        let free = search.promising();
        if !free.is_empty() {
            let pay = ascend(instance, &free);
            search.count(2 * free.len());
            for quarters in GUIDES.into_iter().filter(|_| is_large) {
                let guide: Vec<i64> = pay.iter().map(|price| price.saturating_mul(quarters) / 4).collect();
                search.greedy(parcels, &guide);
            }
            search.explore(Part { forced: Vec::new(), free }, pay, ROOT_ROUNDS);
        }
    }
    let lower = search.left.min(search.best);
    Found { open: search.open, value: search.best, lower, steps: search.steps }
}

impl Search<'_> {
    fn count(&mut self, seats: usize) {
        self.steps += (seats * self.instance.goods().max(1)) as u64;
    }

    fn offer(&mut self, open: &[usize]) {
        self.count(open.len());
        if self.instance.evaluate(open) < self.best {
            (self.best, self.open) = self.instance.settled(open);
        }
    }

    fn singles(&mut self) {
        self.count(self.instance.seats.len());
        for seat in 0..self.instance.seats.len() {
            if self.instance.fixed[seat] < self.best {
                let value = self.instance.alone(seat);
                if value < self.best {
                    (self.best, self.open) = (value, vec![seat]);
                }
            }
        }
    }

    /// From nothing, always the seat that helps most, first while a missing good costs as much as `guide` says, then as it
    /// does; at last exchanges one of them as long as that helps.
    fn greedy(&mut self, parcels: usize, guide: &[i64]) {
        let limit = self.steps + self.budget / 4;
        let mut open: Vec<usize> = Vec::new();
        for missing in [guide, &self.instance.missing] {
            let mut value = self.paid(&open, missing);
            while open.len() < parcels && self.steps < limit {
                let Some((better, seat)) = self.best_addition(&open, value, missing) else { break };
                value = better;
                open.push(seat);
            }
        }
        let mut value = self.paid(&open, &self.instance.missing);
        let mut idle = 0;
        while idle < open.len() && self.steps < limit {
            // The oldest leaves first; whoever comes in goes to the end.
            let mut rest = open.clone();
            let out = rest.remove(0);
            match self.best_addition(&rest, value, &self.instance.missing) {
                Some((better, seat)) => {
                    (value, idle) = (better, 0);
                    rest.push(seat);
                }
                None => {
                    idle += 1;
                    rest.push(out);
                }
            }
            open = rest;
        }
        self.offer(&open);
        for at in (0..open.len()).rev() {
            let mut fewer = open.clone();
            fewer.remove(at);
            self.offer(&fewer);
        }
    }

    /// What these seats cost when all of them are paid and a missing good costs this much.
    fn paid(&self, open: &[usize], missing: &[i64]) -> i64 {
        let instance = self.instance;
        if !instance.whole {
            return instance.evaluate(open);
        }
        open.iter().map(|seat| instance.fixed[*seat]).sum::<i64>()
            + instance.cheapest(open, missing).iter().sum::<i64>()
    }

    /// The seat that makes this division cheapest, if cheaper than `value`; all of them are paid.
    fn best_addition(&mut self, open: &[usize], value: i64, missing: &[i64]) -> Option<(i64, usize)> {
        let instance = self.instance;
        self.count(instance.seats.len());
        let paid: i64 = open.iter().map(|seat| instance.fixed[*seat]).sum();
        let cheapest = instance.cheapest(open, missing);
        let mut with: Vec<usize> = open.iter().copied().chain([0]).collect();
        let mut best = None;
        let mut below = value;
        for seat in 0..instance.seats.len() {
            let base = paid + instance.fixed[seat];
            if base >= below || open.contains(&seat) {
                continue;
            }
            let found = if instance.whole {
                let goods = cheapest.iter().zip(instance.row(seat));
                base + goods.map(|(price, offer)| offer.price.min(*price)).sum::<i64>()
            } else {
                with[open.len()] = seat;
                instance.evaluate(&with)
            };
            if found < below {
                below = found;
                best = Some((found, seat));
            }
        }
        best
    }

    /// Seats that can be in a division that is cheaper than the best so far. All single ones were looked at, so the seat
    /// comes with another one, and every good costs at least its smallest price.
    fn promising(&mut self) -> Vec<usize> {
        let instance = self.instance;
        self.count(instance.seats.len());
        let mut cheapest = instance.missing.clone();
        for row in instance.offers.chunks_exact(instance.goods().max(1)) {
            for (price, offer) in cheapest.iter_mut().zip(row) {
                *price = (*price).min(offer.price);
            }
        }
        let goods: i64 = instance.demand.iter().zip(&cheapest).map(|(units, price)| units * price).sum();
        let mut least = (i64::MAX, i64::MAX);
        for &fixed in &instance.fixed {
            least = if fixed < least.0 { (fixed, least.0) } else { (least.0, least.1.min(fixed)) };
        }
        let other = |seat: usize| if instance.fixed[seat] == least.0 { least.1 } else { least.0 };
        let may = |seat: &usize| instance.fixed[*seat].saturating_add(other(*seat)).saturating_add(goods) < self.best;
        (0..instance.seats.len()).filter(may).collect()
    }

    /// Looks at all divisions of a part.
    fn explore(&mut self, mut part: Part, mut pay: Vec<i64>, mut rounds: usize) {
        loop {
            let parcels = self.instance.parcels_max.min(OPEN_MAX) - part.forced.len();
            if parcels == 0 || part.free.is_empty() {
                return self.offer(&part.forced);
            }
            if parcels == 1 {
                return self.last_ones(&part);
            }
            let Some(found) = self.tighten(&mut part, &mut pay, rounds) else { return };
            if part.free.is_empty() || part.forced.len() >= self.instance.parcels_max.min(OPEN_MAX) {
                continue;
            }
            if self.steps >= self.budget {
                self.left = self.left.min(found.value);
                return;
            }
            let Some(place) = branching(&part, &found) else { return self.offer(&part.forced) };
            let seat = part.free.remove(place);
            let mut with = part.clone();
            with.forced.push(seat);
            self.explore(with, pay.clone(), NODE_ROUNDS);
            rounds = NODE_ROUNDS;
        }
    }

    /// With one more parcel every possibility is looked at.
    fn last_ones(&mut self, part: &Part) {
        self.offer(&part.forced);
        let instance = self.instance;
        let paid: i64 = part.forced.iter().map(|seat| instance.fixed[*seat]).sum();
        let cheapest = instance.cheapest(&part.forced, &instance.missing);
        let mut open = part.forced.clone();
        open.push(0);
        self.count(part.free.len());
        for seat in &part.free {
            if instance.whole {
                // Where a forced seat then gives nothing, the division without it is looked at elsewhere.
                let goods = cheapest.iter().zip(instance.row(*seat)).map(|(price, offer)| offer.price.min(*price));
                if paid + instance.fixed[*seat] + goods.sum::<i64>() >= self.best {
                    continue;
                }
            }
            open[part.forced.len()] = *seat;
            self.offer(&open);
        }
    }

    /// Improves the bound and throws out (or in) what the bound decides. `None`: nothing better is in this part.
    fn tighten(&mut self, part: &mut Part, pay: &mut [i64], rounds: usize) -> Option<Bound> {
        let mut kept: Option<(i64, Vec<i64>)> = None;
        let mut share = 1.0;
        let mut idle = 0;
        for _ in 0..rounds {
            let parcels = self.instance.parcels_max.min(OPEN_MAX) - part.forced.len();
            let found = bound(self.instance, part, parcels, pay);
            self.count(part.free.len() + part.forced.len());
            if found.value >= self.best {
                return None;
            }
            self.try_taken(part, &found);
            if found.value >= self.best {
                return None;
            }
            if kept.as_ref().is_none_or(|(value, _)| found.value > *value) {
                kept = Some((found.value, pay.to_vec()));
                idle = 0;
                if self.decide(part, &found, parcels) {
                    if part.forced.len() >= self.instance.parcels_max.min(OPEN_MAX) || part.free.is_empty() {
                        return Some(Bound::default());
                    }
                    continue;
                }
            } else {
                idle += 1;
                if idle % 4 == 0 {
                    share /= 2.0;
                }
            }
            if share < 0.02 || self.steps >= self.budget || !step(self.instance, part, &found, self.best, share, pay) {
                break;
            }
        }
        if let Some((_, best)) = kept {
            pay.copy_from_slice(&best);
        }
        let parcels = self.instance.parcels_max.min(OPEN_MAX) - part.forced.len();
        let found = bound(self.instance, part, parcels, pay);
        (found.value < self.best).then_some(found)
    }

    fn try_taken(&mut self, part: &Part, found: &Bound) {
        let mut open = part.forced.clone();
        open.extend(found.taken.iter().map(|place| part.free[*place]));
        if !open.is_empty() {
            self.offer(&open);
        }
    }

    /// Seats that cannot be in a better division leave, seats that must be in it come in. True when anything moved.
    fn decide(&mut self, part: &mut Part, found: &Bound, parcels: usize) -> bool {
        let is_full = found.taken.len() == parcels;
        let mut is_taken = vec![false; part.free.len()];
        found.taken.iter().for_each(|place| is_taken[*place] = true);
        let mut free = Vec::with_capacity(part.free.len());
        let before = part.free.len();
        for (place, seat) in part.free.iter().enumerate() {
            if is_taken[place] && found.without(place) >= self.best {
                part.forced.push(*seat);
            } else if is_taken[place] || found.with(place, is_full) < self.best {
                free.push(*seat);
            }
        }
        part.free = free;
        part.free.len() != before
    }
}

/// The seat to decide next: the one that is worth most.
fn branching(part: &Part, found: &Bound) -> Option<usize> {
    (0..part.free.len()).min_by_key(|place| (found.rest[*place], *place))
}
