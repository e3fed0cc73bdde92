//! Who did what.

use actix_web::{HttpRequest, HttpResponse, web};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::Deserialize;
use utoipa::IntoParams;

use crate::app::SellerApp;
use crate::exports::format::plain;
use crate::store::audit::{self, AuditRow, Filter};

use super::access::who;
use super::page::{self, Page};
use super::problem::Problem;

/// Rows of one file at most; a day is chosen with `from` and `to`.
const FILE_ROWS_MAX: i64 = 50_000;

#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
pub struct AuditQuery {
    /// A login, `token:NAME`, a partner's id, `brand` or `system`.
    pub actor: String,
    /// What it was done to: an order with its step (`O1/pack`), a shelf (`PARTNER/SKU`), a login.
    pub target: String,
    /// First day, `YYYY-MM-DD`, in the desk's time.
    pub from: String,
    /// Last day, `YYYY-MM-DD`.
    pub to: String,
    /// Only what was refused or failed.
    pub refused: bool,
    /// 1 to 200; 50 when absent.
    pub limit: Option<i64>,
    /// `next` of the page before.
    pub cursor: String,
}

/// The filter of a query, up to its limit.
pub(crate) fn filter<'a>(app: &SellerApp, query: &'a AuditQuery, limit: i64) -> Result<Filter<'a>, Problem> {
    let start = |name: &str, day: &str, more: bool| -> Result<i64, Problem> {
        let bad = || Problem::bad_request(format!("{name}: `{day}` is no day such as 2027-03-31"));
        let day: Date = day.trim().parse().map_err(|_| bad())?;
        let day = if more { day.tomorrow().map_err(|_| bad())? } else { day };
        let at = day.to_zoned(TimeZone::UTC).map_err(|_| bad())?.timestamp().as_millisecond();
        Ok(at - i64::from(app.config.desk_utc_offset_min) * 60_000)
    };
    Ok(Filter {
        actor: query.actor.trim(),
        target: query.target.trim(),
        from_ms: if query.from.is_empty() { 0 } else { start("from", &query.from, false)? },
        until_ms: if query.to.is_empty() { i64::MAX } else { start("to", &query.to, true)? },
        refused: query.refused,
        before: &query.cursor,
        limit,
    })
}

/// Every act at a door of API, console and portal, the newest first, with the ones that were refused.
#[utoipa::path(get, path = "/api/audit", tag = "people", params(AuditQuery),
    responses((status = 200, body = Page<AuditRow>), (status = 400, body = Problem), (status = 403, body = Problem)))]
pub async fn list(
    app: web::Data<SellerApp>,
    request: HttpRequest,
    query: web::Query<AuditQuery>,
) -> Result<HttpResponse, Problem> {
    who(&app, &request).await?;
    let limit = page::PageQuery { limit: query.limit, cursor: String::new() }.limit()?;
    let rows = audit::page(&app.node.db, &filter(&app, &query, limit + 1)?).await?;
    Ok(page::answer(&request, rows, limit, |row: &AuditRow| row.id.clone()))
}

/// The same as a file, at most 50,000 rows.
#[utoipa::path(get, path = "/api/audit/csv", tag = "people", params(AuditQuery),
    responses((status = 200, content_type = "text/csv"), (status = 403, body = Problem)))]
pub async fn csv(
    app: web::Data<SellerApp>,
    request: HttpRequest,
    query: web::Query<AuditQuery>,
) -> Result<HttpResponse, Problem> {
    who(&app, &request).await?;
    let rows = audit::page(&app.node.db, &filter(&app, &query, FILE_ROWS_MAX)?).await?;
    let file = table(&rows).map_err(|error| Problem::bad_request(error.to_string()))?;
    Ok(HttpResponse::Ok()
        .content_type("text/csv; charset=utf-8")
        .insert_header(("content-disposition", "attachment; filename=\"audit.csv\""))
        .body(file))
}

fn table(rows: &[AuditRow]) -> Result<Vec<u8>, csv::Error> {
    let mut file = csv::Writer::from_writer(Vec::new());
    file.write_record([
        "when",
        "kind",
        "actor",
        "role",
        "partner_id",
        "method",
        "door",
        "target",
        "address",
        "status",
        "summary",
    ])?;
    for row in rows {
        let when = jiff::Timestamp::from_millisecond(row.at_ms).unwrap_or_default().to_string();
        let status = row.status.to_string();
        let texts = [
            &when,
            &row.kind,
            &row.actor,
            &row.role,
            &row.partner_id,
            &row.method,
            &row.door,
            &row.target,
            &row.address,
            &status,
            &row.summary,
        ];
        file.write_record(texts.map(|text| plain(text)))?;
    }
    file.into_inner().map_err(|error| error.into_error().into())
}
