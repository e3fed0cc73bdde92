//! Lots: the named parts of a shelf. Written only under the lock of the shelf's row.

use std::collections::BTreeMap;

use node::{Database, Tx, read, run};

use crate::catalogue::Item;
use crate::inventory::{Channel, Lot, StockRules};

use super::body;
use super::reservation::Cart;
use super::shelf::ShelfKey;
use super::stamp::Stamp;

#[derive(sqlx::FromRow)]
struct Row {
    partner_id: String,
    sku: String,
    lot: String,
    expires_ms: i64,
    on_hand: i64,
    committed: i64,
}

impl Row {
    fn keyed(self) -> (ShelfKey, Lot) {
        let lot = Lot { name: self.lot, expires_ms: self.expires_ms, on_hand: self.on_hand, committed: self.committed };
        (ShelfKey { partner_id: self.partner_id, sku: self.sku }, lot)
    }
}

macro_rules! lots {
    ($where:literal) => {
        concat!("select partner_id, sku, lot, expires_ms, on_hand, committed from stock_lots where (on_hand > 0 or committed > 0) ", $where)
    };
}
const OF_SHELF: &str = lots!("and partner_id = $1 and sku = $2 order by expires_ms, lot");
const ALL: &str = lots!("order by partner_id, sku, expires_ms, lot");
const OF_PARTNER: &str = lots!("and partner_id = $1 order by sku, expires_ms, lot");
const CREATE: &str = "insert into stock_lots \
     (partner_id, sku, lot, expires_ms, on_hand, committed, received_at_ms, updated_at_ms) values ($1, $2, $3, $4, 0, 0, $5, $5) \
     on conflict (partner_id, sku, lot) do update set expires_ms = excluded.expires_ms, updated_at_ms = excluded.updated_at_ms";
const KEEPS_LOTS: &str = "update stock set has_lots = true where partner_id = $1 and sku = $2 and has_lots = false";
const SHIFT: &str = "update stock_lots set on_hand = on_hand + $4, committed = committed + $5, updated_at_ms = $6 \
     where partner_id = $1 and sku = $2 and lot = $3";
/// A return comes back into the lot that it was sold from; of several into the one that runs out first.
const SHIPPED_IN: &str = "select r.lot from reservations r join stock_lots l \
     on l.partner_id = r.partner_id and l.sku = r.sku and l.lot = r.lot \
     where r.partner_id = $1 and r.sku = $2 and r.transaction_id = $3 and r.state = 'shipped' order by l.expires_ms, r.lot limit 1";
const BOUGHT: &str = "select r.sku, r.lot, r.count from reservations r left join stock_lots l \
     on l.partner_id = r.partner_id and l.sku = r.sku and l.lot = r.lot \
     where r.bap_id = $1 and r.transaction_id = $2 and r.lot <> '' and r.state in ('committed', 'shipped') \
     order by r.sku, l.expires_ms, r.lot";
const ITEM: &str = "select body from items where sku = $1";

/// Lots of a locked shelf with anything in them.
pub(super) async fn of_shelf(tx: &mut Tx, key: &ShelfKey) -> Result<Vec<Lot>, sqlx::Error> {
    let rows =
        run!(tx, |c| sqlx::query_as::<_, Row>(OF_SHELF).bind(&key.partner_id).bind(&key.sku).fetch_all(c).await)?;
    Ok(rows.into_iter().map(|row| row.keyed().1).collect())
}

/// Which lots a cart bought, by SKU: name and units, the one that runs out first at the front. Shipped ones too.
pub async fn bought(db: &Database, cart: &Cart) -> Result<BTreeMap<String, Vec<(String, i64)>>, sqlx::Error> {
    let rows: Vec<(String, String, i64)> =
        read!(db, |c| sqlx::query_as(BOUGHT).bind(&cart.bap_id).bind(&cart.transaction_id).fetch_all(c).await)?;
    let mut lots: BTreeMap<String, Vec<(String, i64)>> = BTreeMap::new();
    for (sku, lot, units) in rows {
        lots.entry(sku).or_default().push((lot, units));
    }
    Ok(lots)
}

