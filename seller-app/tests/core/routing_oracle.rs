//! The exact search against looking at everything. The oracle here shares no code with it: constraints, costs and the
//! objective are written again, from the words of the policy.

use seller_app::routing::solve::BUDGET;
use seller_app::routing::{Candidate, Outcome, Plan, Policy, Priority, Problem, Shelf, nearest_first, solve};

use crate::routing_random::{Dice, Size, policy, problem};

/// Missing pieces, priorities, cost.
type Worth = (i64, Vec<i64>, i64);

fn is_barred(policy: &Policy, partner: &Candidate) -> bool {
    let rules = &policy.constraints;
    (rules.active && !partner.active)
        || (rules.serves_place && !partner.serves_place)
        || (rules.territory && !partner.in_territory)
        || (rules.consent && !partner.consents)
        || (rules.capacity && partner.capacity_left == Some(0))
        || (rules.cut_off && partner.cut_off_in_min.unwrap_or(0) < 0)
        || partner.score_permille < rules.min_score_permille
        || (rules.max_tier > 0 && partner.tier > rules.max_tier)
}

fn units(problem: &Problem, policy: &Policy, partner: &Candidate, sku: &str) -> u32 {
    let rules = &policy.constraints;
    let lines = problem.lines.iter().filter(|line| line.sku == sku);
    if is_barred(policy, partner)
        || (rules.capability && lines.flat_map(|line| &line.needs).any(|need| !partner.capabilities.contains(need)))
    {
        return 0;
    }
    let shelf = shelf(problem, partner, sku);
    let too_short = shelf.life_days.is_some_and(|days| days < rules.min_life_days);
    let quota = shelf.quota_left.filter(|_| rules.quota).unwrap_or(u32::MAX);
    if too_short { 0 } else { shelf.available.min(quota) }
}

fn shelf<'a>(problem: &Problem, partner: &'a Candidate, sku: &str) -> &'a Shelf {
    &partner.shelves[problem.skus.iter().position(|known| known == sku).unwrap()]
}

/// A problem in numbers, by partner and SKU.
struct Numbers {
    parcels_max: usize,
    split: bool,
    extra: i64,
    asked: Vec<i64>,
    limits: Vec<Vec<i64>>,
    pieces: Vec<Vec<i64>>,
    parcels: Vec<i64>,
    levels: Vec<Vec<i64>>,
    levels_count: usize,
}

fn numbers(problem: &Problem, policy: &Policy) -> Numbers {
    let costs = &policy.costs;
    let all = &problem.candidates;
    let parcel = |partner: &Candidate| {
        i64::from(partner.distance_m) * i64::from(costs.per_km) / 1000
            + i64::from(partner.handling_minor) * i64::from(costs.handling_permille) / 1000
            + i64::from(partner.delivery_fee_minor) * i64::from(costs.delivery_fee_permille) / 1000
            + i64::from(partner.rejection_permille) * i64::from(costs.rejection) / 1000
            + i64::from(partner.over_share_percent) * i64::from(costs.over_share_percent)
    };
    let piece = |shelf: &Shelf| {
        let scarce = if shelf.available < costs.scarce_below { costs.scarce_unit } else { 0 };
        i64::from(shelf.age_h.saturating_sub(costs.fresh_hours)) * i64::from(costs.stale_unit_hour) + i64::from(scarce)
    };
    let level = |partner: &Candidate, priority: &Priority| match priority {
        Priority::Parcels => 1,
        Priority::Tier => i64::from(partner.tier),
        Priority::Distance => i64::from(partner.distance_m),
    };
    let of_each = |partner: &Candidate| policy.priorities.iter().map(|one| level(partner, one)).collect();
    let limits = |partner: &Candidate| -> Vec<i64> {
        problem.skus.iter().map(|sku| units(problem, policy, partner, sku).into()).collect()
    };
    let lines =
        |sku: &String| problem.lines.iter().filter(|line| line.sku == *sku).map(|line| i64::from(line.count)).sum();
    Numbers {
        parcels_max: policy.max_parcels,
        split: policy.split_lines,
        extra: costs.extra_parcel.into(),
        asked: problem.skus.iter().map(lines).collect(),
        limits: all.iter().map(limits).collect(),
        pieces: all.iter().map(|partner| partner.shelves.iter().map(piece).collect()).collect(),
        parcels: all.iter().map(parcel).collect(),
        levels: all.iter().map(of_each).collect(),
        levels_count: policy.priorities.len(),
    }
}

