//! How much one buyer app may hold without buying: else anybody could empty the shelves with carts that are never paid.
//!
//! The cap of an item is exact, because its shelf is locked. The other two may be passed by as many carts as are being held at
//! the same moment.

use std::collections::BTreeMap;

use node::{Tx, run};

use crate::order::channel::Channel;

use super::super::shelf::{LockedShelf, ShelfKey};
use super::super::stamp::Stamp;
use super::{Cart, StockError};

const OF_BUYER: &str = "select count(*), cast(coalesce(sum(case when partner_id = $4 then 1 else 0 end), 0) as bigint) \
     from reservations where bap_id = $1 and state = 'held' and expires_at_ms > $2 and transaction_id <> $3";
const OF_ITEM: &str = "select count(*) from reservations where partner_id = $1 and sku = $2 and state = 'held' \
     and expires_at_ms > $3 and bap_id = $4 and transaction_id <> $5";

/// The brand's own intake is trusted.
fn is_stranger(cart: &Cart) -> bool {
    Channel::of(&cart.bap_id).has_buyer_app()
}

/// Refuses a cart whose buyer app holds too much, in all or at the partner. The cart's own holds are not counted.
pub(super) async fn check(
    tx: &mut Tx,
    cart: &Cart,
    demand: &BTreeMap<ShelfKey, i64>,
    stamp: &Stamp<'_>,
) -> Result<(), StockError> {
    let caps = stamp.rules().holds;
    let Some(first) = demand.keys().next() else { return Ok(()) };
    if !is_stranger(cart) || (caps.per_buyer_app == 0 && caps.per_partner == 0) {
        return Ok(());
    }
    let (all, here): (i64, i64) = run!(tx, |c| sqlx::query_as(OF_BUYER)
        .bind(&cart.bap_id)
        .bind(stamp.ms())
        .bind(&cart.transaction_id)
        .bind(&first.partner_id)
        .fetch_one(c)
        .await)?;
    let wanted = i64::try_from(demand.len()).unwrap_or(i64::MAX);
    refuse_above(cart, caps.per_buyer_app, all, wanted, || "of this seller".to_owned())?;
    refuse_above(cart, caps.per_partner, here, wanted, || format!("at partner {}", first.partner_id))
}

/// Refuses a cart whose buyer app holds too much of this item. Call it when the cart's own holds have ended.
pub(super) async fn check_shelf(
    tx: &mut Tx,
    cart: &Cart,
    shelf: &LockedShelf,
    stamp: &Stamp<'_>,
) -> Result<(), StockError> {
    let max = stamp.rules().holds.per_item;
    // Each hold has a unit at least.
    if !is_stranger(cart) || max == 0 || shelf.balance.held < i64::from(max) {
        return Ok(());
    }
    let held: i64 = run!(tx, |c| sqlx::query_scalar(OF_ITEM)
        .bind(&shelf.key.partner_id)
        .bind(&shelf.key.sku)
        .bind(stamp.ms())
        .bind(&cart.bap_id)
        .bind(&cart.transaction_id)
        .fetch_one(c)
        .await)?;
    refuse_above(cart, max, held, 1, || format!("of {} at partner {}", shelf.key.sku, shelf.key.partner_id))
}

fn refuse_above(
    cart: &Cart,
    max: u32,
    held: i64,
    wanted: i64,
    place: impl FnOnce() -> String,
) -> Result<(), StockError> {
    if max == 0 || held + wanted <= i64::from(max) {
        return Ok(());
    }
    Err(StockError::TooManyHolds { bap_id: cart.bap_id.clone(), place: place(), held, max })
}
