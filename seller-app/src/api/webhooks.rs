//! Webhooks: where the brand's systems are told what happened.

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, web};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::app::SellerApp;
use crate::door::note;
use crate::store::webhook_deliveries::{self, DeliveryRow};
use crate::store::webhook_events::Span;
use crate::store::webhooks::{self, Webhook};
use crate::webhooks::places::{self, Wanted, WebhookError};

use super::access::who;
use super::page::{self, Page, PageQuery};
use super::problem::Problem;

/// A place that is told, without its secret.
#[derive(Debug, Serialize, ToSchema)]
pub struct WebhookView {
    pub id: String,
    pub url: String,
    pub kinds: Vec<String>,
    pub description: String,
    /// False: what happens waits until it is started again.
    pub active: bool,
    /// Why the node paused it; null when it runs or a person paused it.
    pub paused_because: Option<String>,
    /// Deliveries that wait.
    pub waiting: i64,
    /// Deliveries that were given up.
    pub failed: i64,
    pub created_by: String,
    /// Unix milliseconds.
    pub created_at_ms: i64,
}

impl From<Webhook> for WebhookView {
    fn from(webhook: Webhook) -> Self {
        Self {
            kinds: webhook.kinds.split_whitespace().map(str::to_owned).collect(),
            active: webhook.state == "on",
            paused_because: Some(webhook.state_why).filter(|why| !why.is_empty()),
            id: webhook.id,
            url: webhook.url,
            description: webhook.description,
            waiting: webhook.waiting,
            failed: webhook.failed,
            created_by: webhook.created_by,
            created_at_ms: webhook.created_at_ms,
        }
    }
}

/// What is told to whom.
#[derive(Debug, Deserialize, ToSchema)]
pub struct WantedWebhook {
    /// `https://…`; plain http and private addresses only where the node may call them.
    pub url: String,
    /// `order.confirm`, `order.*`, `return.*`, `ticket.*`, `stock.change`, `partner.change`, `*`.
    pub kinds: Vec<String>,
    #[serde(default)]
    pub description: String,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct Secret {
    pub id: String,
    /// `whsec_` and base64; shown once.
    pub secret: String,
}

/// The places, the oldest first.
#[utoipa::path(get, path = "/api/webhooks", tag = "webhooks",
    responses((status = 200, body = [WebhookView]), (status = 403, body = Problem)))]
pub async fn list(app: web::Data<SellerApp>, request: HttpRequest) -> Result<HttpResponse, Problem> {
    who(&app, &request).await?;
    let all: Vec<WebhookView> = webhooks::all(&app.node.db).await?.into_iter().map(WebhookView::from).collect();
    Ok(HttpResponse::Ok().json(all))
}

/// One place.
#[utoipa::path(get, path = "/api/webhooks/{id}", tag = "webhooks", params(("id" = String, Path)),
    responses((status = 200, body = WebhookView), (status = 404, body = Problem)))]
pub async fn one(
    app: web::Data<SellerApp>,
    request: HttpRequest,
    id: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    who(&app, &request).await?;
    let found = webhooks::one(&app.node.db, &id).await?;
    let found = found.ok_or_else(|| WebhookError::Unknown(id.into_inner()))?;
    Ok(HttpResponse::Ok().json(WebhookView::from(found)))
}

/// Adds a place. The answer is the only place where its secret is ever shown.
#[utoipa::path(post, path = "/api/webhooks", tag = "webhooks", request_body = WantedWebhook,
    responses((status = 201, body = Secret), (status = 400, body = Problem), (status = 409, body = Problem)))]
pub async fn add(
    app: web::Data<SellerApp>,
    request: HttpRequest,
    body: web::Json<WantedWebhook>,
) -> Result<HttpResponse, Problem> {
    let caller = who(&app, &request).await?;
    let kinds = body.kinds.join(" ");
    let wanted = Wanted { url: &body.url, kinds: &kinds, description: &body.description };
    let made = places::add(&app, wanted, caller.actor()).await?;
    note(&request, &made.id, format!("made a webhook to {}", body.url));
    let view = Secret { id: made.id, secret: made.secret.to_string() };
    Ok(HttpResponse::Created().insert_header((header::CACHE_CONTROL, "no-store")).json(view))
}

