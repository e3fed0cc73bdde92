//! Units set aside for one shopping transaction: held at init, committed at confirm, shipped at pick-up.
//!
//! A hold counts only until `expires_at_ms`: every write path lets expired holds fall before it looks at the shelf, and
//! every read subtracts them. The sweeper (workers/hold_expiry.rs) only keeps the table small.

use std::collections::BTreeMap;

use jiff::Timestamp;
use node::{Database, Tx, read, run};

use crate::inventory::ledger::Ask;
use crate::inventory::{Channel, Command, Refused, StockMove};

use super::lots;
use super::shelf::{LockedShelf, Movement, OfLot, ShelfKey, disagree};
use super::stamp::Stamp;

mod caps;

/// One shopping transaction of one buyer app. Transaction ids of two buyer apps may be equal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cart {
    pub bap_id: String,
    pub transaction_id: String,
}

/// Why stock could not be taken. Roll the transaction back: earlier shelves of the same cart may have moved.
#[derive(Debug, thiserror::Error)]
pub enum StockError {
    #[error("partner {} has {available} of {} left, {wanted} wanted", shelf.partner_id, shelf.sku)]
    Shortage { shelf: ShelfKey, wanted: i64, available: i64 },
    #[error("partner {} keeps no stock of {}: import it first", .0.partner_id, .0.sku)]
    NoShelf(ShelfKey),
    #[error("only {on_hand} of {} on hand at partner {}: cannot take off {wanted}", shelf.sku, shelf.partner_id)]
    BelowZero { shelf: ShelfKey, on_hand: i64, wanted: i64 },
    #[error("{bap_id} holds {held} carts' items {place} already, {max} are allowed: confirm some, or let them run out")]
    TooManyHolds { bap_id: String, place: String, held: i64, max: u32 },
    #[error(transparent)]
    Sql(#[from] sqlx::Error),
}

#[derive(Debug, sqlx::FromRow)]
struct Row {
    id: String,
    partner_id: String,
    sku: String,
    count: i64,
    state: String,
    lot: String,
    channel: String,
}

impl Row {
    fn channel(&self) -> Channel {
        Channel::parse(&self.channel).unwrap_or(Channel::Network)
    }
}

const LIVE: &str = "select id, partner_id, sku, count, state, lot, channel from reservations \
     where bap_id = $1 and transaction_id = $2 and state in ('held', 'committed') order by partner_id, sku, id";
const SOLD: &str = "select count from reservations \
     where bap_id = $1 and transaction_id = $2 and state in ('committed', 'shipped', 'cancelled') limit 1";
const OWN_HELD: &str = "update reservations set state = $5, updated_at_ms = $6 \
     where bap_id = $1 and transaction_id = $2 and partner_id = $3 and sku = $4 and state = 'held' returning count";
const OWN_LIVE: &str = "select sku, count from reservations \
     where bap_id = $1 and transaction_id = $2 and partner_id = $3 and state = 'held' and expires_at_ms > $4";
const INSERT: &str = "insert into reservations \
     (id, bap_id, transaction_id, partner_id, sku, count, state, expires_at_ms, updated_at_ms, lot, channel) \
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
const CLOSE: &str = "update reservations set state = $2, updated_at_ms = $3 where id = $1 and state = $4";
const SHRINK: &str =
    "update reservations set count = count - $2, updated_at_ms = $3 where id = $1 and count > $2 and state = $4";
const EXPIRED: &str = "select distinct partner_id, sku from reservations \
     where state = 'held' and expires_at_ms <= $1 order by partner_id, sku limit $2";

/// Two lines of one SKU compete for the same shelf: they are added up before anything is taken.
fn summed(lines: &[StockMove]) -> BTreeMap<ShelfKey, i64> {
    let mut demand = BTreeMap::new();
    for line in lines {
        *demand.entry(ShelfKey::new(&line.partner_id, &line.sku)).or_insert(0) += i64::from(line.count);
    }
    demand
}

async fn live(tx: &mut Tx, cart: &Cart) -> Result<Vec<Row>, sqlx::Error> {
    run!(tx, |c| sqlx::query_as::<_, Row>(LIVE).bind(&cart.bap_id).bind(&cart.transaction_id).fetch_all(c).await)
}

/// Also when the goods have left since, or the sale was taken back: a cart is sold at most once.
async fn is_sold(tx: &mut Tx, cart: &Cart) -> Result<bool, sqlx::Error> {
    let found: Option<i64> =
        run!(tx, |c| sqlx::query_scalar(SOLD).bind(&cart.bap_id).bind(&cart.transaction_id).fetch_optional(c).await)?;
    Ok(found.is_some())
}

/// Ends the cart's own holds on a shelf; returns the units they held.
async fn end_own_holds(
    tx: &mut Tx,
    cart: &Cart,
    shelf: &ShelfKey,
    state: &str,
    stamp: &Stamp<'_>,
) -> Result<i64, sqlx::Error> {
    let counts: Vec<i64> = run!(tx, |c| sqlx::query_scalar(OWN_HELD)
        .bind(&cart.bap_id)
        .bind(&cart.transaction_id)
        .bind(&shelf.partner_id)
        .bind(&shelf.sku)
        .bind(state)
        .bind(stamp.ms())
        .fetch_all(c)
        .await)?;
    Ok(counts.iter().sum())
}

/// What is set aside: of which shelf and lot, so many units, for whom.
#[derive(Clone, Copy, Debug)]
struct Aside<'a> {
    shelf: &'a ShelfKey,
    lot: &'a str,
    units: i64,
    channel: Channel,
}