/// A division that is being made: pieces that are sent, what they cost, and who sends (as bits).
#[derive(Clone, Copy)]
struct Sent {
    pieces: i64,
    cost: i64,
    senders: u32,
}

/// What a division is worth.
fn worth(numbers: &Numbers, sent: Sent) -> Worth {
    let senders = (0..numbers.parcels.len()).filter(|partner| sent.senders & (1 << partner) != 0);
    let mut levels = vec![0; numbers.levels_count];
    let mut cost = sent.cost + numbers.extra * (i64::from(sent.senders.count_ones()) - 1).max(0);
    for partner in senders {
        cost += numbers.parcels[partner];
        levels.iter_mut().zip(&numbers.levels[partner]).for_each(|(sum, level)| *sum += level);
    }
    (numbers.asked.iter().sum::<i64>() - sent.pieces, levels, cost)
}

/// Every division there is, one after the other; the best one's worth.
fn oracle(problem: &Problem, policy: &Policy) -> Worth {
    let mut best = None;
    try_all(&numbers(problem, policy), (0, 0), 0, Sent { pieces: 0, cost: 0, senders: 0 }, &mut best);
    best.unwrap()
}

/// Tries all numbers of units for the SKU and partner at `at`, and all that comes after. `given`: of this SKU so far.
fn try_all(numbers: &Numbers, at: (usize, usize), given: i64, sent: Sent, best: &mut Option<Worth>) {
    let (good, partner) = at;
    if sent.senders.count_ones() as usize > numbers.parcels_max {
        return;
    }
    if good == numbers.asked.len() {
        let found = worth(numbers, sent);
        if best.as_ref().is_none_or(|known| found < *known) {
            *best = Some(found);
        }
        return;
    }
    if partner == numbers.limits.len() {
        return try_all(numbers, (good + 1, 0), 0, sent, best);
    }
    try_all(numbers, (good, partner + 1), given, sent, best);
    let most = numbers.limits[partner][good].min(numbers.asked[good] - given);
    // A line that comes from one partner comes from it as far as it can.
    let least = if numbers.split {
        1
    } else if given == 0 {
        most.max(1)
    } else {
        most + 1
    };
    for count in least..=most {
        let cost = sent.cost + count * numbers.pieces[partner][good];
        let more = Sent { pieces: sent.pieces + count, cost, senders: sent.senders | (1 << partner) };
        try_all(numbers, (good, partner + 1), given + count, more, best);
    }
}

/// The plan keeps every promise, and is worth what it says.
fn lawful(problem: &Problem, policy: &Policy, plan: &Plan) {
    assert!(plan.parcels.len() <= policy.max_parcels, "at most so many parcels");
    let mut sends = vec![vec![0_i64; problem.skus.len()]; problem.candidates.len()];
    for parcel in &plan.parcels {
        let at = problem.candidates.iter().position(|one| one.partner_id == parcel.partner_id).unwrap();
        assert!(!parcel.takes.is_empty(), "no needless parcel");
        for take in &parcel.takes {
            sends[at][problem.skus.iter().position(|sku| *sku == take.sku).unwrap()] += i64::from(take.count);
        }
    }
    for (partner, row) in problem.candidates.iter().zip(&sends) {
        for (sku, given) in problem.skus.iter().zip(row) {
            assert!(*given <= units(problem, policy, partner, sku).into(), "{} of {sku}", partner.partner_id);
        }
    }
    for line in &problem.lines {
        let takes = plan.parcels.iter().flat_map(|parcel| &parcel.takes).filter(|take| take.line == line.id);
        let given: u32 = takes.map(|take| take.count).sum();
        let short = plan.short.iter().find(|short| short.line == line.id);
        assert_eq!(given + short.map_or(0, |short| short.asked - short.given), line.count, "no piece is lost or made");
        assert_eq!(short.is_some(), given < line.count, "a short line is named");
    }
    let numbers = numbers(problem, policy);
    let mut sent = Sent { pieces: 0, cost: 0, senders: 0 };
    for (partner, row) in sends.iter().enumerate() {
        for (units, price) in row.iter().zip(&numbers.pieces[partner]).filter(|(units, _)| **units > 0) {
            (sent.pieces, sent.cost) = (sent.pieces + units, sent.cost + units * price);
            sent.senders |= 1 << partner;
        }
    }
    assert_eq!(said(plan), worth(&numbers, sent), "what it says it costs");
}

