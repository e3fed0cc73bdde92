//! Pages for the brand's staff: what waits, one order, partners, stock, who sells what where, import. They work without script.
//!
//! Buttons carry stable `data-test` names (`advance-pack`, `return-approve`…): browser tests and people's tools rely on them.

use actix_web::error::InternalError;
use actix_web::http::StatusCode;
use actix_web::http::header::ACCEPT;
use actix_web::middleware::from_fn;
use actix_web::{HttpRequest, HttpResponse, ResponseError, web};
use askama::Template;
use node::pages;

use crate::api::access::{Who, known};
use crate::api::problem::Problem;
use crate::app::SellerApp;
use crate::door::recorded;
use crate::people::doors;
use crate::processing::WorkError;
use crate::store::accounts;

mod audit_page;
mod exceptions_page;
mod exports_page;
mod import_page;
mod moment;
mod network_page;
mod onboarding_page;
mod order_page;
mod orders_page;
mod partner_page;
pub(crate) mod partner_plot;
mod partner_statement_page;
mod partner_targets_page;
mod partners_page;
mod people_page;
mod policy_page;
mod return_page;
mod returns_page;
mod routing_page;
mod sign_in_page;
mod stock_page;
mod timeline;
mod webhooks_page;
mod why_page;

/// Largest form: a table that was pasted into the import page.
const FORM_BYTES_MAX: usize = 8 * 1024 * 1024;

/// Mounts `/console` and sends `/` to its exceptions.
pub fn mount(app: &mut web::ServiceConfig) {
    sign_in_page::mount(app);
    app.route("/", web::get().to(home)).service(
        web::scope("/console")
            .app_data(web::FormConfig::default().limit(FORM_BYTES_MAX))
            .route("", web::get().to(orders_page::show))
            .route("/exceptions", web::get().to(exceptions_page::show))
            .route("/orders", web::get().to(orders_page::show))
            .route("/orders/{id}", web::get().to(order_page::show))
            .route("/orders/{id}/papers/{file}", web::get().to(order_page::paper))
            .route("/orders/{id}/act", web::post().to(order_page::act))
            .route("/orders/{id}/returns/{return_id}", web::get().to(return_page::show))
            .route("/returns", web::get().to(returns_page::show))
            .route("/partners", web::get().to(partners_page::show))
            .route("/onboarding", web::get().to(onboarding_page::show))
            .route("/partners/compute", web::post().to(partners_page::compute))
            .route("/partners/{id}", web::get().to(partner_page::show))
            .route("/partners/{id}/step", web::post().to(partner_page::step))
            .route("/partners/{id}/terms", web::post().to(partner_page::set_terms))
            .route("/partners/{id}/test-order", web::post().to(partner_page::make_test_order))
            .route("/partners/{id}/claims", web::post().to(partner_page::open_claim))
            .route("/partners/{id}/claims/{claim}", web::post().to(partner_page::decide_claim))
            .route("/partners/{id}/statement", web::get().to(partner_statement_page::show))
            .route("/partner-proposals/{id}", web::post().to(partners_page::decide))
            .route("/partner-targets", web::get().to(partner_targets_page::show))
            .route("/partner-targets", web::post().to(partner_targets_page::save))
            .route("/stock", web::get().to(stock_page::show))
            .route("/stock", web::post().to(stock_page::set))
            .route("/network", web::get().to(network_page::show))
            .route("/routing", web::get().to(routing_page::show))
            .route("/policy", web::get().to(policy_page::show))
            .route("/policy", web::post().to(policy_page::draft))
            .route("/policy/{version}/replay", web::post().to(policy_page::replay))
            .route("/policy/{version}/publish", web::post().to(policy_page::publish))
            .route("/why", web::get().to(why_page::of_order))
            .route("/why/{id}", web::get().to(why_page::show))
            .route("/import", web::get().to(import_page::show))
            .route("/import", web::post().to(import_page::run))
            .route("/people", web::get().to(people_page::show))
            .route("/people", web::post().to(people_page::add))
            .route("/people/{login}", web::post().to(people_page::change))
            .route("/tokens", web::post().to(people_page::make_token))
            .route("/tokens/{id}/revoke", web::post().to(people_page::revoke_token))
            .route("/webhooks", web::get().to(webhooks_page::show))
            .route("/webhooks", web::post().to(webhooks_page::add))
            .route("/webhooks/{id}", web::get().to(webhooks_page::one))
            .route("/webhooks/{id}/act", web::post().to(webhooks_page::act))
            .route("/exports", web::get().to(exports_page::show))
            .route("/exports/file", web::get().to(exports_page::download))
            .route("/audit", web::get().to(audit_page::show))
            .wrap(from_fn(recorded)),
    );
}

