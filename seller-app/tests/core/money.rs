//! Money is exact and reads only what the network writes.

use proptest::prelude::*;
use seller_app::catalogue::Period;
use seller_app::money::{Money, MoneyError};

#[test]
fn wire_amounts_have_two_decimals() {
    for (text, wire) in
        [("00.00", "0.00"), ("170", "170.00"), ("-50.0", "-50.00"), ("1027.99", "1027.99"), ("-0.00", "0.00")]
    {
        assert_eq!(Money::parse(text).unwrap().wire(), wire);
    }
}

#[test]
fn what_is_not_an_amount_is_refused() {
    for text in ["", "1,000.00", "1e3", "abc", "1.2.3", "--1", "₹5"] {
        assert!(matches!(Money::parse(text), Err(MoneyError::Malformed(_))), "{text}");
    }
    assert!(matches!(Money::parse("1.005"), Err(MoneyError::TooPrecise(_))));
    assert!(matches!(Money::parse("99999999999999"), Err(MoneyError::TooLarge(_))));
}

#[test]
fn tax_is_rounded_half_up() {
    let price = Money::parse("199.99").unwrap();
    assert_eq!(price.percent(rust_decimal::Decimal::from(5)).wire(), "10.00");
    assert_eq!(Money::parse("0.10").unwrap().percent(rust_decimal::Decimal::from(5)).wire(), "0.01");
}

#[test]
fn periods_compare_by_length() {
    assert_eq!(Period::parse("PT60M").unwrap(), Period::parse("PT1H").unwrap());
    assert!(Period::parse("P1D").unwrap() > Period::parse("PT23H").unwrap());
    assert_eq!(Period::of_minutes(90).as_str(), "PT90M");
    for text in ["P1M", "P1Y", "1 day", "", "-PT5M", "PT"] {
        assert!(Period::parse(text).is_err(), "{text}");
    }
}

proptest! {
    #[test]
    fn wire_form_reads_back(minor in -1_000_000_000_000i64..1_000_000_000_000) {
        let money = Money::from_minor(minor);
        prop_assert_eq!(Money::parse(&money.wire()).unwrap(), money);
        prop_assert_eq!(money.minor(), Some(minor));
    }

    #[test]
    fn sums_are_exact(amounts in proptest::collection::vec(-10_000_000i64..10_000_000, 0..200)) {
        let sum: Money = amounts.iter().map(|&minor| Money::from_minor(minor)).sum();
        prop_assert_eq!(sum.minor(), Some(amounts.iter().sum::<i64>()));
    }
}
