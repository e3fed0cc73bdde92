//! Places in a partner's day: how many orders it can still work on. A place is taken in the same transaction as the stock of
//! the order, under the lock of the day's row, so that no day ever gets more orders than the partner said.
//!
//! A held place counts until `expires_at_ms`, as held stock does. Partners without a limit have no rows here.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use node::{Database, Tx, read, run};

use crate::catalogue::Partner;
use crate::partners::WorkTime;
use crate::partners::capacity::Taken;
use crate::partners::service::work_time;

use super::changes;
use super::reservation::Cart;
use super::stamp::Stamp;

/// Makes the day's row and locks it until the transaction ends.
const LOCK: &str = "insert into partner_days (partner_id, day, full_told, updated_at_ms) values ($1, $2, false, $3) \
     on conflict (partner_id, day) do update set updated_at_ms = excluded.updated_at_ms returning full_told";
const TOLD: &str = "update partner_days set full_told = $3, updated_at_ms = $4 where partner_id = $1 and day = $2";
const TAKEN: &str = "select slot, count(*) from partner_places where partner_id = $1 and day = $2 \
     and (state = 'taken' or (state = 'held' and expires_at_ms > $3)) and not (bap_id = $4 and transaction_id = $5) \
     group by slot";
const OWN: &str = "select partner_id, day, slot, state, expires_at_ms from partner_places \
     where bap_id = $1 and transaction_id = $2";
const PUT: &str = "insert into partner_places \
     (bap_id, transaction_id, partner_id, day, slot, state, expires_at_ms, updated_at_ms) \
     values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict (bap_id, transaction_id) do update set \
     partner_id = excluded.partner_id, day = excluded.day, slot = excluded.slot, state = excluded.state, \
     expires_at_ms = excluded.expires_at_ms, updated_at_ms = excluded.updated_at_ms";
const RELEASE: &str = "update partner_places set state = 'released', updated_at_ms = $3 \
     where bap_id = $1 and transaction_id = $2 and state <> 'released'";
const ALL_TAKEN: &str = "select partner_id, day, slot, count(*) from partner_places where day >= $1 \
     and (state = 'taken' or (state = 'held' and expires_at_ms > $2)) group by partner_id, day, slot";
const FULL_DAYS: &str = "select partner_id, day from partner_days where full_told = true order by partner_id, day";
const USED: &str = "select day, count(*) from partner_places where partner_id = $1 and state = 'taken' and day >= $2 \
     group by day order by day";

#[derive(sqlx::FromRow)]
struct Own {
    partner_id: String,
    day: String,
    slot: String,
    state: String,
    expires_at_ms: i64,
}

/// How long a place is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keep {
    /// For a cart, until then.
    Held(Timestamp),
    /// For an order.
    Taken,
}

/// Places that a new order of this cart would find left; its own is not counted. `None` = no limit.
pub async fn left(
    db: &Database,
    partner: &Partner,
    cart: Option<&Cart>,
    now: Timestamp,
) -> Result<Option<u32>, sqlx::Error> {
    if partner.service.capacity.is_unlimited() {
        return Ok(None);
    }
    let Some(work) = work_time(partner, now) else { return Ok(None) };
    let (bap_id, transaction_id) = cart.map_or(("", ""), |cart| (&cart.bap_id, &cart.transaction_id));
    let rows: Vec<(String, i64)> = read!(db, |c| sqlx::query_as(TAKEN)
        .bind(&partner.id)
        .bind(work.day.to_string())
        .bind(now.as_millisecond())
        .bind(bap_id)
        .bind(transaction_id)
        .fetch_all(c)
        .await)?;
    Ok(partner.service.capacity.left(&work.slot, summed(&rows, &work.slot)))
}

fn summed(rows: &[(String, i64)], slot: &str) -> Taken {
    let count = |rows: i64| u32::try_from(rows).unwrap_or(u32::MAX);
    let in_slot = rows.iter().filter(|(name, _)| name == slot).map(|(_, orders)| orders).sum();
    Taken { in_day: count(rows.iter().map(|(_, orders)| orders).sum()), in_slot: count(in_slot) }
}

/// Keeps a place for a cart or an order; asked again it keeps the same one. `false` = the day or the slot is full, nothing
/// was written: roll back and look again.
pub async fn keep(
    tx: &mut Tx,
    partner: &Partner,
    cart: &Cart,
    keep: Keep,
    stamp: &Stamp<'_>,
) -> Result<bool, sqlx::Error> {
    if partner.service.capacity.is_unlimited() {
        return Ok(true);
    }
    let own = own(tx, cart).await?.filter(|own| own.partner_id == partner.id && own.state != "released");
    let live = own.filter(|own| own.state == "taken" || own.expires_at_ms > stamp.ms());
    let work = match &live {
        Some(own) if own.state == "taken" => return Ok(true),
        // The promise was made for that day.
        Some(own) => Some((own.day.clone(), own.slot.clone())),
        None => work_time(partner, stamp.now).map(|WorkTime { day, slot, .. }| (day.to_string(), slot)),
    };
    let Some((day, slot)) = work else { return Ok(true) };
    let told = lock(tx, &partner.id, &day, stamp).await?;
    let taken = taken(tx, &partner.id, (&day, &slot), cart, stamp).await?;
    let capacity = &partner.service.capacity;
    if live.is_none() && capacity.left(&slot, taken) == Some(0) {
        return Ok(false);
    }
    let (state, until) = match keep {
        Keep::Held(until) => ("held", until.as_millisecond()),
        Keep::Taken => ("taken", stamp.ms()),
    };
    run!(tx, |c| sqlx::query(PUT)
        .bind(&cart.bap_id)
        .bind(&cart.transaction_id)
        .bind(&partner.id)
        .bind(&day)
        .bind(&slot)
        .bind(state)
        .bind(until)
        .bind(stamp.ms())
        .execute(c)
        .await
        .map(|_| ()))?;
    let after = Taken { in_day: taken.in_day + 1, in_slot: taken.in_slot + 1 };
    tell(tx, (&partner.id, &day), (told, capacity.left(&slot, after) == Some(0)), stamp).await?;
    Ok(true)
}

