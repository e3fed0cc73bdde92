//! The decision: the best division of a cart over partners under a policy, with a certificate.

use super::cost::{self, Term, Terms};
use super::instance::{Compiled, TooLarge, compile};
use super::plan::{Certificate, LineShort, Objective, Outcome, Parcel, Plan, Take};
use super::policy::Policy;
use super::problem::Problem;
use super::search::search;

/// Work for one decision on the path of a request: shelves that are looked at. Some milliseconds.
pub const BUDGET: u64 = 2_000_000;
/// Work for a decision that nobody waits for: enough to prove a cart of 50 lines over 1000 partners. A tenth of a second.
pub const PATIENT_BUDGET: u64 = 64_000_000;

/// Decides. The same problem, policy and budget give the same answer, byte for byte.
///
/// # Errors
/// When amounts could leave 64 bits: too many pieces for too large weights.
pub fn solve(problem: &Problem, policy: &Policy, budget: u64) -> Result<Outcome, TooLarge> {
    let compiled = compile(problem, policy, policy.max_parcels)?;
    let found = search(&compiled.instance, budget);
    let plan = plan_of(problem, policy, &compiled, &found.open);
    let proved = found.lower >= found.value;
    let lower = if proved { plan.objective.clone() } else { decode(policy, &compiled, found.lower) };
    let gap_permille = plan.objective.gap_permille(&lower);
    Ok(Outcome { plan, certificate: Certificate { proved, lower, gap_permille, steps: found.steps } })
}

/// Decides again what was decided once, with all the time that it had.
///
/// # Errors
/// As [`solve`].
pub fn replay(problem: &Problem, policy: &Policy) -> Result<Outcome, TooLarge> {
    solve(problem, policy, PATIENT_BUDGET)
}

/// A weighed number in the levels that it was made from.
fn decode(policy: &Policy, compiled: &Compiled, value: i64) -> Objective {
    let weights = &compiled.instance.weights;
    let missing = value / weights.missing.max(1);
    let mut rest = value % weights.missing.max(1);
    let mut levels = Vec::with_capacity(weights.levels.len());
    for weight in &weights.levels {
        levels.push(rest / weight);
        rest %= weight;
    }
    Objective { missing, levels, cost: (rest - i64::from(policy.costs.extra_parcel)).max(0) }
}

/// The best division among these seats, in words.
pub(super) fn plan_of(problem: &Problem, policy: &Policy, compiled: &Compiled, open: &[usize]) -> Plan {
    let instance = &compiled.instance;
    let goods = instance.goods();
    // Units by place in `open` and good.
    let mut taken = vec![0_u32; open.len() * goods];
    for good in 0..goods {
        instance.fill(good, open, |place, units| {
            let units = u32::try_from(units).unwrap_or(u32::MAX);
            let shelf = compiled.units[open[place] * goods + good];
            taken[place * goods + good] = if policy.split_lines { units } else { shelf };
        });
    }
    let mut plan = Plan::default();
    for (place, seat) in open.iter().enumerate() {
        let row = &taken[place * goods..(place + 1) * goods];
        if row.iter().any(|units| *units > 0) {
            let candidate = instance.seats[*seat];
            let costs = costs(problem, policy, candidate, row, !plan.parcels.is_empty());
            let partner_id = problem.candidates[candidate].partner_id.clone();
            plan.parcels.push(Parcel { partner_id, takes: Vec::new(), costs });
        } else {
            continue;
        }
    }
    divide(problem, &mut plan, &taken, open, compiled);
    plan.objective = objective(problem, policy, &plan);
    plan
}

fn costs(problem: &Problem, policy: &Policy, candidate: usize, row: &[u32], is_extra: bool) -> Terms {
    let candidate = &problem.candidates[candidate];
    let mut terms = Terms::new();
    let mut add = |term: Term, minor: i64| {
        if minor > 0 {
            *terms.entry(term).or_default() += minor;
        }
    };
    for (term, minor) in cost::parcel(policy, candidate) {
        add(term, minor);
    }
    if is_extra {
        add(Term::ExtraParcel, policy.costs.extra_parcel.into());
    }
    for (good, units) in row.iter().enumerate().filter(|(_, units)| **units > 0) {
        if let Some(shelf) = candidate.shelves.get(good) {
            for (term, minor) in cost::piece(policy, shelf) {
                add(term, minor * i64::from(*units));
            }
        }
    }
    terms
}

/// Gives the units of each SKU to its lines, in the order of lines and of partners.
fn divide(problem: &Problem, plan: &mut Plan, taken: &[u32], open: &[usize], compiled: &Compiled) {
    let goods = problem.skus.len();
    let mut left = taken.to_vec();
    let ids: Vec<&str> =
        open.iter().map(|seat| problem.candidates[compiled.instance.seats[*seat]].partner_id.as_str()).collect();
    for line in &problem.lines {
        let Ok(good) = problem.skus.binary_search(&line.sku) else { continue };
        let mut wanted = line.count;
        for (place, id) in ids.iter().enumerate() {
            let count = left[place * goods + good].min(wanted);
            if count == 0 {
                continue;
            }
            left[place * goods + good] -= count;
            wanted -= count;
            if let Some(parcel) = plan.parcels.iter_mut().find(|parcel| parcel.partner_id == *id) {
                parcel.takes.push(Take { line: line.id.clone(), sku: line.sku.clone(), count });
            }
        }
        if wanted > 0 {
            let given = line.count - wanted;
            plan.short.push(LineShort { line: line.id.clone(), sku: line.sku.clone(), asked: line.count, given });
        }
    }
}

fn objective(problem: &Problem, policy: &Policy, plan: &Plan) -> Objective {
    let missing = plan.short.iter().map(|short| i64::from(short.asked - short.given)).sum();
    let senders: Vec<_> = plan.parcels.iter().filter_map(|parcel| problem.candidate(&parcel.partner_id)).collect();
    let level = |priority| senders.iter().map(|candidate| cost::level(priority, candidate)).sum();
    let levels = policy.priorities.iter().map(|priority| level(*priority)).collect();
    Objective { missing, levels, cost: plan.costs().values().sum() }
}

/// What a plan costs under another policy than the one that made it, in minor units.
pub fn worth(problem: &Problem, policy: &Policy, plan: &Plan) -> i64 {
    let mut total = 0;
    for (at, parcel) in plan.parcels.iter().enumerate() {
        let Ok(candidate) = problem.candidates.binary_search_by(|one| one.partner_id.cmp(&parcel.partner_id)) else {
            continue;
        };
        let mut row = vec![0; problem.skus.len()];
        for take in &parcel.takes {
            if let Ok(good) = problem.skus.binary_search(&take.sku) {
                row[good] += take.count;
            }
        }
        total += costs(problem, policy, candidate, &row, at > 0).values().sum::<i64>();
    }
    total
}
