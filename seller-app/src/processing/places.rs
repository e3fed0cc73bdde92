//! The place of an order in its partner's day: kept with its stock, given back when it is cancelled.

use node::Tx;

use crate::order::{Decision, Effect, OrderState};
use crate::store::partner_places::{self, Keep};
use crate::store::reservation::Cart;
use crate::store::stamp::Stamp;

use super::Loaded;

/// `false` = the partner's day is full: roll back and let the core see it.
pub(super) async fn settle(
    tx: &mut Tx,
    loaded: &Loaded,
    decision: &Decision,
    stamp: &Stamp<'_>,
) -> Result<bool, sqlx::Error> {
    let next = &decision.next;
    let Some(partner) = loaded.partner.as_ref().filter(|_| !next.is_test()) else { return Ok(true) };
    let cart = Cart { bap_id: next.bap_id.clone(), transaction_id: next.transaction_id.clone() };
    for effect in &decision.effects {
        let keep = match effect {
            Effect::Hold { until, lines } if !lines.is_empty() => Keep::Held(*until),
            Effect::Commit { .. } => Keep::Taken,
            _ => continue,
        };
        if !partner_places::keep(tx, partner, &cart, keep, stamp).await? {
            return Ok(false);
        }
    }
    let was = loaded.stored.as_ref().map(|stored| stored.order.state);
    let given_up = match next.state {
        OrderState::Cancelled => true,
        // Selected anew: what was initialised is let go.
        OrderState::Selected => was == Some(OrderState::Initialised),
        OrderState::Initialised
        | OrderState::Created
        | OrderState::Accepted
        | OrderState::InProgress
        | OrderState::Completed => false,
    };
    if given_up && was != Some(next.state) && !partner.service.capacity.is_unlimited() {
        partner_places::release(tx, &cart, stamp).await?;
    }
    Ok(true)
}
