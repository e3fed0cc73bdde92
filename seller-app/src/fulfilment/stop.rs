//! One end of a fulfilment: a place, when somebody is there, what to do there.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Start or end of a fulfilment.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Stop {
    /// `location`, `contact` and `person` exactly as they first went over the wire: they never change
    /// unless the buyer asks for it.
    pub place: Value,
    /// Promised from confirmation on, constant afterwards.
    pub range: Option<TimeRange>,
    /// When it really happened.
    pub at: Option<Timestamp>,
    pub instructions: Option<Instructions>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TimeRange {
    pub start: Timestamp,
    pub end: Timestamp,
}

/// What the rider says or shows: a pickup code at the start, a delivery code at the end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Instructions {
    /// Number of the kind of code in the specification's list.
    pub code: String,
    pub name: String,
    pub short_desc: String,
    pub long_desc: String,
}

impl Stop {
    pub fn at_place(place: Value) -> Stop {
        Stop { place, range: None, at: None, instructions: None }
    }
}
