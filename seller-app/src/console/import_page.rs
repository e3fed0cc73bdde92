//! Import by hand: paste a table, check it, mend the cells that are wrong, write it. Faults are shown by row and column, with
//! the cell to mend beside each.

use std::borrow::Cow;

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use node::pages;

use crate::api::imports;
use crate::app::SellerApp;
use crate::import::annotate::{self, Fix};
use crate::import::format;
use crate::import::{Counts, Fault, Options, Report};
use crate::people::doors;

use super::{Frame, PageError, staff};

/// More cells than this are mended in the file, not on the page.
const CELLS_MAX: usize = 200;
/// Name of a cell in the form: `fix:ROW:COLUMN`.
const FIX: &str = "fix:";

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
    cells: Vec<CellView>,
    /// Faults beyond those that the page shows.
    more: usize,
}

/// A fault and the cell that it is in.
struct CellView {
    fault: Fault,
    /// Name in the form; `None` for a fault of the header or of a whole row.
    name: Option<String>,
    value: String,
}

pub(super) async fn show(app: web::Data<SellerApp>, request: HttpRequest) -> Result<HttpResponse, PageError> {
    staff(&app, &request).await?;
    let asked = web::Query::<std::collections::BTreeMap<String, String>>::from_query(request.query_string());
    let table = asked.ok().and_then(|query| query.get("table").cloned());
    let table = table.as_deref().filter(|table| matches!(*table, "partners" | "items")).unwrap_or("stock");
    Ok(pages::render(&ImportPage { frame: Frame::of(&app, "import"), table, text: "", report: None }))
}

#[derive(Debug, Default)]
struct ImportForm {
    table: String,
    text: String,
    /// The button: `check`, `write`, `write-good` or `annotated`.
    step: String,
    fixes: Vec<Fix>,
}

impl ImportForm {
    fn read(fields: Vec<(String, String)>) -> ImportForm {
        let mut form = ImportForm::default();
        for (name, value) in fields {
            match name.as_str() {
                "table" => form.table = value,
                "text" => form.text = value,
                "step" => form.step = value,
                other => form.fixes.extend(fix(other, value)),
            }
        }
        form
    }
}

fn fix(name: &str, value: String) -> Option<Fix> {
    let (row, column) = name.strip_prefix(FIX)?.split_once(':')?;
    Some(Fix { row: row.parse().ok()?, column: column.to_owned(), value })
}

pub(super) async fn run(
    app: web::Data<SellerApp>,
    request: HttpRequest,
    fields: web::Form<Vec<(String, String)>>,
) -> Result<HttpResponse, PageError> {
    let caller = staff(&app, &request).await?;
    let form = ImportForm::read(fields.into_inner());
    caller.may(doors::table(&form.table))?;
    // Pasted NDJSON becomes the CSV whose cells can be mended; what cannot be read is told by the import itself.
    let mut text = match format::as_csv(form.text.as_bytes()) {
        Ok(Cow::Owned(csv)) => String::from_utf8(csv).unwrap_or_default(),
        Ok(Cow::Borrowed(_)) | Err(_) => form.text,
    };
    if !form.fixes.is_empty() {
        text = annotate::mended(text.as_bytes(), &form.fixes);
    }
    let options = match form.step.as_str() {
        "write" => Options::default(),
        "write-good" => Options { skip_faulty_rows: true, ..Options::default() },
        _ => Options { dry_run: true, ..Options::default() },
    };
    let mut report = imports::run(&app, &form.table, text.as_bytes(), options).await?;
    if form.step == "annotated" {
        let file = annotate::annotated(text.as_bytes(), &report.faults);
        return Ok(imports::csv(&format!("{}-errors.csv", form.table), file));
    }
    if report.written && !report.faults.is_empty() {
        // The good rows are written; what is left on the page are the others, with the row numbers that they have now.
        text = annotate::faulty_rows(text.as_bytes(), &report.faults);
        let check = Options { dry_run: true, ..Options::default() };
        report.faults = imports::run(&app, &form.table, text.as_bytes(), check).await?.faults;
    }
    let page = ImportPage {
        frame: Frame::of(&app, "import"),
        table: &form.table,
        text: &text,
        report: Some(view(&form.table, &text, report)),
    };
    Ok(pages::render(&page))
}

fn view(table: &str, text: &str, report: Report) -> ReportView {
    let counts = match table {
        "partners" => report.partners,
        "items" => report.items,
        _ => report.stock,
    };
    let mut seen = std::collections::BTreeSet::new();
    let shown = report.faults.iter().take(CELLS_MAX).map(|fault| {
        // One field for one cell, even when two things are wrong with it.
        let is_cell = fault.row > 1 && !fault.column.is_empty() && seen.insert((fault.row, fault.column.clone()));
        CellView {
            fault: fault.clone(),
            name: is_cell.then(|| format!("{FIX}{}:{}", fault.row, fault.column)),
            value: if is_cell { annotate::cell(text.as_bytes(), fault.row, &fault.column) } else { String::new() },
        }
    });
    ReportView { counts, cells: shown.collect(), more: report.faults.len().saturating_sub(CELLS_MAX), report }
}
