//! What arrived at the shelf, against what was expected.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::catalogue::PartnerId;

/// The count of one line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Count {
    /// Pieces of the right item, whatever they look like.
    pub received: u32,
    /// Pieces of something else that came in their place.
    pub wrong: u32,
    /// How many of `received` are damaged.
    pub damaged: u32,
}

/// A line as it was received.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipt {
    /// Where the goods are now: any partner of the brand.
    pub partner_id: PartnerId,
    pub item_id: String,
    pub expected: u32,
    pub received: u32,
    pub wrong: u32,
    pub damaged: u32,
    pub note: String,
    /// URL or name of the photo; empty when there is none.
    pub photo: String,
    pub by: String,
    pub at: Timestamp,
}

/// Why a count is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadCount {
    #[error("{0} pieces are expected: more than that cannot have arrived")]
    TooMany(u32),
    #[error("more pieces are damaged than arrived")]
    TooManyDamaged,
}

impl Count {
    /// Everything arrived and is sound.
    pub fn all(expected: u32) -> Count {
        Count { received: expected, wrong: 0, damaged: 0 }
    }

    /// # Errors
    /// When the count cannot be true.
    pub fn check(self, expected: u32) -> Result<(), BadCount> {
        if self.received.checked_add(self.wrong).is_none_or(|sum| sum > expected) {
            return Err(BadCount::TooMany(expected));
        }
        if self.damaged > self.received { Err(BadCount::TooManyDamaged) } else { Ok(()) }
    }
}

impl Receipt {
    /// Pieces that nobody has.
    pub fn missing(&self) -> u32 {
        self.expected.saturating_sub(self.received).saturating_sub(self.wrong)
    }

    /// Pieces that can be graded.
    pub fn sound(&self) -> u32 {
        self.received.saturating_sub(self.damaged)
    }
}
