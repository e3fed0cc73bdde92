//! Money of the network: an exact decimal amount, written on the wire as text with two decimals.

use std::fmt;
use std::iter::Sum;
use std::ops::{Add, AddAssign, Neg, Sub};
use std::str::FromStr;

use rust_decimal::prelude::ToPrimitive;
use rust_decimal::{Decimal, RoundingStrategy};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// The largest amount (either sign) that is read from outside. With it no sum of an order can
/// overflow the decimal, so arithmetic stays exact and never panics.
const LIMIT: i64 = 1_000_000_000_000;

/// An exact amount in the network's currency. Never more than two decimals.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Money(Decimal);

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MoneyError {
    #[error("`{0}` is not an amount: write digits with at most two decimals, such as 12.50")]
    Malformed(String),
    #[error("`{0}` has more than two decimals: round it before sending")]
    TooPrecise(String),
    #[error("`{0}` is beyond the largest amount that is accepted")]
    TooLarge(String),
}

impl Money {
    pub const ZERO: Money = Money(Decimal::ZERO);

    /// Reads a wire amount. `00.00`, `170` and `-50.0` are accepted, `1e3` and `1,000.00` are not.
    pub fn parse(text: &str) -> Result<Money, MoneyError> {
        let plain = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit() || b == b'.' || b == b'-');
        let amount = plain
            .then(|| Decimal::from_str(text).ok())
            .flatten()
            .ok_or_else(|| MoneyError::Malformed(text.to_owned()))?
            .normalize();
        if amount.scale() > 2 {
            return Err(MoneyError::TooPrecise(text.to_owned()));
        }
        if amount.abs() > Decimal::from(LIMIT) {
            return Err(MoneyError::TooLarge(text.to_owned()));
        }
        Ok(Money(amount))
    }

    /// From the smallest unit of the currency (paise).
    pub fn from_minor(minor: i64) -> Money {
        Money(Decimal::new(minor, 2))
    }

    /// In the smallest unit of the currency (paise). `None` beyond 64 bits.
    pub fn minor(self) -> Option<i64> {
        (self.0 * Decimal::ONE_HUNDRED).to_i64()
    }

    /// The wire form: two decimals, sign in front, `12.50`.
    pub fn wire(self) -> String {
        let mut amount = self.0;
        amount.rescale(2);
        if amount.is_zero() {
            amount.set_sign_positive(true);
        }
        amount.to_string()
    }

    pub fn is_zero(self) -> bool {
        self.0.is_zero()
    }

    pub fn is_negative(self) -> bool {
        self.0.is_sign_negative() && !self.0.is_zero()
    }

    pub fn times(self, count: u32) -> Money {
        Money(self.0.saturating_mul(Decimal::from(count)))
    }

    /// `percent` of this amount, half a paisa rounded away from zero.
    pub fn percent(self, percent: Decimal) -> Money {
        Money::rounded(self.0.saturating_mul(percent) / Decimal::ONE_HUNDRED)
    }

    /// The tax of so many percent that is in this amount already.
    pub fn tax_within(self, percent: Decimal) -> Money {
        if percent <= Decimal::ZERO {
            return Money::ZERO;
        }
        Money::rounded(self.0.saturating_mul(percent) / (Decimal::ONE_HUNDRED + percent))
    }

    /// The share `part` of `whole` of this amount; all of it when `part >= whole`.
    pub fn share(self, part: u32, whole: u32) -> Money {
        if whole == 0 || part >= whole {
            return self;
        }
        Money::rounded(self.0.saturating_mul(Decimal::from(part)) / Decimal::from(whole))
    }

    /// Cuts the amount into parts by weight that add up to it, to the smallest unit: each part is rounded towards zero,
    /// then the units that are left go to the parts with the largest remainders, the first of equals first.
    ///
    /// Negative weights count as none. When no weight is above zero, the first part is all of it.
    pub fn apportion(self, weights: &[i64]) -> Vec<Money> {
        let mut parts = vec![Money::ZERO; weights.len()];
        let weight = |at: usize| Decimal::from(weights.get(at).copied().unwrap_or(0).max(0));
        let whole: Decimal = (0..weights.len()).map(weight).sum();
        let Some(first) = parts.first_mut() else { return parts };
        if whole.is_zero() {
            *first = self;
            return parts;
        }
        let mut remainders: Vec<(usize, Decimal)> = Vec::with_capacity(parts.len());
        let mut left = self.0;
        for (at, part) in parts.iter_mut().enumerate() {
            let exact = self.0.saturating_mul(weight(at)) / whole;
            let cut = exact.round_dp_with_strategy(2, RoundingStrategy::ToZero);
            remainders.push((at, (exact - cut).abs()));
            left -= cut;
            *part = Money(cut);
        }
        let unit = Decimal::new(if left.is_sign_negative() { -1 } else { 1 }, 2);
        remainders.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(&b.0)));
        for (at, _) in remainders.iter().cycle().take(parts.len().saturating_mul(2)) {
            if left.is_zero() {
                break;
            }
            if let Some(part) = parts.get_mut(*at).filter(|_| weight(*at) > Decimal::ZERO) {
                *part += Money(unit);
                left -= unit;
            }
        }
        parts
    }

    fn rounded(amount: Decimal) -> Money {
        Money(amount.round_dp_with_strategy(2, RoundingStrategy::MidpointAwayFromZero))
    }
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.wire())
    }
}

impl FromStr for Money {
    type Err = MoneyError;
    fn from_str(text: &str) -> Result<Money, MoneyError> {
        Money::parse(text)
    }
}

impl Add for Money {
    type Output = Money;
    fn add(self, other: Money) -> Money {
        Money(self.0.saturating_add(other.0))
    }
}

impl AddAssign for Money {
    fn add_assign(&mut self, other: Money) {
        *self = *self + other;
    }
}

impl Sub for Money {
    type Output = Money;
    fn sub(self, other: Money) -> Money {
        Money(self.0.saturating_sub(other.0))
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
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Money, D::Error> {
        let text = String::deserialize(deserializer)?;
        Money::parse(&text).map_err(serde::de::Error::custom)
    }
}
