//! Pages for a partner: what waits, one order from acceptance to the door, the shelf, its numbers, its money. Phone first.
//!
//! A page and everything it loads stay below 150 kB, it works without script, and it changes orders only through the same
//! desk actions as console and API ([`crate::api::orders::carry_out`]). What it says comes from [`crate::languages`].
//!
//! To add a page: a file here with its template in `templates/portal`, a route in [`mount`], its sentences in every language.

use actix_web::http::StatusCode;
use actix_web::middleware::from_fn;
use actix_web::{HttpRequest, HttpResponse, ResponseError, web};
use askama::Template;
use node::pages;

use crate::api::access::Who;
use crate::api::problem::Problem;
use crate::app::SellerApp;
use crate::door::recorded;
use crate::languages::Language;
use crate::partner_work::PartnerError;

mod entry;
mod language;
mod numbers;
mod order;
mod order_view;
mod papers;
mod statement;
mod stock;
mod today;
pub mod words;

pub(crate) use entry::by_link;

const CSS: &str = include_str!("../assets/portal.css");
const SCRIPT: &str = include_str!("../assets/portal.js");

/// Mounts `/portal`.
pub fn mount(app: &mut web::ServiceConfig) {
    app.service(
        web::scope("/portal")
            .route("", web::get().to(today::show))
            .route("/open", web::get().to(entry::open))
            .route("/leave", web::post().to(entry::leave))
            .route("/language", web::get().to(language::choose))
            .route("/returns", web::get().to(today::returns))
            .route("/changes", web::get().to(today::changes))
            .route("/orders/{id}", web::get().to(order::show))
            .route("/orders/{id}/act", web::post().to(order::act))
            .route("/orders/{id}/papers/{file}", web::get().to(papers::show))
            .route("/stock", web::get().to(stock::show))
            .route("/stock", web::post().to(stock::count))
            .route("/numbers", web::get().to(numbers::show))
            .route("/statement", web::get().to(statement::show))
            .route("/portal.css", web::get().to(css))
            .route("/portal.js", web::get().to(script))
            .wrap(from_fn(recorded)),
    );
}

async fn css() -> HttpResponse {
    asset("text/css; charset=utf-8", CSS)
}

async fn script() -> HttpResponse {
    asset("text/javascript; charset=utf-8", SCRIPT)
}

fn asset(kind: &'static str, text: &'static str) -> HttpResponse {
    HttpResponse::Ok().content_type(kind).insert_header(("cache-control", "private, max-age=300")).body(text)
}

/// What the frame of these pages shows.
#[derive(Debug)]
struct Frame<'a> {
    brand: &'a str,
    partner: String,
    t: &'a Language,
    /// Tag and name of each language.
    languages: Vec<(&'a str, String)>,
    /// Which entry of the menu is the current one.
    here: &'static str,
}

impl<'a> Frame<'a> {
    fn of(app: &'a SellerApp, partner: &str, t: &'a Language, here: &'static str) -> Self {
        let languages = app.languages.all().iter().map(|one| (one.tag.as_str(), one.say("language-name"))).collect();
        Self { brand: &app.seller.storefront.name, partner: partner.to_owned(), t, languages, here }
    }
}

/// Why a page is not shown.
#[derive(Debug)]
enum PortalError {
    Problem(Problem),
    /// Nobody is signed in: a page that says so.
    Closed(String),
}

impl std::fmt::Display for PortalError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Problem(problem) => problem.fmt(f),
            Self::Closed(_) => f.write_str("partners only"),
        }
    }
}

#[derive(Template)]
#[template(path = "portal/problem.html")]
struct ProblemPage<'a> {
    detail: &'a str,
}

impl ResponseError for PortalError {
    fn status_code(&self) -> StatusCode {
        match self {
            Self::Problem(problem) => problem.status_code(),
            Self::Closed(_) => StatusCode::UNAUTHORIZED,
        }
    }

    fn error_response(&self) -> HttpResponse {
        let mut answer = match self {
            Self::Problem(problem) => pages::render(&ProblemPage { detail: &problem.detail }),
            Self::Closed(page) => HttpResponse::Unauthorized()
                .content_type("text/html; charset=utf-8")
                .insert_header(("cache-control", "no-store"))
                .body(page.clone()),
        };
        *answer.status_mut() = self.status_code();
        answer
    }
}

impl From<Problem> for PortalError {
    fn from(problem: Problem) -> Self {
        Self::Problem(problem)
    }
}

impl From<sqlx::Error> for PortalError {
    fn from(error: sqlx::Error) -> Self {
        Self::Problem(error.into())
    }
}

impl From<PartnerError> for PortalError {
    fn from(error: PartnerError) -> Self {
        Self::Problem(error.into())
    }
}

/// Who is signed in, and in which language the page speaks.
struct Visit<'a> {
    who: Who,
    partner_id: String,
    name: String,
    t: &'a Language,
}

impl Visit<'_> {
    /// # Errors
    /// When nobody is signed in, or a form came from another site's page.
    async fn of<'a>(app: &'a SellerApp, request: &HttpRequest) -> Result<Visit<'a>, PortalError> {
        let t = language::of(app, request);
        let (who, name) = entry::visitor(app, request, t).await?;
        let partner_id = who.partner().unwrap_or_default().to_owned();
        Ok(Visit { who, partner_id, name, t })
    }
}
