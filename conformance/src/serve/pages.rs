//! The pages: drop logs, read a report.

use actix_web::{HttpResponse, web};
use askama::Template;

use super::Office;
use super::problem::Problem;
use super::shelf::ReportId;
use crate::report::Format;

#[derive(Template)]
#[template(path = "serve.html")]
struct Drop {
    version: &'static str,
    books: Vec<String>,
    digest: String,
    upload_mb: usize,
}

#[derive(Template)]
#[template(path = "gone.html")]
struct Gone;

/// Mounts the pages.
pub(super) fn mount(config: &mut web::ServiceConfig) {
    config.route("/", web::get().to(start)).route("/r/{id}", web::get().to(report));
}

async fn start(office: web::Data<Office>) -> Result<HttpResponse, Problem> {
    let page = Drop {
        version: env!("CARGO_PKG_VERSION"),
        books: office.law.books.clone(),
        digest: office.law.digest.chars().take(16).collect(),
        upload_mb: office.upload_bytes_max / 1_000_000,
    };
    let html = page.render().map_err(Problem::internal)?;
    Ok(HttpResponse::Ok().content_type("text/html; charset=utf-8").body(html))
}

async fn report(office: web::Data<Office>, id: web::Path<String>) -> Result<HttpResponse, Problem> {
    let found = ReportId::parse(&id).map(|id| super::api::answer(&office, &id, Format::Html));
    match found {
        Some(Ok(page)) => Ok(page),
        Some(Err(problem)) if problem.status != 404 => Err(problem),
        Some(Err(_)) | None => {
            let html = Gone.render().map_err(Problem::internal)?;
            Ok(HttpResponse::NotFound().content_type("text/html; charset=utf-8").body(html))
        }
    }
}
