//! Units set aside for one shopping transaction: held at init, committed at confirm, shipped at pick-up.
//!
//! A hold counts only until `expires_at_ms`: every write path lets expired holds fall before it looks at the shelf, and
//! every read subtracts them. The sweeper (workers/hold_expiry.rs) only keeps the table small.

use std::collections::BTreeMap;

use jiff::Timestamp;
use node::{Database, Tx, read, run};

use crate::inventory::StockMove;

use super::shelf::{Balance, LockedShelf, Movement, ShelfKey, Taken};
use super::stamp::Stamp;

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
}

const LIVE: &str = "select id, partner_id, sku, count, state from reservations \
     where bap_id = $1 and transaction_id = $2 and state in ('held', 'committed') order by partner_id, sku, id";
const OWN_HELD: &str = "update reservations set state = $5, updated_at_ms = $6 \
     where bap_id = $1 and transaction_id = $2 and partner_id = $3 and sku = $4 and state = 'held' returning count";
const OWN_LIVE: &str = "select sku, count from reservations \
     where bap_id = $1 and transaction_id = $2 and partner_id = $3 and state = 'held' and expires_at_ms > $4";
const INSERT: &str = "insert into reservations \
     (id, bap_id, transaction_id, partner_id, sku, count, state, expires_at_ms, updated_at_ms) \
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
const CLOSE: &str = "update reservations set state = $2, updated_at_ms = $3 where id = $1 and state = $4";
const SHRINK: &str = "update reservations set count = count - $2, updated_at_ms = $3 where id = $1 and count > $2";
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

async fn insert(
    tx: &mut Tx,
    cart: &Cart,
    demand: (&ShelfKey, i64),
    state: &str,
    expires_at: Timestamp,
    stamp: &Stamp<'_>,
) -> Result<(), sqlx::Error> {
    let (shelf, units) = demand;
    run!(tx, |c| sqlx::query(INSERT)
        .bind(stamp.id())
        .bind(&cart.bap_id)
        .bind(&cart.transaction_id)
        .bind(&shelf.partner_id)
        .bind(&shelf.sku)
        .bind(units)
        .bind(state)
        .bind(expires_at.as_millisecond())
        .bind(stamp.ms())
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
pub async fn hold(
    tx: &mut Tx,
    cart: &Cart,
    lines: &[StockMove],
    until: Timestamp,
    stamp: &Stamp<'_>,
) -> Result<(), StockError> {
    let demand = summed(lines);
    for (key, units) in shelves_of(tx, cart, &demand).await? {
        let Some(mut shelf) = LockedShelf::open(tx, &key, stamp).await? else {
            return Err(StockError::NoShelf(key));
        };
        give_back_held(tx, cart, &mut shelf, stamp).await?;
        if units > 0 {
            if !shelf.take(tx, Movement::Hold, Taken::Held(units), &cart.transaction_id, stamp).await? {
                return Err(shortage(&shelf, units));
            }
            insert(tx, cart, (&key, units), "held", until, stamp).await?;
        }
        shelf.close(tx, stamp).await?;
    }
    Ok(())
}

async fn give_back_held(
    tx: &mut Tx,
    cart: &Cart,
    shelf: &mut LockedShelf,
    stamp: &Stamp<'_>,
) -> Result<(), sqlx::Error> {
    let held = end_own_holds(tx, cart, &shelf.key, "released", stamp).await?;
    if held > 0 {
        let delta = Balance { held: -held, ..Balance::default() };
        shelf.shift(tx, Movement::Release, delta, &cart.transaction_id, stamp).await?;
    }
    Ok(())
}

fn shortage(shelf: &LockedShelf, wanted: i64) -> StockError {
    StockError::Shortage { shelf: shelf.key.clone(), wanted, available: shelf.balance.available() }
}

/// Sells the units: the cart's live hold becomes a commitment; without one (it ran out) free units are taken instead.
/// Asked again for a cart that is already committed, it changes nothing.
pub async fn commit(tx: &mut Tx, cart: &Cart, lines: &[StockMove], stamp: &Stamp<'_>) -> Result<(), StockError> {
    if live(tx, cart).await?.iter().any(|row| row.state == "committed") {
        return Ok(());
    }
    let demand = summed(lines);
    for (key, units) in shelves_of(tx, cart, &demand).await? {
        let Some(mut shelf) = LockedShelf::open(tx, &key, stamp).await? else {
            return Err(StockError::NoShelf(key));
        };
        give_back_held(tx, cart, &mut shelf, stamp).await?;
        if units > 0 {
            if !shelf.take(tx, Movement::Commit, Taken::Committed(units), &cart.transaction_id, stamp).await? {
                return Err(shortage(&shelf, units));
            }
            insert(tx, cart, (&key, units), "committed", stamp.now, stamp).await?;
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
            let (movement, delta) = settled_delta(&row, units, settlement, shelf.balance);
            shelf.shift(tx, movement, delta, &cart.transaction_id, stamp).await?;
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
            .execute(c)
            .await
            .map(|done| done.rows_affected() == 1));
    }
    let state = match settlement {
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

fn settled_delta(row: &Row, units: i64, settlement: Settlement, balance: Balance) -> (Movement, Balance) {
    match (settlement, row.state.as_str()) {
        // A count may have found fewer units than were sold: the shelf never goes below zero.
        (Settlement::Shipped, _) => {
            let left = units.min(balance.on_hand);
            (Movement::Ship, Balance { on_hand: -left, committed: -units, ..Balance::default() })
        }
        (Settlement::Released, "held") => (Movement::Release, Balance { held: -units, ..Balance::default() }),
        (Settlement::Released, _) => (Movement::Release, Balance { committed: -units, ..Balance::default() }),
    }
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

/// Puts returned units back on the shelf.
pub async fn restock(tx: &mut Tx, lines: &[StockMove], reference: &str, stamp: &Stamp<'_>) -> Result<(), StockError> {
    for (key, units) in summed(lines) {
        let Some(mut shelf) = LockedShelf::open(tx, &key, stamp).await? else {
            return Err(StockError::NoShelf(key));
        };
        let delta = Balance { on_hand: units, ..Balance::default() };
        shelf.shift(tx, Movement::Restock, delta, reference, stamp).await?;
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
