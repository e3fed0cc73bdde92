//! When a partner takes orders: days of the week, one opening time and one closing time, holidays.

use jiff::Timestamp;
use jiff::civil::{Date, Time};
use jiff::tz::Offset;
use serde::{Deserialize, Serialize};

/// Opening hours in the partner's local time. The default is always open.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Hours {
    /// 1 is Monday, 7 is Sunday; no repeats.
    pub days: Vec<u8>,
    /// `HHMM`, 24 hours.
    pub opens: String,
    /// `HHMM`, later than `opens`; the last minute that is open.
    pub closes: String,
    /// Minutes ahead of UTC; India is 330.
    pub utc_offset_min: i16,
}

impl Default for Hours {
    fn default() -> Hours {
        Hours { days: (1..=7).collect(), opens: "0000".to_owned(), closes: "2359".to_owned(), utc_offset_min: 330 }
    }
}

impl Hours {
    /// True when orders are taken at `now`. Hours that cannot be read are closed hours.
    pub fn open_at(&self, now: Timestamp, holidays: &[Date]) -> bool {
        let local = self.local(now);
        let weekday = local.date().weekday().to_monday_one_offset();
        let (Some(opens), Some(closes)) = (clock(&self.opens), clock(&self.closes)) else {
            return false;
        };
        let minute = Time::constant(local.hour(), local.minute(), 0, 0);
        self.days.contains(&(weekday as u8)) && !holidays.contains(&local.date()) && (opens..=closes).contains(&minute)
    }

    /// The next moment, `now` included, at which orders are worked on; `None` when two weeks stay closed.
    pub fn next_open(&self, now: Timestamp, holidays: &[Date]) -> Option<Timestamp> {
        if self.open_at(now, holidays) {
            return Some(now);
        }
        let offset = Offset::from_seconds(i32::from(self.utc_offset_min) * 60).unwrap_or(Offset::UTC);
        let opens = clock(&self.opens)?;
        let mut date = self.today(now);
        for _ in 0..=14 {
            let start = offset.to_timestamp(date.to_datetime(opens)).ok()?;
            if start >= now && self.open_at(start, holidays) {
                return Some(start);
            }
            date = date.tomorrow().ok()?;
        }
        None
    }

    /// Today's date where the partner is.
    pub fn today(&self, now: Timestamp) -> Date {
        self.local(now).date()
    }

    /// The time of the day where the partner is, `HHMM`.
    pub fn clock_text(&self, now: Timestamp) -> String {
        let local = self.local(now);
        format!("{:02}{:02}", local.hour(), local.minute())
    }

    /// The moment at which the next day begins where the partner is.
    pub fn midnight_after(&self, now: Timestamp) -> Option<Timestamp> {
        let offset = Offset::from_seconds(i32::from(self.utc_offset_min) * 60).unwrap_or(Offset::UTC);
        offset.to_timestamp(self.today(now).tomorrow().ok()?.to_datetime(Time::midnight())).ok()
    }

    /// Days as the wire has them: `1,2,3`.
    pub fn days_text(&self) -> String {
        let days: Vec<String> = self.days.iter().map(u8::to_string).collect();
        days.join(",")
    }

    /// True when both times are `HHMM`, closing is after opening, and days are 1-7 without repeats.
    pub fn is_readable(&self) -> bool {
        let in_order = match (clock(&self.opens), clock(&self.closes)) {
            (Some(opens), Some(closes)) => opens < closes,
            _ => false,
        };
        let mut days = self.days.clone();
        days.sort_unstable();
        days.dedup();
        in_order && days.len() == self.days.len() && !days.is_empty() && days.iter().all(|d| (1..=7).contains(d))
    }

    fn local(&self, now: Timestamp) -> jiff::civil::DateTime {
        let offset = Offset::from_seconds(i32::from(self.utc_offset_min) * 60).unwrap_or(Offset::UTC);
        offset.to_datetime(now)
    }
}

fn clock(text: &str) -> Option<Time> {
    if text.len() != 4 || !text.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    Time::new(text[..2].parse().ok()?, text[2..].parse().ok()?, 0, 0).ok()
}
