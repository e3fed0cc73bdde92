//! The registry's tables. Writes go through `membership` and `operator`; reads for lookups through [`crate::directory`].

pub mod chain;
pub mod history;
pub mod membership;
pub mod overview;
pub mod records;

use jiff::Timestamp;

/// The present as it is stored.
pub(crate) fn ms(at: Timestamp) -> i64 {
    at.as_millisecond()
}

/// A stored time; what cannot be a time is the end of time, which no key reaches.
pub(crate) fn time(ms: i64) -> Timestamp {
    Timestamp::from_millisecond(ms).unwrap_or(Timestamp::MAX)
}

/// A row that this program did not write.
pub(crate) fn unreadable(what: &str, error: impl std::fmt::Display) -> sqlx::Error {
    sqlx::Error::Decode(format!("{what}: {error}").into())
}
