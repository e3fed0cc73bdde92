//! What came of the day.

use std::collections::BTreeSet;
use std::fmt::{self, Display, Formatter};
use std::time::Duration;

use node::read;
use seller_app::routing::nearest_first;
use seller_app::store::decisions;

use super::books::{Channel, Story};
use super::{Day, Tally};

const HELD: &str = "select cast(coalesce(sum(held), 0) as bigint) from stock";
const ACKED: &str = "select distinct message_id from node_outbox where state = 'acked'";
/// Decisions that are read at most.
const DECISIONS: i64 = 100_000;

/// Wishes of one channel.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OfChannel {
    pub wishes: u64,
    pub abandoned: u64,
    pub wanted: u64,
    pub delivered: u64,
    pub perfect: u64,
    pub divided: u64,
}

/// Costs of routing decisions in minor units, where plan and nearest-first miss the same pieces.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Costs {
    pub decisions: u64,
    pub proved: u64,
    pub compared: u64,
    pub plan: i64,
    pub nearest: i64,
    /// What no plan can be cheaper than.
    pub bound: i64,
    /// Decisions where nearest-first sends less than the plan.
    pub nearest_short: u64,
}

/// A day, counted. Two runs of a seed are equal but for `prepared` and `real`, which [`Report::facts`] leaves out.
#[derive(Clone, Debug)]
pub struct Report {
    pub facts: Facts,
    pub prepared: Duration,
    pub real: Duration,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Facts {
    pub brand: String,
    pub seed: u64,
    pub shelves: usize,
    pub wrong_shelves: usize,
    pub d2c: OfChannel,
    pub b2b: OfChannel,
    pub tally: Tally,
    pub costs: Costs,
    /// Orders that are neither delivered nor cancelled at the end.
    pub open: u64,
    pub oversold: i64,
    pub accepted_requests: u64,
    /// Requests without a delivered callback, and messages that wait or were given up.
    pub lost: u64,
    pub holds: i64,
    pub unsolicited: u64,
}

impl Facts {
    /// Nothing oversold, nothing lost, nothing held, nothing left undone.
    pub fn good(&self) -> bool {
        self.oversold == 0 && self.lost == 0 && self.holds == 0
    }
}

impl Day {
    pub(super) async fn report(&self, prepared: Duration, real: Duration) -> anyhow::Result<Report> {
        let node = &self.seller.app.node;
        let acked: Vec<String> = read!(&node.db, |c| sqlx::query_scalar(ACKED).fetch_all(c).await)?;
        let acked: BTreeSet<String> = acked.into_iter().collect();
        let unanswered = self.asked.iter().filter(|id| !acked.contains(*id)).count();
        let (out, inbox) = (node.outbox.pending().await?, node.inbox.counts().await?);
        let stuck = out.pending + out.refused + out.dead + inbox.waiting + inbox.dead;
        let holds: i64 = read!(&node.db, |c| sqlx::query_scalar(HELD).fetch_one(c).await)?;
        let facts = Facts {
            brand: format!("{} ({} × {})", self.settings.size.name, self.brand.partners.len(), self.brand.skus.len()),
            seed: self.settings.seed,
            shelves: self.brand.truth.len(),
            wrong_shelves: self.brand.wrong_shelves,
            d2c: channel(&self.stories, Channel::Household),
            b2b: channel(&self.stories, Channel::Business),
            tally: self.tally.clone(),
            costs: self.costs().await?,
            open: self.open_orders() as u64,
            oversold: self.shelves.oversold,
            accepted_requests: self.asked.len() as u64,
            lost: unanswered as u64 + u64::try_from(stuck).unwrap_or(0),
            holds,
            unsolicited: self.market.counts().get("on_status").copied().unwrap_or(0),
        };
        Ok(Report { facts, prepared, real })
    }

