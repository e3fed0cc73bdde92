//! Returns: what waits, and one case with its evidence and money. What is done with it is an action of its order.

use actix_web::{HttpRequest, HttpResponse, web};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::app::SellerApp;
use crate::desk::{self, Step};
use crate::fulfilment::{Fulfilment, Progress};
use crate::order::Order;
use crate::returns::settle::refund;
use crate::returns::{ReturnCase, ReturnRequest};
use crate::store::orders::OrderKey;
use crate::store::partner_ledger::{self, LedgerRow};
use crate::store::returns::{self, EvidenceRow, ReturnRow};

use super::access::who;
use super::orders::{BuyerQuery, find};
use super::problem::Problem;

/// Returns that one call shows at most.
const PAGE_MAX: i64 = 200;

#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
pub struct ReturnsQuery {
    /// Only this partner's.
    pub partner: String,
    /// All of them, the newest first; without it only those that wait, the most urgent first.
    pub all: bool,
    /// 1 to 200; 50 when absent.
    pub limit: Option<i64>,
}

/// One return with everything that is known of it.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReturnView {
    pub return_id: String,
    pub order_id: String,
    pub bap_id: String,
    pub partner_id: String,
    /// As the network names it.
    pub state: String,
    pub item_id: String,
    pub quantity: u32,
    pub reason_id: String,
    pub reason_desc: String,
    /// Addresses of the buyer's photos.
    pub photos: Vec<String>,
    /// The rule of the policy that it was judged by.
    pub rule: String,
    /// What came off the quote so far: type, id, amount; negative.
    #[schema(value_type = Vec<Object>)]
    pub quote_trail: Vec<TrailView>,
    /// The sum of the trail, as a positive amount.
    pub refund: String,
    /// What arrived, where; null before.
    #[schema(value_type = Option<Object>)]
    pub receipt: Option<serde_json::Value>,
    /// Grade and disposition; null before.
    #[schema(value_type = Option<Object>)]
    pub grading: Option<serde_json::Value>,
    pub evidence: Vec<EvidenceRow>,
    /// Who bears what.
    pub ledger: Vec<LedgerRow>,
    /// What can be done now: `POST /api/orders/{order_id}/{action}`.
    pub steps: Vec<Step>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct TrailView {
    pub kind: String,
    pub id: String,
    pub amount: String,
}

/// Returns that wait for somebody, the most urgent first.
#[utoipa::path(get, path = "/api/returns", tag = "returns", params(ReturnsQuery),
    responses((status = 200, body = Vec<ReturnRow>), (status = 401, body = Problem)))]
pub async fn list(
    app: web::Data<SellerApp>,
    request: HttpRequest,
    query: web::Query<ReturnsQuery>,
) -> Result<HttpResponse, Problem> {
    let caller = who(&app, &request).await?;
    let limit = query.limit.unwrap_or(50).clamp(1, PAGE_MAX);
    Ok(HttpResponse::Ok().json(returns::list(&app.node.db, caller.scope(&query.partner), !query.all, limit).await?))
}

/// One return.
#[utoipa::path(get, path = "/api/orders/{id}/returns/{return_id}", tag = "returns",
    params(("id" = String, Path), ("return_id" = String, Path), BuyerQuery),
    responses((status = 200, body = ReturnView), (status = 404, body = Problem)))]
pub async fn one(
    app: web::Data<SellerApp>,
    request: HttpRequest,
    path: web::Path<(String, String)>,
    query: web::Query<BuyerQuery>,
) -> Result<HttpResponse, Problem> {
    let caller = who(&app, &request).await?;
    let (id, return_id) = path.into_inner();
    let order = find(&app, &caller, &id, &query.buyer).await?;
    let (fulfilment, asked, case) = of_order(&order, &return_id)?;
    let key = OrderKey::of(&order);
    let trail = fulfilment.quote_trail.iter();
    Ok(HttpResponse::Ok().json(ReturnView {
        return_id: return_id.clone(),
        order_id: order.id.clone(),
        bap_id: order.bap_id.clone(),
        partner_id: order.partner_id.clone(),
        state: fulfilment.progress.code().to_owned(),
        item_id: asked.item_id.clone(),
        quantity: asked.quantity,
        reason_id: asked.reason_id.clone(),
        reason_desc: asked.reason_desc.clone().unwrap_or_default(),
        photos: asked.photos().map(ToOwned::to_owned).collect(),
        rule: case.map(|case| case.rule.clone()).unwrap_or_default(),
        quote_trail: trail
            .map(|one| TrailView { kind: one.kind.as_str().to_owned(), id: one.id.clone(), amount: one.value.wire() })
            .collect(),
        refund: refund(fulfilment).wire(),
        receipt: case.and_then(|case| case.receipt.as_ref()).and_then(|one| serde_json::to_value(one).ok()),
        grading: case.and_then(|case| case.grading.as_ref()).and_then(|one| serde_json::to_value(one).ok()),
        evidence: returns::evidence(&app.node.db, &key, &return_id).await?,
        ledger: partner_ledger::of_return(&app.node.db, &key, &return_id).await?,
        steps: steps(&order, &return_id),
    }))
}

/// A return of an order, with its request and what the brand knows of it.
///
/// # Errors
/// When the order has no such return.
pub fn of_order<'a>(
    order: &'a Order,
    return_id: &str,
) -> Result<(&'a Fulfilment, &'a ReturnRequest, Option<&'a ReturnCase>), Problem> {
    let found = order.fulfilment(return_id).filter(|one| matches!(one.progress, Progress::Return(_)));
    let found = found.and_then(|one| Some((one, one.return_request.as_ref()?, one.case.as_ref())));
    found.ok_or_else(|| Problem::not_found(format!("order {} has no return `{return_id}`", order.id)))
}

/// What can be done with a return now.
pub fn steps(order: &Order, return_id: &str) -> Vec<Step> {
    let of_it = format!("returns/{return_id}/");
    desk::steps(order).into_iter().filter(|step| step.action.starts_with(&of_it)).collect()
}
