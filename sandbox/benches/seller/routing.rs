//! Routing decisions by class: how long they take, how many are proved, and how far from the best the others may be.
//!
//! One thread, everything in memory. A decision is taken as it comes from the facts: constraints, costs, search, plan.
//! Beside it stands nearest-first on the same problems, in time and in cost. Costs are made up: 40 rupees a parcel, 8 a
//! kilometre, up to 20 for the risk of rejection, 2 to 8 a piece; so the cost ratios say something of the form only.

use std::time::Instant;

use crate::size::Size;
use seller_app::routing::solve::{BUDGET, PATIENT_BUDGET};
use seller_app::routing::{Candidate, Line, Policy, Problem, Shelf, nearest_first, policy, solve};

/// A class of problems.
struct Class {
    name: &'static str,
    lines: u64,
    partners: u64,
    /// Shelves of a hundred that have the item.
    fill: u64,
    parcels_max: usize,
    split_lines: bool,
    budget: u64,
    runs: usize,
}

const fn class(name: &'static str, size: (u64, u64, u64), parcels_max: usize, budget: u64, runs: usize) -> Class {
    let (lines, partners, fill) = size;
    Class { name, lines, partners, fill, parcels_max, split_lines: false, budget, runs }
}

const CLASSES: [Class; 13] = [
    class("retail cart, one partner", (5, 50, 60), 1, BUDGET, 2_000),
    class("retail cart", (5, 50, 60), 12, BUDGET, 2_000),
    Class { split_lines: true, ..class("retail cart, lines divided", (5, 50, 60), 12, BUDGET, 2_000) },
    class("retail cart, no filter", (5, 1_000, 60), 12, BUDGET, 400),
    class("large cart, no filter", (10, 1_000, 60), 12, BUDGET, 400),
    class("large cart, empty shelves", (10, 1_000, 30), 12, BUDGET, 200),
    class("20 lines, no filter", (20, 1_000, 60), 12, BUDGET, 100),
    class("50 lines, filtered", (50, 50, 60), 12, BUDGET, 200),
    class("50 lines, filtered", (50, 100, 60), 12, BUDGET, 200),
    class("50 lines, no filter", (50, 1_000, 60), 12, BUDGET, 40),
    class("50 lines, no filter, patient", (50, 1_000, 60), 12, PATIENT_BUDGET, 40),
    class("trade order", (200, 100, 60), 12, BUDGET, 40),
    class("trade order, patient", (200, 100, 60), 12, PATIENT_BUDGET, 20),
];

/// Orders that are decided again in one go.
const BATCH: u64 = 10_000;

pub fn measure(size: &Size) -> anyhow::Result<()> {
    println!(
        "{:<30} {:>12} {:>3} {:>9} {:>9} {:>9} {:>11} {:>9} {:>8} {:>9} {:>9}",
        "class", "lines×part.", "K", "p50 µs", "p99 µs", "per s", "proved", "gap mean", "worst", "×nearest", "its cost"
    );
    for class in &CLASSES {
        measure_class(&Class { runs: class.runs.div_ceil(size.fewer), ..*class })?;
    }
    batch(BATCH / size.fewer as u64)
}

