//! The operator's pages `/console` and their JSON twin `/api`. For staff only ([`node::access::staff`]).

use actix_web::web::{self, Data, Form, Json, Query};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use node::pages;
use protocol::ids::SubscriberId;
use protocol::participant::Role;
use serde::Deserialize;
use serde_json::json;

use crate::operator::{self, DecisionError, Entry};
use crate::participant_state::Event;
use crate::registry::Registry;
use crate::store::{history, overview};

mod view;

use view::{EntryView, Frame, KeyView, LineView, StatusCount, count_views};

/// Mounts pages and API.
pub fn mount(app: &mut web::ServiceConfig) {
    app.route("/", web::get().to(front))
        .route("/console", web::get().to(participants))
        .route("/console/participant", web::get().to(participant))
        .route("/console/history", web::get().to(latest))
        .route("/console/decide", web::post().to(decide_form))
        .route("/console/retire-key", web::post().to(retire_form))
        .route("/api/participants", web::get().to(api_participants))
        .route("/api/participant", web::get().to(api_participant))
        .route("/api/history", web::get().to(api_history))
        .route("/api/decisions", web::post().to(api_decide))
        .route("/api/keys/retire", web::post().to(api_retire));
}

#[derive(Template)]
#[template(path = "participants.html")]
struct ParticipantsPage<'a> {
    frame: Frame<'a>,
    counts: Vec<StatusCount>,
    search: &'a str,
    status: &'a str,
    entries: Vec<EntryView>,
    more: bool,
}

#[derive(Template)]
#[template(path = "participant.html")]
struct ParticipantPage<'a> {
    frame: Frame<'a>,
    id: &'a str,
    country: String,
    entity: String,
    problem: &'a str,
    entries: Vec<EntryView>,
    keys: Vec<KeyView>,
    lines: Vec<LineView>,
}

#[derive(Template)]
#[template(path = "history.html")]
struct HistoryPage<'a> {
    frame: Frame<'a>,
    lines: Vec<LineView>,
}

#[derive(Debug, Deserialize)]
struct Wanted {
    #[serde(default)]
    search: String,
    #[serde(default)]
    status: String,
}

#[derive(Debug, Deserialize)]
struct One {
    id: String,
    #[serde(default)]
    problem: String,
}

#[derive(Debug, Deserialize)]
struct Decision {
    subscriber_id: SubscriberId,
    domain: String,
    #[serde(rename = "type")]
    role: Role,
    decision: Event,
    #[serde(default)]
    note: String,
}

#[derive(Debug, Deserialize)]
struct Retirement {
    subscriber_id: SubscriberId,
    #[serde(rename = "ukId")]
    unique_key_id: String,
    #[serde(default)]
    note: String,
}

async fn front() -> HttpResponse {
    pages::see_other("/console")
}

async fn participants(
    registry: Data<Registry>,
    request: HttpRequest,
    wanted: Query<Wanted>,
) -> Result<HttpResponse, Failed> {
    staff(&request, &registry)?;
    let db = &registry.node.db;
    let now = registry.node.clock.now();
    let rows = overview::entries(db, &wanted.search, &wanted.status).await?;
    Ok(pages::render(&ParticipantsPage {
        frame: Frame::of(&registry, "participants"),
        counts: count_views(&overview::counts(db).await?, &wanted.status),
        search: &wanted.search,
        status: &wanted.status,
        more: i64::try_from(rows.len()).unwrap_or(i64::MAX) >= overview::ENTRIES_MAX,
        entries: rows.into_iter().map(|row| EntryView::of(row, now)).collect(),
    }))
}

async fn participant(registry: Data<Registry>, request: HttpRequest, one: Query<One>) -> Result<HttpResponse, Failed> {
    staff(&request, &registry)?;
    let (db, now) = (&registry.node.db, registry.node.clock.now());
    let subscriber = overview::subscriber(db, &one.id).await?;
    let entity = subscriber.as_ref().and_then(|row| serde_json::from_str::<serde_json::Value>(&row.entity).ok());
    Ok(pages::render(&ParticipantPage {
        frame: Frame::of(&registry, "participants"),
        id: &one.id,
        country: subscriber.map(|row| row.country).unwrap_or_default(),
        entity: entity.and_then(|value| serde_json::to_string_pretty(&value).ok()).unwrap_or_default(),
        problem: &one.problem,
        entries: overview::entries_of(db, &one.id).await?.into_iter().map(|row| EntryView::of(row, now)).collect(),
        keys: overview::keys_of(db, &one.id).await?.into_iter().map(|row| KeyView::of(row, now)).collect(),
        lines: history::of(db, &one.id).await?.into_iter().map(LineView::of).collect(),
    }))
}

