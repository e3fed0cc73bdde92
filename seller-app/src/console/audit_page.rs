//! Who did what, by person, by target, by day.

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use node::pages;

use crate::api::audit::{AuditQuery, filter};
use crate::app::SellerApp;
use crate::store::audit::{self, AuditRow};

use super::moment::{Moment, moment_ms};
use super::{Frame, PageError, staff};

const SHOWN: i64 = 100;

#[derive(Template)]
#[template(path = "console/audit.html")]
struct AuditPage<'a> {
    frame: Frame<'a>,
    query: &'a AuditQuery,
    rows: Vec<Line>,
    /// Addresses of the older page, empty on the last, and of the file.
    older: String,
    file: String,
}

struct Line {
    row: AuditRow,
    at: Moment,
    /// `done`, `refused`, `not done`, `cut off`.
    outcome: &'static str,
    bad: bool,
}

fn outcome(status: i64) -> &'static str {
    match status {
        0 => "cut off",
        ..=399 => "done",
        401 | 403 => "refused",
        _ => "not done",
    }
}

pub(super) async fn show(
    app: web::Data<SellerApp>,
    request: HttpRequest,
    query: web::Query<AuditQuery>,
) -> Result<HttpResponse, PageError> {
    staff(&app, &request).await?;
    let mut rows = audit::page(&app.node.db, &filter(&app, &query, SHOWN + 1)?).await?;
    let more = i64::try_from(rows.len()).unwrap_or(i64::MAX) > SHOWN;
    rows.truncate(usize::try_from(SHOWN).unwrap_or_default());
    let next = rows.last().filter(|_| more).map(|row| row.id.clone());
    let offset = app.config.desk_utc_offset_min;
    let line = |row: AuditRow| Line {
        at: moment_ms(row.at_ms, offset),
        outcome: outcome(row.status),
        bad: !(1..400).contains(&row.status),
        row,
    };
    let page = AuditPage {
        frame: Frame::of(&app, "audit"),
        query: &query,
        rows: rows.into_iter().map(line).collect(),
        older: next.map(|id| address("/console/audit", &query, &id)).unwrap_or_default(),
        file: address("/api/audit/csv", &query, ""),
    };
    Ok(pages::render(&page))
}

fn address(path: &str, query: &AuditQuery, cursor: &str) -> String {
    let refused = if query.refused { "true" } else { "" };
    let pairs = [
        ("actor", query.actor.as_str()),
        ("target", &query.target),
        ("from", &query.from),
        ("to", &query.to),
        ("refused", refused),
        ("cursor", cursor),
    ];
    let given = pairs.iter().filter(|(_, value)| !value.is_empty());
    let text: Vec<String> = given.map(|(name, value)| format!("{name}={}", pages::url_encode(value))).collect();
    if text.is_empty() { path.to_owned() } else { format!("{path}?{}", text.join("&")) }
}