async fn insert(
    tx: &mut Tx,
    cart: &Cart,
    aside: Aside<'_>,
    (state, expires_at): (&str, Timestamp),
    stamp: &Stamp<'_>,
) -> Result<(), sqlx::Error> {
    run!(tx, |c| sqlx::query(INSERT)
        .bind(stamp.id())
        .bind(&cart.bap_id)
        .bind(&cart.transaction_id)
        .bind(&aside.shelf.partner_id)
        .bind(&aside.shelf.sku)
        .bind(aside.units)
        .bind(state)
        .bind(expires_at.as_millisecond())
        .bind(stamp.ms())
        .bind(aside.lot)
        .bind(aside.channel.as_str())
        .execute(c)
        .await
        .map(|_| ()))
}

/// Every shelf that this cart wants or already has, each once, in lock order.
async fn shelves_of(
    tx: &mut Tx,
    cart: &Cart,
    demand: &BTreeMap<ShelfKey, i64>,
) -> Result<BTreeMap<ShelfKey, i64>, sqlx::Error> {
    let mut shelves = demand.clone();
    for row in live(tx, cart).await? {
        if row.state == "held" {
            shelves.entry(ShelfKey::new(row.partner_id, row.sku)).or_insert(0);
        }
    }
    Ok(shelves)
}

/// Sets units aside until `until`. A repeat replaces the cart's earlier hold, it never adds.
///
/// # Errors
/// [`StockError::Shortage`], and [`StockError::TooManyHolds`] when the buyer app holds more than it may.
pub async fn hold(
    tx: &mut Tx,
    cart: &Cart,
    channel: Channel,
    lines: &[StockMove],
    until: Timestamp,
    stamp: &Stamp<'_>,
) -> Result<(), StockError> {
    let demand = summed(lines);
    caps::check(tx, cart, &demand, stamp).await?;
    for (key, units) in shelves_of(tx, cart, &demand).await? {
        let Some(mut shelf) = LockedShelf::open(tx, &key, stamp).await? else {
            return Err(StockError::NoShelf(key));
        };
        let own = end_own_holds(tx, cart, &key, "released", stamp).await?;
        if units > 0 {
            caps::check_shelf(tx, cart, &shelf, stamp).await?;
        }
        let command = Command::Hold(Ask { channel, units, own }, shelf.limits(channel, stamp));
        let movement = if units > 0 { Movement::Hold } else { Movement::Release };
        if let Err(refused) = shelf.apply(tx, movement, command, OfLot::Any, &cart.transaction_id, stamp).await? {
            return Err(why(key, refused, units));
        }
        if units > 0 {
            let aside = Aside { shelf: &key, lot: "", units, channel };
            insert(tx, cart, aside, ("held", until), stamp).await?;
        }
        shelf.close(tx, stamp).await?;
    }
    Ok(())
}

