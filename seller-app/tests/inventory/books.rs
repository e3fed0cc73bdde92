//! `seller-app rebuild`: books that are wrong are named and mended.

use std::process::Command;

use node::testing::TempDatabase;
use node::{Database, both_engines, run};
use seller_app::inventory::Channel;
use seller_app::store::rebuild::{self, Figure};
use seller_app::store::shelf::ShelfKey;
use seller_app::store::{reservation, stock};

use super::shelves::{PARTNER, SKU, at, cart, line, seeded, set, stamp};

async fn damage(db: &Database, sql: &'static str) {
    let mut tx = db.begin().await.unwrap();
    run!(tx, |c| sqlx::query(sql).bind(PARTNER).bind(SKU).execute(c).await.map(|_| ())).unwrap();
    tx.commit().await.unwrap();
}

/// Ten on the shelf, three held, two sold.
async fn lively(temp: &TempDatabase) -> Database {
    let db = seeded(temp).await;
    set(&db, SKU, 10).await;
    let mut tx = db.begin().await.unwrap();
    reservation::hold(&mut tx, &cart("a"), Channel::Network, &[line(SKU, 3)], at(600), &stamp(1)).await.unwrap();
    reservation::commit(&mut tx, &cart("b"), Channel::Network, &[line(SKU, 2)], &stamp(2)).await.unwrap();
    tx.commit().await.unwrap();
    db
}

both_engines! {
    async fn a_wrong_balance_is_named_and_mended(temp: TempDatabase) {
        let db = lively(&temp).await;
        assert_eq!(rebuild::verify(&db).await.unwrap(), []);
        damage(&db, "update stock set on_hand = on_hand + 7, held = 0, safety = 1 where partner_id = $1 and sku = $2").await;

        let wrong = rebuild::verify(&db).await.unwrap();
        let told: Vec<String> = wrong.iter().map(ToString::to_string).collect();
        assert_eq!(told, [
            "partner blr-koramangala, NG-001: on hand: books 17, ledger 10",
            "partner blr-koramangala, NG-001: held: books 0, ledger 3, reservations 3",
            "partner blr-koramangala, NG-001: safety: books 1, ledger 0",
        ]);
        let mended = rebuild::mend(&db, &stamp(3)).await.unwrap();
        assert_eq!((mended.mended, mended.left), (wrong, Vec::new()));
        assert_eq!(rebuild::verify(&db).await.unwrap(), []);
    }

    async fn a_lost_line_of_the_ledger_is_written_again(temp: TempDatabase) {
        let db = lively(&temp).await;
        damage(&db, "delete from stock_movements where partner_id = $1 and sku = $2 and kind = 'commit'").await;
        let wrong = rebuild::verify(&db).await.unwrap();
        assert_eq!(wrong.iter().map(|one| (one.figure, one.books, one.ledger)).collect::<Vec<_>>(), [(Figure::Committed, 2, 0)]);
        rebuild::mend(&db, &stamp(3)).await.unwrap();
        assert_eq!(rebuild::verify(&db).await.unwrap(), [], "a movement was added, the order keeps its goods");
    }

    async fn a_lost_shelf_is_made_again_from_its_ledger(temp: TempDatabase) {
        let db = lively(&temp).await;
        damage(&db, "delete from stock where partner_id = $1 and sku = $2").await;
        assert_eq!(rebuild::verify(&db).await.unwrap().len(), 3);
        rebuild::mend(&db, &stamp(3)).await.unwrap();
        assert_eq!(rebuild::verify(&db).await.unwrap(), []);
        let row = stock::one(&db, &ShelfKey::new(PARTNER, SKU), at(3).as_millisecond()).await.unwrap().unwrap();
        assert_eq!((row.on_hand, row.held, row.committed), (10, 3, 2));
    }

    async fn the_program_says_it_with_its_exit_code(temp: TempDatabase) {
        let db = lively(&temp).await;
        let program = |arguments: &[&str]| {
            let output = Command::new(env!("CARGO_BIN_EXE_seller-app"))
                .current_dir(temp.folder.path())
                .args(["--set", &format!("database_url={}", temp.url), "--set", "registry_url=http://127.0.0.1:1"])
                .args(arguments)
                .output()
                .unwrap();
            (output.status.code(), String::from_utf8_lossy(&output.stdout).into_owned())
        };
        let (code, said) = program(&["rebuild", "--verify"]);
        assert_eq!((code, said.trim()), (Some(0), "every balance agrees with its ledger"));
        damage(&db, "update stock set committed = 5 where partner_id = $1 and sku = $2").await;
        let wrong = "partner blr-koramangala, NG-001: committed: books 5, ledger 2, reservations 2";
        for arguments in [&["rebuild", "--verify"][..], &["rebuild"][..]] {
            let (code, said) = program(arguments);
            assert!(code == Some(1) && said.contains(wrong), "{code:?}: {said}");
        }
        assert_eq!(program(&["rebuild", "--verify"]).0, Some(0));
    }
}
