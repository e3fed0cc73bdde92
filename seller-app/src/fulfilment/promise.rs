//! What is promised to the buyer: how long it takes, which category that is, when somebody comes.

use jiff::Timestamp;

use super::TimeRange;
use crate::catalogue::Period;

/// Two hours: up to here a delivery is an `Immediate Delivery`.
const IMMEDIATE_S: i64 = 2 * 3_600;

/// Order to delivery: the slowest item to ship, then the way to the door.
pub fn turn_around_time<'a>(ships: impl IntoIterator<Item = &'a Period>, deliver: &Period) -> Period {
    let slowest = ships.into_iter().max();
    // The promise must be later than shipping even if the partner says it delivers in no time.
    let way = if deliver.seconds() == 0 { Period::of_minutes(1) } else { deliver.clone() };
    slowest.map_or(way.clone(), |ship| ship.plus(&way))
}

/// The network's delivery category for a promise.
pub fn category(tat: &Period) -> &'static str {
    if tat.seconds() <= IMMEDIATE_S { "Immediate Delivery" } else { "Standard Delivery" }
}

/// How long until `opens`, in whole minutes rounded up.
pub fn wait_until(opens: Timestamp, now: Timestamp) -> Period {
    let seconds = opens.duration_since(now).as_secs().max(0);
    Period::of_minutes(u32::try_from((seconds + 59) / 60).unwrap_or(u32::MAX))
}

/// Pickup and delivery ranges of an order: work starts at `starts`, everything is done by `promised`.
pub fn ranges(starts: Timestamp, ship: &Period, promised: Timestamp) -> (TimeRange, TimeRange) {
    let promised = promised.max(starts);
    let shipped = ship.after(starts).min(promised);
    (TimeRange { start: starts, end: shipped }, TimeRange { start: shipped, end: promised })
}
