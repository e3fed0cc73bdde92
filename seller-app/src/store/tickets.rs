//! Local tickets: goods that are lost or damaged, and what became of it.

use node::{Database, Tx, read, run};
use serde_json::json;

use super::orders::OrderKey;
use super::stamp::Stamp;
use super::webhook_events::{Happening, Listeners};

/// A ticket. Times are Unix milliseconds.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct TicketRow {
    pub id: String,
    pub fulfilment_id: String,
    pub kind: String,
    pub opened_by: String,
    pub note: String,
    pub opened_ms: i64,
    /// Null while somebody must care.
    pub closed_ms: Option<i64>,
    pub outcome: String,
}

/// What is written down when a ticket is opened.
#[derive(Clone, Copy, Debug)]
pub struct NewTicket<'a> {
    pub fulfilment_id: &'a str,
    pub kind: &'a str,
    pub opened_by: &'a str,
    pub note: &'a str,
}

const OPEN: &str = "insert into tickets (id, bap_id, order_id, fulfilment_id, kind, opened_by, note, opened_ms, outcome) \
     values ($1, $2, $3, $4, $5, $6, $7, $8, '')";
const CLOSE: &str = "update tickets set closed_ms = $3, outcome = $4 \
     where bap_id = $1 and order_id = $2 and closed_ms is null";
const OF_ORDER: &str = "select id, fulfilment_id, kind, opened_by, note, opened_ms, closed_ms, outcome from tickets \
     where bap_id = $1 and order_id = $2 order by id";

pub async fn open(tx: &mut Tx, order: &OrderKey, ticket: NewTicket<'_>, stamp: &Stamp<'_>) -> Result<(), sqlx::Error> {
    run!(tx, |c| sqlx::query(OPEN)
        .bind(stamp.id())
        .bind(&order.bap_id)
        .bind(&order.id)
        .bind(ticket.fulfilment_id)
        .bind(ticket.kind)
        .bind(ticket.opened_by)
        .bind(ticket.note)
        .bind(stamp.ms())
        .execute(c)
        .await
        .map(|_| ()))?;
    let data = json!({
        "bap_id": order.bap_id, "order_id": order.id, "fulfilment_id": ticket.fulfilment_id, "trouble": ticket.kind,
        "opened_by": ticket.opened_by, "note": ticket.note,
    });
    tell(tx, "ticket.open", order, data, stamp).await
}

async fn tell(
    tx: &mut Tx,
    kind: &str,
    order: &OrderKey,
    data: serde_json::Value,
    stamp: &Stamp<'_>,
) -> Result<(), sqlx::Error> {
    let subject = format!("order {} {}", order.bap_id, order.id);
    Listeners::read(tx).await?.tell(tx, &Happening { kind: kind.to_owned(), subject, data }, stamp).await
}

/// Closes the order's open tickets.
pub async fn close(tx: &mut Tx, order: &OrderKey, outcome: &str, stamp: &Stamp<'_>) -> Result<(), sqlx::Error> {
    let closed = run!(tx, |c| sqlx::query(CLOSE)
        .bind(&order.bap_id)
        .bind(&order.id)
        .bind(stamp.ms())
        .bind(outcome)
        .execute(c)
        .await?
        .rows_affected());
    if closed == 0 {
        return Ok(());
    }
    let data = json!({ "bap_id": order.bap_id, "order_id": order.id, "outcome": outcome });
    tell(tx, "ticket.close", order, data, stamp).await
}

/// The order's tickets, oldest first.
pub async fn of_order(db: &Database, order: &OrderKey) -> Result<Vec<TicketRow>, sqlx::Error> {
    read!(db, |c| sqlx::query_as::<_, TicketRow>(OF_ORDER).bind(&order.bap_id).bind(&order.id).fetch_all(c).await)
}