/// Another address, other kinds, other words.
#[utoipa::path(put, path = "/api/webhooks/{id}", tag = "webhooks", params(("id" = String, Path)),
    request_body = WantedWebhook,
    responses((status = 204), (status = 400, body = Problem), (status = 404, body = Problem)))]
pub async fn change(
    app: web::Data<SellerApp>,
    request: HttpRequest,
    id: web::Path<String>,
    body: web::Json<WantedWebhook>,
) -> Result<HttpResponse, Problem> {
    who(&app, &request).await?;
    let kinds = body.kinds.join(" ");
    places::change(&app, &id, Wanted { url: &body.url, kinds: &kinds, description: &body.description }).await?;
    Ok(HttpResponse::NoContent().finish())
}

#[derive(Debug, Deserialize, ToSchema)]
pub struct WebhookActive {
    pub active: bool,
}

/// Starts it again, or pauses it.
#[utoipa::path(put, path = "/api/webhooks/{id}/active", tag = "webhooks", params(("id" = String, Path)),
    request_body = WebhookActive, responses((status = 204), (status = 404, body = Problem)))]
pub async fn set_active(
    app: web::Data<SellerApp>,
    request: HttpRequest,
    id: web::Path<String>,
    body: web::Json<WebhookActive>,
) -> Result<HttpResponse, Problem> {
    who(&app, &request).await?;
    places::switch(&app, &id, body.active).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Removes it, with what waits for it.
#[utoipa::path(delete, path = "/api/webhooks/{id}", tag = "webhooks", params(("id" = String, Path)),
    responses((status = 204), (status = 404, body = Problem)))]
pub async fn remove(
    app: web::Data<SellerApp>,
    request: HttpRequest,
    id: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    who(&app, &request).await?;
    places::remove(&app, &id).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Makes a new secret; for a day both sign.
#[utoipa::path(post, path = "/api/webhooks/{id}/secret", tag = "webhooks", params(("id" = String, Path)),
    responses((status = 200, body = Secret), (status = 404, body = Problem)))]
pub async fn new_secret(
    app: web::Data<SellerApp>,
    request: HttpRequest,
    id: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    who(&app, &request).await?;
    let secret = places::rotate(&app, &id).await?;
    let view = Secret { id: id.into_inner(), secret: secret.to_string() };
    Ok(HttpResponse::Ok().insert_header((header::CACHE_CONTROL, "no-store")).json(view))
}

/// Sends a `test` event to this place alone; its delivery is in the list.
#[utoipa::path(post, path = "/api/webhooks/{id}/test", tag = "webhooks", params(("id" = String, Path)),
    responses((status = 202), (status = 404, body = Problem)))]
pub async fn test(
    app: web::Data<SellerApp>,
    request: HttpRequest,
    id: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    who(&app, &request).await?;
    places::test(&app, &id).await?;
    Ok(HttpResponse::Accepted().finish())
}

/// A delivery and what came of its last try.
#[derive(Debug, Serialize, ToSchema)]
pub struct DeliveryView {
    pub id: String,
    /// `webhook-id` of what is sent.
    pub event_id: String,
    pub kind: String,
    pub subject: String,
    /// `waiting`, `done`, `failed`.
    pub state: String,
    pub attempts: i64,
    /// Unix milliseconds; of a waiting one.
    pub next_try_ms: Option<i64>,
    /// Unix milliseconds.
    pub created_at_ms: i64,
    /// Unix milliseconds; null while it waits.
    pub ended_at_ms: Option<i64>,
    /// HTTP status of the last try; null when there was no answer.
    pub status: Option<i64>,
    pub took_ms: i64,
    /// The beginning of the answer, or why there was none.
    pub answer: String,
}

