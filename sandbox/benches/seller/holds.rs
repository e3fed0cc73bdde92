//! Units set aside: how many carts a second, by the rules alone and through the real store.
//!
//! Each cart holds one item. The ceiling writes the same rows (balance, movement, reservation) without asking anything, each cart
//! in a commit of its own, or many in one.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};
use node::{Database, run};
use protocol::clock::{Clock, SystemClock};
use protocol::randomness::{OsRandomness, Randomness};
use seller_app::inventory::ledger::Ask;
use seller_app::inventory::{Balance, Channel, Command, Limits, StockMove, StockRules, decide};
use seller_app::store::reservation::{self, Cart};
use seller_app::store::stamp::Stamp;
use tokio::task::JoinSet;

use crate::brand;
use crate::size::{Dice, Size, Times};
use crate::stage::Stage;

const AT_ONCE: [usize; 3] = [1, 16, 64];
/// Carts of the ceiling that share a commit.
const GROUP: usize = 64;
const BUYERS: usize = 50;
const PARTNERS: usize = 50;
const SKUS: usize = 200;
const SHELVES_IN_MEMORY: usize = 100_000;

const SET: &str = "update stock set held = held + 1, updated_at_ms = $3 where partner_id = $1 and sku = $2";
const MOVE: &str = "insert into stock_movements \
     (id, partner_id, sku, kind, on_hand_delta, held_delta, committed_delta, safety_delta, reference, at_ms) \
     values ($1, $2, $3, 'hold', 0, 1, 0, 0, $4, $5)";
const RESERVE: &str = "insert into reservations \
     (id, bap_id, transaction_id, partner_id, sku, count, state, expires_at_ms, updated_at_ms, lot, channel) \
     values ($1, $2, $3, $4, $5, 1, 'held', $6, $7, '', 'network')";
/// Everything is there again.
const FULL: &str = "update stock set on_hand = 100000000";

pub async fn measure(size: &Size) -> anyhow::Result<()> {
    in_memory(size);
    println!(
        "{:<10} {:>8} {:>10} {:>9} {:>9} {:>12} {:>7} {:>15} {:>7}",
        "durable", "at once", "holds/s", "p50 ms", "p99 ms", "bare single", "ratio", "bare 64 grouped", "ratio"
    );
    let sqlite = Stage::sqlite().await?;
    stored("SQLite", &sqlite, size).await?;
    sqlite.close().await?;
    if let Some(postgres) = Stage::postgres().await? {
        stored("PostgreSQL", &postgres, size).await?;
        postgres.close().await?;
    }
    Ok(())
}

/// The rules on balances in memory, beside the same additions without rules.
fn in_memory(size: &Size) {
    let balance = Balance { on_hand: 1_000_000_000, ..Balance::default() };
    let rate = |hold: &mut dyn FnMut(&mut Balance)| {
        let mut shelves = vec![balance; SHELVES_IN_MEMORY];
        let mut dice = Dice(88_172_645_463_325_252);
        let (started, mut held) = (Instant::now(), 0_u64);
        while started.elapsed() < size.time / 8 {
            for _ in 0..1_000 {
                hold(&mut shelves[dice.below(SHELVES_IN_MEMORY)]);
            }
            held += 1_000;
        }
        std::hint::black_box(&shelves);
        held as f64 / started.elapsed().as_secs_f64()
    };
    let ruled = rate(&mut |shelf| {
        let ask = Ask { channel: Channel::Network, units: 1, own: 0 };
        if let Ok(delta) = decide(shelf, std::hint::black_box(Command::Hold(ask, Limits::default()))) {
            *shelf = shelf.plus(delta);
        }
    });
    let bare = rate(&mut |shelf| shelf.held += std::hint::black_box(1));
    println!(
        "in memory, one thread: {:.2} million holds/s by the rules, {:.2} million bare additions/s, ratio {:.2}",
        ruled / 1e6,
        bare / 1e6,
        ruled / bare
    );
}

async fn stored(name: &str, stage: &Stage, size: &Size) -> anyhow::Result<()> {
    brand::fill(&stage.app, (PARTNERS, SKUS)).await?;
    brand::count(&stage.app).await?;
    let db = stage.app.node.db.clone();
    let mut tx = db.begin().await?;
    run!(tx, |c| sqlx::query(FULL).execute(c).await.map(|_| ()))?;
    tx.commit().await?;
    // As the node starts, but for the limits of one buyer app: here few of them buy everything.
    let mut rules = stage.app.config.inventory.clone();
    (rules.holds.per_buyer_app, rules.holds.per_partner, rules.holds.per_item) = (0, 0, 0);
    let rules = Arc::new(rules);
    for at_once in AT_ONCE {
        let (real, times) = load(&db, at_once, size.time / 3, Work::Real(rules.clone())).await?;
        let (single, _) = load(&db, at_once, size.time / 3, Work::Bare(1)).await?;
        let (group, _) = load(&db, at_once.min(2), size.time / 3, Work::Bare(GROUP)).await?;
        println!(
            "{name:<10} {at_once:>8} {real:>10.0} {:>9.2} {:>9.2} {single:>12.0} {:>7.2} {group:>15.0} {:>7.2}",
            times.percentile(50),
            times.percentile(99),
            real / single,
            real / group
        );
    }
    Ok(())
}

