//! Lots: what runs out first is sold first, and what will not last is not sold.

use node::testing::TempDatabase;
use node::{Database, both_engines};
use seller_app::inventory::{Channel, Lot, StockRules, lots as fefo};
use seller_app::store::reservation::{self, StockError};
use seller_app::store::shelf::ShelfKey;
use seller_app::store::stamp::Stamp;
use seller_app::store::{lots, rebuild, stock};

use super::shelves::{PARTNER, SKU, at, cart, line, seeded, set, stamp};
use super::simulation::Dice;

const DAY: i64 = 86_400;

fn key() -> ShelfKey {
    ShelfKey::new(PARTNER, SKU)
}

/// Households want 7 days, businesses 60.
fn rules() -> StockRules {
    StockRules { network_min_life_days: 7, b2b_min_life_days: 60, ..StockRules::PLAIN }
}

async fn receive(db: &Database, lot: &str, days: i64, units: i64) {
    let mut tx = db.begin().await.unwrap();
    let expires_ms = at(days * DAY).as_millisecond();
    stock::receive(&mut tx, &key(), (lot, expires_ms, units), "in", &stamp(0)).await.unwrap();
    tx.commit().await.unwrap();
}

async fn sell(db: &Database, who: &str, channel: Channel, units: u32, second: i64) -> Result<(), StockError> {
    let rules = rules();
    let stamp = stamp(second).by(&rules);
    let mut tx = db.begin().await.unwrap();
    reservation::hold(&mut tx, &cart(who), channel, &[line(SKU, units)], at(second + 600), &stamp).await?;
    reservation::commit(&mut tx, &cart(who), channel, &[line(SKU, units)], &stamp).await?;
    tx.commit().await.unwrap();
    Ok(())
}

async fn bought(db: &Database, who: &str) -> String {
    lots::bought_in_words(db, &cart(who)).await.unwrap().remove(SKU).unwrap_or_default()
}

async fn on_shelf(db: &Database) -> Vec<(String, i64, i64)> {
    let lots: Vec<Lot> = lots::of_one(db, &key()).await.unwrap();
    lots.into_iter().map(|lot| (lot.name, lot.on_hand, lot.committed)).collect()
}

fn shown(lots: &[(&str, i64, i64)]) -> Vec<(String, i64, i64)> {
    lots.iter().map(|(name, on_hand, committed)| ((*name).to_owned(), *on_hand, *committed)).collect()
}

