//! The lower bound: what a division must cost at least (Lagrangian relaxation).
//!
//! Each unit of a good gets a price that somebody would pay for it (`pay`). A seat is then worth what it earns above its
//! parcel; at the best, the seats that are worth most are taken, at most so many. Whatever the prices, no division is
//! cheaper than the sum of all payments minus that worth. Prices are whole numbers, so the bound is exact.

use super::instance::Instance;

/// A part of the search: seats that are in, seats that may still come in.
#[derive(Clone, Debug)]
pub(super) struct Part {
    pub forced: Vec<usize>,
    pub free: Vec<usize>,
}

/// The bound at some prices.
#[derive(Clone, Debug, Default)]
pub(super) struct Bound {
    pub value: i64,
    /// What each free seat costs above what it earns, in the order of `free`.
    pub rest: Vec<i64>,
    /// Places in `free` of the seats that the relaxation takes.
    pub taken: Vec<usize>,
    /// The smallest `rest` that was taken last, and the one that would come next: for exchanging.
    last: i64,
    next: i64,
}

impl Bound {
    /// The bound when this free seat must come in.
    pub fn with(&self, place: usize, is_full: bool) -> i64 {
        if self.taken.contains(&place) {
            return self.value;
        }
        let leaves = if is_full { self.last } else { 0 };
        self.value + self.rest[place] - leaves.min(0)
    }

    /// The bound when this taken seat must stay out.
    pub fn without(&self, place: usize) -> i64 {
        self.value - self.rest[place] + self.next.min(0)
    }
}

/// The bound of a part at these prices. `parcels` = how many free seats may come in.
pub(super) fn bound(instance: &Instance, part: &Part, parcels: usize, pay: &[i64]) -> Bound {
    let mut value: i64 = instance.demand.iter().zip(pay).map(|(units, price)| units * price).sum();
    value += part.forced.iter().map(|seat| rest(instance, *seat, pay)).sum::<i64>();
    let rest: Vec<i64> = part.free.iter().map(|seat| rest(instance, *seat, pay)).collect();
    let mut taken: Vec<usize> = Vec::with_capacity(parcels + 1);
    let mut next = 0;
    for (place, worth) in rest.iter().enumerate() {
        if *worth >= 0 {
            continue;
        }
        let at = taken.partition_point(|known| rest[*known] <= *worth);
        taken.insert(at, place);
        if taken.len() > parcels {
            next = next.min(taken.pop().map_or(0, |out| rest[out]));
        }
    }
    value += taken.iter().map(|place| rest[*place]).sum::<i64>();
    let last = if taken.len() == parcels { taken.last().map_or(0, |place| rest[*place]) } else { 0 };
    Bound { value, rest, taken, last, next }
}

fn rest(instance: &Instance, seat: usize, pay: &[i64]) -> i64 {
    let earned = |(offer, pay): (&super::instance::Offer, &i64)| offer.give * (pay - offer.price).max(0);
    instance.fixed[seat] - instance.row(seat).iter().zip(pay).map(earned).sum::<i64>()
}

/// First prices: each is raised until a seat would pay for itself (dual ascent).
pub(super) fn ascend(instance: &Instance, free: &[usize]) -> Vec<i64> {
    let goods = instance.goods();
    let mut sorted: Vec<Vec<(i64, i64, usize)>> = vec![Vec::new(); goods];
    for (place, seat) in free.iter().enumerate() {
        for (good, offer) in instance.row(*seat).iter().enumerate() {
            if offer.give > 0 {
                sorted[good].push((offer.price, offer.give, place));
            }
        }
    }
    for offers in &mut sorted {
        offers.sort_unstable();
    }
    let first = |good: usize| sorted[good].first().map_or(instance.missing[good], |offer| offer.0);
    let mut pay: Vec<i64> = (0..goods).map(|good| first(good).min(instance.missing[good])).collect();
    let mut slack: Vec<i64> = free.iter().map(|seat| instance.fixed[*seat]).collect();
    let mut reached: Vec<usize> = vec![0; goods];
    let mut is_moving = true;
    while is_moving {
        is_moving = false;
        for good in 0..goods {
            let offers = &sorted[good];
            while reached[good] < offers.len() && offers[reached[good]].0 <= pay[good] {
                reached[good] += 1;
            }
            let top = offers.get(reached[good]).map_or(instance.missing[good], |offer| offer.0);
            let mut step = top.min(instance.missing[good]) - pay[good];
            for (_, give, place) in &offers[..reached[good]] {
                step = step.min(slack[*place] / give);
            }
            if step > 0 {
                is_moving = true;
                pay[good] += step;
                for (_, give, place) in &offers[..reached[good]] {
                    slack[*place] -= give * step;
                }
            }
        }
    }
    pay
}

/// Moves the prices towards a better bound (subgradient): up where too little is given, down where too much.
pub(super) fn step(instance: &Instance, part: &Part, found: &Bound, best: i64, share: f64, pay: &mut [i64]) -> bool {
    let mut lack: Vec<i64> = instance.demand.clone();
    let taken = found.taken.iter().map(|place| part.free[*place]);
    for seat in part.forced.iter().copied().chain(taken) {
        for (good, offer) in instance.row(seat).iter().enumerate() {
            if offer.give > 0 && pay[good] > offer.price {
                lack[good] -= offer.give;
            }
        }
    }
    // Where a price cannot move there is nothing to gain.
    let stuck =
        |good: usize, lack: i64| (lack > 0 && pay[good] >= instance.missing[good]) || (lack < 0 && pay[good] <= 0);
    for (good, units) in lack.iter_mut().enumerate() {
        if stuck(good, *units) {
            *units = 0;
        }
    }
    let square: f64 = lack.iter().map(|units| (*units as f64) * (*units as f64)).sum();
    if square == 0.0 {
        return false;
    }
    let length = share * (best - found.value).max(1) as f64 / square;
    for (good, units) in lack.iter().enumerate() {
        let moved = (length * *units as f64).round() as i64;
        let moved = if moved == 0 { units.signum() } else { moved };
        pay[good] = (pay[good].saturating_add(moved)).clamp(0, instance.missing[good]);
    }
    true
}
