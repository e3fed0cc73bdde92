//! The partner's shelf: how many are there, how old that number is, and a new count.

use std::collections::BTreeMap;

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use node::pages;
use serde::Deserialize;

use crate::api::problem::Problem;
use crate::app::SellerApp;
use crate::people::Permission;
use crate::store::items;
use crate::store::shelf::ShelfKey;
use crate::store::stock::{self, StockRow};

use super::{Frame, PortalError, Visit};

const SHOWN: usize = 60;
const UNITS_MAX: i64 = 1_000_000;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Search {
    find: String,
}

#[derive(Template)]
#[template(path = "portal/stock.html")]
struct StockPage<'a> {
    frame: Frame<'a>,
    find: &'a str,
    rows: Vec<RowView>,
}

struct RowView {
    sku: String,
    name: String,
    on_hand: i64,
    to_sell: String,
    sold: Option<String>,
    age: String,
    old: bool,
}

pub(super) async fn show(
    app: web::Data<SellerApp>,
    request: HttpRequest,
    search: web::Query<Search>,
) -> Result<HttpResponse, PortalError> {
    let visit = Visit::of(&app, &request).await?;
    let t = visit.t;
    let names: BTreeMap<String, String> =
        items::all(&app.node.db).await?.into_iter().map(|item| (item.sku, item.name)).collect();
    let now_ms = app.now().as_millisecond();
    let fresh_ms = i64::from(app.config.stock_fresh_hours) * 3_600_000;
    let wanted = search.find.trim().to_lowercase();
    let view = |row: StockRow| RowView {
        name: names.get(&row.sku).cloned().unwrap_or_default(),
        on_hand: row.on_hand,
        to_sell: t.with("stock-to-sell", "count", &t.number(row.available())),
        sold: (row.committed > 0).then(|| t.with("stock-sold", "count", &t.number(row.committed))),
        age: t.with("stock-age", "time", &t.lasts(now_ms - row.counted_at_ms)),
        old: now_ms - row.counted_at_ms > fresh_ms,
        sku: row.sku,
    };
    let mut rows: Vec<RowView> =
        stock::of_partner(&app.node.db, &visit.partner_id, now_ms).await?.into_iter().map(view).collect();
    rows.retain(|row| row.name.to_lowercase().contains(&wanted) || row.sku.to_lowercase().contains(&wanted));
    // What was not counted for long comes first.
    rows.sort_by(|a, b| (!a.old, &a.name).cmp(&(!b.old, &b.name)));
    rows.truncate(SHOWN);
    Ok(pages::render(&StockPage { frame: Frame::of(&app, &visit.name, t, "stock"), find: &search.find, rows }))
}

#[derive(Debug, Deserialize)]
pub(super) struct CountForm {
    sku: String,
    on_hand: i64,
    /// One more or one less, for browsers without script.
    #[serde(default)]
    change: i64,
    #[serde(default)]
    find: String,
}

/// What was counted; units that are held or sold stay so.
pub(super) async fn count(
    app: web::Data<SellerApp>,
    request: HttpRequest,
    form: web::Form<CountForm>,
) -> Result<HttpResponse, PortalError> {
    let visit = Visit::of(&app, &request).await?;
    visit.who.may(Permission::SetStock)?;
    let key = ShelfKey::new(&visit.partner_id, &form.sku);
    if stock::one(&app.node.db, &key, app.now().as_millisecond()).await?.is_none() {
        return Err(Problem::not_found("there is no such shelf").into());
    }
    let on_hand = form.on_hand.saturating_add(form.change).max(0);
    if on_hand > UNITS_MAX {
        return Err(Problem::bad_request(format!("units must be 0 to {UNITS_MAX}")).into());
    }
    let mut tx = app.node.db.begin().await?;
    stock::count(&mut tx, &key, on_hand, None, visit.who.actor(), &app.stamp()).await.map_err(Problem::from)?;
    tx.commit().await?;
    let (find, sku) = (pages::url_encode(&form.find), pages::url_encode(&form.sku));
    Ok(pages::see_other(&format!("/portal/stock?find={find}#{sku}")))
}
