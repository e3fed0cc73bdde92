//! The problem in numbers: what the search works on.
//!
//! Every level of the objective (pieces missing, then the policy's priorities, then cost) is weighed so that one unit of a
//! level is more than everything below it together. So one whole number is compared instead of a list, and stays exact.

use super::constraint::Constraint;
use super::cost;
use super::policy::Policy;
use super::problem::Problem;

/// A problem that cannot be put into 64 bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the cart is too large for this policy: ask fewer pieces at once, or make weights and priorities smaller")]
pub struct TooLarge;

/// What the search sees. A seat is a partner that no constraint keeps out; goods are the SKUs.
#[derive(Clone, Debug, Default)]
pub(super) struct Instance {
    /// Number of the candidate of each seat, ascending.
    pub seats: Vec<usize>,
    /// Weighed cost of each seat's parcel.
    pub fixed: Vec<i64>,
    /// Units to give of each good; 1 where the whole line comes from one partner.
    pub demand: Vec<i64>,
    /// Weighed cost of each unit that nobody gives.
    pub missing: Vec<i64>,
    /// What a seat can give of a good, seat by seat; where it cannot, `give` is 0 and the price is that of missing.
    pub offers: Vec<Offer>,
    /// Each good comes from one seat or not at all: a unit is all of it.
    pub whole: bool,
    pub parcels_max: usize,
    pub weights: Weights,
}

/// Units at a weighed price each.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Offer {
    pub give: i64,
    pub price: i64,
}

/// How much one unit of each level weighs; money weighs 1.
#[derive(Clone, Debug, Default)]
pub(super) struct Weights {
    pub missing: i64,
    /// In the order of the policy's priorities.
    pub levels: Vec<i64>,
}

/// The instance, and by which constraint each of the other candidates is out.
#[derive(Clone, Debug, Default)]
pub(super) struct Compiled {
    pub instance: Instance,
    pub removed: Vec<(usize, Constraint)>,
    /// Units that a seat's shelf gives under the constraints, seat by seat.
    pub units: Vec<u32>,
}

/// Applies the constraints and weighs the costs.
pub(super) fn compile(problem: &Problem, policy: &Policy, parcels_max: usize) -> Result<Compiled, TooLarge> {
    let (demand, needs) = (problem.demand(), problem.needs());
    let shelves = problem.candidates.len() * demand.len();
    let mut compiled = Compiled { units: Vec::with_capacity(shelves), ..Compiled::default() };
    let mut prices: Vec<i64> = Vec::with_capacity(shelves);
    for (at, candidate) in problem.candidates.iter().enumerate() {
        if let Some(constraint) = policy.bars(candidate) {
            compiled.removed.push((at, constraint));
            continue;
        }
        let before = compiled.units.len();
        let mut why_none: Option<Constraint> = None;
        let mut any = false;
        for ((asked, needs), shelf) in demand.iter().zip(&needs).zip(&candidate.shelves) {
            match policy.gives(candidate, shelf, needs) {
                Ok(units) => {
                    any = true;
                    compiled.units.push(units.min(*asked));
                    prices.push(cost::sum(&cost::piece(policy, shelf)));
                }
                Err(constraint) => {
                    why_none = Some(why_none.map_or(constraint, |known| known.min(constraint)));
                    compiled.units.push(0);
                    prices.push(0);
                }
            }
        }
        if any {
            compiled.units.resize(before + demand.len(), 0);
            prices.resize(before + demand.len(), 0);
            compiled.instance.seats.push(at);
        } else {
            compiled.units.truncate(before);
            prices.truncate(before);
            compiled.removed.push((at, why_none.unwrap_or(Constraint::Stock)));
        }
    }
    weigh(problem, policy, parcels_max, (&demand, &prices), &mut compiled)?;
    Ok(compiled)
}

fn weigh(
    problem: &Problem,
    policy: &Policy,
    parcels_max: usize,
    (demand, prices): (&[u32], &[i64]),
    compiled: &mut Compiled,
) -> Result<(), TooLarge> {
    let seats = &compiled.instance.seats;
    let extra = i64::from(policy.costs.extra_parcel);
    let parcel = |seat: &usize| cost::sum(&cost::parcel(policy, &problem.candidates[*seat])) + extra;
    let money: Vec<i64> = seats.iter().map(parcel).collect();
    let weights = weights(problem, policy, parcels_max, (&money, prices), demand, seats).ok_or(TooLarge)?;
    let fixed = |(seat, money): (&usize, &i64)| {
        let levels = policy.priorities.iter().zip(&weights.levels);
        money
            + levels.map(|(priority, weight)| cost::level(*priority, &problem.candidates[*seat]) * weight).sum::<i64>()
    };
    let fixed = seats.iter().zip(&money).map(fixed).collect();
    let mut offers = Vec::with_capacity(prices.len());
    let rows = compiled.units.chunks_exact(demand.len().max(1)).zip(prices.chunks_exact(demand.len().max(1)));
    for (units, prices) in rows {
        for ((units, price), asked) in units.iter().zip(prices).zip(demand) {
            let (units, asked) = (i64::from(*units), i64::from(*asked));
            offers.push(if policy.split_lines {
                Offer { give: units, price: if units > 0 { *price } else { weights.missing } }
            } else if units > 0 {
                Offer { give: 1, price: price * units + weights.missing * (asked - units) }
            } else {
                Offer { give: 0, price: weights.missing * asked }
            });
        }
    }
    let asked = demand.iter().map(|units| i64::from(*units));
    let instance = &mut compiled.instance;
    instance.demand = if policy.split_lines { asked.clone().collect() } else { vec![1; demand.len()] };
    instance.missing = if policy.split_lines {
        vec![weights.missing; demand.len()]
    } else {
        asked.map(|units| units * weights.missing).collect()
    };
    (instance.fixed, instance.offers, instance.parcels_max, instance.whole) =
        (fixed, offers, parcels_max, !policy.split_lines);
    instance.weights = weights;
    Ok(())
}

