//! Quotas, distrust of old and wrong numbers, caps on holds.

use node::testing::TempDatabase;
use node::{Database, both_engines};
use seller_app::inventory::rules::HoldCaps;
use seller_app::inventory::{Channel, Correction, SafetyRules, StockRules, Trust};
use seller_app::store::reservation::{self, Cart, StockError};
use seller_app::store::shelf::ShelfKey;
use seller_app::store::{rebuild, stock};

use super::shelves::{PARTNER, SKU, at, cart, line, seeded, set, stamp};

const DAY: i64 = 86_400;
const SAFETY: SafetyRules = SafetyRules {
    fresh_hours: 24,
    percent_per_day: 10,
    percent_max: 50,
    units_per_rejection: 2,
    rejection_units_max: 5,
    forget_days: 7,
};

fn key() -> ShelfKey {
    ShelfKey::new(PARTNER, SKU)
}

async fn hold(
    db: &Database,
    who: &Cart,
    channel: Channel,
    units: u32,
    (second, rules): (i64, &StockRules),
) -> Result<(), StockError> {
    let mut tx = db.begin().await?;
    reservation::hold(&mut tx, who, channel, &[line(SKU, units)], at(second + 600), &stamp(second).by(rules)).await?;
    tx.commit().await?;
    Ok(())
}

async fn commit(
    db: &Database,
    who: &Cart,
    channel: Channel,
    units: u32,
    (second, rules): (i64, &StockRules),
) -> Result<(), StockError> {
    let mut tx = db.begin().await?;
    reservation::commit(&mut tx, who, channel, &[line(SKU, units)], &stamp(second).by(rules)).await?;
    tx.commit().await?;
    Ok(())
}

fn short_by(error: &StockError) -> i64 {
    match error {
        StockError::Shortage { available, .. } => *available,
        other => panic!("{other}"),
    }
}