fn why(shelf: ShelfKey, refused: Refused, wanted: i64) -> StockError {
    match refused {
        Refused::Short { available } => StockError::Shortage { shelf, wanted, available },
        Refused::BelowZero { on_hand } => StockError::BelowZero { shelf, on_hand, wanted },
        Refused::Nonsense => StockError::Sql(disagree(&shelf, refused)),
    }
}

/// Sells the units: the cart's live hold becomes a commitment; without one (it ran out) free units are taken instead. Where lots
/// are kept, the units are of those that run out first.
/// Asked again for a cart that was ever sold, it changes nothing.
pub async fn commit(
    tx: &mut Tx,
    cart: &Cart,
    channel: Channel,
    lines: &[StockMove],
    stamp: &Stamp<'_>,
) -> Result<(), StockError> {
    if is_sold(tx, cart).await? {
        return Ok(());
    }
    let demand = summed(lines);
    for (at, (key, units)) in shelves_of(tx, cart, &demand).await?.into_iter().enumerate() {
        let Some(mut shelf) = LockedShelf::open(tx, &key, stamp).await? else {
            return Err(StockError::NoShelf(key));
        };
        // Another replica may have sold this very cart while we waited for its first shelf.
        if at == 0 && is_sold(tx, cart).await? {
            return Ok(());
        }
        let own = end_own_holds(tx, cart, &key, "released", stamp).await?;
        let command = Command::Commit(Ask { channel, units, own }, shelf.limits(channel, stamp));
        let movement = if units > 0 { Movement::Commit } else { Movement::Release };
        let done = match shelf.apply(tx, movement, command, OfLot::Any, &cart.transaction_id, stamp).await? {
            Ok(done) => done,
            Err(refused) => return Err(why(key, refused, units)),
        };
        for part in &done.parts {
            let aside = Aside { shelf: &key, lot: &part.lot, units: part.units, channel };
            insert(tx, cart, aside, ("committed", stamp.now), stamp).await?;
        }
        shelf.close(tx, stamp).await?;
    }
    Ok(())
}

/// Gives units that the cart holds or has bought back to the shelves; without `lines` all of them.
/// Units that were shipped stay shipped. Asked again, it changes nothing more.
pub async fn release(tx: &mut Tx, cart: &Cart, lines: &[StockMove], stamp: &Stamp<'_>) -> Result<(), StockError> {
    settle(tx, cart, lines, Settlement::Released, stamp).await
}

