//! Stock: read, count, correct, and the ledger behind it.

use actix_web::{HttpRequest, HttpResponse, web};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::app::SellerApp;
use crate::inventory::ledger::NO_CAP;
use crate::inventory::{Channel, Lot};
use crate::stock_room::{self, Shelf};
use crate::store::partners;
use crate::store::shelf::ShelfKey;
use crate::store::stock::{self, MovementRow, StockRow};

use super::access::{Who, who};
use super::page::{self, PageQuery};
use super::problem::Problem;

/// The largest number of units that one call may set or move.
const UNITS_MAX: i64 = 100_000_000;
/// The longest name of a lot.
const LOT_MAX: usize = 40;
/// Lines of the ledger that one call shows.
const MOVEMENTS_MAX: i64 = 200;

/// A shelf with what can still be promised.
#[derive(Debug, Serialize, ToSchema)]
pub struct StockView {
    #[serde(flatten)]
    pub row: StockRow,
    /// Units that can still be promised to households.
    pub available: i64,
    /// The same to businesses.
    pub available_b2b: i64,
    /// Units kept back: `safety`, and more the older the number is and the more often it was wrong.
    pub kept_back: i64,
    pub lots: Vec<LotView>,
}

/// A named lot with anything in it.
#[derive(Debug, Serialize, ToSchema)]
pub struct LotView {
    pub lot: String,
    /// The first moment at which it may not be sold any more, Unix milliseconds.
    pub expires_ms: i64,
    pub on_hand: i64,
    /// Sold and not yet picked up.
    pub committed: i64,
}

impl From<Shelf> for StockView {
    fn from(shelf: Shelf) -> Self {
        let lot = |lot: &Lot| {
            let &Lot { expires_ms, on_hand, committed, .. } = lot;
            LotView { lot: lot.name.clone(), expires_ms, on_hand, committed }
        };
        Self {
            available: shelf.available(Channel::Network),
            available_b2b: shelf.available(Channel::B2b),
            kept_back: shelf.kept_back(),
            lots: shelf.lots.iter().map(lot).collect(),
            row: shelf.row,
        }
    }
}

#[derive(Debug, Deserialize, IntoParams)]
pub struct StockQuery {
    /// Only this partner's shelves.
    #[serde(default)]
    pub partner: String,
    /// 1 to 200; absent, and without a cursor: all.
    #[serde(default)]
    pub limit: Option<i64>,
    /// For the next page: take the address of the `Link` header.
    #[serde(default)]
    pub cursor: String,
}

/// Stock of all partners or of one.
#[utoipa::path(get, path = "/api/stock", tag = "stock", params(StockQuery),
    responses((status = 200, body = Vec<StockView>), (status = 401, body = Problem)))]
pub async fn list(
    app: web::Data<SellerApp>,
    request: HttpRequest,
    query: web::Query<StockQuery>,
) -> Result<HttpResponse, Problem> {
    let caller = who(&app, &request).await?;
    let rows = match caller.scope(&query.partner) {
        "" => stock_room::all(&app, app.now()).await?,
        partner_id => stock_room::of_partner(&app, partner_id, app.now()).await?,
    };
    let views = rows.into_iter().map(StockView::from).collect();
    let page = PageQuery { limit: query.limit, cursor: query.cursor.clone() };
    page::of_whole(&request, views, &page, |view: &StockView| format!("{}/{}", view.row.partner_id, view.row.sku))
}

#[derive(Debug, Deserialize, ToSchema)]
pub struct Count {
    /// Units counted on the shelf.
    pub on_hand: i64,
    /// Units never promised to the network; left as it is when absent.
    #[serde(default)]
    pub safety: Option<i64>,
}

/// Sets what was counted on a shelf. Units that are held or sold stay so.
#[utoipa::path(put, path = "/api/stock/{partner_id}/{sku}", tag = "stock", request_body = Count,
    params(("partner_id" = String, Path), ("sku" = String, Path)),
    responses((status = 200, body = StockView), (status = 400, body = Problem), (status = 404, body = Problem)))]
