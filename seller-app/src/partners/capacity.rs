//! How many orders a partner can work on: in a day, and in a part of a day.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// No limit when nothing is said.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Capacity {
    /// Orders in one day.
    pub per_day: Option<u32>,
    /// Parts of the day with limits of their own; orders outside of them count for the day alone.
    pub slots: Vec<SlotCapacity>,
}

/// A part of each day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SlotCapacity {
    /// `HHMM`, included; names the slot.
    pub from: String,
    /// `HHMM`, excluded.
    pub to: String,
    pub orders: u32,
}

/// When work on an order begins, and what it counts against.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WorkTime {
    pub starts: Timestamp,
    /// In the partner's own calendar.
    pub day: Date,
    /// `from` of its slot; empty when no slot has it.
    pub slot: String,
}

/// Places that are taken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Taken {
    pub in_day: u32,
    pub in_slot: u32,
}

impl Capacity {
    /// True when any number of orders is welcome.
    pub fn is_unlimited(&self) -> bool {
        self.per_day.is_none() && self.slots.is_empty()
    }

    /// The slot that a time of the day lies in.
    pub fn slot(&self, clock: &str) -> Option<&SlotCapacity> {
        self.slots.iter().find(|slot| slot.from.as_str() <= clock && clock < slot.to.as_str())
    }

    /// Places that are left, `None` without a limit.
    pub fn left(&self, slot: &str, taken: Taken) -> Option<u32> {
        let day = self.per_day.map(|orders| orders.saturating_sub(taken.in_day));
        let limit = self.slots.iter().find(|one| one.from == slot && !slot.is_empty());
        let slot = limit.map(|one| one.orders.saturating_sub(taken.in_slot));
        match (day, slot) {
            (Some(day), Some(slot)) => Some(day.min(slot)),
            (one, other) => one.or(other),
        }
    }
}