/// Committed units left the partner's shelf with the agent; without `lines` all of them.
pub async fn ship(tx: &mut Tx, cart: &Cart, lines: &[StockMove], stamp: &Stamp<'_>) -> Result<(), StockError> {
    settle(tx, cart, lines, Settlement::Shipped, stamp).await
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Settlement {
    Released,
    Shipped,
}

/// Ends live reservations, shelf by shelf. `lines` limits it to so many units of a shelf.
async fn settle(
    tx: &mut Tx,
    cart: &Cart,
    lines: &[StockMove],
    settlement: Settlement,
    stamp: &Stamp<'_>,
) -> Result<(), StockError> {
    let mut left = (!lines.is_empty()).then(|| summed(lines));
    for row in live(tx, cart).await? {
        if settlement == Settlement::Shipped && row.state != "committed" {
            continue;
        }
        let key = ShelfKey::new(&row.partner_id, &row.sku);
        let units = match &mut left {
            None => row.count,
            Some(wanted) => match wanted.get_mut(&key) {
                Some(rest) if *rest > 0 => {
                    let units = row.count.min(*rest);
                    *rest -= units;
                    units
                }
                Some(_) | None => continue,
            },
        };
        let Some(mut shelf) = LockedShelf::open(tx, &key, stamp).await? else {
            return Err(StockError::NoShelf(key));
        };
        if end_row(tx, &row, units, settlement, stamp).await? {
            let channel = row.channel();
            let (movement, command) = match (settlement, row.state.as_str()) {
                (Settlement::Shipped, _) => (Movement::Ship, Command::Ship { channel, units }),
                (Settlement::Released, "held") => (Movement::Release, Command::LetGo { units }),
                (Settlement::Released, _) => (Movement::Release, Command::Uncommit { units }),
            };
            let lot = if row.state == "held" { OfLot::Any } else { OfLot::Named(&row.lot) };
            if let Err(refused) = shelf.apply(tx, movement, command, lot, &cart.transaction_id, stamp).await? {
                return Err(why(key, refused, units));
            }
            if settlement == Settlement::Released {
                shelf.alive(channel, -units);
            }
        }
        shelf.close(tx, stamp).await?;
    }
    Ok(())
}

/// `false` = the row is no longer live: its hold fell while the shelf was being locked.
async fn end_row(
    tx: &mut Tx,
    row: &Row,
    units: i64,
    settlement: Settlement,
    stamp: &Stamp<'_>,
) -> Result<bool, sqlx::Error> {
    if units < row.count {
        return run!(tx, |c| sqlx::query(SHRINK)
            .bind(&row.id)
            .bind(units)
            .bind(stamp.ms())
            .bind(&row.state)
            .execute(c)
            .await
            .map(|done| done.rows_affected() == 1));
    }
    let state = match settlement {
        Settlement::Released if row.state == "committed" => "cancelled",
        Settlement::Released => "released",
        Settlement::Shipped => "shipped",
    };
    run!(tx, |c| sqlx::query(CLOSE)
        .bind(&row.id)
        .bind(state)
        .bind(stamp.ms())
        .bind(&row.state)
        .execute(c)
        .await
        .map(|done| done.rows_affected() == 1))
}

/// Units that the cart itself holds at a partner, by SKU; holds that ran out are not counted.
pub async fn own_holds(
    db: &Database,
    cart: &Cart,
    partner_id: &str,
    now_ms: i64,
) -> Result<BTreeMap<String, i64>, sqlx::Error> {
    let rows: Vec<(String, i64)> = read!(db, |c| sqlx::query_as(OWN_LIVE)
        .bind(&cart.bap_id)
        .bind(&cart.transaction_id)
        .bind(partner_id)
        .bind(now_ms)
        .fetch_all(c)
        .await)?;
    let mut held = BTreeMap::new();
    for (sku, units) in rows {
        *held.entry(sku).or_insert(0) += units;
    }
    Ok(held)
}

/// Puts returned units back on the shelf, in the lot they were sold from when `reference` is the transaction that sold them.
/// A partner that never had the item gets a shelf for it.
pub async fn restock(tx: &mut Tx, lines: &[StockMove], reference: &str, stamp: &Stamp<'_>) -> Result<(), StockError> {
    for (key, units) in summed(lines) {
        let Some(mut shelf) = LockedShelf::open_or_create(tx, &key, stamp).await? else {
            return Err(StockError::NoShelf(key));
        };
        let lot = lots::shipped_in(tx, &key, reference).await?.unwrap_or_default();
        let (command, lot) = (Command::Restock { units }, OfLot::Named(&lot));
        if let Err(refused) = shelf.apply(tx, Movement::Restock, command, lot, reference, stamp).await? {
            return Err(why(key, refused, units));
        }
        shelf.close(tx, stamp).await?;
    }
    Ok(())
}

/// Shelves with holds that have run out, at most `limit`.
pub async fn shelves_with_expired(db: &Database, now_ms: i64, limit: i64) -> Result<Vec<ShelfKey>, sqlx::Error> {
    let rows: Vec<(String, String)> =
        read!(db, |c| sqlx::query_as(EXPIRED).bind(now_ms).bind(limit).fetch_all(c).await)?;
    Ok(rows.into_iter().map(|(partner_id, sku)| ShelfKey { partner_id, sku }).collect())
}

/// Lets the holds of one shelf that have run out fall (opening the shelf does it).
pub async fn sweep(tx: &mut Tx, key: &ShelfKey, stamp: &Stamp<'_>) -> Result<(), sqlx::Error> {
    if let Some(shelf) = LockedShelf::open(tx, key, stamp).await? {
        shelf.close(tx, stamp).await?;
    }
    Ok(())
}
