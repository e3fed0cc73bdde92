//! The HTTP API. `openapi.json` in the crate's folder describes it; a test keeps it so.

use actix_multipart::Multipart;
use actix_web::http::header::{self, Header};
use actix_web::{FromRequest, HttpRequest, HttpResponse, web};
use clap::ValueEnum;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, OpenApi, ToSchema};

use super::problem::Problem;
use super::shelf::ReportId;
use super::{Office, checking, upload};
use crate::judge::Report;
use crate::report::Format;

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Conformance",
        version = "1",
        description = "Checks what participants recorded, by the network's law.",
        license(name = "Apache-2.0", identifier = "Apache-2.0")
    ),
    paths(create, read, remove, document),
    components(schemas(Created, Links, Form, Problem))
)]
struct Documentation;

/// The description of the API, as it is committed.
pub fn openapi_json() -> String {
    let mut text = Documentation::openapi().to_pretty_json().unwrap_or_default();
    text.push('\n');
    text
}

/// Mounts the API.
pub(super) fn mount(config: &mut web::ServiceConfig) {
    config
        .route("/v1/reports", web::post().to(create))
        .route("/v1/reports/{name}", web::get().to(read))
        .route("/v1/reports/{name}", web::delete().to(remove))
        .route("/openapi.json", web::get().to(document));
}

/// A report that was made.
#[derive(Debug, Serialize, ToSchema)]
pub struct Created {
    /// Unguessable; whoever has it may read and remove the report.
    id: String,
    /// `clean`, `findings` or `not_evaluated`.
    verdict: &'static str,
    /// Errors that count.
    errors: usize,
    #[allow(missing_docs)]
    warnings: usize,
    #[allow(missing_docs)]
    notes: usize,
    #[allow(missing_docs)]
    flows: usize,
    #[allow(missing_docs)]
    messages: usize,
    /// Files that could not be read; the report says why.
    unread: usize,
    links: Links,
}

/// Where the report is, relative to this server.
#[derive(Debug, Serialize, ToSchema)]
pub struct Links {
    /// The page to share.
    page: String,
    json: String,
    html: String,
    junit: String,
    sarif: String,
    markdown: String,
    text: String,
}

/// The form.
#[derive(Debug, ToSchema)]
#[allow(dead_code)] // describes the form; it is read field by field
struct Form {
    /// Logs of any shape; the name of each may be a path.
    #[schema(value_type = Vec<String>, format = Binary)]
    files: Vec<u8>,
    /// `buyer` or `seller`: only what is at the fault of this side counts.
    role: Option<String>,
}

/// Of a check.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
pub struct CheckQuery {
    /// `buyer` or `seller`: only what is at the fault of this side counts.
    role: String,
}

impl Created {
    fn of(id: &ReportId, report: &Report) -> Created {
        let link = |format: Format| format!("/v1/reports/{id}.{}", format.extension());
        let own = report.totals.findings.own;
        Created {
            id: id.to_string(),
            verdict: report.verdict.as_str(),
            errors: own.error,
            warnings: own.warning,
            notes: own.note,
            flows: report.totals.flows,
            messages: report.totals.messages,
            unread: report.unread.len(),
            links: Links {
                page: format!("/r/{id}"),
                json: link(Format::Json),
                html: link(Format::Html),
                junit: link(Format::Junit),
                sarif: link(Format::Sarif),
                markdown: link(Format::Markdown),
                text: link(Format::Text),
            },
        }
    }
}

/// Checks logs. The body is a form with files, or one document of any shape that the program reads.
#[utoipa::path(post, path = "/v1/reports", tag = "reports", params(CheckQuery),
    request_body(content((Form = "multipart/form-data"), (Object = "application/json")),
        description = "files of a form; or one document: a message, a list, a log, a validator's request"),
    responses((status = 201, body = Created, description = "checked; Location leads to the page"),
        (status = 400, body = Problem), (status = 413, body = Problem)))]
async fn create(
    office: web::Data<Office>,
    request: HttpRequest,
    query: web::Query<CheckQuery>,
    body: web::Payload,
) -> Result<HttpResponse, Problem> {
    let work = office.shelf.begin().map_err(Problem::internal)?;
    let bytes_max = office.upload_bytes_max;
    let is_form = header::ContentType::parse(&request).is_ok_and(|kind| kind.essence_str() == "multipart/form-data");
    let uploaded = if is_form {
        let form = Multipart::from_request(&request, &mut body.into_inner()).await;
        let form = form.map_err(|error| Problem::bad(format!("the form cannot be read: {error}")))?;
        upload::form(form, &work.folder, bytes_max).await?
    } else {
        upload::document(body, &work.folder, bytes_max).await?
    };
    if uploaded.files == 0 {
        return Err(Problem::bad("nothing was sent: choose files, or send a document as the body"));
    }
    let role = upload::role(&query.role)?.or(uploaded.role);
    let id = work.id.clone();
    let report = checking::check(office.into_inner(), work, role).await?;
    let created = Created::of(&id, &report);
    let mut answer = if uploaded.lead { HttpResponse::SeeOther() } else { HttpResponse::Created() };
    Ok(answer.insert_header((header::LOCATION, created.links.page.clone())).json(created))
}

/// A report. The end of the name chooses the format: json (also without an end), html, xml (JUnit), sarif, md, txt.
#[utoipa::path(get, path = "/v1/reports/{id}", tag = "reports",
    params(("id" = String, Path, description = "the id, alone or with the end of a format, for example `….sarif`")),
    responses((status = 200, description = "the report; its JSON is described by report.schema.json"),
        (status = 404, body = Problem)))]
async fn read(office: web::Data<Office>, name: web::Path<String>) -> Result<HttpResponse, Problem> {
    let (id, end) = name.split_once('.').unwrap_or((&name, "json"));
    let id = ReportId::parse(id).ok_or_else(Problem::no_report)?;
    let formats = Format::value_variants().iter();
    let format = formats.copied().find(|format| format.extension() == end).ok_or_else(Problem::no_report)?;
    answer(&office, &id, format)
}

/// Removes a report.
#[utoipa::path(delete, path = "/v1/reports/{id}", tag = "reports", params(("id" = String, Path)),
    responses((status = 204, description = "removed"), (status = 404, body = Problem)))]
async fn remove(office: web::Data<Office>, name: web::Path<String>) -> Result<HttpResponse, Problem> {
    let id = ReportId::parse(&name).ok_or_else(Problem::no_report)?;
    match office.shelf.remove(&id).map_err(Problem::internal)? {
        true => Ok(HttpResponse::NoContent().finish()),
        false => Err(Problem::no_report()),
    }
}

/// This description.
#[utoipa::path(get, path = "/openapi.json", tag = "reports", responses((status = 200, description = "OpenAPI")))]
async fn document() -> HttpResponse {
    HttpResponse::Ok().content_type("application/json").body(openapi_json())
}

/// A report from the shelf.
pub(super) fn answer(office: &Office, id: &ReportId, format: Format) -> Result<HttpResponse, Problem> {
    let bytes = office.shelf.read(id, format).map_err(Problem::internal)?.ok_or_else(Problem::no_report)?;
    Ok(HttpResponse::Ok().content_type(format.media_type()).body(bytes))
}
