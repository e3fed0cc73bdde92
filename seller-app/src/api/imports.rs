//! Upload of a table: CSV, a spreadsheet (XLSX) or NDJSON.

use actix_web::http::{StatusCode, header};
use actix_web::{HttpRequest, HttpResponse, web};
use bytes::Bytes;
use serde::Deserialize;
use utoipa::IntoParams;

use crate::app::SellerApp;
use crate::import::{self, Options, Report, Tables, annotate, format};
use crate::people::doors;

use super::access::who;
use super::problem::Problem;

/// The largest file.
pub const UPLOAD_BYTES_MAX: usize = 32 * 1024 * 1024;

#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
pub struct ImportQuery {
    /// Check everything, write nothing.
    pub dry_run: bool,
    /// Write the good rows, leave the faulty ones out.
    pub skip_faulty_rows: bool,
}

/// Imports a file: `partners`, `items` or `stock`, as CSV, as a spreadsheet (XLSX, its first sheet) or as NDJSON (an object a line,
/// line `n` is row `n + 1`); which of them, its first bytes say. The same file twice changes nothing the second time.
#[utoipa::path(post, path = "/api/import/{table}", tag = "import", params(("table" = String, Path), ImportQuery),
    request_body(content((String = "text/csv"), (String = "application/x-ndjson"),
        (Vec<u8> = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"))),
    responses((status = 200, body = Report), (status = 400, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem),
        (status = 422, body = Problem, description = "rows have faults, nothing was written")))]
pub async fn upload(
    app: web::Data<SellerApp>,
    request: HttpRequest,
    table: web::Path<String>,
    query: web::Query<ImportQuery>,
    body: Bytes,
) -> Result<HttpResponse, Problem> {
    let caller = who(&app, &request).await?;
    caller.brand_only()?;
    caller.may(doors::table(&table))?;
    let options = Options { dry_run: query.dry_run, skip_faulty_rows: query.skip_faulty_rows };
    let report = run(&app, &table, &body, options).await?;
    if report.faults.is_empty() || options.skip_faulty_rows {
        return Ok(HttpResponse::Ok().json(report));
    }
    let detail = format!("{} fault(s); nothing was written", report.faults.len());
    Err(Problem { faults: report.faults, ..Problem::new(StatusCode::UNPROCESSABLE_ENTITY, detail) })
}

/// The same table, as CSV, with a column `errors` that says what is wrong in each row; it can be mended and uploaded again as it is.
/// Nothing is written.
#[utoipa::path(post, path = "/api/import/{table}/annotated", tag = "import", params(("table" = String, Path)),
    request_body(content((String = "text/csv"), (String = "application/x-ndjson"),
        (Vec<u8> = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"))),
    responses((status = 200, body = String, content_type = "text/csv"), (status = 400, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem)))]
pub async fn annotated(
    app: web::Data<SellerApp>,
    request: HttpRequest,
    table: web::Path<String>,
    body: Bytes,
) -> Result<HttpResponse, Problem> {
    who(&app, &request).await?.brand_only()?;
    let body = format::as_csv(&body).map_err(|error| Problem::bad_request(error.to_string()))?;
    let report = run(&app, &table, &body, Options { dry_run: true, ..Options::default() }).await?;
    Ok(csv(&format!("{table}-errors.csv"), annotate::annotated(&body, &report.faults)))
}

/// A file to keep. The name is ours.
pub fn csv(name: &str, text: String) -> HttpResponse {
    HttpResponse::Ok()
        .content_type("text/csv; charset=utf-8")
        .insert_header((header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")))
        .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .body(text)
}

/// Imports one table by its name; used by the console too.
pub async fn run(app: &SellerApp, table: &str, bytes: &[u8], options: Options) -> Result<Report, Problem> {
    let tables = match table {
        "partners" => Tables { partners: Some(bytes), ..Tables::default() },
        "items" => Tables { items: Some(bytes), ..Tables::default() },
        "stock" => Tables { stock: Some(bytes), ..Tables::default() },
        other => return Err(Problem::not_found(format!("`{other}` is none of partners, items, stock"))),
    };
    let known = |category: &str| app.category_known(category);
    Ok(import::import(&app.node.db, tables, options, &known, &app.stamp()).await?)
}
