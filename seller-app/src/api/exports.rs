//! Tables for finance, streamed: a file of any length takes the memory of one page.

use actix_web::web::{self, Bytes, Data};
use actix_web::{HttpRequest, HttpResponse};
use futures_util::stream;
use serde::Deserialize;
use utoipa::IntoParams;

use crate::app::SellerApp;
use crate::exports::Kind;
use crate::exports::format::Format;
use crate::exports::period::Period;
use crate::store::exports::{self, After};

use super::access::who;
use super::problem::Problem;

#[derive(Debug, Deserialize, IntoParams)]
pub struct ExportQuery {
    /// A day of the desk (`2026-11-01`) or a moment (`2026-11-01T00:00:00Z`), included.
    pub from: String,
    /// As `from`, included; now when absent.
    #[serde(default)]
    pub to: String,
    /// `csv` (also when absent) or `ndjson`.
    #[serde(default)]
    pub format: String,
}

/// A table of a span of time, oldest first: `orders`, `order-lines`, `returns`, `return-costs`, `stock-movements`. The
/// names of the columns stay; new columns come at the end. Money is text with its decimals, times are RFC 3339. When reading fails
/// half-way the connection breaks: a file that arrived whole is whole.
#[utoipa::path(get, path = "/api/exports/{kind}", tag = "exports", params(("kind" = String, Path), ExportQuery),
    responses((status = 200, body = String, content_type = "text/csv"), (status = 400, body = Problem),
        (status = 403, body = Problem), (status = 404, body = Problem)))]
pub async fn export(
    app: Data<SellerApp>,
    request: HttpRequest,
    kind: web::Path<String>,
    query: web::Query<ExportQuery>,
) -> Result<HttpResponse, Problem> {
    who(&app, &request).await?.brand_only()?;
    file(app, &kind, &query)
}

/// The answer with the file; for the page too.
pub(crate) fn file(app: Data<SellerApp>, kind: &str, query: &ExportQuery) -> Result<HttpResponse, Problem> {
    let known = || Kind::ALL.map(Kind::as_str).join(", ");
    let kind = Kind::parse(kind)
        .ok_or_else(|| Problem::not_found(format!("there is no table `{kind}`; there are {}", known())))?;
    let format = match query.format.as_str() {
        "" => Format::Csv,
        text => Format::parse(text)
            .ok_or_else(|| Problem::bad_request(format!("format: `{text}` is none; write csv or ndjson")))?,
    };
    let period = Period::parse(&query.from, &query.to, app.now(), app.config.desk_utc_offset_min)
        .map_err(|error| Problem::bad_request(error.to_string()))?;
    let name = format!("attachment; filename=\"{}.{}\"", kind.as_str(), format.extension());
    let reader = Reader { app, kind, format, period, next: Next::Head };
    let chunks = stream::unfold(reader, |mut reader| async move {
        let chunk = reader.chunk().await?;
        Some((chunk, reader))
    });
    Ok(HttpResponse::Ok()
        .content_type(format.content_type())
        .insert_header(("content-disposition", name))
        .streaming(chunks))
}

struct Reader {
    app: Data<SellerApp>,
    kind: Kind,
    format: Format,
    period: Period,
    next: Next,
}

enum Next {
    Head,
    Rows(After),
    End,
}

impl Reader {
    async fn chunk(&mut self) -> Option<Result<Bytes, actix_web::Error>> {
        match std::mem::replace(&mut self.next, Next::End) {
            Next::Head => {
                self.next = Next::Rows(After::beginning(self.period));
                Some(Ok(self.format.head(self.kind).into()))
            }
            Next::Rows(after) => Some(self.rows(&after).await),
            Next::End => None,
        }
    }

    async fn rows(&mut self, after: &After) -> Result<Bytes, actix_web::Error> {
        let (rows, next) = exports::page(&self.app.node.db, self.kind, self.period, after).await.map_err(|error| {
            tracing::error!(%error, table = self.kind.as_str(), "an export was cut off");
            actix_web::error::ErrorInternalServerError("the database failed")
        })?;
        self.next = next.map_or(Next::End, Next::Rows);
        Ok(rows.into_iter().flat_map(|row| self.format.row(self.kind, row)).collect::<Vec<u8>>().into())
    }
}
