//! Why a decision is what it is: what the next best would be, what kept others out, what would change it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::constraint::Constraint;
use super::cost::{Term, Terms};
use super::instance::{TooLarge, compile};
use super::nearest::nearest_first;
use super::plan::{Objective, Outcome, Plan};
use super::policy::Policy;
use super::problem::Problem;
use super::solve::solve;
use crate::catalogue::PartnerId;

/// Work for each question of an explanation.
const BUDGET: u64 = 200_000;
const ALTERNATIVES_MAX: usize = 3;
/// Partners that are named with their constraint; the others are only counted.
const NAMED_MAX: usize = 40;
/// Partners that are asked whether more stock would make them win.
const STOCK_ASKED_MAX: usize = 5;

/// The explanation of a decision, as it is stored beside it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Explanation {
    /// Best first.
    pub alternatives: Vec<Alternative>,
    /// How many partners each constraint keeps out.
    pub removed: BTreeMap<Constraint, u32>,
    /// The first constraint that keeps a partner out, nearest partners first.
    pub removed_partners: Vec<(PartnerId, Constraint)>,
    pub flips: Vec<Flip>,
    /// What the nearest partners would cost.
    pub nearest_first: Objective,
}

/// Another division.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Alternative {
    pub partners: Vec<PartnerId>,
    pub objective: Objective,
    pub costs: Terms,
}

/// What would make another division win.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "what")]
pub enum Flip {
    /// Without this constraint these partners would send it.
    Without { constraint: Constraint, partners: Vec<PartnerId> },
    /// If these partners were cheaper together by more than this.
    Cheaper { partners: Vec<PartnerId>, by: i64 },
    /// If this term counted so many thousandths of what it does.
    Weight { term: Term, permille: i64, partners: Vec<PartnerId> },
    /// If this partner had so many pieces more of this item.
    MoreStock { partner_id: PartnerId, sku: String, units: u32 },
}

/// Explains a decision of [`solve`].
///
/// # Errors
/// As [`solve`].
pub fn explain(problem: &Problem, policy: &Policy, outcome: &Outcome) -> Result<Explanation, TooLarge> {
    let compiled = compile(problem, policy, policy.max_parcels)?;
    let mut removed: BTreeMap<Constraint, u32> = BTreeMap::new();
    for (_, constraint) in &compiled.removed {
        *removed.entry(*constraint).or_default() += 1;
    }
    let mut nearest = compiled.removed.clone();
    nearest.sort_by_key(|(at, _)| (problem.candidates[*at].distance_m, *at));
    let named = nearest.iter().take(NAMED_MAX);
    let removed_partners = named.map(|(at, why)| (problem.candidates[*at].partner_id.clone(), *why)).collect();
    let alternatives = alternatives(problem, policy, &outcome.plan)?;
    let mut flips = Vec::new();
    for constraint in removed.keys().filter(|constraint| **constraint != Constraint::Stock) {
        let other = solve(problem, &policy.without(*constraint), BUDGET)?.plan;
        if other.partners() != outcome.plan.partners() {
            flips.push(Flip::Without { constraint: *constraint, partners: owned(&other) });
        }
    }
    if let Some(next) = alternatives.first() {
        flips.extend(cheaper(policy, &outcome.plan, next));
    }
    flips.extend(more_stock(problem, policy, &outcome.plan)?);
    let nearest_first = nearest_first(problem, policy)?.objective;
    Ok(Explanation { alternatives, removed, removed_partners, flips, nearest_first })
}

fn owned(plan: &Plan) -> Vec<PartnerId> {
    plan.partners().into_iter().map(str::to_owned).collect()
}

