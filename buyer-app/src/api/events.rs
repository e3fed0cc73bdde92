//! `GET /api/transactions/{id}/events`: what happens in a transaction, as server-sent events. A reader that reconnects with
//! `Last-Event-ID` misses nothing: the events are read from the table.

use std::collections::HashSet;
use std::time::Duration;

use actix_web::{HttpRequest, HttpResponse, get, web};
use bytes::Bytes;
use futures_util::stream;
use serde_json::{Value, json};
use tokio::time::Instant;

use super::call::authorised;
use super::problem::Problem;
use super::view::wire_time;
use crate::buyer::Buyer;
use crate::network::correlation::Listener;
use crate::store::events::{EventRow, of_transaction};

/// A comment line this often keeps proxies from closing a quiet stream.
const KEEP_ALIVE: Duration = Duration::from_secs(15);
/// Ids this far below the newest one may still be committed by a slower writer (PostgreSQL), so they are read again.
const LATE_IDS: i64 = 200;

pub fn mount(app: &mut web::ServiceConfig) {
    app.service(transaction_events);
}

/// What happens in a transaction: sent, ack, nack, undelivered, callback, unsolicited, refused, refund.
#[utoipa::path(tag = "answers", context_path = "/api",
    params(("id" = String, Path, description = "Transaction id."), ("Last-Event-ID" = Option<i64>, Header, description = "Go on after this event.")),
    responses((status = 200, description = "text/event-stream; each event is JSON {id, kind, action, message_id, order_id, at, body}.", content_type = "text/event-stream", body = String),
        (status = 401, body = Problem)))]
#[get("/transactions/{id}/events")]
pub async fn transaction_events(
    request: HttpRequest,
    buyer: web::Data<Buyer>,
    id: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    authorised(&request, &buyer)?;
    let after = request.headers().get("Last-Event-ID").and_then(|v| v.to_str().ok()).and_then(|v| v.parse().ok());
    Ok(stream_of(buyer, id.into_inner(), after.unwrap_or(0), |event| json_of(event).to_string()))
}

/// The event as JSON.
pub fn json_of(event: &EventRow) -> Value {
    let body: Value = serde_json::from_str(&event.body).unwrap_or(Value::Null);
    json!({"id": event.id, "kind": event.kind, "action": event.action, "message_id": event.message_id, "order_id": event.order_id,
        "at": wire_time(event.at_ms), "body": body})
}

struct Reader {
    buyer: web::Data<Buyer>,
    transaction_id: String,
    listener: Listener,
    /// Events up to here are sent or were not wanted.
    after: i64,
    newest: i64,
    sent: HashSet<i64>,
    quiet_since: Instant,
    data: fn(&EventRow) -> String,
}

/// The stream as a response; the shop uses it with its own form of data.
pub fn stream_of(
    buyer: web::Data<Buyer>,
    transaction_id: String,
    after: i64,
    data: fn(&EventRow) -> String,
) -> HttpResponse {
    let listener = buyer.waiters.listen(&transaction_id);
    let quiet_since = Instant::now();
    let reader =
        Reader { buyer, transaction_id, listener, after, newest: after, sent: HashSet::new(), quiet_since, data };
    let events = stream::unfold(reader, |mut reader| async move {
        let chunk = reader.next().await?;
        Some((Ok::<Bytes, actix_web::Error>(chunk), reader))
    });
    HttpResponse::Ok().content_type("text/event-stream").insert_header(("Cache-Control", "no-store")).streaming(events)
}

impl Reader {
    /// The next chunk; None ends the stream because the node stops.
    async fn next(&mut self) -> Option<Bytes> {
        loop {
            let from = self.after.max(self.newest - LATE_IDS);
            let events = of_transaction(&self.buyer.node.db, &self.transaction_id, from).await.ok()?;
            let fresh: Vec<&EventRow> = events.iter().filter(|event| !self.sent.contains(&event.id)).collect();
            if !fresh.is_empty() {
                let chunk = fresh
                    .iter()
                    .map(|e| format!("id: {}\nevent: {}\ndata: {}\n\n", e.id, e.kind, (self.data)(e)))
                    .collect::<String>();
                let ids: Vec<i64> = fresh.iter().map(|event| event.id).collect();
                self.newest = self.newest.max(ids.iter().copied().max().unwrap_or(0));
                self.sent.extend(ids);
                self.sent.retain(|id| *id > self.newest - LATE_IDS);
                self.quiet_since = Instant::now();
                return Some(Bytes::from(chunk));
            }
            if self.quiet_since.elapsed() >= KEEP_ALIVE {
                self.quiet_since = Instant::now();
                return Some(Bytes::from_static(b": still here\n\n"));
            }
            tokio::select! {
                () = self.buyer.closing.cancelled() => return None,
                () = self.listener.wait() => {}
            }
        }
    }
}
