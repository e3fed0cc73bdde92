//! Items and the categories they may have.

use actix_web::{HttpRequest, HttpResponse, web};
use serde::Serialize;
use utoipa::ToSchema;

use crate::app::SellerApp;
use crate::store::items;

use super::access::who;
use super::page::{self, PageQuery};
use super::problem::Problem;

/// An item as the API shows it.
#[derive(Debug, Serialize, ToSchema)]
pub struct ItemView {
    pub sku: String,
    pub name: String,
    pub category: String,
    /// The brand's price; a partner may have its own.
    pub price: String,
    /// Maximum retail price.
    pub mrp: String,
    /// `1:` and the EAN.
    pub code: String,
    pub returnable: bool,
    pub active: bool,
}

/// Everything the brand sells.
#[utoipa::path(get, path = "/api/items", tag = "items", params(PageQuery),
    responses((status = 200, body = Vec<ItemView>), (status = 401, body = Problem)))]
pub async fn list(
    app: web::Data<SellerApp>,
    request: HttpRequest,
    query: web::Query<PageQuery>,
) -> Result<HttpResponse, Problem> {
    who(&app, &request).await?;
    let all = items::all(&app.node.db).await?;
    let views: Vec<ItemView> = all
        .into_iter()
        .map(|item| ItemView {
            sku: item.sku,
            name: item.name,
            category: item.category,
            price: item.price.wire(),
            mrp: item.mrp.wire(),
            code: item.code,
            returnable: item.returnable,
            active: item.active,
        })
        .collect();
    page::of_whole(&request, views, &query, |row: &ItemView| row.sku.clone())
}

/// The categories that the network knows in our domains.
#[utoipa::path(get, path = "/api/categories", tag = "items",
    responses((status = 200, body = Vec<String>), (status = 401, body = Problem)))]
pub async fn categories(app: web::Data<SellerApp>, request: HttpRequest) -> Result<HttpResponse, Problem> {
    who(&app, &request).await?;
    let mut names: Vec<&str> = app.categories().collect();
    names.sort_unstable();
    names.dedup();
    Ok(HttpResponse::Ok().json(names))
}
