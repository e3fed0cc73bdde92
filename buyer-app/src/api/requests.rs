//! The request resource: what was sent, what came back; and waiting for it.

use std::time::Duration;

use actix_web::{HttpRequest, HttpResponse, get, web};
use serde::Serialize;
use serde_json::Value;
use tokio::time::{Instant, timeout_at};
use utoipa::ToSchema;

use super::call::authorised;
use super::problem::Problem;
use super::view::wire_time;
use crate::buyer::Buyer;
use crate::store::requests::{RequestRow, find};

/// A message that was sent for you.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct RequestView {
    pub message_id: String,
    pub transaction_id: String,
    /// Wire action: search, select, init, confirm, status, track, cancel, update, support or rating.
    pub action: String,
    /// waiting, acked, answered, refused (the peer said NACK), undelivered or expired (no answer in time).
    pub status: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub order_id: String,
    pub sent_at: String,
    /// A callback after this is late and is refused.
    pub deadline_at: String,
    /// Callbacks that came; a search may have many.
    pub answers: i64,
    /// The last callback's payload `{context, message, error}`; for a search, what was kept in the catalogue.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub answer: Option<Value>,
    /// The peer's error, or why it was not delivered: `{type, code, path, message}`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub error: Option<Value>,
}

pub fn mount(app: &mut web::ServiceConfig) {
    app.service(one_request);
}

impl RequestView {
    pub fn of(row: RequestRow, now_ms: i64) -> RequestView {
        let status = row.status(now_ms).name().to_owned();
        RequestView {
            status,
            sent_at: wire_time(row.sent_ms),
            deadline_at: wire_time(row.deadline_ms),
            answers: row.answers,
            answer: serde_json::from_str(&row.answer).ok(),
            error: serde_json::from_str(&row.error).ok(),
            message_id: row.message_id,
            transaction_id: row.transaction_id,
            action: row.action,
            order_id: row.order_id,
        }
    }

    /// Where the request can be read again.
    pub fn location(&self) -> String {
        format!("/api/requests/{}", self.message_id)
    }
}

/// A request and what came of it.
#[utoipa::path(tag = "answers", context_path = "/api", params(("id" = String, Path, description = "Message id of the request.")),
    responses((status = 200, body = RequestView), (status = 404, body = Problem), (status = 401, body = Problem)))]
#[get("/requests/{id}")]
pub async fn one_request(
    call: HttpRequest,
    buyer: web::Data<Buyer>,
    id: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    authorised(&call, &buyer)?;
    let row = find(&buyer.node.db, &id).await?.ok_or_else(|| Problem::not_found("request", &id))?;
    Ok(HttpResponse::Ok().json(RequestView::of(row, buyer.now_ms())))
}

/// Reads the request until nothing more will come, at most for `wait`. A search has many answers: it is done when one came
/// and then none for `search_quiet_ms`.
pub async fn wait_for(buyer: &Buyer, message_id: &str, wait: Duration) -> Result<Option<RequestRow>, sqlx::Error> {
    let listener = buyer.waiters.listen(message_id);
    let until = Instant::now() + wait;
    loop {
        let Some(row) = find(&buyer.node.db, message_id).await? else { return Ok(None) };
        let now_ms = buyer.now_ms();
        let mut next = until;
        if row.status(now_ms).is_final() {
            let quiet_ms = i64::try_from(buyer.config.search_quiet_ms).unwrap_or(i64::MAX);
            let left_ms =
                if row.action == "search" && row.answers > 0 { row.updated_ms + quiet_ms - now_ms } else { 0 };
            let Ok(left_ms @ 1..) = u64::try_from(left_ms) else { return Ok(Some(row)) };
            next = next.min(Instant::now() + Duration::from_millis(left_ms));
        }
        if Instant::now() >= until {
            return Ok(Some(row));
        }
        drop(timeout_at(next, listener.wait()).await);
    }
}
