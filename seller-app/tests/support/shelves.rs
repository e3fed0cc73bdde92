//! A database with partners, items and stock, without a node around it.
#![allow(dead_code)] // each test uses its part

use jiff::Timestamp;
use node::Database;
use node::testing::TempDatabase;
use protocol::randomness::OsRandomness;
use seller_app::import::{self, Options, Tables};
use seller_app::inventory::StockMove;
use seller_app::store::reservation::Cart;
use seller_app::store::stamp::Stamp;
use seller_app::store::{self, stock};

pub const PARTNERS: &[u8] = include_bytes!("../../seeds/partners.csv");
pub const ITEMS: &[u8] = include_bytes!("../../seeds/items.csv");
pub const STOCK: &[u8] = include_bytes!("../../seeds/stock.csv");

/// A shelf of the seeds that every test may empty.
pub const PARTNER: &str = "blr-koramangala";
pub const SKU: &str = "NG-001";

/// The time of these tests.
pub fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_780_000_000 + second).unwrap()
}

pub fn stamp(second: i64) -> Stamp<'static> {
    Stamp::new(at(second), &OsRandomness)
}

/// Opens the database and imports the seeds.
pub async fn seeded(temp: &TempDatabase) -> Database {
    let db = temp.open("seller-app", store::MIGRATIONS).await;
    let tables = Tables { partners: Some(PARTNERS), items: Some(ITEMS), stock: Some(STOCK) };
    let report = import::import(&db, tables, Options::default(), &|_| true, &stamp(0)).await.unwrap();
    assert_eq!(report.faults, []);
    db
}

/// Sets a shelf to exactly so many units that can be sold.
pub async fn set(db: &Database, sku: &str, units: i64) {
    let key = store::shelf::ShelfKey::new(PARTNER, sku);
    let mut tx = db.begin().await.unwrap();
    stock::count(&mut tx, &key, units, Some(0), "test", &stamp(0)).await.unwrap();
    tx.commit().await.unwrap();
}

pub fn cart(name: &str) -> Cart {
    Cart { bap_id: "buyer.example".to_owned(), transaction_id: name.to_owned() }
}

pub fn line(sku: &str, count: u32) -> StockMove {
    StockMove { partner_id: PARTNER.to_owned(), sku: sku.to_owned(), count }
}
