//! Readers of single cells. Each answers `None` when the cell is not what it should be.

use rust_decimal::Decimal;

/// Money or a rate: digits, at most one point, at most two decimals, not negative. `1,50` and `₹ 1.50` are refused: no guessing.
pub fn amount(text: &str) -> Option<Decimal> {
    let plain = !text.is_empty() && text.chars().all(|c| c.is_ascii_digit() || c == '.');
    let value: Decimal = plain.then(|| text.parse().ok())??;
    (value.scale() <= 2).then_some(value)
}

/// A whole number of units, zero or more.
pub fn units(text: &str) -> Option<i64> {
    text.parse().ok().filter(|units| (0..=100_000_000).contains(units))
}

/// `latitude,longitude` in degrees with at least four decimals each (about ten metres).
pub fn gps(text: &str) -> Option<String> {
    let (latitude, longitude) = text.split_once(',')?;
    let (latitude, longitude) = (latitude.trim(), longitude.trim());
    let inside = |part: &str, limit: f64| {
        let decimals = part.split_once('.').is_some_and(|(_, decimals)| decimals.len() >= 4);
        decimals && part.parse::<f64>().is_ok_and(|degrees| degrees.abs() <= limit)
    };
    (inside(latitude, 90.0) && inside(longitude, 180.0)).then(|| format!("{latitude},{longitude}"))
}

/// `HHMM`, 0000 to 2359.
pub fn clock_time(text: &str) -> Option<String> {
    let digits = text.len() == 4 && text.chars().all(|c| c.is_ascii_digit());
    let good = digits && text[..2].parse::<u8>().is_ok_and(|h| h < 24) && text[2..].parse::<u8>().is_ok_and(|m| m < 60);
    good.then(|| text.to_owned())
}

/// An ISO 8601 duration such as `PT30M` or `P3D`.
pub fn duration(text: &str) -> Option<String> {
    let span: jiff::Span = text.parse().ok()?;
    (text.starts_with('P') && !span.is_negative()).then(|| text.to_owned())
}

/// `std:080`, the form of a city in the network's context.
pub fn city(text: &str) -> Option<String> {
    let digits = text.strip_prefix("std:")?;
    ((3..=5).contains(&digits.len()) && digits.chars().all(|c| c.is_ascii_digit())).then(|| text.to_owned())
}

/// 10 or 11 digits.
pub fn phone(text: &str) -> Option<String> {
    ((10..=11).contains(&text.len()) && text.chars().all(|c| c.is_ascii_digit())).then(|| text.to_owned())
}

/// `TYPE:CODE`. Type 1 (EAN) must have 8 or 13 digits and a right check digit.
pub fn product_code(text: &str) -> Option<String> {
    let (kind, code) = text.split_once(':')?;
    if !matches!(kind, "1" | "2" | "3" | "4" | "5" | "6") || code.is_empty() {
        return None;
    }
    (kind != "1" || is_ean(code)).then(|| text.to_owned())
}

/// Whether the last digit checks the others: weights 3 and 1 in turn from the right (GS1 General Specifications 7.9).
pub fn is_ean(code: &str) -> bool {
    if !matches!(code.len(), 8 | 13) || !code.chars().all(|c| c.is_ascii_digit()) {
        return false;
    }
    let weighted: u32 =
        code.bytes().rev().enumerate().map(|(place, digit)| u32::from(digit - b'0') * if place % 2 == 1 { 3 } else { 1 }).sum();
    weighted.is_multiple_of(10)
}

/// Days of the week as `1 2 3 4 5 6 7`, 1 = Monday, none twice.
pub fn days(text: &str) -> Option<Vec<u8>> {
    let mut days = Vec::new();
    for word in text.split([' ', ',']).filter(|word| !word.is_empty()) {
        let day: u8 = word.parse().ok().filter(|day| (1..=7).contains(day))?;
        if days.contains(&day) {
            return None;
        }
        days.push(day);
    }
    (!days.is_empty()).then_some(days)
}

/// A calendar day, `YYYY-MM-DD`.
pub fn date(text: &str) -> Option<jiff::civil::Date> {
    text.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn check_digits_of_ean() {
        assert!(is_ean("4006381333931") && is_ean("96385074"));
        assert!(!is_ean("4006381333932") && !is_ean("400638133393") && !is_ean("400638133393x"));
    }

    #[test]
    fn amounts_are_exact_or_refused() {
        assert_eq!(amount("12.5").map(|value| value.to_string()), Some("12.5".to_owned()));
        for wrong in ["", "-1", "1,50", "1.005", "1.2.3", "1e3", "NaN"] {
            assert_eq!(amount(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn places_and_times() {
        assert!(gps("12.935215, 77.624483").is_some());
        for wrong in ["12.93,77.62", "91.0000,10.0000", "12.9352", "a.bcde,1.2345"] {
            assert_eq!(gps(wrong), None, "{wrong}");
        }
        assert!(clock_time("2359").is_some() && clock_time("2400").is_none() && clock_time("8:00").is_none());
        assert!(days("1 2 7").is_some() && days("1 1").is_none() && days("8").is_none());
        assert!(duration("PT30M").is_some() && duration("30M").is_none() && duration("-PT1H").is_none());
    }
}
