//! Times for people at the desk, in the desk's own time.

use jiff::Timestamp;
use jiff::tz::Offset;

/// A moment in two forms.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moment {
    /// For machines: RFC 3339.
    pub iso: String,
    /// For people: `23 Nov 09:12:05`.
    pub text: String,
}

/// A moment in the desk's time. `offset_min`: minutes ahead of UTC.
pub fn moment(at: Timestamp, offset_min: i16) -> Moment {
    let offset = Offset::from_seconds(i32::from(offset_min) * 60).unwrap_or(Offset::UTC);
    let text = offset.to_datetime(at).strftime("%d %b %H:%M:%S").to_string();
    Moment { iso: at.to_string(), text }
}

/// As [`moment`], of Unix milliseconds.
pub fn moment_ms(at_ms: i64, offset_min: i16) -> Moment {
    moment(Timestamp::from_millisecond(at_ms).unwrap_or_default(), offset_min)
}

/// How long ago, in the largest unit that fits: `4 min`.
pub fn age(now_ms: i64, at_ms: i64) -> String {
    let seconds = (now_ms - at_ms).max(0) / 1000;
    match seconds {
        0..60 => format!("{seconds} s"),
        60..3600 => format!("{} min", seconds / 60),
        3600..86_400 => format!("{} h", seconds / 3600),
        _ => format!("{} d", seconds / 86_400),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn local_time_and_age() {
        let moment = moment_ms(1_763_866_800_000, 330);
        assert_eq!((moment.text.as_str(), moment.iso.as_str()), ("23 Nov 08:30:00", "2025-11-23T03:00:00Z"));
        assert_eq!([age(9_000, 0), age(90_000, 0), age(7_200_000, 0), age(0, 5)], ["9 s", "1 min", "2 h", "0 s"]);
    }
}
