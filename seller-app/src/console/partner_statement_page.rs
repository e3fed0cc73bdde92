//! A partner's month in money, and the same as a file.

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use node::pages;
use serde::Deserialize;

use crate::api::imports;
use crate::api::problem::Problem;
use crate::app::SellerApp;
use crate::partner_work::life;
use crate::partner_work::money::{self, Month};
use crate::partners::statement::{self, Statement};

use super::moment::{Moment, moment_ms};
use super::{Frame, PageError, staff};

#[derive(Template)]
#[template(path = "console/partner_statement.html")]
struct StatementPage<'a> {
    frame: Frame<'a>,
    id: &'a str,
    name: String,
    month: Month,
    statement: Statement,
    totals: Vec<(&'static str, String)>,
    lines: Vec<LineView>,
}

struct LineView {
    at: Moment,
    order_id: String,
    title: &'static str,
    amount: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    month: String,
    format: String,
}

pub(super) async fn show(
    app: web::Data<SellerApp>,
    request: HttpRequest,
    id: web::Path<String>,
    asked: web::Query<Asked>,
) -> Result<HttpResponse, PageError> {
    staff(&app, &request).await?;
    let month = Month::parse(&app, &asked.month).map_err(Problem::from)?;
    let record = life::known(&app, &id).await.map_err(Problem::from)?;
    let made = money::of_month(&app, &id, &month).await.map_err(Problem::from)?;
    if asked.format == "csv" {
        return Ok(imports::csv(&format!("statement-{id}-{}.csv", month.name), statement::csv(&made)));
    }
    let offset = app.config.desk_utc_offset_min;
    let line = |line: &statement::StatementLine| LineView {
        at: moment_ms(line.at_ms, offset),
        order_id: line.order_id.clone(),
        title: line.entry.title(),
        amount: line.amount.wire(),
    };
    let page = StatementPage {
        frame: Frame::of(&app, "partners"),
        id: &id,
        name: record.partner.name,
        totals: made.totals.iter().map(|(entry, amount)| (entry.title(), amount.wire())).collect(),
        lines: made.lines.iter().map(line).collect(),
        statement: made,
        month,
    };
    Ok(pages::render(&page))
}