async fn latest(registry: Data<Registry>, request: HttpRequest) -> Result<HttpResponse, Failed> {
    staff(&request, &registry)?;
    let lines = history::latest(&registry.node.db).await?.into_iter().map(LineView::of).collect();
    Ok(pages::render(&HistoryPage { frame: Frame::of(&registry, "history"), lines }))
}

async fn decide_form(
    registry: Data<Registry>,
    request: HttpRequest,
    form: Form<Decision>,
) -> Result<HttpResponse, Failed> {
    staff(&request, &registry)?;
    let decision = form.into_inner();
    let id = decision.subscriber_id.clone();
    Ok(back(&id, decide(&registry, decision).await.map(|_| ())))
}

async fn retire_form(
    registry: Data<Registry>,
    request: HttpRequest,
    form: Form<Retirement>,
) -> Result<HttpResponse, Failed> {
    staff(&request, &registry)?;
    let Retirement { subscriber_id, unique_key_id, note } = form.into_inner();
    Ok(back(&subscriber_id, operator::retire_key(&registry, &subscriber_id, &unique_key_id, &note).await))
}

fn back(id: &SubscriberId, outcome: Result<(), DecisionError>) -> HttpResponse {
    let page = format!("/console/participant?id={}", pages::url_encode(id.as_str()));
    match outcome {
        Ok(()) => pages::see_other(&page),
        Err(error) => pages::see_other(&format!("{page}&problem={}", pages::url_encode(&error.to_string()))),
    }
}

async fn api_participants(
    registry: Data<Registry>,
    request: HttpRequest,
    wanted: Query<Wanted>,
) -> Result<HttpResponse, Failed> {
    staff(&request, &registry)?;
    Ok(HttpResponse::Ok().json(overview::entries(&registry.node.db, &wanted.search, &wanted.status).await?))
}

async fn api_participant(
    registry: Data<Registry>,
    request: HttpRequest,
    one: Query<One>,
) -> Result<HttpResponse, Failed> {
    staff(&request, &registry)?;
    let db = &registry.node.db;
    Ok(HttpResponse::Ok().json(json!({
        "subscriber": overview::subscriber(db, &one.id).await?,
        "entries": overview::entries_of(db, &one.id).await?,
        "keys": overview::keys_of(db, &one.id).await?,
        "history": history::of(db, &one.id).await?,
    })))
}

async fn api_history(registry: Data<Registry>, request: HttpRequest) -> Result<HttpResponse, Failed> {
    staff(&request, &registry)?;
    Ok(HttpResponse::Ok().json(history::latest(&registry.node.db).await?))
}

async fn api_decide(
    registry: Data<Registry>,
    request: HttpRequest,
    body: Json<Decision>,
) -> Result<HttpResponse, Failed> {
    staff(&request, &registry)?;
    let status = decide(&registry, body.into_inner()).await?;
    Ok(HttpResponse::Ok().json(json!({ "status": status })))
}

async fn api_retire(
    registry: Data<Registry>,
    request: HttpRequest,
    body: Json<Retirement>,
) -> Result<HttpResponse, Failed> {
    staff(&request, &registry)?;
    let Retirement { subscriber_id, unique_key_id, note } = body.into_inner();
    operator::retire_key(&registry, &subscriber_id, &unique_key_id, &note).await?;
    Ok(HttpResponse::Ok().json(json!({ "retired": unique_key_id })))
}

async fn decide(registry: &Registry, decision: Decision) -> Result<protocol::participant::Status, DecisionError> {
    let Decision { subscriber_id, domain, role, decision, note } = decision;
    operator::decide(registry, &Entry { subscriber_id, domain, role }, decision, &note).await
}

/// The answer of a page that could not be made.
#[derive(Debug, thiserror::Error)]
enum Failed {
    #[error("not for you")]
    NotStaff(Box<HttpResponse>),
    #[error(transparent)]
    Decision(#[from] DecisionError),
    #[error(transparent)]
    Database(#[from] sqlx::Error),
}

fn staff(request: &HttpRequest, registry: &Registry) -> Result<(), Failed> {
    node::access::staff(request, &registry.node.config).map_err(|answer| Failed::NotStaff(Box::new(answer)))
}

impl actix_web::ResponseError for Failed {
    fn error_response(&self) -> HttpResponse {
        match self {
            Failed::NotStaff(answer) => copied(answer),
            Failed::Decision(DecisionError::Database(error)) | Failed::Database(error) => {
                tracing::error!(%error, "the operator's page failed");
                HttpResponse::InternalServerError().json(json!({ "error": "the database failed; see the log" }))
            }
            Failed::Decision(error) => HttpResponse::Conflict().json(json!({ "error": error.to_string() })),
        }
    }
}

/// actix takes errors by reference, but the refusal is a whole answer.
fn copied(answer: &HttpResponse) -> HttpResponse {
    let mut copy = HttpResponse::build(answer.status());
    for header in answer.headers() {
        copy.append_header(header);
    }
    copy.body("Staff only.")
}