pub async fn set(
    app: web::Data<SellerApp>,
    request: HttpRequest,
    path: web::Path<(String, String)>,
    body: web::Json<Count>,
) -> Result<HttpResponse, Problem> {
    let caller = who(&app, &request).await?;
    let key = known_shelf(&app, &caller, path.into_inner()).await?;
    let in_range = |units: i64| (0..=UNITS_MAX).contains(&units);
    if !in_range(body.on_hand) || !body.safety.is_none_or(in_range) {
        return Err(Problem::bad_request(format!("units must be 0 to {UNITS_MAX}")));
    }
    let mut tx = app.node.db.begin().await?;
    stock::count(&mut tx, &key, body.on_hand, body.safety, caller.actor(), &app.stamp()).await?;
    tx.commit().await?;
    shelf(&app, &key).await
}

#[derive(Debug, Deserialize, ToSchema)]
pub struct Adjustment {
    /// Added (goods in) or, below zero, taken off (breakage, sold over the counter).
    pub units: i64,
    /// Why; kept in the ledger.
    pub reason: String,
    /// Of this lot; absent: whatever has no date first, then what runs out first.
    #[serde(default)]
    pub lot: Option<String>,
}

/// Adds units to a shelf or takes some off.
#[utoipa::path(post, path = "/api/stock/{partner_id}/{sku}/adjust", tag = "stock", request_body = Adjustment,
    params(("partner_id" = String, Path), ("sku" = String, Path)),
    responses((status = 200, body = StockView), (status = 400, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem)))]
pub async fn adjust(
    app: web::Data<SellerApp>,
    request: HttpRequest,
    path: web::Path<(String, String)>,
    body: web::Json<Adjustment>,
) -> Result<HttpResponse, Problem> {
    let caller = who(&app, &request).await?;
    let key = known_shelf(&app, &caller, path.into_inner()).await?;
    if !(-UNITS_MAX..=UNITS_MAX).contains(&body.units) || body.reason.trim().is_empty() {
        return Err(Problem::bad_request(format!("give a reason, and at most {UNITS_MAX} units")));
    }
    let mut tx = app.node.db.begin().await?;
    let reference = format!("{}: {}", caller.actor(), body.reason.trim());
    match &body.lot {
        Some(lot) => stock::adjust_lot(&mut tx, &key, (lot, body.units), &reference, &app.stamp()).await?,
        None => stock::adjust(&mut tx, &key, body.units, &reference, &app.stamp()).await?,
    };
    tx.commit().await?;
    shelf(&app, &key).await
}

#[derive(Debug, Deserialize, ToSchema)]
pub struct Receipt {
    /// What is printed on the goods, at most 40 characters.
    pub lot: String,
    /// The last day on which it may be sold, `YYYY-MM-DD`.
    pub expires_on: String,
    pub units: i64,
}

/// Goods in with a lot. Sold first is what expires first; what has too little life left for a channel is not offered there.
#[utoipa::path(post, path = "/api/stock/{partner_id}/{sku}/lots", tag = "stock", request_body = Receipt,
    params(("partner_id" = String, Path), ("sku" = String, Path)),
    responses((status = 200, body = StockView), (status = 400, body = Problem), (status = 404, body = Problem)))]
pub async fn receive(
    app: web::Data<SellerApp>,
    request: HttpRequest,
    path: web::Path<(String, String)>,
    body: web::Json<Receipt>,
) -> Result<HttpResponse, Problem> {
    let caller = who(&app, &request).await?;
    let key = known_shelf(&app, &caller, path.into_inner()).await?;
    let lot = body.lot.trim();
    if lot.is_empty() || lot.chars().count() > LOT_MAX || !(0..=UNITS_MAX).contains(&body.units) {
        return Err(Problem::bad_request(format!(
            "give a lot of 1 to {LOT_MAX} characters, and 0 to {UNITS_MAX} units"
        )));
    }
    let expires_ms = last_moment_ms(&app, &body.expires_on)
        .ok_or_else(|| Problem::bad_request("expires_on must be a day such as 2027-03-31"))?;
    let mut tx = app.node.db.begin().await?;
    stock::receive(&mut tx, &key, (lot, expires_ms, body.units), caller.actor(), &app.stamp()).await?;
    tx.commit().await?;
    shelf(&app, &key).await
}

