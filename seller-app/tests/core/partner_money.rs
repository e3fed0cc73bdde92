//! Statements of partners add up.

use crate::buyer::{self, Pay};
use crate::world::World;
use jiff::Timestamp;
use proptest::prelude::*;
use rust_decimal::Decimal;
use seller_app::money::Money;
use seller_app::order::Order;
use seller_app::partners::Terms;
use seller_app::partners::statement::{AcceptedClaim, Account, Entry, csv, statement};
use seller_app::partners::terms::StockOwner;

fn bought(basket: &[(&str, u32)], pay: Pay) -> Order {
    let mut world = World::new("1.2.5");
    buyer::buy(&mut world, basket, pay);
    crate::life::deliver(&mut world);
    world.order().clone()
}

fn terms(owner: StockOwner) -> Terms {
    Terms {
        stock_owner: owner,
        fee_per_order: Money::from_minor(1_500),
        fee_percent: Decimal::new(25, 1),
        commission_percent: Decimal::from(10),
        delivery_cost: Money::from_minor(2_000),
        return_cost: Money::from_minor(700),
        agreed_at_ms: Some(1),
    }
}

fn ever<'a>(terms: &'a Terms, delivers: bool) -> Account<'a> {
    Account { terms, delivers, from: Timestamp::MIN, to: Timestamp::MAX }
}

#[test]
fn each_side_of_the_deal_gets_its_lines() {
    let order = bought(&[("RICE-5", 2)], Pay::Prepaid);
    let goods = order.quote.items_value();
    let own = terms(StockOwner::Partner);
    let made = statement(&ever(&own, true), std::slice::from_ref(&order), &[]);
    assert_eq!(made.totals[&Entry::Goods], goods);
    assert_eq!(made.totals[&Entry::Commission], -goods.percent(Decimal::from(10)));
    assert_eq!(made.totals[&Entry::Packing].wire(), "10.00");
    assert_eq!(made.totals[&Entry::Delivery].wire(), "30.00");
    assert_eq!(made.totals[&Entry::Fee], Money::from_minor(1_500) + goods.percent(Decimal::new(25, 1)));
    assert_eq!(made.totals[&Entry::DeliveryCost].wire(), "20.00");
    // For the brand's own goods, a partner that does not deliver gets its fee and nothing else.
    let kept = terms(StockOwner::Brand);
    let made = statement(&ever(&kept, false), std::slice::from_ref(&order), &[]);
    assert_eq!(made.totals.keys().copied().collect::<Vec<_>>(), [Entry::Fee]);
    // Nothing of another month.
    let past = Account { to: Timestamp::UNIX_EPOCH, ..ever(&own, true) };
    assert_eq!(statement(&past, &[order], &[]).lines, []);
}

#[test]
fn cash_that_was_taken_at_the_door_is_not_paid_again() {
    let order = bought(&[("RICE-5", 2)], Pay::Cash);
    let own = terms(StockOwner::Partner);
    let made = statement(&ever(&own, true), std::slice::from_ref(&order), &[]);
    assert_eq!(made.totals[&Entry::Cash], -order.agreed_total());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Whatever the terms, the baskets and the claims: the payout is the sum of the lines, of the totals, and of the file.
    #[test]
    fn the_lines_sum_to_the_payout(
        rice in 1u32..6, oil in 0u32..5, cash in any::<bool>(), delivers in any::<bool>(), brand in any::<bool>(),
        fee in 0i64..5_000, percent in 0u32..10_000, commission in 0u32..10_000, claims in proptest::collection::vec(-90_000i64..90_000, 0..4),
    ) {
        // The oil takes no part in orders that are paid at the door when it may not.
        let basket: Vec<(&str, u32)> = [("RICE-5", rice), ("OIL-1", oil)].into_iter().filter(|(_, count)| *count > 0).collect();
        let pay = if cash { Pay::Cash } else { Pay::Prepaid };
        let order = bought(&basket, pay);
        let terms = Terms {
            stock_owner: if brand { StockOwner::Brand } else { StockOwner::Partner },
            fee_per_order: Money::from_minor(fee),
            fee_percent: Decimal::new(i64::from(percent), 2),
            commission_percent: Decimal::new(i64::from(commission), 2),
            ..terms(StockOwner::Partner)
        };
        let at = order.delivered_at().unwrap();
        let claims: Vec<AcceptedClaim> = claims.into_iter()
            .map(|minor| AcceptedClaim { order_id: order.id.clone(), amount: Money::from_minor(minor), at }).collect();
        let made = statement(&ever(&terms, delivers), &[order], &claims);
        let lines: Money = made.lines.iter().map(|line| line.amount).sum();
        let totals: Money = made.totals.values().copied().sum();
        prop_assert_eq!(lines, made.payout);
        prop_assert_eq!(totals, made.payout);
        let file = csv(&made);
        let rows: Vec<&str> = file.lines().skip(1).collect();
        let amounts: Vec<Money> = rows.iter().map(|row| Money::parse(row.rsplit(',').next().unwrap()).unwrap()).collect();
        let (payout, amounts) = amounts.split_last().unwrap();
        prop_assert_eq!(amounts.iter().copied().sum::<Money>(), *payout);
    }
}
