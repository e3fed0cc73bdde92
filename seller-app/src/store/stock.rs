//! Stock as people and systems of the partner see it: read, count, correct.

use node::{Database, Tx, read, run};
use serde::Serialize;
use utoipa::ToSchema;

use crate::inventory::{Balance, Command, Refused, Trust};

use super::reservation::StockError;
use super::shelf::{self, LockedShelf, Movement, OfLot, ShelfKey, disagree};
use super::stamp::Stamp;

/// What the books say of one shelf. What can still be promised from it is asked of `stock_room`, which also knows its lots.
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
    /// Of what is on the shelf only B2B may take so many.
    pub reserve_b2b: i64,
    /// Of what is on the shelf the network may take at most so many; -1 = all.
    pub cap_network: i64,
    /// When the shelf was last counted, Unix milliseconds.
    pub counted_at_ms: i64,
    /// How often the number proved wrong, as remembered at the last time.
    pub rejections: i64,
    /// When that was, Unix milliseconds.
    pub rejected_at_ms: i64,
    /// Units of `held` and `committed` that are for B2B; counted only for a shelf with quotas.
    #[serde(skip)]
    pub live_b2b: i64,
    /// The same for the network.
    #[serde(skip)]
    pub live_network: i64,
    /// Whether it has lots with a last day.
    pub has_lots: bool,
}

impl StockRow {
    pub fn key(&self) -> ShelfKey {
        ShelfKey::new(&self.partner_id, &self.sku)
    }

    pub fn balance(&self) -> Balance {
        let &StockRow { on_hand, held, committed, safety, reserve_b2b, cap_network, .. } = self;
        Balance { on_hand, held, committed, safety, reserve_b2b, cap_network }
    }

    pub fn trust(&self) -> Trust {
        Trust { counted_ms: self.counted_at_ms, rejections: self.rejections, rejected_ms: self.rejected_at_ms }
    }

