//! Times as participants write them.

use jiff::Timestamp;
use jiff::civil::DateTime;
use serde_json::Value;

/// A time of the wire, read with patience: the form of the network; without zone (taken as UTC); with a space for the
/// `T`; wrapped as `{"$date": …}`; milliseconds or seconds since 1970.
pub(crate) fn read(value: &Value) -> Option<Timestamp> {
    match value {
        Value::String(text) => from_text(text.trim()),
        Value::Number(number) => from_epoch(number.as_f64()?),
        Value::Object(map) => read(map.get("$date")?),
        Value::Null | Value::Bool(_) | Value::Array(_) => None,
    }
}

fn from_text(text: &str) -> Option<Timestamp> {
    let zoned = || text.parse::<Timestamp>().ok();
    let local = || text.parse::<DateTime>().ok()?.in_tz("UTC").ok().map(|time| time.timestamp());
    zoned().or_else(local)
}

/// Seconds when the number is too small for milliseconds of this century.
fn from_epoch(number: f64) -> Option<Timestamp> {
    const MILLISECONDS_FROM: f64 = 100_000_000_000.0;
    let ms = if number < MILLISECONDS_FROM { number * 1_000.0 } else { number };
    #[allow(clippy::cast_possible_truncation)] // a time outside i64 saturates and is refused below
    Timestamp::from_millisecond(ms as i64).ok().filter(|_| number > 0.0)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;
    use serde_json::json;

    use super::*;

    #[rstest]
    #[case(json!("2024-05-01T10:00:00.000Z"))]
    #[case(json!("2024-05-01T15:30:00+05:30"))]
    #[case(json!("2024-05-01T10:00:00.000000Z"))]
    #[case(json!(" 2024-05-01 10:00:00 "))]
    #[case(json!("2024-05-01T10:00:00"))]
    #[case(json!({"$date": "2024-05-01T10:00:00Z"}))]
    #[case(json!(1_714_557_600))]
    #[case(json!(1_714_557_600_000_u64))]
    fn a_time_is_read_in_every_dress(#[case] value: Value) {
        assert_eq!(read(&value), Some("2024-05-01T10:00:00Z".parse().unwrap()));
    }

    #[rstest]
    #[case(json!("yesterday"))]
    #[case(json!(-1))]
    #[case(json!(1e300))]
    #[case(json!(null))]
    fn what_is_no_time_is_none(#[case] value: Value) {
        assert_eq!(read(&value), None);
    }
}