fn said(plan: &Plan) -> Worth {
    (plan.objective.missing, plan.objective.levels.clone(), plan.objective.cost)
}

fn decided(problem: &Problem, policy: &Policy) -> Outcome {
    solve(problem, policy, BUDGET).unwrap()
}

#[test]
fn the_search_equals_looking_at_everything_in_100_000_cases() {
    let sizes = [
        Size { partners: 4, lines: 2, pieces: 2 },
        Size { partners: 4, lines: 4, pieces: 1 },
        Size { partners: 3, lines: 3, pieces: 2 },
    ];
    let half = |first: u64| {
        let mut parcels = [0_u32; 5];
        for seed in (first..100_000).step_by(2) {
            let mut dice = Dice::new(seed + 1);
            let problem = problem(&mut dice, sizes[seed as usize % sizes.len()]);
            let policy = policy(&mut dice);
            let outcome = decided(&problem, &policy);
            assert!(outcome.certificate.proved && outcome.certificate.gap_permille == Some(0), "seed {seed}");
            lawful(&problem, &policy, &outcome.plan);
            assert_eq!(said(&outcome.plan), oracle(&problem, &policy), "seed {seed}: {problem:#?}\n{policy:#?}");
            parcels[outcome.plan.parcels.len()] += 1;
        }
        parcels
    };
    let (one, other) = std::thread::scope(|scope| {
        let other = scope.spawn(|| half(1));
        (half(0), other.join().unwrap())
    });
    let parcels: Vec<u32> = one.iter().zip(other).map(|(one, other)| one + other).collect();
    println!("answers with 0 to 4 parcels: {parcels:?}");
    assert!(parcels[..3].iter().all(|cases| *cases > 1_000) && parcels[3] > 300 && parcels[4] > 0, "{parcels:?}");
}

#[test]
fn larger_cases_are_proved_and_never_worse_than_nearest_first() {
    let size = Size { partners: 30, lines: 12, pieces: 4 };
    let mut cheaper = 0;
    for seed in 0..400 {
        let mut dice = Dice::new(seed + 1);
        let problem = problem(&mut dice, size);
        let policy = policy(&mut dice);
        let outcome = decided(&problem, &policy);
        let nearest = nearest_first(&problem, &policy).unwrap();
        lawful(&problem, &policy, &outcome.plan);
        lawful(&problem, &policy, &nearest);
        assert!(outcome.certificate.lower <= outcome.plan.objective, "seed {seed}");
        assert!(outcome.plan.objective <= nearest.objective, "seed {seed}");
        cheaper += u32::from(outcome.plan.objective < nearest.objective);
        assert!(outcome.certificate.proved, "seed {seed}: {:?}", outcome.certificate);
    }
    println!("better than nearest first in {cheaper} of 400");
    assert!(cheaper > 100);
}

#[test]
fn an_interrupted_search_says_how_far_from_the_best_it_may_be() {
    let size = Size { partners: 30, lines: 12, pieces: 4 };
    let mut open = 0;
    for seed in 0..200 {
        let mut dice = Dice::new(seed + 1);
        let problem = problem(&mut dice, size);
        let policy = policy(&mut dice);
        let whole = decided(&problem, &policy);
        let hasty = solve(&problem, &policy, 1).unwrap();
        lawful(&problem, &policy, &hasty.plan);
        assert!(hasty.certificate.lower <= whole.plan.objective, "seed {seed}: the bound holds");
        assert!(hasty.plan.objective >= whole.plan.objective);
        assert_eq!(hasty, solve(&problem, &policy, 1).unwrap(), "interrupted at the same place");
        open += u32::from(!hasty.certificate.proved);
    }
    println!("not proved with the smallest budget: {open} of 200");
    assert!(open > 10);
}
