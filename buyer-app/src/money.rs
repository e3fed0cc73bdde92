//! Exact amounts of money. On the wire they are strings with two decimals.

use std::fmt;
use std::iter::Sum;
use std::ops::{Add, AddAssign, Neg, Sub};
use std::str::FromStr;

use rust_decimal::{Decimal, RoundingStrategy};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// An amount in the network's currency; negative for discounts and quote trails.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Money(Decimal);

/// The text is not an amount.
#[derive(Debug, thiserror::Error)]
#[error("`{0}` is not an amount; write digits with a point, such as 12.50")]
pub struct MoneyError(String);

impl Money {
    pub const ZERO: Money = Money(Decimal::ZERO);

    /// Reads `12.5`, `12.50`, `00.00` or `-50`.
    pub fn parse(text: &str) -> Result<Money, MoneyError> {
        Decimal::from_str(text.trim()).map(Money).map_err(|_| MoneyError(text.chars().take(40).collect()))
    }

    /// The wire form: always two decimals, half to even.
    pub fn wire(self) -> String {
        let rounded = self.0.round_dp_with_strategy(2, RoundingStrategy::MidpointNearestEven);
        // A rounded -0.001 would print as "-0.00".
        if rounded.is_zero() { "0.00".to_owned() } else { format!("{rounded:.2}") }
    }

    /// Hundredths of the unit, for sorting and filtering in SQL; saturates.
    pub fn hundredths(self) -> i64 {
        let scaled = (self.0 * Decimal::ONE_HUNDRED).round();
        i64::try_from(scaled).unwrap_or(if self.0.is_sign_negative() { i64::MIN } else { i64::MAX })
    }

    pub fn from_hundredths(hundredths: i64) -> Money {
        Money(Decimal::new(hundredths, 2))
    }

    pub fn times(self, count: u32) -> Money {
        Money(self.0 * Decimal::from(count))
    }

    pub fn is_zero(self) -> bool {
        self.0.is_zero()
    }

    pub fn is_negative(self) -> bool {
        self.0.is_sign_negative() && !self.0.is_zero()
    }

    pub fn is_positive(self) -> bool {
        self.0.is_sign_positive() && !self.0.is_zero()
    }
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.wire())
    }
}

impl Add for Money {
    type Output = Money;
    fn add(self, other: Money) -> Money {
        Money(self.0 + other.0)
    }
}

impl AddAssign for Money {
    fn add_assign(&mut self, other: Money) {
        self.0 += other.0;
    }
}

impl Sub for Money {
    type Output = Money;
    fn sub(self, other: Money) -> Money {
        Money(self.0 - other.0)
    }
}

impl Neg for Money {
    type Output = Money;
    fn neg(self) -> Money {
        Money(-self.0)
    }
}

impl Sum for Money {
    fn sum<I: Iterator<Item = Money>>(amounts: I) -> Money {
        amounts.fold(Money::ZERO, Add::add)
    }
}

impl Serialize for Money {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.wire())
    }
}

impl<'de> Deserialize<'de> for Money {
    /// Accepts the wire's string and, leniently, a JSON number.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Money, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Form {
            Text(String),
            Number(serde_json::Number),
        }
        let text = match Form::deserialize(deserializer)? {
            Form::Text(text) => text,
            Form::Number(number) => number.to_string(),
        };
        Money::parse(&text).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn wire_has_two_decimals() {
        for (read, written) in
            [("1", "1.00"), ("00.00", "0.00"), ("-0.001", "0.00"), ("12.345", "12.34"), ("-50", "-50.00")]
        {
            assert_eq!(Money::parse(read).unwrap().wire(), written, "{read}");
        }
        assert!(Money::parse("12,50").is_err());
        assert!(Money::parse("").is_err());
    }

    proptest! {
        #[test]
        fn sums_are_exact(amounts in proptest::collection::vec(-10_000_000i64..10_000_000, 0..60)) {
            let sum: Money = amounts.iter().map(|n| Money::from_hundredths(*n)).sum();
            prop_assert_eq!(sum.hundredths(), amounts.iter().sum::<i64>());
            prop_assert_eq!(Money::parse(&sum.wire()).unwrap(), sum);
        }
    }
}
