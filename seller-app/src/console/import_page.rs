//! Import by hand: paste a table, check it, write it. Faults are shown by row and column.

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use node::pages;
use serde::Deserialize;

use crate::api::imports;
use crate::app::SellerApp;
use crate::import::{Counts, Options, Report};

use super::{Frame, PageError, staff};

#[derive(Template)]
#[template(path = "console/import.html")]
struct ImportPage<'a> {
    frame: Frame<'a>,
    table: &'a str,
    text: &'a str,
    report: Option<ReportView>,
}

struct ReportView {
    counts: Counts,
    report: Report,
}

pub(super) async fn show(app: web::Data<SellerApp>, request: HttpRequest) -> Result<HttpResponse, PageError> {
    staff(&app, &request)?;
    Ok(pages::render(&ImportPage { frame: Frame::of(&app, "import"), table: "stock", text: "", report: None }))
}

#[derive(Debug, Deserialize)]
pub(super) struct ImportForm {
    table: String,
    text: String,
    /// The button: `check` or `write`.
    step: String,
}

pub(super) async fn run(
    app: web::Data<SellerApp>,
    request: HttpRequest,
    form: web::Form<ImportForm>,
) -> Result<HttpResponse, PageError> {
    staff(&app, &request)?;
    let options = Options { dry_run: form.step != "write", skip_faulty_rows: false };
    let report = imports::run(&app, &form.table, form.text.as_bytes(), options).await?;
    let counts = match form.table.as_str() {
        "partners" => report.partners,
        "items" => report.items,
        _ => report.stock,
    };
    let page = ImportPage {
        frame: Frame::of(&app, "import"),
        table: &form.table,
        text: &form.text,
        report: Some(ReportView { counts, report }),
    };
    Ok(pages::render(&page))
}
