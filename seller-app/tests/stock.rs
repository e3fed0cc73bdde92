//! Nothing is ever sold twice: holds, commitments, expiry and the ledger, on both engines.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::collections::BTreeMap;

use node::testing::TempDatabase;
use node::{Database, both_engines, read};
use seller_app::inventory::{Channel, Limits, StockMove};
use seller_app::store::reservation::{self, Cart, StockError};
use seller_app::store::shelf::ShelfKey;
use seller_app::store::{changes, stock};

#[path = "support/shelves.rs"]
mod shelves;
use shelves::{PARTNER, SKU, at, cart, line, seeded, set, stamp};

async fn hold(db: &Database, who: &Cart, lines: &[StockMove], second: i64) -> Result<(), StockError> {
    let mut tx = db.begin().await?;
    reservation::hold(&mut tx, who, Channel::Network, lines, at(second + 600), &stamp(second)).await?;
    tx.commit().await?;
    Ok(())
}

async fn commit(db: &Database, who: &Cart, lines: &[StockMove], second: i64) -> Result<(), StockError> {
    let mut tx = db.begin().await?;
    reservation::commit(&mut tx, who, Channel::Network, lines, &stamp(second)).await?;
    tx.commit().await?;
    Ok(())
}

async fn row(db: &Database, sku: &str, second: i64) -> stock::StockRow {
    let key = ShelfKey::new(PARTNER, sku);
    stock::one(db, &key, at(second).as_millisecond()).await.unwrap().unwrap()
}

/// The balance must be the sum of the ledger, always and everywhere.
async fn assert_ledger_adds_up(db: &Database) {
    const SUMS: &str = "select s.partner_id, s.sku, s.on_hand - coalesce(cast(sum(m.on_hand_delta) as bigint), 0), \
         s.held - coalesce(cast(sum(m.held_delta) as bigint), 0), \
         s.committed - coalesce(cast(sum(m.committed_delta) as bigint), 0) \
         from stock s left join stock_movements m on m.partner_id = s.partner_id and m.sku = s.sku \
         group by s.partner_id, s.sku, s.on_hand, s.held, s.committed";
    let rows: Vec<(String, String, i64, i64, i64)> = read!(db, |c| sqlx::query_as(SUMS).fetch_all(c).await).unwrap();
    assert!(rows.len() > 500, "the seeds have hundreds of shelves");
    for (partner, sku, on_hand, held, committed) in rows {
        assert_eq!((on_hand, held, committed), (0, 0, 0), "{partner} {sku}: balance and ledger differ");
    }
}

