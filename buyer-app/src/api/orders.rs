//! `GET /api/orders`, `/api/orders/{id}`, `/api/checkouts/{transaction_id}`: what this node keeps.

use actix_web::{HttpRequest, HttpResponse, get, web};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::call::authorised;
use super::problem::Problem;
use super::view::{OrderView, order_view, wire_time};
use crate::buyer::Buyer;
use crate::store::{checkouts, orders};

pub fn mount(app: &mut web::ServiceConfig) {
    app.service(list_orders).service(one_order).service(one_checkout);
}

#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub struct OrdersQuery {
    /// Requested, Created, Accepted, In-progress, Completed, Cancelled or Failed.
    pub state: String,
    /// From the answer's `next`: orders placed before this RFC 3339 time.
    pub before: String,
    /// At most `page_max` of the settings; 24 when absent.
    pub limit: Option<u32>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct OrdersView {
    /// Newest first.
    pub orders: Vec<OrderView>,
    /// `before` of the next page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

/// Orders, newest first.
#[utoipa::path(tag = "records", context_path = "/api", params(OrdersQuery),
    responses((status = 200, body = OrdersView), (status = 422, body = Problem), (status = 401, body = Problem)))]
#[get("/orders")]
pub async fn list_orders(
    request: HttpRequest,
    buyer: web::Data<Buyer>,
    query: web::Query<OrdersQuery>,
) -> Result<HttpResponse, Problem> {
    authorised(&request, &buyer)?;
    let before_ms = match query.before.as_str() {
        "" => i64::MAX,
        text => {
            text.parse::<jiff::Timestamp>().map_err(|e| Problem::unreadable("before", e.to_string()))?.as_millisecond()
        }
    };
    let limit = query.limit.unwrap_or(24).clamp(1, buyer.config.page_max);
    let found = orders::list(&buyer.node.db, "", &query.state, before_ms, limit).await?;
    let next = (found.len() == limit as usize).then(|| found.last().map(|o| wire_time(o.created_ms))).flatten();
    Ok(HttpResponse::Ok().json(OrdersView { orders: found.iter().map(order_view).collect(), next }))
}

/// One order.
#[utoipa::path(tag = "records", context_path = "/api", params(("id" = String, Path, description = "Order id.")),
    responses((status = 200, body = OrderView), (status = 404, body = Problem), (status = 401, body = Problem)))]
#[get("/orders/{id}")]
pub async fn one_order(
    request: HttpRequest,
    buyer: web::Data<Buyer>,
    id: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    authorised(&request, &buyer)?;
    let (order, _) = orders::find(&buyer.node.db, &id).await?.ok_or_else(|| Problem::not_found("order", &id))?;
    Ok(HttpResponse::Ok().json(order_view(&order)))
}

/// A checkout on its way to an order.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CheckoutView {
    pub transaction_id: String,
    /// selecting, quoted, unavailable, initialising, ready or ordered.
    pub stage: String,
    pub bpp_id: String,
    pub provider_id: String,
    pub cash: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub total: Option<String>,
    /// Code of on_select's error, such as 40002.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error_code: Option<String>,
    /// Items that are short.
    pub short_items: Vec<String>,
    pub fulfilments: Vec<OfferedView>,
    pub chosen_fulfilment: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub order_id: String,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct OfferedView {
    pub id: String,
    #[serde(rename = "type")]
    pub kind: String,
    pub category: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tat: Option<String>,
    pub serviceable: bool,
}

/// A checkout by its transaction.
#[utoipa::path(tag = "records", context_path = "/api", params(("id" = String, Path, description = "Transaction id.")),
    responses((status = 200, body = CheckoutView), (status = 404, body = Problem), (status = 401, body = Problem)))]
#[get("/checkouts/{id}")]
pub async fn one_checkout(
    request: HttpRequest,
    buyer: web::Data<Buyer>,
    id: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    authorised(&request, &buyer)?;
    let found = checkouts::find(&buyer.node.db, &id).await?;
    let (checkout, _) = found.ok_or_else(|| Problem::not_found("checkout", &id))?;
    let error = checkout.offer.as_ref().and_then(|o| o.error.as_ref());
    let offered = |f: &crate::checkout::record::OfferedFulfilment| OfferedView {
        id: f.id.clone(),
        kind: f.kind.clone(),
        category: f.category.clone(),
        tat: f.tat.clone(),
        serviceable: f.serviceable,
    };
    Ok(HttpResponse::Ok().json(CheckoutView {
        stage: checkout.stage.name().to_owned(),
        total: checkout.total().map(|t| t.wire()),
        error_code: error.map(|e| e.code.clone()),
        short_items: error.map(|e| e.items.iter().map(|(id, _)| id.clone()).collect()).unwrap_or_default(),
        fulfilments: checkout.offer.iter().flat_map(|o| o.fulfilments.iter().map(offered)).collect(),
        chosen_fulfilment: checkout.offer.as_ref().map(|o| o.chosen.clone()).unwrap_or_default(),
        transaction_id: checkout.transaction_id,
        bpp_id: checkout.bpp_id,
        provider_id: checkout.provider_id,
        cash: checkout.cash,
        order_id: checkout.order_id,
    }))
}
