//! The operator's pages `/console` and their JSON twin `/api`: who was asked, who was left out and why, who answered when.

use actix_web::web::{self, Data, Query};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use jiff::SignedDuration;
use node::pages;
use serde::Deserialize;
use serde_json::json;

use crate::gateway::Gateway;
use crate::store::report::{self, AskRow, SEARCHES_MAX, SearchRow};

mod view;

use view::{AskView, Frame, LeftOutView, SearchView, SellerView};

/// The record of sellers covers this time.
const RECORD_HOURS: i64 = 24;

/// Mounts pages and API.
pub fn mount(app: &mut web::ServiceConfig) {
    app.route("/", web::get().to(front))
        .route("/console", web::get().to(searches))
        .route("/console/search", web::get().to(search))
        .route("/console/sellers", web::get().to(sellers))
        .route("/api/searches", web::get().to(api_searches))
        .route("/api/search", web::get().to(api_search))
        .route("/api/sellers", web::get().to(api_sellers));
}

#[derive(Template)]
#[template(path = "searches.html")]
struct SearchesPage<'a> {
    frame: Frame<'a>,
    of: &'a str,
    of_url: String,
    rows: Vec<SearchView>,
    older: Option<i64>,
}

#[derive(Template)]
#[template(path = "search.html")]
struct SearchPage<'a> {
    frame: Frame<'a>,
    row: SearchView,
    asks: Vec<AskView>,
    left_out: Vec<LeftOutView>,
}

#[derive(Template)]
#[template(path = "sellers.html")]
struct SellersPage<'a> {
    frame: Frame<'a>,
    rows: Vec<SellerView>,
    hours: i64,
}

#[derive(Debug, Deserialize)]
struct Wanted {
    #[serde(default)]
    of: String,
    before: Option<i64>,
}

#[derive(Debug, Deserialize)]
struct One {
    id: String,
}

async fn front() -> HttpResponse {
    pages::see_other("/console")
}

async fn searches(gateway: Data<Gateway>, request: HttpRequest, wanted: Query<Wanted>) -> Result<HttpResponse, Failed> {
    staff(&request, &gateway)?;
    let of = wanted.of.trim();
    let rows = report::searches(&gateway.node.db, wanted.before.unwrap_or(i64::MAX), of).await?;
    let full = i64::try_from(rows.len()).unwrap_or(0) >= SEARCHES_MAX;
    Ok(pages::render(&SearchesPage {
        frame: Frame::of(&gateway, "searches"),
        of,
        of_url: pages::url_encode(of),
        older: rows.last().filter(|_| full).map(|row| row.seq),
        rows: rows.into_iter().map(SearchView::of).collect(),
    }))
}

async fn search(gateway: Data<Gateway>, request: HttpRequest, one: Query<One>) -> Result<HttpResponse, Failed> {
    staff(&request, &gateway)?;
    let (row, asks) = one_report(&gateway, &one.id).await?;
    Ok(pages::render(&SearchPage {
        frame: Frame::of(&gateway, "searches"),
        left_out: LeftOutView::all(&row.left_out),
        asks: asks.into_iter().map(AskView::of).collect(),
        row: SearchView::of(row),
    }))
}

/// The asks are read first: the counts of the search may know of more answers than the list, never of fewer.
async fn one_report(gateway: &Gateway, id: &str) -> Result<(SearchRow, Vec<AskRow>), Failed> {
    let asks = report::asks(&gateway.node.db, id).await?;
    let row = report::search(&gateway.node.db, id).await?.ok_or(Failed::Unknown)?;
    Ok((row, asks))
}

async fn sellers(gateway: Data<Gateway>, request: HttpRequest) -> Result<HttpResponse, Failed> {
    staff(&request, &gateway)?;
    let rows = report::sellers(&gateway.node.db, since(&gateway)).await?;
    let rows = rows.into_iter().map(SellerView::of).collect();
    Ok(pages::render(&SellersPage { frame: Frame::of(&gateway, "sellers"), rows, hours: RECORD_HOURS }))
}

async fn api_searches(
    gateway: Data<Gateway>,
    request: HttpRequest,
    wanted: Query<Wanted>,
) -> Result<HttpResponse, Failed> {
    staff(&request, &gateway)?;
    let rows = report::searches(&gateway.node.db, wanted.before.unwrap_or(i64::MAX), wanted.of.trim()).await?;
    Ok(HttpResponse::Ok().json(rows))
}

async fn api_search(gateway: Data<Gateway>, request: HttpRequest, one: Query<One>) -> Result<HttpResponse, Failed> {
    staff(&request, &gateway)?;
    let (row, asks) = one_report(&gateway, &one.id).await?;
    Ok(HttpResponse::Ok().json(json!({ "search": row, "asked": asks })))
}

async fn api_sellers(gateway: Data<Gateway>, request: HttpRequest) -> Result<HttpResponse, Failed> {
    staff(&request, &gateway)?;
    Ok(HttpResponse::Ok().json(report::sellers(&gateway.node.db, since(&gateway)).await?))
}

fn since(gateway: &Gateway) -> i64 {
    let record = SignedDuration::from_hours(RECORD_HOURS);
    gateway.node.clock.now().saturating_sub(record).map_or(0, |since| since.as_millisecond())
}

/// The answer of a page that could not be made.
#[derive(Debug, thiserror::Error)]
enum Failed {
    #[error("not for you")]
    NotStaff(Box<HttpResponse>),
    #[error("there is no such search, or it is too old")]
    Unknown,
    #[error(transparent)]
    Database(#[from] sqlx::Error),
}

fn staff(request: &HttpRequest, gateway: &Gateway) -> Result<(), Failed> {
    node::access::staff(request, &gateway.node.config).map_err(|answer| Failed::NotStaff(Box::new(answer)))
}

impl actix_web::ResponseError for Failed {
    fn error_response(&self) -> HttpResponse {
        match self {
            Failed::NotStaff(answer) => copied(answer),
            Failed::Unknown => HttpResponse::NotFound().json(json!({ "error": self.to_string() })),
            Failed::Database(error) => {
                tracing::error!(%error, "the operator's page failed");
                HttpResponse::InternalServerError().json(json!({ "error": "the database failed; see the log" }))
            }
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