/// When the day is over at the desk's place, Unix milliseconds.
pub fn last_moment_ms(app: &SellerApp, day: &str) -> Option<i64> {
    let day: jiff::civil::Date = day.trim().parse().ok()?;
    let over = day.tomorrow().ok()?.to_zoned(jiff::tz::TimeZone::UTC).ok()?.timestamp().as_millisecond();
    Some(over - i64::from(app.config.desk_utc_offset_min) * 60_000)
}

#[derive(Debug, Deserialize, ToSchema)]
pub struct Quota {
    /// Of what is on the shelf only B2B may take so many; left as it is when absent.
    #[serde(default)]
    pub reserve_b2b: Option<i64>,
    /// Of what is on the shelf the network may take at most so many, -1 = all; left as it is when absent.
    #[serde(default)]
    pub cap_network: Option<i64>,
}

/// Sets the channels' quotas of a shelf. They go down as the goods of that channel leave the store. For the brand only.
#[utoipa::path(put, path = "/api/stock/{partner_id}/{sku}/quota", tag = "stock", request_body = Quota,
    params(("partner_id" = String, Path), ("sku" = String, Path)),
    responses((status = 200, body = StockView), (status = 400, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub async fn quota(
    app: web::Data<SellerApp>,
    request: HttpRequest,
    path: web::Path<(String, String)>,
    body: web::Json<Quota>,
) -> Result<HttpResponse, Problem> {
    let caller = who(&app, &request).await?;
    caller.brand_only()?;
    let key = known_shelf(&app, &caller, path.into_inner()).await?;
    let fits = |units: Option<i64>, least: i64| units.is_none_or(|units| (least..=UNITS_MAX).contains(&units));
    if !fits(body.reserve_b2b, 0) || !fits(body.cap_network, NO_CAP) {
        return Err(Problem::bad_request(format!("units must be 0 to {UNITS_MAX}; -1 is no cap")));
    }
    let mut tx = app.node.db.begin().await?;
    let quotas = (body.reserve_b2b, body.cap_network);
    stock::set_quota(&mut tx, &key, quotas, caller.actor(), &app.stamp()).await?;
    tx.commit().await?;
    shelf(&app, &key).await
}

/// The ledger of a shelf, newest first.
#[utoipa::path(get, path = "/api/stock/{partner_id}/{sku}/movements", tag = "stock",
    params(("partner_id" = String, Path), ("sku" = String, Path)),
    responses((status = 200, body = Vec<MovementRow>), (status = 404, body = Problem)))]
pub async fn movements(
    app: web::Data<SellerApp>,
    request: HttpRequest,
    path: web::Path<(String, String)>,
) -> Result<HttpResponse, Problem> {
    let caller = who(&app, &request).await?;
    let key = known_shelf(&app, &caller, path.into_inner()).await?;
    Ok(HttpResponse::Ok().json(stock::movements(&app.node.db, &key, MOVEMENTS_MAX).await?))
}

async fn known_shelf(app: &SellerApp, caller: &Who, path: (String, String)) -> Result<ShelfKey, Problem> {
    let (partner_id, sku) = path;
    caller.may_see(&partner_id)?;
    if partners::one(&app.node.db, &partner_id).await?.is_none() {
        return Err(Problem::not_found(format!("there is no partner `{partner_id}`")));
    }
    if crate::store::items::one(&app.node.db, &sku).await?.is_none() {
        return Err(Problem::not_found(format!("there is no item `{sku}`")));
    }
    Ok(ShelfKey { partner_id, sku })
}

async fn shelf(app: &SellerApp, key: &ShelfKey) -> Result<HttpResponse, Problem> {
    let row = stock_room::one(app, key, app.now()).await?;
    let row = row.ok_or_else(|| Problem::not_found("there is no such shelf"))?;
    Ok(HttpResponse::Ok().json(StockView::from(row)))
}