fn measure_class(class: &Class) -> anyhow::Result<()> {
    let policy = made_up(class);
    let mut dice = Dice(88_172_645_463_325_252);
    let (mut took, mut nearest_took) = (Vec::with_capacity(class.runs), Vec::with_capacity(class.runs));
    let (mut proved, mut gaps, mut worst, mut unknown, mut ratio) = (0, 0_u64, 0_u32, 0, 0.0);
    for _ in 0..class.runs {
        let problem = problem(&mut dice, class);
        let started = Instant::now();
        let outcome = solve(&problem, &policy, class.budget)?;
        took.push(started.elapsed().as_nanos());
        let started = Instant::now();
        let nearest = nearest_first(&problem, &policy)?;
        nearest_took.push(started.elapsed().as_nanos());
        proved += usize::from(outcome.certificate.proved);
        match outcome.certificate.gap_permille {
            Some(permille) => (gaps, worst) = (gaps + u64::from(permille), worst.max(permille)),
            None => unknown += 1,
        }
        // Where nearest-first sends fewer pieces its cost says nothing.
        let same = nearest.objective.missing == outcome.plan.objective.missing;
        ratio += if same { nearest.objective.cost as f64 / outcome.plan.objective.cost.max(1) as f64 } else { 1.0 };
    }
    let sum: u128 = took.iter().sum();
    let (p50, p99) = (percentile(&mut took, 50), percentile(&mut took, 99));
    let ceiling = percentile(&mut nearest_took, 50);
    let runs = class.runs;
    println!(
        "{:<30} {:>12} {:>3} {:>9.1} {:>9.1} {:>9.0} {:>11} {:>8.2}% {:>7.1}% {:>9.1} {:>8.0}%",
        class.name,
        format!("{}×{} {}%", class.lines, class.partners, class.fill),
        class.parcels_max,
        p50,
        p99,
        runs as f64 * 1e9 / sum as f64,
        format!("{proved} of {runs}"),
        gaps as f64 / 10.0 / runs as f64,
        f64::from(worst) / 10.0,
        p50 / ceiling,
        ratio * 100.0 / runs as f64,
    );
    if unknown > 0 {
        println!("{:<30} in {unknown} of them it is not certain that no more pieces could be sent", "");
    }
    Ok(())
}

/// Orders that are confirmed and not packed, decided again.
fn batch(orders: u64) -> anyhow::Result<()> {
    let class = class("again", (5, 40, 60), 3, BUDGET, 0);
    let policy = made_up(&class);
    let mut dice = Dice(88_172_645_463_325_252);
    let mut sum = std::time::Duration::ZERO;
    let mut proved = 0_u64;
    for _ in 0..orders {
        let problem = problem(&mut dice, &class);
        let started = Instant::now();
        proved += u64::from(solve(&problem, &policy, class.budget)?.certificate.proved);
        sum += started.elapsed();
    }
    println!("{orders} orders of 5 lines × 40 partners decided again in {sum:.2?}, {proved} proved");
    Ok(())
}

/// The `percent`th percentile in microseconds.
fn percentile(nanos: &mut [u128], percent: usize) -> f64 {
    nanos.sort_unstable();
    let at = (nanos.len() * percent / 100).min(nanos.len() - 1);
    nanos[at] as f64 / 1_000.0
}

fn made_up(class: &Class) -> Policy {
    let mut policy = Policy::parse(policy::DEFAULT).unwrap_or_else(|error| panic!("the built-in policy: {error}"));
    let costs = &mut policy.costs;
    (costs.per_km, costs.handling_permille, costs.rejection) = (800, 1_000, 2_000);
    (costs.stale_unit_hour, costs.fresh_hours, costs.extra_parcel) = (100, 0, 0);
    (policy.max_parcels, policy.split_lines) = (class.parcels_max, class.split_lines);
    policy
}

/// Xorshift: the same problems on every machine.
struct Dice(u64);

impl Dice {
    fn below(&mut self, sides: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) % sides
    }

    fn small(&mut self, sides: u64) -> u32 {
        u32::try_from(self.below(sides)).unwrap_or(u32::MAX)
    }
}

fn problem(dice: &mut Dice, class: &Class) -> Problem {
    let line =
        |at: u64, count: u32| Line { id: format!("{at:03}"), sku: format!("SKU-{at:03}"), count, needs: Vec::new() };
    let lines = (0..class.lines).map(|at| line(at, 1 + dice.small(3))).collect();
    let mut problem = Problem::new("560001", 0, lines);
    for at in 0..class.partners {
        let shelves = (0..class.lines).map(|_| {
            let has = dice.below(100) < class.fill;
            // Too few now and then.
            let available = if has { 1 + dice.small(50) } else { 0 };
            Shelf { available, age_h: 2 + dice.small(7), ..Shelf::default() }
        });
        let shelves: Vec<Shelf> = shelves.collect();
        problem.candidates.push(Candidate {
            partner_id: format!("partner-{at:04}"),
            distance_m: dice.small(30_000),
            handling_minor: 4_000,
            rejection_permille: u16::try_from(dice.below(1_000)).unwrap_or(0),
            shelves,
            ..Candidate::default()
        });
    }
    problem
}