both_engines! {
    async fn what_expires_first_is_sold_first_and_what_will_not_last_is_not(temp: TempDatabase) {
        let db = seeded(&temp).await;
        set(&db, SKU, 2).await; // no date: sold last
        receive(&db, "LATE", 90, 5).await;
        receive(&db, "SOON", 20, 3).await;
        receive(&db, "TODAY", 3, 50).await;

        sell(&db, "a", Channel::Network, 4, 1).await.unwrap();
        assert_eq!(bought(&db, "a").await, "SOON × 3, LATE × 1");
        // A shop wants 60 days: four of LATE and the two without a date.
        let short = sell(&db, "shop", Channel::B2b, 7, 2).await.unwrap_err();
        assert!(matches!(short, StockError::Shortage { wanted: 7, available: 6, .. }), "{short}");
        sell(&db, "shop", Channel::B2b, 5, 3).await.unwrap();
        assert_eq!(bought(&db, "shop").await, "LATE × 4", "and one without a date");
        assert_eq!(on_shelf(&db).await, shown(&[("TODAY", 50, 0), ("SOON", 3, 3), ("LATE", 5, 5)]));

        // One without a date is left for households; what lasts three days is not for anybody.
        let short = sell(&db, "b", Channel::Network, 2, 4).await.unwrap_err();
        assert!(matches!(short, StockError::Shortage { available: 1, .. }), "{short}");
        assert_eq!(rebuild::verify(&db).await.unwrap(), []);
    }

    async fn goods_leave_and_come_back_by_lot(temp: TempDatabase) {
        let db = seeded(&temp).await;
        set(&db, SKU, 0).await;
        receive(&db, "L1", 30, 4).await;
        receive(&db, "L2", 60, 4).await;
        sell(&db, "a", Channel::Network, 5, 1).await.unwrap();
        sell(&db, "b", Channel::Network, 2, 1).await.unwrap();
        let mut tx = db.begin().await.unwrap();
        reservation::ship(&mut tx, &cart("a"), &[], &stamp(2)).await.unwrap();
        reservation::release(&mut tx, &cart("b"), &[], &stamp(3)).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(on_shelf(&db).await, shown(&[("L2", 3, 0)]));
        let mut tx = db.begin().await.unwrap();
        reservation::restock(&mut tx, &[line(SKU, 1)], "a", &stamp(4)).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(on_shelf(&db).await, shown(&[("L1", 1, 0), ("L2", 3, 0)]), "back where it was sold from");
        assert_eq!(rebuild::verify(&db).await.unwrap(), []);
    }

    async fn a_count_that_finds_less_takes_it_off_what_has_no_date_and_then_of_what_expires_first(temp: TempDatabase) {
        let db = seeded(&temp).await;
        set(&db, SKU, 2).await;
        receive(&db, "L1", 30, 4).await;
        receive(&db, "L2", 60, 4).await;
        sell(&db, "a", Channel::Network, 3, 1).await.unwrap();
        let mut tx = db.begin().await.unwrap();
        stock::count(&mut tx, &key(), 5, None, "count", &stamp(2)).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(on_shelf(&db).await, shown(&[("L1", 1, 3), ("L2", 4, 0)]));
        // Three of L1 were sold and one is there: the others are taken from L2, and the books still add up.
        let mut tx = db.begin().await.unwrap();
        reservation::ship(&mut tx, &cart("a"), &[], &stamp(3)).await.unwrap();
        stock::adjust_lot(&mut tx, &key(), ("L2", -1), "broken", &stamp(4)).await.unwrap();
        let refused = stock::adjust_lot(&mut tx, &key(), ("L2", -9), "broken", &stamp(4)).await.unwrap_err();
        assert!(matches!(refused, StockError::BelowZero { on_hand: 1, wanted: 9, .. }), "{refused}");
        tx.commit().await.unwrap();
        assert_eq!(on_shelf(&db).await, shown(&[("L2", 1, 0)]));
        assert_eq!(rebuild::verify(&db).await.unwrap(), []);
    }

    /// Crashes, counts, sales and returns of lots in any order: the books of every lot are what its ledger says.
    async fn books_of_lots_add_up_whatever_happens(temp: TempDatabase) {
        let db = seeded(&temp).await;
        set(&db, SKU, 5).await;
        let mut dice = Dice::new(3);
        let rules = rules();
        for step in 0..250_i64 {
            let stamp: Stamp<'_> = stamp(step).by(&rules);
            let who = cart(&format!("c{}", dice.below(40)));
            let channel = Channel::ALL[usize::try_from(dice.below(2)).unwrap()];
            let (units, lot) = (dice.units(4), ["L1", "L2", "L3"][usize::try_from(dice.below(3)).unwrap()]);
            let some = [line(SKU, u32::try_from(units).unwrap() + 1)];
            let mut tx = db.begin().await.unwrap();
            let expires_ms = at(dice.units(100) * DAY).as_millisecond();
            let done = match dice.below(9) {
                0 | 1 => stock::receive(&mut tx, &key(), (lot, expires_ms, units), "in", &stamp).await.map(drop),
                2 | 3 => reservation::hold(&mut tx, &who, channel, &some, at(step + 9), &stamp).await,
                4 => reservation::commit(&mut tx, &who, channel, &some, &stamp).await,
                5 => reservation::ship(&mut tx, &who, &[], &stamp).await,
                6 => reservation::release(&mut tx, &who, &some, &stamp).await,
                7 => stock::count(&mut tx, &key(), dice.units(30), None, "count", &stamp).await.map(drop),
                _ => reservation::restock(&mut tx, &some, &who.transaction_id, &stamp).await,
            };
            match done {
                Ok(()) if dice.below(6) > 0 => tx.commit().await.unwrap(),
                Ok(()) | Err(StockError::Shortage { .. } | StockError::BelowZero { .. }) => tx.rollback().await.unwrap(),
                Err(other) => panic!("step {step}: {other}"),
            }
        }
        assert_eq!(rebuild::verify(&db).await.unwrap(), []);
    }
}

#[test]
fn fefo_never_gives_what_will_not_last_nor_more_than_is_there() {
    use proptest::prelude::*;
    let lot = (0..100_i64, 0..6_i64, 0..6_i64);
    proptest!(|(lots in prop::collection::vec(lot, 0..6), unnamed in 0..4_i64, units in 0..20_i64, days in 0..60_u32)| {
        let lots: Vec<Lot> = lots
            .into_iter()
            .enumerate()
            .map(|(at, (day, on_hand, sold))| Lot {
                name: format!("L{at}"),
                expires_ms: day * fefo::DAY_MS,
                on_hand,
                committed: sold.min(on_hand),
            })
            .collect();
        let there: i64 = lots.iter().map(Lot::free).sum::<i64>() - fefo::too_short(&lots, 0, days) + unnamed;
        let Some(parts) = fefo::pick(&lots, unnamed, units, 0, days) else {
            prop_assert!(units > there);
            return Ok(());
        };
        prop_assert_eq!(parts.iter().map(|part| part.units).sum::<i64>(), units);
        let named = |name: &str| lots.iter().find(|lot| lot.name == name);
        for part in &parts {
            prop_assert!(named(&part.lot).is_none_or(|lot| lot.lasts(0, days) && part.units <= lot.free()));
        }
        // Whatever runs out before something that was given is given whole.
        let last = parts.iter().filter_map(|part| named(&part.lot)).map(|lot| lot.expires_ms).max().unwrap_or(0);
        for lot in lots.iter().filter(|lot| lot.lasts(0, days) && lot.expires_ms < last) {
            let given: i64 = parts.iter().filter(|part| part.lot == lot.name).map(|part| part.units).sum();
            prop_assert_eq!(given, lot.free());
        }
    });
}
