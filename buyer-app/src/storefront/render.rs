//! Templates and redirects as responses.

use actix_web::http::StatusCode;
use actix_web::http::header;
use actix_web::{HttpResponse, HttpResponseBuilder};
use askama::Template;

use super::page::Page;
use super::visit::Visit;
use crate::asks::error::AskError;
use crate::store::orders::StoreError;

/// Only our own styles, scripts, pictures and forms; a payment provider's page is a link away.
const CONTENT_POLICY: &str =
    "default-src 'self'; img-src 'self' https: data:; frame-ancestors 'none'; base-uri 'self'; form-action 'self'";

/// A rendered page with the visit's cookies.
pub fn page(visit: &Visit<'_>, template: &impl Template) -> HttpResponse {
    with_status(visit, StatusCode::OK, template)
}

pub fn with_status(visit: &Visit<'_>, status: StatusCode, template: &impl Template) -> HttpResponse {
    match template.render() {
        Ok(html) => {
            let mut response = HttpResponse::build(status);
            visit.remember(&mut response);
            framed(&mut response).body(html)
        }
        Err(error) => {
            tracing::error!(%error, "a page could not be rendered");
            HttpResponse::InternalServerError().body("The page cannot be shown.")
        }
    }
}

fn framed(response: &mut HttpResponseBuilder) -> &mut HttpResponseBuilder {
    response
        .content_type("text/html; charset=utf-8")
        .insert_header((header::CONTENT_SECURITY_POLICY, CONTENT_POLICY))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
}

/// After a form: see the page.
pub fn see(visit: &Visit<'_>, to: &str) -> HttpResponse {
    let mut response = HttpResponse::SeeOther();
    visit.remember(&mut response);
    response.insert_header((header::LOCATION, to)).finish()
}

/// Something could not be done; says what, and offers a way back.
#[derive(Debug, Template)]
#[template(path = "shop/trouble.html")]
struct Trouble<'a> {
    page: Page<'a>,
    words: String,
    back: &'a str,
}

/// A page that says what went wrong, with the status for it.
pub fn trouble(visit: &Visit<'_>, status: StatusCode, words: &str, back: &str) -> HttpResponse {
    with_status(visit, status, &Trouble { page: Page::of(visit), words: words.to_owned(), back })
}

pub fn not_found(visit: &Visit<'_>) -> HttpResponse {
    trouble(visit, StatusCode::NOT_FOUND, visit.language.text("trouble.not_found"), "/")
}

pub fn storage_failed(visit: &Visit<'_>, error: &StoreError) -> HttpResponse {
    tracing::error!(%error, "the shop could not use its records");
    trouble(visit, StatusCode::INTERNAL_SERVER_ERROR, visit.language.text("trouble.storage"), "/")
}

/// A refused ask in words of the shopper; details are for the log.
pub fn ask_failed(visit: &Visit<'_>, error: &AskError, back: &str) -> HttpResponse {
    tracing::warn!(%error, "a shopper's ask was not sent");
    let language = visit.language;
    match error {
        AskError::NotFound { .. } => not_found(visit),
        AskError::Invalid { message, .. } => trouble(visit, StatusCode::UNPROCESSABLE_ENTITY, message, back),
        AskError::Refused(refusal) => trouble(visit, StatusCode::CONFLICT, &refusal.message, back),
        AskError::RuleBroken { violations, .. } => {
            let first = violations.first().map(|v| v.message.clone()).unwrap_or_default();
            trouble(visit, StatusCode::UNPROCESSABLE_ENTITY, &language.with("trouble.rule", &[&first]), back)
        }
        AskError::NoPeer { .. } | AskError::Registry(_) => {
            trouble(visit, StatusCode::SERVICE_UNAVAILABLE, language.text("trouble.network"), back)
        }
        AskError::KeyReused | AskError::Repeated { .. } => {
            trouble(visit, StatusCode::CONFLICT, language.text("trouble.again"), back)
        }
        AskError::Store(StoreError::Conflict(_)) => {
            trouble(visit, StatusCode::CONFLICT, language.text("trouble.again"), back)
        }
        AskError::Store(error) => storage_failed(visit, error),
    }
}
