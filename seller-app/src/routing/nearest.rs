//! What a simple router would do: the nearest partner gives what it can, then the next, until the cart or the parcels are
//! used up. The measure that the exact choice is compared with.

use super::instance::{TooLarge, compile};
use super::plan::Plan;
use super::policy::Policy;
use super::problem::Problem;
use super::solve::plan_of;

/// Nearest first, with the same constraints and the same costs.
///
/// # Errors
/// As [`super::solve`].
pub fn nearest_first(problem: &Problem, policy: &Policy) -> Result<Plan, TooLarge> {
    let compiled = compile(problem, policy, policy.max_parcels)?;
    let instance = &compiled.instance;
    let mut near: Vec<usize> = (0..instance.seats.len()).collect();
    near.sort_by_key(|seat| (problem.candidates[instance.seats[*seat]].distance_m, *seat));
    let (goods, demand) = (instance.goods(), problem.demand());
    let mut wanted = instance.demand.clone();
    let mut open = Vec::new();
    for seat in near {
        if open.len() == policy.max_parcels || wanted.iter().all(|units| *units == 0) {
            break;
        }
        let whole = |good: usize, give: i64| {
            let part = !policy.split_lines && compiled.units[seat * goods + good] < demand[good];
            if part { 0 } else { give }
        };
        let given: Vec<i64> = instance
            .row(seat)
            .iter()
            .enumerate()
            .map(|(good, offer)| whole(good, offer.give).min(wanted[good]))
            .collect();
        if given.iter().any(|units| *units > 0) {
            open.push(seat);
            wanted.iter_mut().zip(&given).for_each(|(left, units)| *left -= units);
        }
    }
    if open.is_empty() && !instance.seats.is_empty() {
        // Nobody has a line whole: the one that misses least.
        open.extend((0..instance.seats.len()).min_by_key(|seat| instance.evaluate(&[*seat])));
    }
    open.sort_unstable();
    Ok(plan_of(problem, policy, &compiled, &open))
}
