//! A span of time as people write it: days of the desk, or moments.

use jiff::civil::Date;
use jiff::tz::Offset;
use jiff::{Timestamp, ToSpan};

/// Unix milliseconds, both included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Period {
    pub from_ms: i64,
    pub to_ms: i64,
}

/// Why it is no period.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum PeriodError {
    #[error("{member}: `{text}` is no time; write 2026-11-01 (a day of the desk) or 2026-11-01T00:00:00Z")]
    Unreadable { member: &'static str, text: String },
    #[error("from is after to")]
    Reversed,
}

impl Period {
    /// `from` begins with its day, `to` ends with its; an empty `to` is now. `offset_min`: the desk's minutes ahead of UTC.
    ///
    /// # Errors
    /// Names the text that is no time.
    pub fn parse(from: &str, to: &str, now: Timestamp, offset_min: i16) -> Result<Period, PeriodError> {
        let offset = Offset::from_seconds(i32::from(offset_min) * 60).unwrap_or(Offset::UTC);
        let from_ms = read("from", from, |day| offset.to_timestamp(day.at(0, 0, 0, 0)).ok())?;
        let end = |day: Date| {
            let next = offset.to_timestamp(day.checked_add(1.day()).ok()?.at(0, 0, 0, 0)).ok()?;
            Timestamp::from_millisecond(next.as_millisecond() - 1).ok()
        };
        let to_ms = if to.is_empty() { now.as_millisecond() } else { read("to", to, end)? };
        if from_ms > to_ms { Err(PeriodError::Reversed) } else { Ok(Period { from_ms, to_ms }) }
    }
}

fn read(member: &'static str, text: &str, day: impl Fn(Date) -> Option<Timestamp>) -> Result<i64, PeriodError> {
    let of_day = || text.parse::<Date>().ok().and_then(day);
    // A day has ten characters; jiff would read a day out of a longer text too.
    let at = if text.len() == 10 { of_day() } else { text.parse::<Timestamp>().ok() };
    at.map(Timestamp::as_millisecond).ok_or_else(|| PeriodError::Unreadable { member, text: text.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn period(from: &str, to: &str) -> Result<Period, PeriodError> {
        Period::parse(from, to, Timestamp::from_second(1_764_000_000).unwrap_or_default(), 330)
    }

    #[test]
    fn days_are_the_desks_and_both_are_included() {
        let day = period("2025-11-01", "2025-11-01").map(|one| (one.from_ms, one.to_ms - one.from_ms));
        assert_eq!(day, Ok((1_761_935_400_000, 86_399_999)));
        assert_eq!(period("2025-11-01T00:00:00Z", "").map(|one| one.to_ms), Ok(1_764_000_000_000));
    }

    #[test]
    fn what_is_no_time_is_named() {
        for (from, to, why) in [
            ("", "", "from: ``"),
            ("01.11.2025", "", "from: `01.11.2025`"),
            ("2025-11-01", "2025-02-30", "to: `2025-02-30`"),
            ("2025-11-02", "2025-11-01", "from is after to"),
        ] {
            let error = period(from, to).map_err(|error| error.to_string());
            assert!(error.as_ref().is_err_and(|error| error.starts_with(why)), "{error:?}");
        }
    }
}
