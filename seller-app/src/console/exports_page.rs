//! Files for finance.

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use jiff::tz::Offset;
use node::pages;
use serde::Deserialize;

use crate::api::exports::{ExportQuery, file};
use crate::app::SellerApp;
use crate::exports::Kind;

use super::{Frame, PageError, staff};

#[derive(Template)]
#[template(path = "console/exports.html")]
struct ExportsPage<'a> {
    frame: Frame<'a>,
    kinds: [Kind; 5],
    /// First day of this month, and today, at the desk.
    from: String,
    to: String,
}

pub(super) async fn show(app: web::Data<SellerApp>, request: HttpRequest) -> Result<HttpResponse, PageError> {
    staff(&app, &request).await?;
    let offset = Offset::from_seconds(i32::from(app.config.desk_utc_offset_min) * 60).unwrap_or(Offset::UTC);
    let today = offset.to_datetime(app.now()).date();
    let view = ExportsPage {
        frame: Frame::of(&app, "exports"),
        kinds: Kind::ALL,
        from: today.first_of_month().to_string(),
        to: today.to_string(),
    };
    Ok(pages::render(&view))
}

#[derive(Debug, Deserialize)]
pub(super) struct Wanted {
    kind: String,
    from: String,
    #[serde(default)]
    to: String,
    #[serde(default)]
    format: String,
}

pub(super) async fn download(
    app: web::Data<SellerApp>,
    request: HttpRequest,
    wanted: web::Query<Wanted>,
) -> Result<HttpResponse, PageError> {
    staff(&app, &request).await?;
    let Wanted { kind, from, to, format } = wanted.into_inner();
    Ok(file(app, &kind, &ExportQuery { from, to, format })?)
}