async fn home() -> HttpResponse {
    pages::see_other("/console/exceptions")
}

/// What the frame of these pages shows.
#[derive(Debug)]
struct Frame<'a> {
    brand: &'a str,
    /// Which entry of the menu is the current one.
    here: &'a str,
}

impl<'a> Frame<'a> {
    fn of(app: &'a SellerApp, here: &'a str) -> Self {
        Self { brand: &app.seller.storefront.name, here }
    }
}

/// Why a page is not shown.
#[derive(Debug)]
enum PageError {
    Problem(Problem),
    /// The answer of the login.
    Answer(Box<InternalError<&'static str>>),
}

impl std::fmt::Display for PageError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Problem(problem) => problem.fmt(f),
            Self::Answer(_) => f.write_str("staff only"),
        }
    }
}

#[derive(Template)]
#[template(path = "console/problem.html")]
struct ProblemPage<'a> {
    frame: Frame<'a>,
    problem: &'a Problem,
}

impl ResponseError for PageError {
    fn status_code(&self) -> StatusCode {
        match self {
            Self::Problem(problem) => problem.status_code(),
            Self::Answer(error) => error.status_code(),
        }
    }

    fn error_response(&self) -> HttpResponse {
        match self {
            Self::Problem(problem) => {
                let frame = Frame { brand: "Seller", here: "" };
                let mut answer = pages::render(&ProblemPage { frame, problem });
                *answer.status_mut() = problem.status_code();
                answer
            }
            Self::Answer(error) => error.error_response(),
        }
    }
}

impl From<Problem> for PageError {
    fn from(problem: Problem) -> Self {
        Self::Problem(problem)
    }
}

impl From<sqlx::Error> for PageError {
    fn from(error: sqlx::Error) -> Self {
        Self::Problem(error.into())
    }
}

impl From<WorkError> for PageError {
    fn from(error: WorkError) -> Self {
        Self::Problem(error.into())
    }
}

/// Lets the brand's people in who may pass this door; a form must come from our own page besides. Who is not known is sent
/// to sign in.
async fn staff(app: &SellerApp, request: &HttpRequest) -> Result<Who, PageError> {
    let Some(who) = known(app, request).await? else { return Err(unknown(app, request).await?) };
    if who.partner().is_some() {
        return Err(Problem::forbidden("these pages are the brand's; a partner uses the API").into());
    }
    let pattern = request.match_pattern().unwrap_or_default();
    who.may(doors::needs(request.method().as_str(), &pattern))?;
    Ok(who)
}

/// The answer to somebody unknown: as the node says, and to the page with names as soon as there are accounts.
async fn unknown(app: &SellerApp, request: &HttpRequest) -> Result<PageError, sqlx::Error> {
    let wants_page = request.headers().get(ACCEPT).and_then(|accept| accept.to_str().ok());
    if wants_page.is_some_and(|accept| accept.contains("text/html")) && accounts::any(&app.node.db).await? {
        let back = request.uri().path_and_query().map_or("/", |path| path.as_str());
        let answer = pages::see_other(&format!("/sign-in?back={}", pages::url_encode(back)));
        return Ok(PageError::Answer(Box::new(InternalError::from_response("staff only", answer))));
    }
    Ok(match node::access::staff(request, &app.config.node) {
        Err(answer) => PageError::Answer(Box::new(InternalError::from_response("staff only", answer))),
        Ok(()) => Problem::forbidden("staff only").into(),
    })
}