/// The same in words: `L7 × 3, L9 × 1`.
pub async fn bought_in_words(db: &Database, cart: &Cart) -> Result<BTreeMap<String, String>, sqlx::Error> {
    let words = |lots: Vec<(String, i64)>| {
        lots.into_iter().map(|(lot, units)| format!("{lot} × {units}")).collect::<Vec<_>>().join(", ")
    };
    Ok(bought(db, cart).await?.into_iter().map(|(sku, lots)| (sku, words(lots))).collect())
}

/// Lots with anything in them, by shelf: of one partner or of all.
pub async fn of(db: &Database, partner_id: Option<&str>) -> Result<BTreeMap<ShelfKey, Vec<Lot>>, sqlx::Error> {
    let rows = match partner_id {
        Some(id) => read!(db, |c| sqlx::query_as::<_, Row>(OF_PARTNER).bind(id).fetch_all(c).await)?,
        None => read!(db, |c| sqlx::query_as::<_, Row>(ALL).fetch_all(c).await)?,
    };
    let mut lots: BTreeMap<ShelfKey, Vec<Lot>> = BTreeMap::new();
    for (key, lot) in rows.into_iter().map(Row::keyed) {
        lots.entry(key).or_default().push(lot);
    }
    Ok(lots)
}

/// Lots of one shelf, read without a lock.
pub async fn of_one(db: &Database, key: &ShelfKey) -> Result<Vec<Lot>, sqlx::Error> {
    let rows =
        read!(db, |c| sqlx::query_as::<_, Row>(OF_SHELF).bind(&key.partner_id).bind(&key.sku).fetch_all(c).await)?;
    Ok(rows.into_iter().map(|row| row.keyed().1).collect())
}

/// Makes a lot, or gives a known one its last day anew.
pub(super) async fn create(
    tx: &mut Tx,
    key: &ShelfKey,
    (lot, expires_ms): (&str, i64),
    stamp: &Stamp<'_>,
) -> Result<(), sqlx::Error> {
    run!(tx, |c| sqlx::query(CREATE)
        .bind(&key.partner_id)
        .bind(&key.sku)
        .bind(lot)
        .bind(expires_ms)
        .bind(stamp.ms())
        .execute(c)
        .await
        .map(|_| ()))?;
    run!(tx, |c| sqlx::query(KEEPS_LOTS).bind(&key.partner_id).bind(&key.sku).execute(c).await.map(|_| ()))
}

pub(super) async fn shift(
    tx: &mut Tx,
    key: &ShelfKey,
    (lot, on_hand, committed): (&str, i64, i64),
    stamp: &Stamp<'_>,
) -> Result<(), sqlx::Error> {
    run!(tx, |c| sqlx::query(SHIFT)
        .bind(&key.partner_id)
        .bind(&key.sku)
        .bind(lot)
        .bind(on_hand)
        .bind(committed)
        .bind(stamp.ms())
        .execute(c)
        .await
        .map(|_| ()))
}

/// The lot from which a transaction was shipped; `None` = none that has a name.
pub(super) async fn shipped_in(
    tx: &mut Tx,
    key: &ShelfKey,
    transaction_id: &str,
) -> Result<Option<String>, sqlx::Error> {
    run!(tx, |c| sqlx::query_scalar(SHIPPED_IN)
        .bind(&key.partner_id)
        .bind(&key.sku)
        .bind(transaction_id)
        .fetch_optional(c)
        .await)
}

/// Days of life that the network and B2B want of this item.
pub(super) async fn min_life(tx: &mut Tx, key: &ShelfKey, rules: &StockRules) -> Result<[u32; 2], sqlx::Error> {
    let mut category = String::new();
    if rules.names_categories() {
        let found: Option<String> = run!(tx, |c| sqlx::query_scalar(ITEM).bind(&key.sku).fetch_optional(c).await)?;
        if let Some(text) = found {
            category = body::read::<Item>(&text)?.category;
        }
    }
    let days = |channel| rules.min_life_days(channel, &key.sku, &category);
    Ok([days(Channel::Network), days(Channel::B2b)])
}