/// The best divisions that do without one of the chosen partners.
fn alternatives(problem: &Problem, policy: &Policy, chosen: &Plan) -> Result<Vec<Alternative>, TooLarge> {
    let mut found: Vec<Alternative> = Vec::new();
    let mut out: Vec<Vec<String>> = chosen.partners().into_iter().map(|id| vec![id.to_owned()]).collect();
    while let Some(without) = out.pop() {
        let mut other = problem.clone();
        other.candidates.retain(|candidate| !without.contains(&candidate.partner_id));
        let plan = solve(&other, policy, BUDGET)?.plan;
        if plan.parcels.is_empty() {
            continue;
        }
        let partners = owned(&plan);
        // One partner chosen: the second best without the best, the third without both.
        if chosen.parcels.len() == 1 && without.len() < ALTERNATIVES_MAX {
            out.push(without.iter().chain(&partners).cloned().collect());
        }
        if found.iter().all(|known| known.partners != partners) {
            found.push(Alternative { partners, costs: plan.costs(), objective: plan.objective });
        }
    }
    found.sort_by(|a, b| (&a.objective, &a.partners).cmp(&(&b.objective, &b.partners)));
    found.truncate(ALTERNATIVES_MAX);
    Ok(found)
}

/// The smallest change of a cost that makes the next best win. Where missing pieces or priorities decide, none does.
fn cheaper(policy: &Policy, chosen: &Plan, next: &Alternative) -> Vec<Flip> {
    let (ours, theirs) = (&chosen.objective, &next.objective);
    if (ours.missing, &ours.levels) != (theirs.missing, &theirs.levels) {
        return Vec::new();
    }
    let gap = theirs.cost - ours.cost;
    let mut flips = vec![Flip::Cheaper { partners: next.partners.clone(), by: gap }];
    let costs = chosen.costs();
    let of = |terms: &Terms, term: Term| terms.get(&term).copied().unwrap_or(0);
    // A term in which they are better must count more, one in which we are better less.
    let terms: Vec<Term> = costs.keys().chain(next.costs.keys()).copied().collect();
    let weight = |term: Term| {
        let worse = of(&next.costs, term) - of(&costs, term);
        if worse == 0 || !counts(policy, term) {
            return None;
        }
        let permille = if worse < 0 { 1000 + (gap * 1000) / -worse + 1 } else { 1000 - (gap * 1000) / worse - 1 };
        (permille >= 0).then_some((permille, term))
    };
    let smallest = terms.into_iter().filter_map(weight).min_by_key(|(permille, term)| ((permille - 1000).abs(), *term));
    flips.extend(smallest.map(|(permille, term)| Flip::Weight { term, permille, partners: next.partners.clone() }));
    flips
}

/// Whether a weight can be changed for a term at all.
fn counts(policy: &Policy, term: Term) -> bool {
    match term {
        Term::ExtraParcel => policy.max_parcels > 1,
        Term::Distance
        | Term::Handling
        | Term::DeliveryFee
        | Term::Rejection
        | Term::OverShare
        | Term::StaleStock
        | Term::ScarceStock => true,
    }
}

/// Near partners that would win if one of their shelves were full.
fn more_stock(problem: &Problem, policy: &Policy, chosen: &Plan) -> Result<Vec<Flip>, TooLarge> {
    let demand = problem.demand();
    let mut near: Vec<usize> = (0..problem.candidates.len())
        .filter(|at| {
            let candidate = &problem.candidates[*at];
            policy.bars(candidate).is_none() && !chosen.partners().contains(&candidate.partner_id.as_str())
        })
        .collect();
    near.sort_by_key(|at| (problem.candidates[*at].distance_m, *at));
    let mut flips = Vec::new();
    for at in near.into_iter().take(STOCK_ASKED_MAX) {
        for (good, asked) in demand.iter().enumerate() {
            let has = problem.candidates[at].shelves.get(good).map_or(0, |shelf| shelf.available);
            if has >= *asked {
                continue;
            }
            let mut other = problem.clone();
            let shelves = &mut other.candidates[at].shelves;
            shelves.resize(demand.len(), super::problem::Shelf::default());
            shelves[good].available = *asked;
            let plan = solve(&other, policy, BUDGET)?.plan;
            let id = problem.candidates[at].partner_id.as_str();
            if plan.partners().contains(&id) {
                let sku = problem.skus[good].clone();
                flips.push(Flip::MoreStock { partner_id: id.to_owned(), sku, units: asked - has });
            }
        }
    }
    Ok(flips)
}