impl From<DeliveryRow> for DeliveryView {
    fn from(row: DeliveryRow) -> Self {
        let some = |number: i64| Some(number).filter(|number| *number != 0);
        Self {
            next_try_ms: Some(row.due_ms).filter(|_| row.state == "waiting"),
            ended_at_ms: some(row.ended_at_ms),
            status: some(row.status),
            id: row.id,
            event_id: row.event_id,
            kind: row.kind,
            subject: row.subject,
            state: row.state,
            attempts: row.attempts,
            created_at_ms: row.created_at_ms,
            took_ms: row.took_ms,
            answer: row.answer,
        }
    }
}

#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
pub struct DeliveriesQuery {
    /// `waiting`, `done`, `failed`; all when absent.
    pub state: String,
    /// 1 to 200; 50 when absent.
    pub limit: Option<i64>,
    /// `next` of the page before.
    pub cursor: String,
}

/// Deliveries of a place, the newest first, for 30 days.
#[utoipa::path(get, path = "/api/webhooks/{id}/deliveries", tag = "webhooks", params(("id" = String, Path), DeliveriesQuery),
    responses((status = 200, body = Page<DeliveryView>), (status = 404, body = Problem)))]
pub async fn deliveries(
    app: web::Data<SellerApp>,
    request: HttpRequest,
    id: web::Path<String>,
    query: web::Query<DeliveriesQuery>,
) -> Result<HttpResponse, Problem> {
    who(&app, &request).await?;
    webhooks::one(&app.node.db, &id).await?.ok_or_else(|| WebhookError::Unknown(id.to_string()))?;
    let limit = PageQuery { limit: query.limit, cursor: query.cursor.clone() }.limit()?;
    let (before, state) = (query.cursor.as_str(), query.state.as_str());
    let wanted = webhook_deliveries::Wanted { webhook_id: &id, before, state, limit: limit + 1 };
    let rows = webhook_deliveries::page(&app.node.db, wanted).await?;
    let rows = rows.into_iter().map(DeliveryView::from).collect();
    Ok(page::answer(&request, rows, limit, |row: &DeliveryView| row.id.clone()))
}

/// Sends what one delivery told again, with the same `webhook-id`.
#[utoipa::path(post, path = "/api/webhooks/{id}/deliveries/{delivery}/replay", tag = "webhooks",
    params(("id" = String, Path), ("delivery" = String, Path)),
    responses((status = 202), (status = 404, body = Problem)))]
pub async fn replay(
    app: web::Data<SellerApp>,
    request: HttpRequest,
    path: web::Path<(String, String)>,
) -> Result<HttpResponse, Problem> {
    who(&app, &request).await?;
    let (id, delivery) = path.into_inner();
    places::replay(&app, &id, &delivery).await?;
    Ok(HttpResponse::Accepted().finish())
}

/// A span of time.
#[derive(Debug, Deserialize, ToSchema)]
pub struct ReplaySpan {
    /// Unix milliseconds.
    pub from_ms: i64,
    /// Unix milliseconds, included.
    pub to_ms: i64,
    /// Only what was given up.
    #[serde(default)]
    pub failed: bool,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct Replayed {
    /// Events that will be sent again.
    pub events: usize,
}

/// Sends the events of a span again, oldest first, at most 10,000.
#[utoipa::path(post, path = "/api/webhooks/{id}/replay", tag = "webhooks", params(("id" = String, Path)),
    request_body = ReplaySpan,
    responses((status = 202, body = Replayed), (status = 400, body = Problem), (status = 404, body = Problem)))]
pub async fn replay_span(
    app: web::Data<SellerApp>,
    request: HttpRequest,
    id: web::Path<String>,
    body: web::Json<ReplaySpan>,
) -> Result<HttpResponse, Problem> {
    who(&app, &request).await?;
    let span = Span { from_ms: body.from_ms, to_ms: body.to_ms, failed: body.failed };
    let events = places::replay_span(&app, &id, span).await?;
    Ok(HttpResponse::Accepted().json(Replayed { events }))
}
