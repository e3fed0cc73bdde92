//! Ten million seeded steps of the stock room, with crashes; by hand as many as `HAAT_STOCK_STEPS` says.

use seller_app::inventory::ledger::NO_CAP;
use seller_app::inventory::{Balance, Command, Correction, Delta, Refused, decide};

use super::model::{Act, CARTS, No, Rules, SHELVES, World, check};

/// Steps of one run when nobody says otherwise.
const STEPS: u64 = 10_000_000;

/// xorshift64*: the same seed takes the same way on every machine.
#[derive(Clone, Debug)]
pub struct Dice(u64);

impl Dice {
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    pub fn below(&mut self, sides: u64) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33) % sides
    }

    pub fn units(&mut self, below: u64) -> i64 {
        i64::try_from(self.below(below)).unwrap()
    }

    fn index(&mut self, below: usize) -> usize {
        usize::try_from(self.below(below as u64)).unwrap()
    }
}

/// What becomes of a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    Done,
    /// The process dies before the commit: nothing of it stays, and the message is worked on again.
    Lost,
    /// It dies after the commit and before the answer: the message is worked on again.
    AnswerLost,
}

pub fn fate(dice: &mut Dice) -> Fate {
    match dice.below(8) {
        0 => Fate::Lost,
        1 => Fate::AnswerLost,
        _ => Fate::Done,
    }
}

/// The next thing that happens.
pub fn act(dice: &mut Dice, world: &World) -> Act {
    let (cart, shelf) = (dice.index(CARTS), dice.index(SHELVES));
    let mut demand = [0; SHELVES];
    for units in &mut demand {
        *units = if dice.below(2) == 0 { 0 } else { dice.units(4) };
    }
    let held = || world.carts[cart].rows.map(|row| row.held);
    match dice.below(100) {
        0..25 => Act::Hold { cart, demand, until: world.now + 1 + dice.units(2_000) },
        25..38 => Act::Commit { cart, demand: held() },
        38..45 => Act::Commit { cart, demand },
        45..50 => Act::Release { cart },
        50..54 => Act::ReleasePart { cart, shelf, units: 1 + dice.units(3) },
        54..62 => Act::Ship { cart },
        62..70 => Act::NewCart { cart },
        70..76 => Act::Count { shelf, units: dice.units(12) },
        76..81 => Act::Adjust { shelf, units: dice.units(9) - 4 },
        81..85 => Act::Restock { shelf, units: dice.units(3) },
        85..87 => Act::Reject { shelf, correction: Correction::Less(u32::try_from(dice.below(3)).unwrap()) },
        87 => Act::Reject { shelf, correction: Correction::Empty },
        88..91 => Act::Quota { shelf, reserve: dice.units(4), cap: dice.units(6) + NO_CAP },
        91..94 => Act::Sweep { shelf },
        _ => Act::Wait { ms: dice.units(1_500) },
    }
}

/// Whether doing it again is only stopped by the message being known (the inbox row is finished in the same transaction).
pub fn needs_inbox(act: Act) -> bool {
    match act {
        Act::Hold { .. } | Act::Commit { .. } | Act::Release { .. } | Act::Ship { .. } | Act::Count { .. } => false,
        Act::Sweep { .. } => false,
        Act::ReleasePart { .. }
        | Act::NewCart { .. }
        | Act::Adjust { .. }
        | Act::Restock { .. }
        | Act::Reject { .. }
        | Act::Quota { .. }
        | Act::Wait { .. } => true,
    }
}

/// Does a command with its fate. A clock does not crash.
pub fn suffer(world: &mut World, act: Act, fate: Fate) -> Result<(), No> {
    match fate {
        Fate::Lost => {
            let mut dying = *world;
            let _ = dying.execute(act);
            world.execute(act)
        }
        Fate::AnswerLost => {
            let first = world.execute(act);
            if needs_inbox(act) && first.is_ok() { first } else { world.execute(act) }
        }
        Fate::Done => world.execute(act),
    }
}

