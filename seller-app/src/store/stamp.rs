//! When something is written and how its row is named. One value per unit of work, so that all its rows agree.

use jiff::Timestamp;
use protocol::randomness::Randomness;

/// The time of a unit of work and the source of its row ids.
#[derive(Clone, Copy, Debug)]
pub struct Stamp<'a> {
    pub now: Timestamp,
    randomness: &'a dyn Randomness,
}

impl<'a> Stamp<'a> {
    pub fn new(now: Timestamp, randomness: &'a dyn Randomness) -> Self {
        Self { now, randomness }
    }

    /// Unix milliseconds.
    pub fn ms(&self) -> i64 {
        self.now.as_millisecond()
    }

    /// A new row id. Ids made later sort later, which keeps ledgers and timelines in order.
    pub fn id(&self) -> String {
        self.randomness.uuid_v7(self.now).to_string()
    }
}
