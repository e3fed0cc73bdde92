//! Whole values kept as JSON text in a `body` column: written and read back without loss, never queried inside.

use serde::Serialize;
use serde::de::DeserializeOwned;

pub fn write(value: &impl Serialize) -> Result<String, sqlx::Error> {
    serde_json::to_string(value).map_err(|error| sqlx::Error::Encode(Box::new(error)))
}

/// Fails when the row was written by a program with another shape: an operator must see that, not a silent default.
pub fn read<T: DeserializeOwned>(text: &str) -> Result<T, sqlx::Error> {
    serde_json::from_str(text).map_err(|error| sqlx::Error::Decode(Box::new(error)))
}

/// What a save did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Saved {
    New,
    Changed,
    Unchanged,
}
