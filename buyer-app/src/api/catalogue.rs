//! `GET /api/catalogue`: the kept catalogue, searchable in milliseconds.

use actix_web::{HttpRequest, HttpResponse, get, web};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::call::authorised;
use super::problem::Problem;
use super::view::{ItemView, item_view};
use crate::buyer::Buyer;
use crate::catalogue::geo::Point;
use crate::catalogue::serviceability::Destination;
use crate::money::Money;
use crate::store::shelf::{ShelfQuery, browse, categories};

pub fn mount(app: &mut web::ServiceConfig) {
    app.service(catalogue_page);
}

/// What to look for; everything is optional.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub struct CatalogueQuery {
    /// Words of the name, the description or the category; at most four are used.
    pub q: String,
    /// `std:080`.
    pub city: String,
    /// Only what is delivered to this postal code.
    pub area_code: String,
    /// `lat,lng`; the known position of the postal code when absent.
    pub gps: String,
    pub domain: String,
    pub category: String,
    pub bpp_id: String,
    pub provider_id: String,
    /// Highest price.
    pub price_max: String,
    /// `true`: only what can be bought now.
    pub available: bool,
    /// From the answer's `next`.
    pub offset: u32,
    /// At most `page_max` of the settings; 24 when absent.
    pub limit: Option<u32>,
}

/// One page of the catalogue.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CatalogueView {
    pub items: Vec<ItemView>,
    /// Offset of the next page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<u32>,
    /// Categories of the city with the number of items that can be bought.
    pub categories: Vec<CategoryView>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CategoryView {
    pub name: String,
    pub items: i64,
}

/// Items for sale.
#[utoipa::path(tag = "records", context_path = "/api", params(CatalogueQuery),
    responses((status = 200, body = CatalogueView), (status = 422, body = Problem), (status = 401, body = Problem)))]
#[get("/catalogue")]
pub async fn catalogue_page(
    request: HttpRequest,
    buyer: web::Data<Buyer>,
    query: web::Query<CatalogueQuery>,
) -> Result<HttpResponse, Problem> {
    authorised(&request, &buyer)?;
    let shelf = shelf_query(&buyer, &query)?;
    let page = browse(&buyer.node.db, &shelf).await?;
    let categories = categories(&buyer.node.db, &shelf.domain, &shelf.city).await?;
    Ok(HttpResponse::Ok().json(CatalogueView {
        items: page.items.into_iter().map(item_view).collect(),
        next: page.next,
        categories: categories.into_iter().map(|(name, items)| CategoryView { name, items }).collect(),
    }))
}

fn shelf_query(buyer: &Buyer, query: &CatalogueQuery) -> Result<ShelfQuery, Problem> {
    let price = match query.price_max.as_str() {
        "" => None,
        text => Some(Money::parse(text).map_err(|e| Problem::unreadable("price_max", e.to_string()))?.hundredths()),
    };
    let asked = !query.area_code.is_empty() || !query.gps.is_empty();
    Ok(ShelfQuery {
        domain: query.domain.clone(),
        city: query.city.clone(),
        words: query.q.clone(),
        category: query.category.clone(),
        bpp_id: query.bpp_id.clone(),
        provider_id: query.provider_id.clone(),
        price_hundredths_max: price,
        available_only: query.available,
        destination: asked.then(|| destination(buyer, &query.area_code, &query.gps)),
        offset: query.offset,
        limit: query.limit.unwrap_or(24).clamp(1, buyer.config.page_max),
    })
}

/// Where the shopper is, from a postal code and perhaps a position.
pub fn destination(buyer: &Buyer, area_code: &str, gps: &str) -> Destination {
    let known = buyer.config.place(area_code).map(|place| place.gps);
    let gps = if gps.is_empty() { known.unwrap_or_default() } else { gps.to_owned() };
    Destination {
        area_code: area_code.trim().parse().ok(),
        point: Point::parse(&gps),
        country: buyer.node.specs.network().country.clone(),
    }
}