/// Gives the cart's place back. Asked again, it changes nothing. The day is locked first, as in [`keep`].
pub async fn release(tx: &mut Tx, cart: &Cart, stamp: &Stamp<'_>) -> Result<(), sqlx::Error> {
    let Some(own) = own(tx, cart).await?.filter(|own| own.state != "released") else { return Ok(()) };
    let told = lock(tx, &own.partner_id, &own.day, stamp).await?;
    let freed = run!(tx, |c| sqlx::query(RELEASE)
        .bind(&cart.bap_id)
        .bind(&cart.transaction_id)
        .bind(stamp.ms())
        .execute(c)
        .await
        .map(|done| done.rows_affected()))?;
    if freed == 0 {
        return Ok(());
    }
    tell(tx, (&own.partner_id, &own.day), (told, false), stamp).await
}

/// Partners among these that can take no order now, in one read.
pub async fn full<'a>(
    db: &Database,
    partners: impl IntoIterator<Item = &'a Partner>,
    now: Timestamp,
) -> Result<BTreeSet<String>, sqlx::Error> {
    let limited: Vec<(&Partner, WorkTime)> = partners
        .into_iter()
        .filter(|partner| !partner.service.capacity.is_unlimited())
        .filter_map(|partner| Some((partner, work_time(partner, now)?)))
        .collect();
    let Some(first) = limited.iter().map(|(_, work)| work.day).min() else { return Ok(BTreeSet::new()) };
    let rows: Vec<(String, String, String, i64)> =
        read!(db, |c| sqlx::query_as(ALL_TAKEN).bind(first.to_string()).bind(now.as_millisecond()).fetch_all(c).await)?;
    let mut days: BTreeMap<(String, String), Vec<(String, i64)>> = BTreeMap::new();
    for (partner_id, day, slot, orders) in rows {
        days.entry((partner_id, day)).or_default().push((slot, orders));
    }
    let is_full = |(partner, work): &&(&Partner, WorkTime)| {
        let rows = days.get(&(partner.id.clone(), work.day.to_string()));
        let taken = rows.map(|rows| summed(rows, &work.slot)).unwrap_or_default();
        partner.service.capacity.left(&work.slot, taken) == Some(0)
    };
    Ok(limited.iter().filter(is_full).map(|(partner, _)| partner.id.clone()).collect())
}

async fn own(tx: &mut Tx, cart: &Cart) -> Result<Option<Own>, sqlx::Error> {
    run!(tx, |c| sqlx::query_as::<_, Own>(OWN).bind(&cart.bap_id).bind(&cart.transaction_id).fetch_optional(c).await)
}

/// Locks the day; tells whether the catalogue was told that it is full.
async fn lock(tx: &mut Tx, partner_id: &str, day: &str, stamp: &Stamp<'_>) -> Result<bool, sqlx::Error> {
    run!(tx, |c| sqlx::query_scalar::<_, bool>(LOCK).bind(partner_id).bind(day).bind(stamp.ms()).fetch_one(c).await)
}

async fn taken(
    tx: &mut Tx,
    partner_id: &str,
    (day, slot): (&str, &str),
    cart: &Cart,
    stamp: &Stamp<'_>,
) -> Result<Taken, sqlx::Error> {
    let rows: Vec<(String, i64)> = run!(tx, |c| sqlx::query_as(TAKEN)
        .bind(partner_id)
        .bind(day)
        .bind(stamp.ms())
        .bind(&cart.bap_id)
        .bind(&cart.transaction_id)
        .fetch_all(c)
        .await)?;
    Ok(summed(&rows, slot))
}

/// Notes for the catalogue that a day became full, or is no longer.
async fn tell(
    tx: &mut Tx,
    (partner_id, day): (&str, &str),
    (told, full): (bool, bool),
    stamp: &Stamp<'_>,
) -> Result<(), sqlx::Error> {
    if told == full {
        return Ok(());
    }
    run!(tx, |c| sqlx::query(TOLD)
        .bind(partner_id)
        .bind(day)
        .bind(full)
        .bind(stamp.ms())
        .execute(c)
        .await
        .map(|_| ()))?;
    changes::note(tx, partner_id, changes::EVERYTHING, stamp).await
}

/// Days that the catalogue was told are full.
pub async fn full_days(db: &Database) -> Result<Vec<(String, String)>, sqlx::Error> {
    read!(db, |c| sqlx::query_as(FULL_DAYS).fetch_all(c).await)
}

/// Tells the catalogue that a day is not full any more: a held place ran out, or the day or its slot is over.
pub async fn reopen(tx: &mut Tx, partner_id: &str, day: &str, stamp: &Stamp<'_>) -> Result<(), sqlx::Error> {
    let told = lock(tx, partner_id, day, stamp).await?;
    tell(tx, (partner_id, day), (told, false), stamp).await
}

/// Orders by day, from a day (`YYYY-MM-DD`) on.
pub async fn used(db: &Database, partner_id: &str, from: &str) -> Result<Vec<(String, i64)>, sqlx::Error> {
    read!(db, |c| sqlx::query_as(USED).bind(partner_id).bind(from).fetch_all(c).await)
}