    async fn costs(&self) -> anyhow::Result<Costs> {
        let mut costs = Costs::default();
        for made in decisions::last(&self.seller.app.node.db, DECISIONS).await? {
            costs.decisions += 1;
            costs.proved += u64::from(made.outcome.certificate.proved);
            let (plan, bound) = (&made.outcome.plan.objective, &made.outcome.certificate.lower);
            let nearest = nearest_first(&made.problem, &made.policy)?.objective;
            costs.nearest_short += u64::from(nearest.missing > plan.missing);
            if nearest.missing == plan.missing && bound.missing == plan.missing && !made.outcome.plan.parcels.is_empty()
            {
                costs.compared += 1;
                costs.plan += plan.cost;
                costs.nearest += nearest.cost;
                costs.bound += bound.cost;
            }
        }
        Ok(costs)
    }
}

fn channel(stories: &[Story], channel: Channel) -> OfChannel {
    let mut all = OfChannel::default();
    for story in stories.iter().filter(|story| story.channel == channel) {
        all.wishes += 1;
        if story.abandoned {
            all.abandoned += 1;
            continue;
        }
        all.wanted += u64::from(story.wanted);
        all.delivered += u64::from(story.delivered);
        all.perfect += u64::from(story.perfect());
        all.divided += u64::from(story.parcels > 1 && !story.again);
    }
    all
}

fn percent(part: i64, whole: i64) -> String {
    if whole == 0 { "–".to_owned() } else { format!("{:.1} %", part as f64 * 100.0 / whole as f64) }
}

fn share(part: u64, whole: u64) -> String {
    percent(i64::try_from(part).unwrap_or(0), i64::try_from(whole).unwrap_or(0))
}

impl Display for Report {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.facts)?;
        writeln!(
            f,
            "  took                  {:.1} s to prepare, {:.1} s in all",
            self.prepared.as_secs_f64(),
            self.real.as_secs_f64()
        )
    }
}

impl Display for Facts {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let (tally, costs) = (&self.tally, &self.costs);
        writeln!(f, "\nA day of the brand {}, seed {}", self.brand, self.seed)?;
        writeln!(
            f,
            "  shelves               {}, {} of them wrong ({})",
            self.shelves,
            self.wrong_shelves,
            share(self.wrong_shelves as u64, self.shelves as u64)
        )?;
        writeln!(f, "                        {:>12} {:>12}", "households", "businesses")?;
        let row = |f: &mut Formatter<'_>, name: &str, of: &dyn Fn(&OfChannel) -> String| {
            writeln!(f, "  {name:<22}{:>12} {:>12}", of(&self.d2c), of(&self.b2b))
        };
        row(f, "wishes", &|one| one.wishes.to_string())?;
        row(f, "never paid", &|one| one.abandoned.to_string())?;
        row(f, "perfect orders", &|one| share(one.perfect, one.wishes - one.abandoned))?;
        row(f, "fill rate", &|one| share(one.delivered, one.wanted))?;
        row(f, "divided", &|one| share(one.divided, one.wishes - one.abandoned))?;
        writeln!(
            f,
            "  orders                {}, {} delivered, {} open at the end",
            tally.orders, tally.delivered, self.open
        )?;
        writeln!(f, "  on time               {} of those delivered", share(tally.on_time, tally.delivered))?;
        writeln!(
            f,
            "  costs                 {} decisions, {} proved best; of {} that can be compared: {} of nearest-first, {} of the bound",
            costs.decisions,
            costs.proved,
            costs.compared,
            percent(costs.plan, costs.nearest),
            percent(costs.plan, costs.bound)
        )?;
        writeln!(f, "                        nearest-first would have sent less in {} decisions", costs.nearest_short)?;
        writeln!(
            f,
            "  faults                {} picks short ({} numbers corrected), {} partners asleep ({} orders ended), {} late riders",
            tally.rejected, tally.corrected, tally.asleep, tally.unanswered_orders, tally.late_carriers
        )?;
        writeln!(
            f,
            "                        {} of {} duplicates acknowledged again, {} of {} old cancellations refused",
            tally.duplicates_acked, tally.duplicates, tally.out_of_order_refused, tally.out_of_order
        )?;
        writeln!(
            f,
            "                        {} placed again elsewhere, {} carts without a store, {} B2B orders without goods",
            tally.placed_again, tally.no_store, tally.b2b_refused
        )?;
        writeln!(
            f,
            "  messages              {} requests accepted, {} unsolicited told",
            self.accepted_requests, self.unsolicited
        )?;
        if !tally.refused.is_empty() {
            let list: Vec<String> = tally.refused.iter().map(|(what, count)| format!("{what} × {count}")).collect();
            writeln!(f, "  refused               {}", list.join(", "))?;
        }
        writeln!(f, "  OVERSOLD {}   LOST MESSAGES {}   HOLDS LEFT {}", self.oversold, self.lost, self.holds)
    }
}