both_engines! {
    async fn of_32_buyers_exactly_10_get_the_last_10_units(temp: TempDatabase) {
        let db = seeded(&temp).await;
        set(&db, SKU, 10).await;
        let mut buyers = tokio::task::JoinSet::new();
        for number in 0..32 {
            let db = db.clone();
            buyers.spawn(async move {
                let who = cart(&format!("t-{number}"));
                // Half of them hold first, half confirm without a live hold.
                if number % 2 == 0 {
                    hold(&db, &who, &[line(SKU, 1)], 1).await?;
                }
                commit(&db, &who, &[line(SKU, 1)], 2).await
            });
        }
        let mut sold = 0;
        while let Some(done) = buyers.join_next().await {
            match done.unwrap() {
                Ok(()) => sold += 1,
                Err(StockError::Shortage { wanted: 1, available: 0, .. }) => {}
                Err(other) => panic!("{other}"),
            }
        }
        let left = row(&db, SKU, 3).await;
        assert_eq!((sold, left.committed, left.held, left.available()), (10, 10, 0, 0));
        assert_ledger_adds_up(&db).await;
    }

    async fn carts_with_the_same_items_in_other_orders_never_block_each_other(temp: TempDatabase) {
        let db = seeded(&temp).await;
        let skus = ["NG-001", "NG-002", "NG-003", "NG-004"];
        for sku in skus {
            set(&db, sku, 1_000).await;
        }
        let mut buyers = tokio::task::JoinSet::new();
        for number in 0..24_usize {
            let db = db.clone();
            buyers.spawn(async move {
                let mut lines: Vec<StockMove> = skus.iter().map(|sku| line(sku, 1)).collect();
                lines.rotate_left(number % 4);
                let who = cart(&format!("t-{number}"));
                hold(&db, &who, &lines, 1).await.unwrap();
                commit(&db, &who, &lines, 2).await.unwrap();
            });
        }
        while let Some(done) = buyers.join_next().await {
            done.unwrap();
        }
        for sku in skus {
            assert_eq!(row(&db, sku, 3).await.committed, 24, "{sku}");
        }
        assert_ledger_adds_up(&db).await;
    }

    async fn two_lines_of_one_item_are_added_up_first(temp: TempDatabase) {
        let db = seeded(&temp).await;
        set(&db, SKU, 5).await;
        let refused = hold(&db, &cart("t"), &[line(SKU, 3), line(SKU, 3)], 1).await.unwrap_err();
        assert!(matches!(refused, StockError::Shortage { wanted: 6, available: 5, .. }), "{refused}");
        assert_eq!(row(&db, SKU, 1).await.held, 0, "a refused hold leaves nothing behind");
        hold(&db, &cart("t"), &[line(SKU, 3), line(SKU, 2)], 2).await.unwrap();
        assert_eq!(row(&db, SKU, 2).await.available(), 0);
    }

    async fn a_shortage_in_one_line_takes_nothing_of_the_others(temp: TempDatabase) {
        let db = seeded(&temp).await;
        set(&db, "NG-001", 5).await;
        set(&db, "NG-002", 1).await;
        let refused = hold(&db, &cart("t"), &[line("NG-001", 5), line("NG-002", 2)], 1).await;
        assert!(refused.is_err());
        assert_eq!((row(&db, "NG-001", 1).await.available(), row(&db, "NG-002", 1).await.available()), (5, 1));
    }

    async fn a_second_hold_of_a_cart_replaces_the_first(temp: TempDatabase) {
        let db = seeded(&temp).await;
        set(&db, "NG-001", 10).await;
        set(&db, "NG-002", 10).await;
        hold(&db, &cart("t"), &[line("NG-001", 6), line("NG-002", 2)], 1).await.unwrap();
        // It may even ask for more than would be free beside its own hold.
        hold(&db, &cart("t"), &[line("NG-001", 9)], 2).await.unwrap();
        assert_eq!((row(&db, "NG-001", 2).await.held, row(&db, "NG-002", 2).await.held), (9, 0));
        // The same transaction id of another buyer app is another cart.
        let other = Cart { bap_id: "other.example".to_owned(), transaction_id: "t".to_owned() };
        hold(&db, &other, &[line("NG-001", 1)], 3).await.unwrap();
        assert_eq!(row(&db, "NG-001", 3).await.held, 10);
        assert_ledger_adds_up(&db).await;
    }

    async fn a_hold_counts_only_until_its_deadline(temp: TempDatabase) {
        let db = seeded(&temp).await;
        set(&db, SKU, 4).await;
        hold(&db, &cart("slow"), &[line(SKU, 4)], 0).await.unwrap();
        assert_eq!(row(&db, SKU, 599).await.available(), 0);
        assert!(hold(&db, &cart("early"), &[line(SKU, 1)], 599).await.is_err());
        // Nobody has swept: reading and holding know the deadline themselves.
        assert_eq!(row(&db, SKU, 600).await.available(), 4);
        let own = reservation::own_holds(&db, &cart("slow"), PARTNER, at(600).as_millisecond()).await.unwrap();
        assert_eq!(own, BTreeMap::new());
        hold(&db, &cart("next"), &[line(SKU, 3)], 601).await.unwrap();
        // The slow one confirms too late: one unit is left, it wants four.
        let late = commit(&db, &cart("slow"), &[line(SKU, 4)], 602).await.unwrap_err();
        assert!(matches!(late, StockError::Shortage { wanted: 4, available: 1, .. }), "{late}");
        commit(&db, &cart("slow"), &[line(SKU, 1)], 603).await.unwrap();
        commit(&db, &cart("next"), &[line(SKU, 3)], 604).await.unwrap();
        let end = row(&db, SKU, 605).await;
        assert_eq!((end.held, end.committed), (0, 4));
        assert_ledger_adds_up(&db).await;
    }

    async fn the_sweeper_gives_units_back_and_tells_the_catalogue(temp: TempDatabase) {
        let db = seeded(&temp).await;
        set(&db, SKU, 2).await;
        hold(&db, &cart("t"), &[line(SKU, 2)], 0).await.unwrap();
        let now_ms = at(700).as_millisecond();
        let shelves = reservation::shelves_with_expired(&db, now_ms, 10).await.unwrap();
        assert_eq!(shelves, [ShelfKey::new(PARTNER, SKU)]);
        let mut tx = db.begin().await.unwrap();
        reservation::sweep(&mut tx, &shelves[0], &stamp(700)).await.unwrap();
        tx.commit().await.unwrap();
        assert!(reservation::shelves_with_expired(&db, now_ms, 10).await.unwrap().is_empty());
        // Empty when it was held, not empty any more: both flips are told.
        let told = changes::between(&db, at(1).as_millisecond(), now_ms).await.unwrap();
        assert_eq!(told.iter().filter(|change| change.sku == SKU).count(), 1);
        assert_ledger_adds_up(&db).await;
    }

    async fn confirming_twice_sells_once(temp: TempDatabase) {
        let db = seeded(&temp).await;
        set(&db, SKU, 10).await;
        hold(&db, &cart("t"), &[line(SKU, 4)], 0).await.unwrap();
        for second in 1..4 {
            commit(&db, &cart("t"), &[line(SKU, 4)], second).await.unwrap();
        }
        let sold = row(&db, SKU, 4).await;
        assert_eq!((sold.on_hand, sold.held, sold.committed, sold.available()), (10, 0, 4, 6));
    }

    async fn shipping_cancelling_and_returning_move_the_right_numbers(temp: TempDatabase) {
        let db = seeded(&temp).await;
        set(&db, SKU, 10).await;
        commit(&db, &cart("kept"), &[line(SKU, 3)], 1).await.unwrap();
        commit(&db, &cart("cancelled"), &[line(SKU, 5)], 2).await.unwrap();

        let mut tx = db.begin().await.unwrap();
        reservation::release(&mut tx, &cart("cancelled"), &[line(SKU, 2)], &stamp(3)).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(row(&db, SKU, 3).await.committed, 6, "a part was given back");

        for _ in 0..2 {
            let mut tx = db.begin().await.unwrap();
            reservation::release(&mut tx, &cart("cancelled"), &[], &stamp(4)).await.unwrap();
            reservation::ship(&mut tx, &cart("kept"), &[line(SKU, 3)], &stamp(5)).await.unwrap();
            tx.commit().await.unwrap();
        }
        let shipped = row(&db, SKU, 5).await;
        assert_eq!((shipped.on_hand, shipped.committed, shipped.available()), (7, 0, 7));

        let mut tx = db.begin().await.unwrap();
        reservation::restock(&mut tx, &[line(SKU, 1)], "R1", &stamp(6)).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(row(&db, SKU, 6).await.on_hand, 8);
        assert_ledger_adds_up(&db).await;
    }

    async fn a_count_keeps_what_is_promised_and_flips_the_catalogue(temp: TempDatabase) {
        let db = seeded(&temp).await;
        set(&db, SKU, 10).await;
        commit(&db, &cart("t"), &[line(SKU, 4)], 1).await.unwrap();
        let key = ShelfKey::new(PARTNER, SKU);
        let mut tx = db.begin().await.unwrap();
        let counted = stock::count(&mut tx, &key, 3, None, "shelf count", &stamp(10)).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!((counted.balance.on_hand, counted.balance.committed, counted.balance.available(Channel::Network, &Limits::default())), (3, 4, 0));
        let told = changes::between(&db, at(10).as_millisecond(), at(10).as_millisecond()).await.unwrap();
        assert_eq!(told.len(), 1, "it became empty");
        let mut tx = db.begin().await.unwrap();
        let refused = stock::adjust(&mut tx, &key, -4, "broken", &stamp(11)).await.unwrap_err();
        assert!(matches!(refused, StockError::BelowZero { on_hand: 3, wanted: 4, .. }), "{refused}");
        assert_ledger_adds_up(&db).await;
    }
}
