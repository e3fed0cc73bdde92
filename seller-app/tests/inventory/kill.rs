//! Several processes buy the last units of one database, and are killed at random moments.
//!
//! A buyer is this test program, started again with the test [`a_buyer`] alone.

use std::collections::BTreeMap;
use std::io::Write;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use node::testing::TempDatabase;
use node::{Database, both_engines, read};
use protocol::randomness::{OsRandomness, Randomness};
use seller_app::inventory::Channel;
use seller_app::store::rebuild;
use seller_app::store::reservation::{self, Cart, StockError};
use seller_app::store::stamp::Stamp;

use super::shelves::{PARTNER, line, seeded, set};
use super::simulation::Dice;

const SKUS: [&str; 2] = ["NG-001", "NG-002"];
const UNITS: i64 = 400;
const PROCESSES: usize = 4;
const FOR: Duration = Duration::from_secs(6);

const URL: &str = "HAAT_TEST_BUYER_URL";
const DIARY: &str = "HAAT_TEST_BUYER_DIARY";

/// Does nothing when the tests run; it is what a killed process runs.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_buyer() {
    let (Ok(url), Ok(diary)) = (std::env::var(URL), std::env::var(DIARY)) else { return };
    let mut diary = std::fs::OpenOptions::new().append(true).create(true).open(diary).unwrap();
    let db = Database::open(&url, 4).await.unwrap();
    let mut seed = [0; 8];
    OsRandomness.fill(&mut seed);
    let mut dice = Dice::new(u64::from_le_bytes(seed));
    loop {
        let cart = Cart { bap_id: "buyer.example".to_owned(), transaction_id: OsRandomness.uuid_v4().to_string() };
        let lines = [line(SKUS[0], 1 + u32::try_from(dice.below(2)).unwrap()), line(SKUS[1], 1)];
        match shop(&db, &cart, &lines, &mut dice).await {
            Ok(true) => {
                // One write: several processes keep this diary, and may be killed in it.
                let line = format!("{} {}\n", cart.transaction_id, lines[0].count);
                diary.write_all(line.as_bytes()).unwrap();
            }
            Ok(false) => {}
            Err(StockError::Shortage { .. }) => tokio::time::sleep(Duration::from_millis(20)).await,
            Err(StockError::Sql(error)) => eprintln!("a buyer: {error}"),
            Err(other) => panic!("{other}"),
        }
    }
}

/// `true` = sold, as far as this process knows.
async fn shop(
    db: &Database,
    cart: &Cart,
    lines: &[seller_app::inventory::StockMove],
    dice: &mut Dice,
) -> Result<bool, StockError> {
    let stamp = || Stamp::new(jiff::Timestamp::now(), &OsRandomness);
    let until = jiff::Timestamp::now().checked_add(jiff::SignedDuration::from_millis(300)).unwrap();
    let mut tx = db.begin().await?;
    reservation::hold(&mut tx, cart, Channel::Network, lines, until, &stamp()).await?;
    tx.commit().await?;
    if dice.below(4) == 0 {
        return Ok(false); // thinks better of it, and lets the hold run out
    }
    let mut tx = db.begin().await?;
    reservation::commit(&mut tx, cart, Channel::Network, lines, &stamp()).await?;
    tx.commit().await?;
    match dice.below(3) {
        0 => {
            let mut tx = db.begin().await?;
            reservation::ship(&mut tx, cart, &[], &stamp()).await?;
            tx.commit().await?;
        }
        1 if dice.below(4) == 0 => {
            let mut tx = db.begin().await?;
            reservation::release(&mut tx, cart, &[], &stamp()).await?;
            tx.commit().await?;
            return Ok(false);
        }
        _ => {}
    }
    Ok(true)
}

fn buyer(url: &str, diary: &std::path::Path) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "kill::a_buyer", "--nocapture"])
        .env(URL, url)
        .env(DIARY, diary)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

both_engines! {
    async fn killed_processes_sell_nothing_twice(temp: TempDatabase) {
        let db = seeded(&temp).await;
        for sku in SKUS {
            set(&db, sku, UNITS).await;
        }
        let diary = temp.folder.path().join("diary");
        let mut dice = Dice::new(11);
        let mut buyers: Vec<Child> = (0..PROCESSES).map(|_| buyer(&temp.url, &diary)).collect();
        let (started, mut kills) = (Instant::now(), 0);
        while started.elapsed() < FOR {
            tokio::time::sleep(Duration::from_millis(60 + dice.below(120))).await;
            let victim = &mut buyers[usize::try_from(dice.below(PROCESSES as u64)).unwrap()];
            victim.kill().unwrap(); // SIGKILL
            victim.wait().unwrap();
            *victim = buyer(&temp.url, &diary);
            kills += 1;
        }
        for mut buyer in buyers {
            buyer.kill().unwrap();
            buyer.wait().unwrap();
        }
        // Whatever the database still works on for the dead is over when it says so.
        let wrong = rebuild::verify(&db).await.unwrap();
        assert_eq!(wrong, [], "balances that do not agree with the ledger");
        let diary = std::fs::read_to_string(&diary).unwrap();
        let told: BTreeMap<&str, i64> = diary
            .lines()
            .filter_map(|line| line.split_once(' '))
            .filter_map(|(cart, units)| Some((cart, units.parse().ok()?)))
            .collect();
        let sold = sold(&db, SKUS[0]).await;
        let units: i64 = sold.values().sum();
        assert!(units <= UNITS, "{units} of {UNITS} sold");
        for (cart, units) in &told {
            assert_eq!(sold.get(*cart), Some(units), "cart {cart} was told that it bought");
        }
        println!("{kills} kills, {} carts told, {units} of {UNITS} units sold", told.len());
        assert!(kills > 15 && told.len() > 30, "too tame: {kills} kills, {} carts", told.len());
    }
}

/// Units that each cart bought, shipped or not.
async fn sold(db: &Database, sku: &str) -> BTreeMap<String, i64> {
    const SOLD: &str = "select transaction_id, cast(sum(count) as bigint) from reservations \
         where partner_id = $1 and sku = $2 and state in ('committed', 'shipped') group by transaction_id";
    let rows: Vec<(String, i64)> =
        read!(db, |c| sqlx::query_as(SOLD).bind(PARTNER).bind(sku).fetch_all(c).await).unwrap();
    rows.into_iter().collect()
}
