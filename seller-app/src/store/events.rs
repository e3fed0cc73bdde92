//! The story of an order, for its page and for the API: who did what, when. Messages themselves are in the node's ledger.

use node::{Database, Tx, read, run};
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;

use super::orders::OrderKey;
use super::stamp::Stamp;
use super::webhook_events::{Happening, Listeners};
use crate::webhooks::kinds;

/// What happened to an order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event<'a> {
    /// `buyer`, `brand`, `system`, or the id of a partner.
    pub actor: &'a str,
    /// A word for machines: `confirm`, `pack`, `hold-expired`…
    pub kind: &'a str,
    /// A sentence for people.
    pub detail: &'a str,
    /// The message that caused it or told of it; empty when there is none.
    pub message_id: &'a str,
}

/// A stored event.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow, Serialize, ToSchema)]
pub struct EventRow {
    pub actor: String,
    pub kind: String,
    pub detail: String,
    pub message_id: String,
    /// Unix milliseconds.
    pub at_ms: i64,
}

const ADD: &str = "insert into order_events (id, bap_id, order_id, actor, kind, detail, message_id, at_ms) \
     values ($1, $2, $3, $4, $5, $6, $7, $8)";
const STATE: &str = "select state, partner_id, fulfilment_state from orders where bap_id = $1 and id = $2";
const OF_ORDER: &str = "select actor, kind, detail, message_id, at_ms from order_events \
     where bap_id = $1 and order_id = $2 order by id";

/// Adds to the story, and tells the brand's systems that want to know.
pub async fn add(tx: &mut Tx, order: &OrderKey, event: &Event<'_>, stamp: &Stamp<'_>) -> Result<(), sqlx::Error> {
    insert(tx, order, event, stamp).await?;
    let (listeners, kind) = (Listeners::read(tx).await?, kinds::of_step(event.kind));
    if !listeners.want(&kind) {
        return Ok(());
    }
    let now: Option<(String, String, String)> =
        run!(tx, |c| sqlx::query_as(STATE).bind(&order.bap_id).bind(&order.id).fetch_optional(c).await)?;
    let (state, partner_id, fulfilment_state) = now.unwrap_or_default();
    let data = json!({
        "bap_id": order.bap_id, "order_id": order.id, "state": state, "fulfilment_state": fulfilment_state,
        "partner_id": partner_id, "actor": event.actor, "detail": event.detail, "message_id": event.message_id,
    });
    let happening = Happening { kind, subject: format!("order {} {}", order.bap_id, order.id), data };
    listeners.tell(tx, &happening, stamp).await
}

async fn insert(tx: &mut Tx, order: &OrderKey, event: &Event<'_>, stamp: &Stamp<'_>) -> Result<(), sqlx::Error> {
    run!(tx, |c| sqlx::query(ADD)
        .bind(stamp.id())
        .bind(&order.bap_id)
        .bind(&order.id)
        .bind(event.actor)
        .bind(event.kind)
        .bind(event.detail)
        .bind(event.message_id)
        .bind(stamp.ms())
        .execute(c)
        .await
        .map(|_| ()))
}

/// The story so far, oldest first.
pub async fn of_order(db: &Database, order: &OrderKey) -> Result<Vec<EventRow>, sqlx::Error> {
    read!(db, |c| sqlx::query_as::<_, EventRow>(OF_ORDER).bind(&order.bap_id).bind(&order.id).fetch_all(c).await)
}
