//! What is promised to the buyer: how long it takes, which category that is, when somebody comes. And the ledger of it: the
//! first promise, each revision, whose and why.

use jiff::tz::Offset;
use jiff::{Timestamp, ToSpan};
use serde::{Deserialize, Serialize};

use super::{DeliveryState, TimeRange};
use crate::catalogue::Period;

/// Two hours: up to here a delivery is an `Immediate Delivery`.
const IMMEDIATE_S: i64 = 2 * 3_600;

/// One line of the promise ledger. Lines are only added.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Promise {
    /// At the door, or ready at the counter, by then.
    pub by: Timestamp,
    pub said_at: Timestamp,
    /// `quote`, `order`, or who revised it.
    pub who: String,
    /// Why it was revised; empty for a first promise.
    pub cause: String,
}

/// Order to delivery: the slowest item to ship, then the way to the door.
pub fn turn_around_time<'a>(ships: impl IntoIterator<Item = &'a Period>, deliver: &Period) -> Period {
    let slowest = ships.into_iter().max();
    // The promise must be later than shipping even if the partner says it delivers in no time.
    let way = if deliver.seconds() == 0 { Period::of_minutes(1) } else { deliver.clone() };
    slowest.map_or(way.clone(), |ship| ship.plus(&way))
}

/// The network's delivery category for a promise that is made now: immediate, today, tomorrow, or standard.
/// `utc_offset_min`: minutes that the buyer's day is ahead of UTC.
pub fn category(tat: &Period, now: Timestamp, utc_offset_min: i16) -> &'static str {
    if tat.seconds() <= IMMEDIATE_S {
        return "Immediate Delivery";
    }
    let day = |at: Timestamp| local_day(at, utc_offset_min);
    let (today, then) = (day(now), day(tat.after(now)));
    if then == today {
        "Same Day"
    } else if today.checked_add(1.day()).is_ok_and(|tomorrow| then == tomorrow) {
        "Next Day"
    } else {
        "Standard Delivery"
    }
}

/// The day of a moment where the order was placed.
pub fn local_day(at: Timestamp, utc_offset_min: i16) -> jiff::civil::Date {
    let offset = Offset::from_seconds(i32::from(utc_offset_min) * 60).unwrap_or(Offset::UTC);
    offset.to_datetime(at).date()
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

/// What keeps a delivery, by how far it is: the cause of a revision that the node makes by itself.
pub fn cause(state: DeliveryState) -> &'static str {
    use DeliveryState as S;
    match state {
        S::Pending => "not packed in time",
        S::Packed | S::AgentAssigned | S::OutForPickup | S::AtPickup => "not collected in time",
        S::PickupFailed => "the rider did not get the goods",
        S::OrderPickedUp | S::InTransit | S::AtDestinationHub | S::OutForDelivery | S::AtDelivery => {
            "the way takes longer"
        }
        S::DeliveryFailed => "nobody took the goods",
        S::OrderDelivered | S::Cancelled => "over",
    }
}