/// `None` when the sum of everything would not fit. `costs` are those of parcels and of pieces.
fn weights(
    problem: &Problem,
    policy: &Policy,
    parcels_max: usize,
    costs: (&[i64], &[i64]),
    demand: &[u32],
    seats: &[usize],
) -> Option<Weights> {
    let parcels = i128::try_from(parcels_max).ok()?;
    let pieces: i128 = demand.iter().map(|units| i128::from(*units)).sum();
    let most = |all: &[i64]| i128::from(all.iter().copied().max().unwrap_or(0));
    let mut below = parcels.checked_mul(most(costs.0))?.checked_add(pieces.checked_mul(most(costs.1))?)?;
    let mut levels = Vec::with_capacity(policy.priorities.len());
    for priority in policy.priorities.iter().rev() {
        let weight = below + 1;
        levels.push(i64::try_from(weight).ok()?);
        let worst = seats.iter().map(|seat| cost::level(*priority, &problem.candidates[*seat])).max().unwrap_or(0);
        below = below.checked_add(weight.checked_mul(parcels.checked_mul(worst.into())?)?)?;
    }
    levels.reverse();
    let missing = below + 1;
    let everything = below.checked_add(missing.checked_mul(pieces + 1)?)?;
    let fits = everything < i128::from(i64::MAX / 8);
    fits.then_some(Weights { missing: i64::try_from(missing).ok()?, levels })
}

impl Instance {
    pub fn goods(&self) -> usize {
        self.demand.len()
    }

    pub fn row(&self, seat: usize) -> &[Offer] {
        &self.offers[seat * self.goods()..(seat + 1) * self.goods()]
    }

    /// Weighed cost when nobody gives anything.
    pub fn nothing(&self) -> i64 {
        self.demand.iter().zip(&self.missing).map(|(units, price)| units * price).sum()
    }

    /// Weighed cost of the best division among these seats; a seat that gives nothing is not paid.
    pub fn evaluate(&self, open: &[usize]) -> i64 {
        let mut used = 0_u64;
        let mut total = 0;
        for good in 0..self.goods() {
            total += self.fill(good, open, |place, _| used |= 1 << place);
        }
        let paid = open.iter().enumerate().filter(|(place, _)| used & (1 << place) != 0);
        total + paid.map(|(_, seat)| self.fixed[*seat]).sum::<i64>()
    }

    /// Weighed cost of one seat alone.
    pub fn alone(&self, seat: usize) -> i64 {
        let goods = self.row(seat).iter().zip(&self.demand).zip(&self.missing);
        let cost = |((offer, asked), missing): ((&Offer, &i64), &i64)| {
            offer.give * offer.price + (asked - offer.give) * missing
        };
        self.fixed[seat] + goods.map(cost).sum::<i64>()
    }

    /// The cheapest price of each good among these seats, where goods come whole and a missing one costs this much.
    pub fn cheapest(&self, open: &[usize], missing: &[i64]) -> Vec<i64> {
        let mut cheapest = missing.to_vec();
        for seat in open {
            for (price, offer) in cheapest.iter_mut().zip(self.row(*seat)) {
                *price = (*price).min(offer.price);
            }
        }
        cheapest
    }

    /// The seats of these that give something, ascending, and what that costs. Where prices are equal, the order decides who
    /// gives; so it is settled here once, and nobody stands in a division without giving anything.
    pub fn settled(&self, open: &[usize]) -> (i64, Vec<usize>) {
        let mut seats = open.to_vec();
        seats.sort_unstable();
        loop {
            let mut used = vec![false; seats.len()];
            for good in 0..self.goods() {
                self.fill(good, &seats, |place, _| used[place] = true);
            }
            if used.iter().all(|gives| *gives) {
                return (self.evaluate(&seats), seats);
            }
            let mut gives = used.iter();
            seats.retain(|_| gives.next().is_some_and(|gives| *gives));
        }
    }

    /// Fills one good from the cheapest of the seats, ties by place in `open`. Tells place and units; the weighed cost.
    pub fn fill(&self, good: usize, open: &[usize], mut takes: impl FnMut(usize, i64)) -> i64 {
        let goods = self.goods();
        let mut left = self.demand[good];
        let mut total = 0;
        let mut done = 0_u64;
        while left > 0 {
            let mut best: Option<(i64, usize)> = None;
            for (place, seat) in open.iter().enumerate() {
                let offer = self.offers[seat * goods + good];
                let free = done & (1 << place) == 0 && offer.give > 0;
                if free && best.is_none_or(|(price, _)| offer.price < price) {
                    best = Some((offer.price, place));
                }
            }
            let Some((price, place)) = best else { break };
            done |= 1 << place;
            let units = self.offers[open[place] * goods + good].give.min(left);
            takes(place, units);
            left -= units;
            total += units * price;
        }
        total + left * self.missing[good]
    }
}
