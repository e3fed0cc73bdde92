//! What the brand decided about fulfilment: how long is too long, what happens then, and what must be shown.

use serde::{Deserialize, Serialize};

use crate::catalogue::{Gps, Period};
use crate::money::Money;

/// The settings under `[fulfilment]`; `defaults.toml` documents each.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Policy {
    /// From the order to its acceptance; then it is an exception.
    pub accept_within: Period,
    /// After that, until `unaccepted` is done.
    pub accept_grace: Period,
    pub unaccepted: Unaccepted,
    pub rejected: Rejected,
    /// How long before its end a promise counts as at risk.
    pub promise_margin: Period,
    /// How much later a revised estimate is.
    pub revise_by: Period,
    /// How often the node revises an estimate by itself; then a person must.
    pub revise_max: u32,
    /// Categories (`Immediate Delivery`) that go straight from door to door (P2P).
    pub direct_categories: Vec<String>,
    /// … up to this distance in metres.
    pub direct_up_to_m: u32,
    /// Packing needs every piece scanned.
    pub scan_to_pack: bool,
    /// Handing over at the store and at the door needs the code.
    pub code_to_hand_over: bool,
    /// A quicker delivery for a fee; an empty time offers none.
    pub express_time: Period,
    pub express_fee: Money,
    /// Partners with a counter bring goods out to the kerb too.
    pub kerbside: bool,
    /// Minutes that the local day is ahead of UTC.
    #[serde(skip)]
    pub utc_offset_min: i16,
}

/// What happens to an order that nobody accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Unaccepted {
    /// The seller cancels it: the store does not answer.
    Cancel,
    /// It stays an exception.
    Keep,
}

/// What happens to an order that the partner rejects.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Rejected {
    /// The seller cancels it at once, with the reason of the cause.
    Cancel,
    /// A person decides.
    Keep,
}

impl Policy {
    /// Whether a delivery of this category goes from door to door.
    pub fn direct(&self, category: &str, store: &Gps, door: Option<&Gps>) -> bool {
        let near = door.is_some_and(|door| store.distance_m(door) <= self.direct_up_to_m);
        near && self.direct_categories.iter().any(|one| one == category)
    }
}

impl Default for Policy {
    fn default() -> Self {
        Policy {
            accept_within: Period::of_minutes(5),
            accept_grace: Period::of_minutes(10),
            unaccepted: Unaccepted::Cancel,
            rejected: Rejected::Cancel,
            promise_margin: Period::of_minutes(15),
            revise_by: Period::of_minutes(30),
            revise_max: 3,
            direct_categories: Vec::new(),
            direct_up_to_m: 5_000,
            scan_to_pack: false,
            code_to_hand_over: false,
            express_time: Period::of_minutes(0),
            express_fee: Money::ZERO,
            kerbside: false,
            utc_offset_min: 330,
        }
    }
}