both_engines! {
    async fn quotas_keep_goods_for_b2b_and_cap_the_network(temp: TempDatabase) {
        let (db, rules) = (seeded(&temp).await, StockRules::PLAIN);
        set(&db, SKU, 20).await;
        let mut tx = db.begin().await.unwrap();
        stock::set_quota(&mut tx, &key(), (Some(8), Some(10)), "brand", &stamp(0)).await.unwrap();
        tx.commit().await.unwrap();

        let refused = hold(&db, &cart("n"), Channel::Network, 11, (1, &rules)).await.unwrap_err();
        assert_eq!(short_by(&refused), 10, "the cap");
        hold(&db, &cart("n"), Channel::Network, 6, (1, &rules)).await.unwrap();
        assert_eq!(short_by(&hold(&db, &cart("m"), Channel::Network, 5, (2, &rules)).await.unwrap_err()), 4);
        // B2B may take all that is left, and what it takes is no longer kept for it.
        hold(&db, &cart("b"), Channel::B2b, 12, (3, &rules)).await.unwrap();
        assert_eq!(short_by(&hold(&db, &cart("m"), Channel::Network, 3, (4, &rules)).await.unwrap_err()), 2);
        for (who, channel, units) in [("b", Channel::B2b, 12), ("n", Channel::Network, 6)] {
            commit(&db, &cart(who), channel, units, (5, &rules)).await.unwrap();
        }
        let mut tx = db.begin().await.unwrap();
        reservation::ship(&mut tx, &cart("n"), &[], &stamp(6)).await.unwrap();
        reservation::ship(&mut tx, &cart("b"), &[], &stamp(6)).await.unwrap();
        tx.commit().await.unwrap();
        let row = stock::one(&db, &key(), at(6).as_millisecond()).await.unwrap().unwrap();
        assert_eq!((row.on_hand, row.reserve_b2b, row.cap_network), (2, 0, 4), "quotas go with the goods");
        assert_eq!(rebuild::verify(&db).await.unwrap(), []);
    }

    async fn an_old_number_and_a_wrong_one_are_believed_less_but_a_hold_is_kept(temp: TempDatabase) {
        let rules = StockRules { safety: SAFETY, ..StockRules::PLAIN };
        let db = seeded(&temp).await;
        set(&db, SKU, 20).await;
        let fresh = hold(&db, &cart("a"), Channel::Network, 21, (60, &rules)).await.unwrap_err();
        assert_eq!(short_by(&fresh), 20);
        let old = 3 * DAY + 60;
        let aged = hold(&db, &cart("a"), Channel::Network, 21, (old, &rules)).await.unwrap_err();
        assert_eq!(short_by(&aged), 16, "two days over: 20 percent");
        hold(&db, &cart("a"), Channel::Network, 16, (old, &rules)).await.unwrap();

        let mut tx = db.begin().await.unwrap();
        stock::reject(&mut tx, &key(), Correction::Less(2), "order O1", &stamp(old + 1).by(&rules)).await.unwrap();
        tx.commit().await.unwrap();
        let row = stock::one(&db, &key(), at(old + 1).as_millisecond()).await.unwrap().unwrap();
        assert_eq!((row.on_hand, row.rejections), (18, 1));
        let none = hold(&db, &cart("b"), Channel::Network, 1, (old + 2, &rules)).await.unwrap_err();
        assert_eq!(short_by(&none), 0);
        commit(&db, &cart("a"), Channel::Network, 16, (old + 3, &rules)).await.unwrap();

        let told = stock::movements(&db, &key(), 3).await.unwrap();
        let told: Vec<(&str, i64, &str)> =
            told.iter().map(|one| (one.kind.as_str(), one.on_hand_delta, one.reference.as_str())).collect();
        assert_eq!(told, [("commit", 0, "a"), ("reject", -2, "order O1"), ("hold", 0, "a")]);
        // A count is the truth again; only the rejection is remembered.
        let mut tx = db.begin().await.unwrap();
        stock::count(&mut tx, &key(), 26, None, "count", &stamp(old + 4).by(&rules)).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(short_by(&hold(&db, &cart("b"), Channel::Network, 99, (old + 5, &rules)).await.unwrap_err()), 8);
        assert_eq!(rebuild::verify(&db).await.unwrap(), []);
    }

    async fn one_buyer_app_cannot_hold_everything(temp: TempDatabase) {
        let caps = |per_buyer_app, per_partner, per_item| StockRules {
            holds: HoldCaps { per_buyer_app, per_partner, per_item },
            ..StockRules::PLAIN
        };
        let db = seeded(&temp).await;
        set(&db, SKU, 100).await;
        let free = caps(0, 0, 0);
        for number in 0..3 {
            hold(&db, &cart(&format!("t{number}")), Channel::Network, 1, (1, &free)).await.unwrap();
        }
        for (rules, place) in [(caps(3, 0, 0), "of this seller"), (caps(0, 3, 0), "at partner blr-koramangala"), (caps(0, 0, 3), "of NG-001 at")] {
            let refused = hold(&db, &cart("t9"), Channel::Network, 1, (2, &rules)).await.unwrap_err();
            assert!(matches!(refused, StockError::TooManyHolds { held: 3, max: 3, .. }), "{refused}");
            assert!(refused.to_string().contains(place), "{refused}");
            // What it holds already it may hold anew, and another buyer app is not concerned.
            hold(&db, &cart("t1"), Channel::Network, 2, (3, &rules)).await.unwrap();
            let other = Cart { bap_id: "other.example".to_owned(), transaction_id: place.to_owned() };
            hold(&db, &other, Channel::Network, 1, (4, &rules)).await.unwrap();
            // Holds that ran out are not counted.
            hold(&db, &cart("t9"), Channel::Network, 1, (700, &rules)).await.unwrap();
            let mut tx = db.begin().await.unwrap();
            reservation::release(&mut tx, &cart("t9"), &[], &stamp(701)).await.unwrap();
            tx.commit().await.unwrap();
            for number in 0..3 {
                hold(&db, &cart(&format!("t{number}")), Channel::Network, 1, (1, &free)).await.unwrap();
            }
        }
    }
}

#[test]
fn distrust_grows_with_age_and_rejections_and_never_takes_more_than_is_there() {
    use proptest::prelude::*;
    proptest!(|(on_hand in 0..1_000_i64, age_h in 0..2_000_i64, later_h in 0..500_i64, rejections in 0..20_i64)| {
        let now_ms = at(0).as_millisecond();
        let trust = |age_h: i64, rejections| Trust { counted_ms: now_ms - age_h * 3_600_000, rejections, rejected_ms: now_ms };
        let kept = SAFETY.distrust(on_hand, &trust(age_h, rejections), now_ms);
        prop_assert!((0..=on_hand).contains(&kept));
        prop_assert!(SAFETY.distrust(on_hand, &trust(age_h + later_h, rejections), now_ms) >= kept);
        prop_assert!(SAFETY.distrust(on_hand, &trust(age_h, rejections + 1), now_ms) >= kept);
        prop_assert!(kept <= on_hand * 50 / 100 + 5);
    });
    let now_ms = at(0).as_millisecond();
    let young = Trust { counted_ms: now_ms, rejections: 2, rejected_ms: now_ms };
    assert_eq!(
        [0, 7, 14].map(|days| SAFETY.remembered(&young, now_ms + days * DAY * 1000)),
        [2, 1, 0],
        "forgotten one by one"
    );
}
