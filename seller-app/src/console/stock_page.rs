//! Stock of one partner: what can still be promised, and a count at each shelf.

use std::collections::BTreeMap;

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use node::pages;
use serde::Deserialize;

use crate::api::problem::Problem;
use crate::app::SellerApp;
use crate::inventory::Channel;
use crate::stock_room;
use crate::store::shelf::ShelfKey;
use crate::store::stock::{self, StockRow};
use crate::store::{items, partners};

use super::moment::age;
use super::{Frame, PageError, staff};

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Query {
    partner: String,
}

#[derive(Template)]
#[template(path = "console/stock.html")]
struct StockPage<'a> {
    frame: Frame<'a>,
    /// Id, name and whether it is the one shown.
    partners: Vec<(String, String, bool)>,
    partner_id: String,
    rows: Vec<RowView>,
}

struct RowView {
    row: StockRow,
    name: String,
    available: i64,
    counted: String,
}

pub(super) async fn show(
    app: web::Data<SellerApp>,
    request: HttpRequest,
    query: web::Query<Query>,
) -> Result<HttpResponse, PageError> {
    staff(&app, &request)?;
    let all = partners::all(&app.node.db).await?;
    let known = all.iter().find(|record| record.partner.id == query.partner).or(all.first());
    let partner_id = known.map(|record| record.partner.id.clone()).unwrap_or_default();
    let names: BTreeMap<String, String> =
        items::all(&app.node.db).await?.into_iter().map(|item| (item.sku, item.name)).collect();
    let now_ms = app.now().as_millisecond();
    let rows = stock_room::of_partner(&app, &partner_id, app.now()).await?.into_iter().map(|shelf| RowView {
        name: names.get(&shelf.row.sku).cloned().unwrap_or_default(),
        available: shelf.available(Channel::Network),
        counted: age(now_ms, shelf.row.counted_at_ms),
        row: shelf.row,
    });
    let page = StockPage {
        frame: Frame::of(&app, "stock"),
        rows: rows.collect(),
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
    staff(&app, &request)?;
    let key = ShelfKey::new(&form.partner_id, &form.sku);
    if stock::one(&app.node.db, &key, app.now().as_millisecond()).await?.is_none() {
        return Err(Problem::not_found("there is no such shelf").into());
    }
    let mut tx = app.node.db.begin().await?;
    let (on_hand, safety) = (i64::from(form.on_hand), i64::from(form.safety));
    stock::count(&mut tx, &key, on_hand, Some(safety), "brand", &app.stamp()).await.map_err(Problem::from)?;
    tx.commit().await?;
    let partner = pages::url_encode(&form.partner_id);
    Ok(pages::see_other(&format!("/console/stock?partner={partner}#{}", pages::url_encode(&form.sku))))
}
