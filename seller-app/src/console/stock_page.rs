//! Stock of one partner: what can still be promised, and a count at each shelf.

use std::collections::BTreeMap;

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use node::pages;
use serde::Deserialize;

use crate::api::problem::Problem;
use crate::app::SellerApp;
use crate::inventory::lots::DAY_MS;
use crate::inventory::{Channel, Lot};
use crate::stock_room::{self, Shelf};
use crate::store::shelf::ShelfKey;
use crate::store::stock::{self, StockRow};
use crate::store::{items, partners};

use super::moment::age;
use super::{Frame, PageError, staff};

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Query {
    partner: String,
    /// Counts from 1.
    page: usize,
}

/// Rows of a page.
const PAGE: usize = 100;
/// Sales of so many days say how long the goods last.
const COVER_DAYS: i64 = 28;
/// A lot is shown when so many days from now it lasts too short a time for households.
const WARN_DAYS: i64 = 14;

#[derive(Template)]
#[template(path = "console/stock.html")]
struct StockPage<'a> {
    frame: Frame<'a>,
    /// Id, name and whether it is the one shown.
    partners: Vec<(String, String, bool)>,
    partner_id: String,
    rows: Vec<RowView>,
    page: usize,
    pages: usize,
    newer: usize,
    older: usize,
}

struct RowView {
    row: StockRow,
    name: String,
    available: i64,
    available_b2b: i64,
    /// Kept back beyond what was set.
    distrust: i64,
    counted: String,
    stale: bool,
    cover: String,
    lots: Vec<LotView>,
}

struct LotView {
    name: String,
    units: i64,
    /// `3 d` left, or `over`.
    left: String,
    /// Households do not get it any more.
    lost: bool,
}

/// Lots that are not for households any more, or soon will not be.
fn soon_over(shelf: &Shelf, now_ms: i64) -> Vec<LotView> {
    let days = shelf.min_life_days(Channel::Network);
    let near = |lot: &&Lot| lot.on_hand > 0 && !lot.lasts(now_ms + WARN_DAYS * DAY_MS, days);
    let view = |lot: &Lot| {
        let left = (lot.expires_ms - now_ms) / DAY_MS;
        LotView {
            name: lot.name.clone(),
            units: lot.on_hand,
            left: if lot.expires_ms <= now_ms { "over".to_owned() } else { format!("{left} d") },
            lost: !lot.lasts(now_ms, days),
        }
    };
    shelf.lots.iter().filter(near).map(view).collect()
}

pub(super) async fn show(
    app: web::Data<SellerApp>,
    request: HttpRequest,
    query: web::Query<Query>,
) -> Result<HttpResponse, PageError> {
    staff(&app, &request).await?;
    let all = partners::all(&app.node.db).await?;
    let known = all.iter().find(|record| record.partner.id == query.partner).or(all.first());
    let partner_id = known.map(|record| record.partner.id.clone()).unwrap_or_default();
    let names: BTreeMap<String, String> =
        items::all(&app.node.db).await?.into_iter().map(|item| (item.sku, item.name)).collect();
    let now_ms = app.now().as_millisecond();
    let sold = stock::sold_since(&app.node.db, &partner_id, now_ms - COVER_DAYS * DAY_MS).await?;
    let stale_ms = i64::from(app.config.stock_fresh_hours) * 3_600_000;
    let shelves = stock_room::of_partner(&app, &partner_id, app.now()).await?;
    let pages = shelves.len().div_ceil(PAGE).max(1);
    let page = query.page.clamp(1, pages);
    let rows = shelves.into_iter().skip((page - 1) * PAGE).take(PAGE).map(|shelf| RowView {
        name: names.get(&shelf.row.sku).cloned().unwrap_or_default(),
        available: shelf.available(Channel::Network),
        available_b2b: shelf.available(Channel::B2b),
        distrust: shelf.kept_back() - shelf.row.safety,
        counted: age(now_ms, shelf.row.counted_at_ms),
        stale: now_ms - shelf.row.counted_at_ms > stale_ms,
        cover: shelf
            .cover_days(sold.get(&shelf.row.sku).copied().unwrap_or(0), COVER_DAYS)
            .map_or_else(|| "–".to_owned(), |days| format!("{days} d")),
        lots: soon_over(&shelf, now_ms),
        row: shelf.row,
    });
    let page = StockPage {
        frame: Frame::of(&app, "stock"),
        rows: rows.collect(),
        page,
        pages,
        newer: page - 1,
        older: if page < pages { page + 1 } else { 0 },
        partners: all
            .into_iter()
            .map(|record| (record.partner.id.clone(), record.partner.name, record.partner.id == partner_id))
            .collect(),
        partner_id,
    };
    Ok(pages::render(&page))
}

#[derive(Debug, Deserialize)]
pub(super) struct CountForm {
    partner_id: String,
    sku: String,
    on_hand: u32,
    safety: u32,
}

pub(super) async fn set(
    app: web::Data<SellerApp>,
    request: HttpRequest,
    form: web::Form<CountForm>,
) -> Result<HttpResponse, PageError> {
    let caller = staff(&app, &request).await?;
    let key = ShelfKey::new(&form.partner_id, &form.sku);
    if stock::one(&app.node.db, &key, app.now().as_millisecond()).await?.is_none() {
        return Err(Problem::not_found("there is no such shelf").into());
    }
    let mut tx = app.node.db.begin().await?;
    let (on_hand, safety) = (i64::from(form.on_hand), i64::from(form.safety));
    stock::count(&mut tx, &key, on_hand, Some(safety), caller.actor(), &app.stamp()).await.map_err(Problem::from)?;
    tx.commit().await?;
    let partner = pages::url_encode(&form.partner_id);
    Ok(pages::see_other(&format!("/console/stock?partner={partner}#{}", pages::url_encode(&form.sku))))
}
