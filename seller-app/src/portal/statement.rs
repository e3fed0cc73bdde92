//! The partner's month in money, and the same as a file.

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use jiff::{SignedDuration, Timestamp};
use node::pages;
use serde::Deserialize;

use crate::api::imports;
use crate::app::SellerApp;
use crate::partner_work::money::{self, Month};
use crate::partners::statement;
use crate::people::Permission;

use super::{Frame, PortalError, Visit, words};

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    /// `2026-11`; empty = this month.
    month: String,
    format: String,
}

#[derive(Template)]
#[template(path = "portal/statement.html")]
struct StatementPage<'a> {
    frame: Frame<'a>,
    month: String,
    before: String,
    after: Option<String>,
    orders: String,
    payout: String,
    owed: bool,
    totals: Vec<(String, String)>,
    lines: Vec<LineView>,
}

struct LineView {
    at: String,
    order_id: String,
    title: String,
    amount: String,
}

pub(super) async fn show(
    app: web::Data<SellerApp>,
    request: HttpRequest,
    asked: web::Query<Asked>,
) -> Result<HttpResponse, PortalError> {
    let visit = Visit::of(&app, &request).await?;
    visit.who.may(Permission::SeeMoney)?;
    let (t, now) = (visit.t, app.now());
    let now_name = at(&app, now);
    let name = if asked.month.is_empty() { now_name.as_str() } else { asked.month.as_str() };
    let month = Month::parse(&app, name)?;
    let made = money::of_month(&app, &visit.partner_id, &month).await?;
    if asked.format == "csv" {
        return Ok(imports::csv(&format!("statement-{}.csv", month.name), statement::csv(&made)));
    }
    let offset = app.config.desk_utc_offset_min;
    let amount = |amount| t.money(amount, app.currency());
    let at_ms = |ms: i64| t.moment(Timestamp::from_millisecond(ms).unwrap_or_default(), offset);
    let day = SignedDuration::from_hours(24);
    let page = StatementPage {
        frame: Frame::of(&app, &visit.name, t, "statement"),
        before: at(&app, month.from.checked_sub(day).unwrap_or(month.from)),
        after: (month.to <= now).then(|| at(&app, month.to)),
        orders: t.count("numbers-orders", made.orders),
        payout: amount(made.payout),
        owed: made.payout.is_negative(),
        totals: made.totals.iter().map(|(entry, sum)| (t.say(&words::entry(*entry)), amount(*sum))).collect(),
        lines: made
            .lines
            .iter()
            .map(|line| LineView {
                at: at_ms(line.at_ms),
                order_id: line.order_id.clone(),
                title: t.say(&words::entry(line.entry)),
                amount: amount(line.amount),
            })
            .collect(),
        month: month.name,
    };
    Ok(pages::render(&page))
}

/// Name of the month that a moment lies in.
fn at(app: &SellerApp, moment: Timestamp) -> String {
    Month::at(app, moment).map(|month| month.name).unwrap_or_default()
}
