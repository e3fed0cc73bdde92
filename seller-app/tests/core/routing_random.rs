//! Random routing problems: a seed is a problem, on every machine.

use seller_app::routing::{Candidate, Line, Policy, Priority, Problem, Shelf, policy};

/// Xorshift: the same numbers everywhere.
pub struct Dice(u64);

impl Dice {
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    /// From 0 to below `sides`.
    pub fn below(&mut self, sides: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) % sides
    }

    pub fn one_in(&mut self, sides: u64) -> bool {
        self.below(sides) == 0
    }

    fn small(&mut self, sides: u64) -> u32 {
        u32::try_from(self.below(sides)).unwrap()
    }
}

/// How large the problems are at most.
#[derive(Clone, Copy, Debug)]
pub struct Size {
    pub partners: u64,
    pub lines: u64,
    pub pieces: u64,
}

/// A problem in which everything happens: two lines of one SKU, empty shelves, quota, every constraint broken somewhere.
pub fn problem(dice: &mut Dice, size: Size) -> Problem {
    // Every third problem has many different goods and few on each shelf, so that several partners are needed.
    let sparse = dice.one_in(3);
    let lines = if sparse { size.lines } else { 1 + dice.below(size.lines) };
    let lines = (0..lines).map(|at| Line {
        id: format!("l{at}"),
        sku: format!("s{}", if sparse { at } else { dice.below(size.lines) }),
        count: 1 + dice.small(size.pieces),
        needs: if dice.one_in(12) { vec!["cold-chain".to_owned()] } else { Vec::new() },
    });
    let mut problem = Problem::new("560001", 0, lines.collect());
    let few = dice.one_in(6);
    for at in 0..if few { dice.below(size.partners + 1) } else { size.partners } {
        let alone = |good: usize| sparse && !(good as u64 + at).is_multiple_of(size.lines);
        let shelves: Vec<Shelf> = (0..problem.skus.len()).map(|good| shelf(dice, size, alone(good))).collect();
        let skus = problem.skus.clone();
        problem.add(candidate(dice, at), |sku| shelves[skus.binary_search(&sku.to_owned()).unwrap()].clone());
    }
    problem
}

pub fn shelf(dice: &mut Dice, size: Size, seldom: bool) -> Shelf {
    let is_empty = if seldom { !dice.one_in(4) } else { dice.one_in(3) };
    Shelf {
        available: if is_empty { 0 } else { 1 + dice.small(size.pieces + 1) },
        quota_left: dice.one_in(6).then(|| dice.small(3)),
        age_h: dice.small(6),
        life_days: dice.one_in(4).then(|| dice.small(6)),
    }
}

pub fn candidate(dice: &mut Dice, at: u64) -> Candidate {
    let mostly = |dice: &mut Dice| !dice.one_in(25);
    Candidate {
        partner_id: format!("p{at:03}"),
        // Few values, so that ties are usual.
        distance_m: dice.small(5) * 100,
        active: mostly(dice),
        serves_place: mostly(dice),
        in_territory: mostly(dice),
        consents: mostly(dice),
        capacity_left: dice.one_in(12).then(|| dice.small(2)),
        cut_off_in_min: dice.one_in(12).then(|| i32::try_from(dice.below(20)).unwrap() - 10),
        tier: 1 + u8::try_from(dice.below(3)).unwrap(),
        score_permille: u16::try_from(dice.below(1001)).unwrap(),
        capabilities: if dice.one_in(2) { vec!["cold-chain".to_owned()] } else { Vec::new() },
        handling_minor: dice.small(4) * 50,
        delivery_fee_minor: dice.small(3) * 40,
        rejection_permille: u16::try_from(dice.below(5)).unwrap() * 100,
        over_share_percent: u16::try_from(dice.below(3)).unwrap(),
        shelves: Vec::new(),
    }
}

/// A policy that uses anything that a policy can say.
pub fn policy(dice: &mut Dice) -> Policy {
    let mut policy = Policy::parse(policy::DEFAULT).unwrap();
    let on = |dice: &mut Dice| !dice.one_in(4);
    let rules = &mut policy.constraints;
    for rule in [
        &mut rules.active,
        &mut rules.serves_place,
        &mut rules.capability,
        &mut rules.territory,
        &mut rules.consent,
        &mut rules.quota,
        &mut rules.capacity,
        &mut rules.cut_off,
    ] {
        *rule = on(dice);
    }
    rules.min_score_permille = if dice.one_in(4) { 200 } else { 0 };
    rules.max_tier = if dice.one_in(4) { 2 } else { 0 };
    rules.min_life_days = if dice.one_in(4) { 3 } else { 0 };
    let costs = &mut policy.costs;
    for weight in
        [&mut costs.per_km, &mut costs.handling_permille, &mut costs.delivery_fee_permille, &mut costs.rejection]
    {
        *weight = if dice.one_in(3) { 0 } else { 500 + dice.small(3) * 500 };
    }
    costs.extra_parcel = dice.small(4) * 60;
    costs.over_share_percent = dice.small(2) * 30;
    (costs.stale_unit_hour, costs.fresh_hours) = (dice.small(3) * 7, dice.small(4));
    (costs.scarce_unit, costs.scarce_below) = (dice.small(3) * 25, dice.small(4));
    let all = [Priority::Parcels, Priority::Tier, Priority::Distance];
    policy.priorities = all.into_iter().filter(|_| dice.one_in(4)).collect();
    if dice.one_in(2) {
        policy.priorities.reverse();
    }
    policy.max_parcels = 1 + usize::try_from(dice.below(4)).unwrap();
    policy.split_lines = dice.one_in(2);
    policy
}