/// What a task does again and again.
#[derive(Clone)]
enum Work {
    /// Holds through the store.
    Real(Arc<StockRules>),
    /// So many carts' rows in one commit.
    Bare(usize),
}

/// Carts per second, and how long each waited.
async fn load(db: &Database, at_once: usize, time: Duration, work: Work) -> anyhow::Result<(f64, Times)> {
    let next = Arc::new(AtomicUsize::new(0));
    let started = Instant::now();
    let mut tasks = JoinSet::new();
    for number in 0..at_once {
        let (db, next, work) = (db.clone(), next.clone(), work.clone());
        tasks.spawn(async move {
            let mut dice = Dice(88_172_645_463_325_252 + number as u64);
            let mut times = Vec::new();
            while started.elapsed() < time {
                let (begun, first) = (Instant::now(), next.fetch_add(work.carts(), Ordering::Relaxed));
                work.once(&db, first, &mut dice).await?;
                times.push(begun.elapsed());
            }
            anyhow::Ok(times)
        });
    }
    let mut times = Vec::new();
    while let Some(done) = tasks.join_next().await {
        times.extend(done??);
    }
    let carts = times.len() * work.carts();
    Ok((carts as f64 / started.elapsed().as_secs_f64(), Times::new(times)))
}

impl Work {
    fn carts(&self) -> usize {
        match self {
            Self::Real(_) => 1,
            Self::Bare(carts) => *carts,
        }
    }

    async fn once(&self, db: &Database, first: usize, dice: &mut Dice) -> anyhow::Result<()> {
        let now = SystemClock.now();
        let until = now + SignedDuration::from_mins(10);
        let stamp = Stamp::new(now, &OsRandomness);
        let mut tx = db.begin().await?;
        match self {
            Self::Real(rules) => {
                let (cart, shelf) = (cart(first), shelf(dice));
                reservation::hold(&mut tx, &cart, Channel::Network, &[shelf], until, &stamp.by(rules)).await?;
            }
            Self::Bare(carts) => {
                // In one order for everybody, as carts lock their shelves.
                let mut shelves: Vec<StockMove> = (0..*carts).map(|_| shelf(dice)).collect();
                shelves.sort_by(|a, b| (&a.partner_id, &a.sku).cmp(&(&b.partner_id, &b.sku)));
                for (at, shelf) in shelves.iter().enumerate() {
                    bare(&mut tx, &cart(first + at), shelf, until, &stamp).await?;
                }
            }
        }
        Ok(tx.commit().await?)
    }
}

fn cart(number: usize) -> Cart {
    let bap_id = format!("buyer-{}.example", number % BUYERS);
    Cart { bap_id, transaction_id: OsRandomness.uuid_v4().to_string() }
}

fn shelf(dice: &mut Dice) -> StockMove {
    StockMove { partner_id: brand::partner_id(dice.below(PARTNERS)), sku: brand::sku(dice.below(SKUS)), count: 1 }
}

async fn bare(
    tx: &mut node::Tx,
    cart: &Cart,
    shelf: &StockMove,
    until: Timestamp,
    stamp: &Stamp<'_>,
) -> Result<(), sqlx::Error> {
    let (partner_id, sku) = (&shelf.partner_id, &shelf.sku);
    run!(tx, |c| sqlx::query(SET).bind(partner_id).bind(sku).bind(stamp.ms()).execute(c).await.map(|_| ()))?;
    run!(tx, |c| sqlx::query(MOVE)
        .bind(stamp.id())
        .bind(partner_id)
        .bind(sku)
        .bind(&cart.transaction_id)
        .bind(stamp.ms())
        .execute(c)
        .await
        .map(|_| ()))?;
    run!(tx, |c| sqlx::query(RESERVE)
        .bind(stamp.id())
        .bind(&cart.bap_id)
        .bind(&cart.transaction_id)
        .bind(partner_id)
        .bind(sku)
        .bind(until.as_millisecond())
        .bind(stamp.ms())
        .execute(c)
        .await
        .map(|_| ()))
}
