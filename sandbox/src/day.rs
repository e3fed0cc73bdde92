//! A seeded day of a brand in simulated time, against the real seller node: its database, handler, inbox, outbox and workers.
//!
//! ```text
//!  brand, demand, faults   what the day is made of, from the seed
//!  clockwork               what happens when
//!  market                  the played buyer app and registry; every message is signed and travels over loopback
//!  seller                  the node on the day's clock
//!  shoppers, partners      who does what at an event
//!  books, report           what the simulation knows and the node does not; what came of it
//! ```
//!
//! One thing happens at a time and chance comes from the seed, so the same seed gives the same report.

use std::path::Path;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use protocol::randomness::SeededRandomness;

pub mod books;
pub mod brand;
pub mod chance;
pub mod clockwork;
pub mod demand;
pub mod faults;
mod market;
mod messages;
mod partners;
pub mod report;
mod seller;
mod shoppers;

use books::{Shelves, Story};
use brand::Brand;
pub use brand::Size;
use chance::Chance;
use clockwork::{Clockwork, Event};
use demand::{Demand, MINUTE_MS};
use faults::Faults;
use market::Market;
pub use report::Report;
use seller::Seller;

/// Eight in the morning, on the day before a festival.
const START: &str = "2026-11-07T02:30:00Z";
/// Simulated time between two turns of the node's workers.
const WORKERS_EVERY_MS: i64 = MINUTE_MS;
/// The clock may run so far ahead of messages on their way.
const LEAD_MS: i64 = 30_000;

/// What to run.
#[derive(Clone, Copy, Debug)]
pub struct Settings {
    pub size: Size,
    pub seed: u64,
    /// Simulated minutes between two looks at the whole catalogue.
    pub push_every_min: i64,
    /// Prints a line for each simulated hour.
    pub progress: bool,
}

/// What is counted on the way.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    pub orders: u64,
    pub delivered: u64,
    pub on_time: u64,
    pub rejected: u64,
    /// Numbers of shelves that a rejection changed.
    pub corrected: u64,
    pub asleep: u64,
    pub unanswered_orders: u64,
    pub placed_again: u64,
    pub late_carriers: u64,
    pub duplicates: u64,
    pub duplicates_acked: u64,
    pub out_of_order: u64,
    pub out_of_order_refused: u64,
    pub no_store: u64,
    pub b2b_refused: u64,
    pub unanswered: u64,
    /// Refusals by action and code.
    pub refused: std::collections::BTreeMap<String, u64>,
}

/// A day under way.
struct Day {
    settings: Settings,
    start_ms: i64,
    chance: Chance,
    faults: Faults,
    brand: Brand,
    demand: Demand,
    market: Market,
    seller: Seller,
    clockwork: Clockwork,
    shelves: Shelves,
    stories: Vec<Story>,
    carts: Vec<Option<shoppers::Cart>>,
    orders: Vec<partners::Placed>,
    sleeping: Vec<usize>,
    /// Ids of the requests that were acknowledged.
    asked: Vec<String>,
    tally: Tally,
    settled_ms: i64,
}

/// Runs a day in `folder` and reports it. Real time passes only as fast as the machine works.
///
/// # Errors
/// When the node cannot be started, or does what no event of the day allows.
pub async fn run(settings: Settings, folder: &Path) -> anyhow::Result<Report> {
    let started = Instant::now();
    let mut day = Day::prepare(settings, folder).await?;
    let prepared = started.elapsed();
    if settings.progress {
        println!(
            "{} partners × {} items, {} shelves ({} of them wrong), ready after {:.1} s",
            day.brand.partners.len(),
            day.brand.skus.len(),
            day.brand.truth.len(),
            day.brand.wrong_shelves,
            prepared.as_secs_f64()
        );
    }
    day.go(started).await?;
    let report = day.report(prepared, started.elapsed()).await?;
    day.seller.stop().await;
    Ok(report)
}

