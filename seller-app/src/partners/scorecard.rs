//! How a partner does: counts of facts, by channel and together. Nothing is estimated; a measure without cases has no value.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use super::facts::{End, OrderFacts};

/// So many of so many.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct Ratio {
    pub hits: u64,
    pub of: u64,
}

impl Ratio {
    /// Parts of a thousand, rounded down; `None` without cases.
    pub fn permille(self) -> Option<u32> {
        let share = self.hits.saturating_mul(1_000).checked_div(self.of)?;
        u32::try_from(share).ok()
    }

    /// `96.4 %`, or a dash without cases.
    pub fn percent(self) -> String {
        self.permille().map_or_else(|| "–".to_owned(), |share| format!("{}.{} %", share / 10, share % 10))
    }

    fn count(&mut self, hit: bool) {
        self.of += 1;
        self.hits += u64::from(hit);
    }
}

/// Counts over some orders.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct Tally {
    pub orders: u64,
    /// Still open: in no measure but acceptance and packing.
    pub open: u64,
    /// Units that reached the buyer, of those asked in orders that ended and that the buyer did not cancel.
    pub fill: Ratio,
    pub packed_on_time: Ratio,
    /// Not later than first promised, of all deliveries.
    pub delivered_on_time: Ratio,
    /// Orders from which the seller's side took something off, of all that ended.
    pub cancelled: Ratio,
    /// Reason id → how often.
    pub cancelled_for: BTreeMap<String, u64>,
    pub cancelled_by_buyer: u64,
    /// Orders with a return, of those delivered.
    pub returned: Ratio,
    /// Whole, in time and nothing came back, of all that ended and that the buyer did not cancel.
    pub perfect: Ratio,
    /// Half of the orders were accepted faster than this, in seconds.
    pub accept_median_s: Option<i64>,
    #[serde(skip)]
    accept_s: Vec<i64>,
}

impl Tally {
    fn add(&mut self, order: &OrderFacts, now: Timestamp) {
        self.orders += 1;
        if let Some(at) = order.accepted_at {
            self.accept_s.push(at.duration_since(order.placed_at).as_secs().max(0));
        }
        if let Some(by) = order.pack_by {
            match order.packed_at {
                Some(at) => self.packed_on_time.count(at <= by),
                // Not packed, and the time is over.
                None if order.end == End::Open && now > by => self.packed_on_time.count(false),
                None => {}
            }
        }
        match order.end {
            End::Open => self.open += 1,
            End::CancelledByBuyer => self.cancelled_by_buyer += 1,
            End::Delivered | End::CancelledBySeller => self.add_ended(order),
        }
    }

    fn add_ended(&mut self, order: &OrderFacts) {
        self.fill.hits += u64::from(order.units_filled);
        self.fill.of += u64::from(order.units_asked);
        self.cancelled.count(!order.cancelled_for.is_empty());
        for reason in &order.cancelled_for {
            *self.cancelled_for.entry(reason.clone()).or_default() += 1;
        }
        self.perfect.count(order.is_perfect());
        if let (End::Delivered, Some(at)) = (order.end, order.delivered_at) {
            self.delivered_on_time.count(order.deliver_by.is_none_or(|by| at <= by));
            self.returned.count(order.returns > 0);
        }
    }

    fn close(mut self) -> Tally {
        self.accept_s.sort_unstable();
        self.accept_median_s = self.accept_s.get(self.accept_s.len() / 2).copied();
        self
    }
}

/// Counts of a set of orders.
pub fn tally<'a>(orders: impl IntoIterator<Item = &'a OrderFacts>, now: Timestamp) -> Tally {
    let mut all = Tally::default();
    orders.into_iter().for_each(|order| all.add(order, now));
    all.close()
}

/// A partner over a time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Scorecard {
    /// Orders placed from here, Unix milliseconds.
    pub from_ms: i64,
    /// Until here, not included.
    pub to_ms: i64,
    pub all: Tally,
    /// Each channel beside the others.
    pub by_channel: BTreeMap<String, Tally>,
    /// Claims of the brand against the partner, of delivered orders.
    pub claims: Ratio,
}

/// Counts the orders that were placed in a time.
pub fn scorecard(orders: &[OrderFacts], claims: u64, (from, to): (Timestamp, Timestamp), now: Timestamp) -> Scorecard {
    let inside: Vec<&OrderFacts> =
        orders.iter().filter(|order| from <= order.placed_at && order.placed_at < to).collect();
    let channels: std::collections::BTreeSet<&str> = inside.iter().map(|order| order.channel.as_str()).collect();
    let of_channel = |channel: &str| tally(inside.iter().copied().filter(|order| order.channel == channel), now);
    let all = tally(inside.iter().copied(), now);
    Scorecard {
        from_ms: from.as_millisecond(),
        to_ms: to.as_millisecond(),
        claims: Ratio { hits: claims, of: all.delivered_on_time.of },
        by_channel: channels.into_iter().map(|channel| (channel.to_owned(), of_channel(channel))).collect(),
        all,
    }
}