    /// Units that nobody was promised and nothing is kept back of, by the books alone; never below zero.
    pub fn available(&self) -> i64 {
        (self.on_hand - self.held - self.committed - self.safety).max(0)
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
    /// Empty: the unnamed lot.
    pub lot: String,
    /// `network`, `b2b` or empty where it does not matter.
    pub channel: String,
    pub reserve_delta: i64,
    pub cap_delta: i64,
    pub reference: String,
    pub at_ms: i64,
}

macro_rules! stock_columns {
    ($where:literal) => {
        concat!(
            "select s.partner_id, s.sku, s.on_hand, s.held - coalesce((select cast(sum(r.count) as bigint) from reservations r ",
            "where r.partner_id = s.partner_id and r.sku = s.sku and r.state = 'held' and r.expires_at_ms <= $1), 0) as held, ",
            "s.committed, s.safety, s.reserve_b2b, s.cap_network, s.counted_at_ms, s.rejections, s.rejected_at_ms, s.has_lots, ",
            "case when s.reserve_b2b > 0 then coalesce((select cast(sum(r.count) as bigint) from reservations r ",
            "where r.partner_id = s.partner_id and r.sku = s.sku and r.channel = 'b2b' and (r.state = 'committed' ",
            "or (r.state = 'held' and r.expires_at_ms > $1))), 0) else 0 end as live_b2b, ",
            "case when s.cap_network >= 0 then coalesce((select cast(sum(r.count) as bigint) from reservations r ",
            "where r.partner_id = s.partner_id and r.sku = s.sku and r.channel = 'network' and (r.state = 'committed' ",
            "or (r.state = 'held' and r.expires_at_ms > $1))), 0) else 0 end as live_network ",
            "from stock s ",
            $where
        )
    };
}

const ALL: &str = stock_columns!("order by s.partner_id, s.sku");
const OF_PARTNER: &str = stock_columns!("where s.partner_id = $2 order by s.sku");
const SOME: &str = stock_columns!(
    "where (s.partner_id, s.sku) in (select f.value ->> 'p', f.value ->> 's' from json_each($2) as f) order by s.partner_id, s.sku"
);
const SOME_POSTGRES: &str = stock_columns!(
    "where (s.partner_id, s.sku) in (select f.value ->> 'p', f.value ->> 's' \
     from jsonb_array_elements($2::text::jsonb) as f(value)) order by s.partner_id, s.sku"
);
const ONE: &str = stock_columns!("where s.partner_id = $2 and s.sku = $3");
const COUNTED: &str = "update stock set counted_at_ms = $3 where partner_id = $1 and sku = $2";
const NEWEST_COUNTS: &str = "select partner_id, max(counted_at_ms) from stock group by partner_id";
const SOLD_SINCE: &str = "select sku, cast(sum(committed_delta) as bigint) from stock_movements \
     where partner_id = $1 and kind = 'commit' and at_ms >= $2 group by sku";
const MOVEMENTS: &str = "select kind, on_hand_delta, held_delta, committed_delta, safety_delta, lot, channel, \
     reserve_delta, cap_delta, reference, at_ms from stock_movements where partner_id = $1 and sku = $2 order by id desc limit $3";

pub async fn all(db: &Database, now_ms: i64) -> Result<Vec<StockRow>, sqlx::Error> {
    read!(db, |c| sqlx::query_as::<_, StockRow>(ALL).bind(now_ms).fetch_all(c).await)
}

pub async fn of_partner(db: &Database, partner_id: &str, now_ms: i64) -> Result<Vec<StockRow>, sqlx::Error> {
    read!(db, |c| sqlx::query_as::<_, StockRow>(OF_PARTNER).bind(now_ms).bind(partner_id).fetch_all(c).await)
}

/// Those of these shelves that there are.
pub async fn some(db: &Database, keys: &[ShelfKey], now_ms: i64) -> Result<Vec<StockRow>, sqlx::Error> {
    let (sql, list) = (db.sql(SOME, SOME_POSTGRES), shelf::listed(keys));
    read!(db, |c| sqlx::query_as::<_, StockRow>(sql).bind(now_ms).bind(&list).fetch_all(c).await)
}

pub async fn one(db: &Database, key: &ShelfKey, now_ms: i64) -> Result<Option<StockRow>, sqlx::Error> {
    read!(db, |c| sqlx::query_as::<_, StockRow>(ONE)
        .bind(now_ms)
        .bind(&key.partner_id)
        .bind(&key.sku)
        .fetch_optional(c)
        .await)
}

/// Units of each item that a partner sold since then (Unix milliseconds); what was cancelled later is in it.
pub async fn sold_since(
    db: &Database,
    partner_id: &str,
    since_ms: i64,
) -> Result<std::collections::BTreeMap<String, i64>, sqlx::Error> {
    let rows: Vec<(String, i64)> =
        read!(db, |c| sqlx::query_as(SOLD_SINCE).bind(partner_id).bind(since_ms).fetch_all(c).await)?;
    Ok(rows.into_iter().collect())
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
    let done =
        shelf.apply(tx, Movement::Count, Command::Count { on_hand, safety }, OfLot::Any, reference, stamp).await?;
    let changed = !done.map_err(|refused| why(key, refused, on_hand))?.delta.is_nothing();
    counted(tx, &mut shelf, stamp).await?;
    Ok(Counted { balance: shelf.close(tx, stamp).await?, changed })
}

async fn counted(tx: &mut Tx, shelf: &mut LockedShelf, stamp: &Stamp<'_>) -> Result<(), sqlx::Error> {
    run!(tx, |c| sqlx::query(COUNTED)
        .bind(&shelf.key.partner_id)
        .bind(&shelf.key.sku)
        .bind(stamp.ms())
        .execute(c)
        .await
        .map(|_| ()))?;
    shelf.counted_now(stamp);
    Ok(())
}

fn why(key: &ShelfKey, refused: Refused, units: i64) -> StockError {
    match refused {
        Refused::BelowZero { on_hand } => StockError::BelowZero { shelf: key.clone(), on_hand, wanted: -units },
        Refused::Short { available } => StockError::Shortage { shelf: key.clone(), wanted: units, available },
        Refused::Nonsense => StockError::Sql(disagree(key, refused)),
    }
}

/// Adds or takes off units (goods in, breakage).
pub async fn adjust(
    tx: &mut Tx,
    key: &ShelfKey,
    units: i64,
    reference: &str,
    stamp: &Stamp<'_>,
) -> Result<Balance, StockError> {
    change(tx, key, (Movement::Adjust, Command::Adjust { units }, units), reference, stamp).await
}

/// Sets what is reserved for B2B and what the network may take at most (`ledger::NO_CAP` = all); what is absent stays.
pub async fn set_quota(
    tx: &mut Tx,
    key: &ShelfKey,
    (reserve_b2b, cap_network): (Option<i64>, Option<i64>),
    reference: &str,
    stamp: &Stamp<'_>,
) -> Result<Balance, StockError> {
    change(tx, key, (Movement::Quota, Command::Quota { reserve_b2b, cap_network }, 0), reference, stamp).await
}

async fn change(
    tx: &mut Tx,
    key: &ShelfKey,
    (movement, command, units): (Movement, Command, i64),
    reference: &str,
    stamp: &Stamp<'_>,
) -> Result<Balance, StockError> {
    let Some(mut shelf) = LockedShelf::open(tx, key, stamp).await? else {
        return Err(StockError::NoShelf(key.clone()));
    };
    let done = shelf.apply(tx, movement, command, OfLot::Any, reference, stamp).await?;
    done.map_err(|refused| why(key, refused, units))?;
    Ok(shelf.close(tx, stamp).await?)
}

/// Goods in with a lot and the first moment at which they may not be sold any more (Unix milliseconds). A lot that is known gets
/// the units on top, and this moment. Makes the shelf when there is none.
pub async fn receive(
    tx: &mut Tx,
    key: &ShelfKey,
    (lot, expires_ms, units): (&str, i64, i64),
    reference: &str,
    stamp: &Stamp<'_>,
) -> Result<Balance, StockError> {
    let Some(mut shelf) = LockedShelf::open_or_create(tx, key, stamp).await? else {
        return Err(StockError::NoShelf(key.clone()));
    };
    shelf.keep_lot(tx, lot, expires_ms, stamp).await?;
    let command = Command::Restock { units };
    let done = shelf.apply(tx, Movement::Receive, command, OfLot::Named(lot), reference, stamp).await?;
    done.map_err(|refused| why(key, refused, units))?;
    Ok(shelf.close(tx, stamp).await?)
}

/// Units of one lot that are gone or found, such as goods that were thrown away; an empty name is what has no date.
pub async fn adjust_lot(
    tx: &mut Tx,
    key: &ShelfKey,
    (lot, units): (&str, i64),
    reference: &str,
    stamp: &Stamp<'_>,
) -> Result<Balance, StockError> {
    let Some(mut shelf) = LockedShelf::open(tx, key, stamp).await? else {
        return Err(StockError::NoShelf(key.clone()));
    };
    let (unnamed, _) = shelf.unnamed();
    let on_hand = shelf
        .lots
        .iter()
        .find(|one| one.name == lot)
        .map_or(if lot.is_empty() { unnamed } else { 0 }, |one| one.on_hand);
    if on_hand + units < 0 {
        return Err(StockError::BelowZero { shelf: key.clone(), on_hand, wanted: -units });
    }
    let command = Command::Adjust { units };
    let done = shelf.apply(tx, Movement::Adjust, command, OfLot::Named(lot), reference, stamp).await?;
    done.map_err(|refused| why(key, refused, units))?;
    Ok(shelf.close(tx, stamp).await?)
}

/// Corrects the number of a shelf because an order was rejected for it, and trusts it less.
pub async fn reject(
    tx: &mut Tx,
    key: &ShelfKey,
    correction: crate::inventory::Correction,
    reference: &str,
    stamp: &Stamp<'_>,
) -> Result<(), StockError> {
    let Some(mut shelf) = LockedShelf::open(tx, key, stamp).await? else { return Ok(()) };
    let done = shelf.apply(tx, Movement::Reject, Command::Reject(correction), OfLot::Any, reference, stamp).await?;
    done.map_err(|refused| why(key, refused, 0))?;
    shelf.distrust(tx, stamp).await?;
    shelf.close(tx, stamp).await?;
    Ok(())
}
