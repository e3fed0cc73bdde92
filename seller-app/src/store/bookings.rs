//! Parcels that carriers are asked to fetch, and the events of carriers that were taken.

use node::{Database, Tx, read, run};

use crate::carriers::Booking;

use super::body;
use super::orders::OrderKey;
use super::stamp::Stamp;

/// A booking.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct BookingRow {
    pub fulfilment_id: String,
    pub bap_id: String,
    pub order_id: String,
    pub carrier: String,
    pub awb: String,
    /// `waiting`, `booked`, `cancelling`, `cancelled`, `failed`.
    pub state: String,
    pub body: String,
    pub attempts: i64,
    pub last_error: String,
    pub updated_ms: i64,
}

impl BookingRow {
    /// # Errors
    /// When the row does not hold one.
    pub fn booking(&self) -> Result<Booking, sqlx::Error> {
        body::read(&self.body)
    }
}

const COLUMNS_OPEN: &str = "select fulfilment_id, bap_id, order_id, carrier, awb, state, body, attempts, last_error, updated_ms \
     from bookings where state in ('waiting', 'cancelling') and updated_ms <= $1 order by updated_ms limit $2";
const BY_AWB: &str = "select fulfilment_id, bap_id, order_id, carrier, awb, state, body, attempts, last_error, updated_ms \
     from bookings where carrier = $1 and awb = $2";
const OF_ORDER: &str = "select fulfilment_id, bap_id, order_id, carrier, awb, state, body, attempts, last_error, updated_ms \
     from bookings where bap_id = $1 and order_id = $2 order by updated_ms";
const ADD: &str = "insert into bookings (fulfilment_id, bap_id, order_id, carrier, awb, state, body, attempts, last_error, \
     updated_ms) values ($1, $2, $3, $4, $5, 'waiting', $6, 0, '', $7) on conflict (fulfilment_id) do nothing";
const CANCEL: &str = "update bookings set state = 'cancelling', attempts = 0, updated_ms = $3 \
     where bap_id = $1 and order_id = $2 and state in ('waiting', 'booked')";
const DONE: &str =
    "update bookings set state = $3, last_error = '', updated_ms = $4 where fulfilment_id = $1 and state = $2";
const LATER: &str = "update bookings set state = $3, attempts = attempts + 1, last_error = $4, updated_ms = $5 \
     where fulfilment_id = $1 and state = $2";
const KNOWN: &str = "select count(*) from carrier_events where carrier = $1 and event_id = $2";
const REMEMBER: &str = "insert into carrier_events (carrier, event_id, at_ms) values ($1, $2, $3) \
     on conflict (carrier, event_id) do nothing";

/// A parcel is packed: its carrier will be asked.
pub async fn add(
    tx: &mut Tx,
    order: &OrderKey,
    fulfilment_id: &str,
    carrier: &str,
    booking: &Booking,
    stamp: &Stamp<'_>,
) -> Result<(), sqlx::Error> {
    let text = body::write(booking)?;
    run!(tx, |c| sqlx::query(ADD)
        .bind(fulfilment_id)
        .bind(&order.bap_id)
        .bind(&order.id)
        .bind(carrier)
        .bind(&booking.awb)
        .bind(&text)
        .bind(stamp.ms())
        .execute(c)
        .await
        .map(|_| ()))
}

/// The order is over: nobody needs to come.
pub async fn cancel(tx: &mut Tx, order: &OrderKey, stamp: &Stamp<'_>) -> Result<(), sqlx::Error> {
    run!(tx, |c| sqlx::query(CANCEL).bind(&order.bap_id).bind(&order.id).bind(stamp.ms()).execute(c).await.map(|_| ()))
}

/// Carriers to be told by `now_ms`, the oldest first.
pub async fn open(db: &Database, now_ms: i64, limit: i64) -> Result<Vec<BookingRow>, sqlx::Error> {
    read!(db, |c| sqlx::query_as::<_, BookingRow>(COLUMNS_OPEN).bind(now_ms).bind(limit).fetch_all(c).await)
}

pub async fn by_awb(db: &Database, carrier: &str, awb: &str) -> Result<Option<BookingRow>, sqlx::Error> {
    read!(db, |c| sqlx::query_as::<_, BookingRow>(BY_AWB).bind(carrier).bind(awb).fetch_optional(c).await)
}

pub async fn of_order(db: &Database, order: &OrderKey) -> Result<Vec<BookingRow>, sqlx::Error> {
    read!(db, |c| sqlx::query_as::<_, BookingRow>(OF_ORDER).bind(&order.bap_id).bind(&order.id).fetch_all(c).await)
}

/// The carrier was told. Nothing changes when the booking has moved on meanwhile.
pub async fn done(tx: &mut Tx, row: &BookingRow, state: &str, stamp: &Stamp<'_>) -> Result<(), sqlx::Error> {
    run!(tx, |c| sqlx::query(DONE)
        .bind(&row.fulfilment_id)
        .bind(&row.state)
        .bind(state)
        .bind(stamp.ms())
        .execute(c)
        .await
        .map(|_| ()))
}

/// The carrier could not be told: `state` says whether it is tried again, at `at_ms`.
pub async fn later(tx: &mut Tx, row: &BookingRow, state: &str, why: &str, at_ms: i64) -> Result<(), sqlx::Error> {
    run!(tx, |c| sqlx::query(LATER)
        .bind(&row.fulfilment_id)
        .bind(&row.state)
        .bind(state)
        .bind(why)
        .bind(at_ms)
        .execute(c)
        .await
        .map(|_| ()))
}

/// Whether an event was taken before.
pub async fn event_known(db: &Database, carrier: &str, event_id: &str) -> Result<bool, sqlx::Error> {
    let count = read!(db, |c| sqlx::query_scalar::<_, i64>(KNOWN).bind(carrier).bind(event_id).fetch_one(c).await)?;
    Ok(count > 0)
}

pub async fn remember(tx: &mut Tx, carrier: &str, event_id: &str, stamp: &Stamp<'_>) -> Result<(), sqlx::Error> {
    run!(tx, |c| sqlx::query(REMEMBER).bind(carrier).bind(event_id).bind(stamp.ms()).execute(c).await.map(|_| ()))
}
