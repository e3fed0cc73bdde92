//! A length of time as the network writes it: an ISO 8601 duration such as `PT45M` or `P2D`.

use std::fmt;
use std::str::FromStr;

use jiff::{SignedDuration, Span, SpanRelativeTo, Timestamp};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// The longest period that is read from outside: ten years. Adding it to a clock cannot overflow.
const LONGEST_S: i64 = 10 * 365 * 86_400;

/// A length of time, not negative. Compared by length: `PT60M` equals `PT1H`.
#[derive(Clone, Debug)]
pub struct Period {
    text: String,
    seconds: i64,
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a usable ISO 8601 duration: write for example PT45M, PT2H or P2D (days, weeks, no months)")]
pub struct PeriodError(String);

impl Period {
    /// Reads an ISO 8601 duration. Months and years have no fixed length and are refused.
    pub fn parse(text: &str) -> Result<Period, PeriodError> {
        let refused = || PeriodError(text.to_owned());
        if !text.starts_with('P') {
            return Err(refused());
        }
        let span: Span = text.parse().map_err(|_| refused())?;
        let length = span.to_duration(SpanRelativeTo::days_are_24_hours()).map_err(|_| refused())?;
        let seconds = length.as_secs();
        if !(0..=LONGEST_S).contains(&seconds) {
            return Err(refused());
        }
        Ok(Period { text: text.to_owned(), seconds })
    }

    /// Written in the largest unit that divides it: 86 400 → `P1D`, 5 400 → `PT90M`.
    pub fn of_seconds(seconds: u32) -> Period {
        let text = match seconds {
            0 => "PT0S".to_owned(),
            s if s % 86_400 == 0 => format!("P{}D", s / 86_400),
            s if s % 3_600 == 0 => format!("PT{}H", s / 3_600),
            s if s % 60 == 0 => format!("PT{}M", s / 60),
            s => format!("PT{s}S"),
        };
        Period { text, seconds: i64::from(seconds) }
    }

    pub fn of_minutes(minutes: u32) -> Period {
        Period::of_seconds(minutes.saturating_mul(60))
    }

    pub fn seconds(&self) -> i64 {
        self.seconds
    }

    pub fn as_str(&self) -> &str {
        &self.text
    }

    pub fn plus(&self, other: &Period) -> Period {
        Period::of_seconds(u32::try_from(self.seconds + other.seconds).unwrap_or(u32::MAX))
    }

    /// The moment this long after `start`; the latest moment there is when that would overflow.
    pub fn after(&self, start: Timestamp) -> Timestamp {
        start.checked_add(SignedDuration::from_secs(self.seconds)).unwrap_or(Timestamp::MAX)
    }
}

impl PartialEq for Period {
    fn eq(&self, other: &Period) -> bool {
        self.seconds == other.seconds
    }
}

impl Eq for Period {}

impl PartialOrd for Period {
    fn partial_cmp(&self, other: &Period) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Period {
    fn cmp(&self, other: &Period) -> std::cmp::Ordering {
        self.seconds.cmp(&other.seconds)
    }
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl FromStr for Period {
    type Err = PeriodError;
    fn from_str(text: &str) -> Result<Period, PeriodError> {
        Period::parse(text)
    }
}

impl Serialize for Period {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.text)
    }
}

impl<'de> Deserialize<'de> for Period {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Period, D::Error> {
        let text = String::deserialize(deserializer)?;
        Period::parse(&text).map_err(serde::de::Error::custom)
    }
}