/// What a run saw, to show that it met what it should meet.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Seen {
    granted: u64,
    refused: u64,
    sold: u64,
}

fn run(rules: Rules, seed: u64, steps: u64) -> Result<Seen, String> {
    let (mut dice, mut world, mut seen) = (Dice::new(seed), World::new(rules), Seen::default());
    for step in 0..steps {
        let (act, fate) = (act(&mut dice, &world), fate(&mut dice));
        let before = world;
        let done = suffer(&mut world, act, fate);
        check(&before, act, done, &world)
            .map_err(|why| format!("seed {seed}, step {step}: {why}: {act:?} ({fate:?})\n{before:?}\n{world:?}"))?;
        match (act, done) {
            (Act::Hold { .. }, Ok(())) => seen.granted += 1,
            (Act::Commit { .. }, Ok(())) => seen.sold += 1,
            (_, Err(No)) => seen.refused += 1,
            (_, Ok(())) => {}
        }
    }
    Ok(seen)
}

#[test]
fn not_one_unit_is_sold_twice_in_ten_million_steps_with_crashes() {
    let steps =
        std::env::var("HAAT_STOCK_STEPS").map_or(STEPS, |text| text.parse().expect("HAAT_STOCK_STEPS is a number"));
    let seed = std::env::var("HAAT_STOCK_SEED").map_or(1, |text| text.parse().expect("HAAT_STOCK_SEED is a number"));
    let started = std::time::Instant::now();
    let threads = std::thread::available_parallelism().map_or(1, usize::from) as u64;
    let runs: Vec<_> = (0..threads)
        .map(|thread| std::thread::spawn(move || run(decide, seed + thread, steps.div_ceil(threads))))
        .collect();
    for run in runs {
        let seen = run.join().unwrap().unwrap();
        let least = steps / threads / 20;
        assert!(seen.granted > least && seen.sold > least && seen.refused > least, "too tame a world: {seen:?}");
    }
    println!("{steps} steps in {:.1} s on {threads} threads", started.elapsed().as_secs_f64());
}

/// Rules that are wrong in one place must be caught: else the simulation proves nothing.
#[test]
fn wrong_rules_are_caught() {
    fn forgets_holds(balance: &Balance, command: Command) -> Result<Delta, Refused> {
        match command {
            Command::Commit(mut ask, limits) => {
                let own = std::mem::take(&mut ask.own);
                let blind = Balance { held: 0, ..*balance };
                decide(&blind, Command::Commit(ask, limits)).map(|delta| Delta { held: -own, ..delta })
            }
            other => decide(balance, other),
        }
    }
    fn adds_to_holds(balance: &Balance, command: Command) -> Result<Delta, Refused> {
        match command {
            Command::Hold(ask, limits) => {
                decide(balance, Command::Hold(ask, limits)).map(|delta| Delta { held: ask.units, ..delta })
            }
            other => decide(balance, other),
        }
    }
    fn forgets_quotas(balance: &Balance, command: Command) -> Result<Delta, Refused> {
        decide(&Balance { reserve_b2b: 0, cap_network: NO_CAP, ..*balance }, command)
    }
    fn breaks_promises(balance: &Balance, command: Command) -> Result<Delta, Refused> {
        match command {
            Command::Commit(ask, _) if balance.on_hand - balance.committed < ask.units + 2 => Err(Refused::Nonsense),
            other => decide(balance, other),
        }
    }
    let wrong: [(Rules, &str); 4] = [
        (forgets_holds, "promised twice"),
        (adds_to_holds, "not what carts hold"),
        (forgets_quotas, ""),
        (breaks_promises, "not kept"),
    ];
    for (rules, why) in wrong {
        let caught = run(rules, 7, 200_000).expect_err("wrong rules passed");
        assert!(caught.contains(why), "{caught}");
    }
}

#[test]
fn a_seed_takes_the_same_way_again() {
    assert_eq!(run(decide, 42, 10_000), run(decide, 42, 10_000));
    assert_ne!(run(decide, 42, 10_000), run(decide, 43, 10_000));
}
