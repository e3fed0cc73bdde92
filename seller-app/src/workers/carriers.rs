//! Tells carriers which parcels to fetch, and which not any more.

use std::sync::Arc;
use std::time::Duration;

use crate::app::{SellerApp, later_ms};
use crate::store::bookings::{self, BookingRow};

const EVERY: Duration = Duration::from_secs(2);
const BATCH: i64 = 100;
/// Tries before a person must look; the pause doubles from ten seconds.
const TRIES: i64 = 8;
const PAUSE_MS: i64 = 10_000;

pub(super) fn start(app: &Arc<SellerApp>) {
    let (app, workers) = (app.clone(), app.node.workers.clone());
    workers.every("carriers", EVERY, move || {
        let app = app.clone();
        async move {
            if let Err(error) = tell_carriers(&app).await {
                tracing::warn!(%error, "carriers could not be told; tried again");
            }
        }
    });
}

/// Tells what waits; returns the number of parcels that a carrier now knows about.
///
/// # Errors
/// When the database fails.
pub async fn tell_carriers(app: &SellerApp) -> Result<usize, sqlx::Error> {
    let rows = bookings::open(&app.node.db, app.now().as_millisecond(), BATCH).await?;
    let mut told = 0;
    for row in rows.iter().filter(|row| row.carrier == app.carrier.name()) {
        let (done, state) = if row.state == "waiting" {
            (app.carrier.book(&row.booking()?).await, "booked")
        } else {
            (app.carrier.cancel(&row.awb).await, "cancelled")
        };
        let mut tx = app.node.db.begin().await?;
        match done {
            Ok(()) => bookings::done(&mut tx, row, state, &app.stamp()).await?,
            Err(error) => {
                tracing::warn!(awb = row.awb, carrier = row.carrier, %error, "the carrier could not be told");
                let (state, at_ms) = next_try(app, row);
                bookings::later(&mut tx, row, state, &error.to_string(), at_ms).await?;
            }
        }
        tx.commit().await?;
        told += 1;
    }
    Ok(told)
}

fn next_try(app: &SellerApp, row: &BookingRow) -> (&'static str, i64) {
    let again = if row.state == "waiting" { "waiting" } else { "cancelling" };
    let state = if row.attempts + 1 < TRIES { again } else { "failed" };
    let pause = PAUSE_MS << row.attempts.clamp(0, TRIES);
    (state, later_ms(app.now(), pause).as_millisecond())
}
