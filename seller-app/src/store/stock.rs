//! Stock as people and systems of the partner see it: read, count, correct.

use node::{Database, Tx, read, run};
use serde::Serialize;
use utoipa::ToSchema;

use super::reservation::StockError;
use super::shelf::{Balance, LockedShelf, Movement, ShelfKey};
use super::stamp::Stamp;

/// One shelf with what can still be promised from it.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow, Serialize, ToSchema)]
pub struct StockRow {
    pub partner_id: String,
    pub sku: String,
    /// Units counted on the shelf.
    pub on_hand: i64,
    /// Units set aside for carts that are not paid yet; holds that ran out are not in it.
    pub held: i64,
    /// Units sold and not yet picked up.
    pub committed: i64,
    /// Units never promised to the network.
    pub safety: i64,
    /// When the shelf was last counted, Unix milliseconds.
    pub counted_at_ms: i64,
}

impl StockRow {
    /// Units that can still be promised; below zero when a count found fewer than were promised already.
    pub fn left(&self) -> i64 {
        self.on_hand - self.held - self.committed - self.safety
    }

    /// Units that can still be promised; never below zero.
    pub fn available(&self) -> i64 {
        self.left().max(0)
    }
}

/// One line of the ledger.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow, Serialize, ToSchema)]
pub struct MovementRow {
    pub kind: String,
    pub on_hand_delta: i64,
    pub held_delta: i64,
    pub committed_delta: i64,
    pub safety_delta: i64,
    pub reference: String,
    pub at_ms: i64,
}

macro_rules! stock_columns {
    ($where:literal) => {
        concat!(
            "select s.partner_id, s.sku, s.on_hand, s.held - coalesce((select cast(sum(r.count) as bigint) from reservations r ",
            "where r.partner_id = s.partner_id and r.sku = s.sku and r.state = 'held' and r.expires_at_ms <= $1), 0) as held, ",
            "s.committed, s.safety, s.counted_at_ms from stock s ",
            $where
        )
    };
}

const ALL: &str = stock_columns!("order by s.partner_id, s.sku");
const OF_PARTNER: &str = stock_columns!("where s.partner_id = $2 order by s.sku");
const ONE: &str = stock_columns!("where s.partner_id = $2 and s.sku = $3");
const COUNTED: &str = "update stock set counted_at_ms = $3 where partner_id = $1 and sku = $2";
const NEWEST_COUNTS: &str = "select partner_id, max(counted_at_ms) from stock group by partner_id";
const MOVEMENTS: &str = "select kind, on_hand_delta, held_delta, committed_delta, safety_delta, reference, at_ms \
     from stock_movements where partner_id = $1 and sku = $2 order by id desc limit $3";

pub async fn all(db: &Database, now_ms: i64) -> Result<Vec<StockRow>, sqlx::Error> {
    read!(db, |c| sqlx::query_as::<_, StockRow>(ALL).bind(now_ms).fetch_all(c).await)
}

pub async fn of_partner(db: &Database, partner_id: &str, now_ms: i64) -> Result<Vec<StockRow>, sqlx::Error> {
    read!(db, |c| sqlx::query_as::<_, StockRow>(OF_PARTNER).bind(now_ms).bind(partner_id).fetch_all(c).await)
}

pub async fn one(db: &Database, key: &ShelfKey, now_ms: i64) -> Result<Option<StockRow>, sqlx::Error> {
    read!(db, |c| sqlx::query_as::<_, StockRow>(ONE)
        .bind(now_ms)
        .bind(&key.partner_id)
        .bind(&key.sku)
        .fetch_optional(c)
        .await)
}

/// When each partner last counted any shelf, Unix milliseconds.
pub async fn newest_counts(db: &Database) -> Result<std::collections::BTreeMap<String, i64>, sqlx::Error> {
    let rows: Vec<(String, i64)> = read!(db, |c| sqlx::query_as(NEWEST_COUNTS).fetch_all(c).await)?;
    Ok(rows.into_iter().collect())
}

/// The ledger of one shelf, newest first.
pub async fn movements(db: &Database, key: &ShelfKey, limit: i64) -> Result<Vec<MovementRow>, sqlx::Error> {
    read!(db, |c| sqlx::query_as::<_, MovementRow>(MOVEMENTS)
        .bind(&key.partner_id)
        .bind(&key.sku)
        .bind(limit)
        .fetch_all(c)
        .await)
}

/// A shelf after it was counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Counted {
    pub balance: Balance,
    /// False when the count said what the books said.
    pub changed: bool,
}

/// Sets what was counted on the shelf, and the safety stock when it is given. Makes the shelf when there is none.
pub async fn count(
    tx: &mut Tx,
    key: &ShelfKey,
    on_hand: i64,
    safety: Option<i64>,
    reference: &str,
    stamp: &Stamp<'_>,
) -> Result<Counted, StockError> {
    let Some(mut shelf) = LockedShelf::open_or_create(tx, key, stamp).await? else {
        return Err(StockError::NoShelf(key.clone()));
    };
    let delta = Balance {
        on_hand: on_hand - shelf.balance.on_hand,
        safety: safety.map_or(0, |units| units - shelf.balance.safety),
        ..Balance::default()
    };
    let changed = delta != Balance::default();
    if changed {
        shelf.shift(tx, Movement::Count, delta, reference, stamp).await?;
    }
    run!(tx, |c| sqlx::query(COUNTED)
        .bind(&key.partner_id)
        .bind(&key.sku)
        .bind(stamp.ms())
        .execute(c)
        .await
        .map(|_| ()))?;
    Ok(Counted { balance: shelf.close(tx, stamp).await?, changed })
}

/// Adds or takes off units (goods in, breakage).
pub async fn adjust(
    tx: &mut Tx,
    key: &ShelfKey,
    units: i64,
    reference: &str,
    stamp: &Stamp<'_>,
) -> Result<Balance, StockError> {
    let Some(mut shelf) = LockedShelf::open(tx, key, stamp).await? else {
        return Err(StockError::NoShelf(key.clone()));
    };
    if shelf.balance.on_hand + units < 0 {
        return Err(StockError::BelowZero { shelf: key.clone(), on_hand: shelf.balance.on_hand, wanted: -units });
    }
    let delta = Balance { on_hand: units, ..Balance::default() };
    shelf.shift(tx, Movement::Adjust, delta, reference, stamp).await?;
    Ok(shelf.close(tx, stamp).await?)
}