impl Day {
    async fn prepare(settings: Settings, folder: &Path) -> anyhow::Result<Self> {
        let chance = Chance::new(settings.seed);
        let faults = Faults::of_the_day(&chance);
        let brand = Brand::make(settings.size, &faults, &chance);
        let demand = Demand::make(settings.size, &brand, &chance);
        let now: Timestamp = START.parse()?;
        let market = Market::start(&SeededRandomness::new(!settings.seed), now)?;
        let seller = Seller::start(folder, settings.seed, now, &market, &brand).await?;
        let shelves = Shelves { told: brand.told.clone(), truth: brand.truth.clone(), ..Shelves::default() };
        Ok(Self {
            settings,
            start_ms: now.as_millisecond(),
            chance,
            faults,
            brand,
            demand,
            market,
            seller,
            clockwork: Clockwork::default(),
            shelves,
            stories: Vec::new(),
            carts: Vec::new(),
            orders: Vec::new(),
            sleeping: Vec::new(),
            asked: Vec::new(),
            tally: Tally::default(),
            settled_ms: now.as_millisecond(),
        })
    }

    fn now_ms(&self) -> i64 {
        self.seller.app.now().as_millisecond()
    }

    async fn go(&mut self, started: Instant) -> anyhow::Result<()> {
        for (number, wish) in self.demand.d2c.iter().enumerate() {
            self.clockwork.plan(self.start_ms + wish.after_ms, Event::Shop(number));
        }
        for (number, wish) in self.demand.b2b.iter().enumerate() {
            self.clockwork.plan(self.start_ms + wish.after_ms, Event::Trade(number));
        }
        self.clockwork.plan(self.start_ms + WORKERS_EVERY_MS, Event::Workers);
        let mut hour = 0;
        while let Some((at_ms, event)) = self.clockwork.pop() {
            self.turn_to(at_ms).await?;
            let passed_h = (at_ms - self.start_ms) / (60 * MINUTE_MS);
            if passed_h > hour {
                hour = passed_h;
                self.progress(hour, started.elapsed());
            }
            self.happen(event).await?;
        }
        self.seller.settle().await
    }

    async fn turn_to(&mut self, at_ms: i64) -> anyhow::Result<()> {
        if at_ms - self.settled_ms > LEAD_MS {
            self.seller.settle().await?;
            self.settled_ms = at_ms;
        }
        self.seller.clock.set(Timestamp::from_millisecond(at_ms.max(self.now_ms()))?);
        Ok(())
    }

    async fn happen(&mut self, event: Event) -> anyhow::Result<()> {
        match event {
            Event::Shop(number) => self.shop(number).await,
            Event::Pay(cart) => self.pay(cart).await,
            Event::Trade(number) => self.trade(number).await,
            Event::Accept(order) => self.accept(order).await,
            Event::Pick(order) => self.pick(order).await,
            Event::HandOver(order) => self.hand_over(order).await,
            Event::GoOut(order) => self.go_out(order).await,
            Event::Deliver(order) => self.deliver(order).await,
            Event::Workers => self.workers().await,
        }
    }

    async fn workers(&mut self) -> anyhow::Result<()> {
        self.seller.work(self.settings.push_every_min * MINUTE_MS).await?;
        self.look_after_sleepers().await?;
        let now_ms = self.now_ms();
        let orders_come = now_ms < self.start_ms + demand::ORDER_MINUTES * MINUTE_MS;
        let late = now_ms > self.start_ms + Self::closing_ms();
        // A last half hour after the last order: carts that nobody paid run out.
        let quiet_ms = self.start_ms + (demand::ORDER_MINUTES + 30) * MINUTE_MS;
        if orders_come || now_ms < quiet_ms || (self.open_orders() > 0 && !late) {
            self.clockwork.plan(now_ms + WORKERS_EVERY_MS, Event::Workers);
        }
        Ok(())
    }

    fn progress(&self, hour: i64, real: Duration) {
        if !self.settings.progress {
            return;
        }
        let rate = self.tally.orders as f64 / real.as_secs_f64().max(0.001);
        println!(
            "{:02}:00  {:>6} orders  {:>6} delivered  {:>5} open  {rate:>6.1} orders a second of real time",
            8 + hour,
            self.tally.orders,
            self.tally.delivered,
            self.open_orders()
        );
    }
}
