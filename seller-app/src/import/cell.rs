//! Readers of single cells. Each answers `None` when the cell is not what it should be.

use rust_decimal::Decimal;

use crate::catalogue::faults::is_wire_id;
use crate::money::Money;

/// What [`amount`] takes, for the text of a fault.
pub const AMOUNT: &str = "an amount such as 12.50";
/// What [`units`] takes.
pub const UNITS: &str = "a whole number of units, zero or more";

/// Money, not negative. `1,50` and `₹ 1.50` are refused: no guessing.
pub fn amount(text: &str) -> Option<Money> {
    Money::parse(text).ok().filter(|amount| !amount.is_negative())
}

/// Percent, 0 to 100, with at most two decimals.
pub fn percentage(text: &str) -> Option<Decimal> {
    let value: Decimal = text.parse().ok()?;
    (value >= Decimal::ZERO && value <= Decimal::ONE_HUNDRED && value.scale() <= 2).then_some(value)
}

/// Letters, digits and hyphens, at most 28: it travels on the network, some of them with a suffix.
pub fn identifier(text: &str) -> Option<String> {
    (is_wire_id(text) && text.len() <= 28).then(|| text.to_owned())
}

/// Exactly so many digits.
pub fn digits(text: &str, length: usize) -> Option<String> {
    (text.len() == length && text.bytes().all(|b| b.is_ascii_digit())).then(|| text.to_owned())
}

/// A postal code: six digits, not beginning with zero.
pub fn area_code(text: &str) -> Option<String> {
    digits(text, 6).filter(|code| !code.starts_with('0'))
}

/// Postal codes with blanks between.
pub fn area_codes(text: &str) -> Option<Vec<String>> {
    text.split_whitespace().map(area_code).collect()
}

/// One `@` with something on both sides and no blank.
pub fn email(text: &str) -> Option<String> {
    let (name, host) = text.split_once('@')?;
    let good = !name.is_empty() && host.contains('.') && !host.contains('@') && !text.contains(char::is_whitespace);
    good.then(|| text.to_owned())
}

/// Three capital letters (ISO 3166 alpha-3).
pub fn country(text: &str) -> Option<String> {
    (text.len() == 3 && text.bytes().all(|b| b.is_ascii_uppercase())).then(|| text.to_owned())
}

/// `MM/YYYY`; also a whole date, into which spreadsheets turn a month by themselves.
pub fn month(text: &str) -> Option<String> {
    if let Some(day) = date(text) {
        return Some(format!("{:02}/{:04}", day.month(), day.year()));
    }
    let (month, year) = text.split_once('/')?;
    let good = month.len() == 2 && year.len() == 4 && year.bytes().all(|b| b.is_ascii_digit());
    (good && month.parse().is_ok_and(|month: u8| (1..=12).contains(&month))).then(|| text.to_owned())
}

/// `name,email,phone`.
pub fn consumer_care(text: &str) -> Option<String> {
    let parts: Vec<&str> = text.split(',').map(str::trim).collect();
    let [name, mail, number] = parts.as_slice() else { return None };
    (!name.is_empty() && email(mail).is_some() && phone(number).is_some()).then(|| parts.join(","))
}

/// A whole number from 1.
pub fn count(text: &str) -> Option<u32> {
    text.parse().ok().filter(|count| *count >= 1)
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
    let weighted: u32 = code
        .bytes()
        .rev()
        .enumerate()
        .map(|(place, digit)| u32::from(digit - b'0') * if place % 2 == 1 { 3 } else { 1 })
        .sum();
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
        assert_eq!(amount("12.5"), Some(Money::from_minor(1250)));
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
    }
}
