//! Statements and claims.

use actix_web::{HttpRequest, HttpResponse, web};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::app::SellerApp;
use crate::money::Money;
use crate::partner_work::life;
use crate::partner_work::money::{self, Month};
use crate::partners::statement::{self, Statement};
use crate::store::partner_claims::{self, ClaimRow, NewClaim};

use super::access::who;
use super::imports;
use super::partner_scores::Decision;
use super::problem::Problem;

/// What a partner earned in a month (`2026-11`): one line for each thing, and their sum. A partner sees its own.
#[utoipa::path(get, path = "/api/partners/{id}/statements/{month}", tag = "partners",
    params(("id" = String, Path), ("month" = String, Path)),
    responses((status = 200, body = Statement), (status = 400, body = Problem), (status = 404, body = Problem)))]
pub async fn one(
    app: web::Data<SellerApp>,
    request: HttpRequest,
    path: web::Path<(String, String)>,
) -> Result<HttpResponse, Problem> {
    let (id, month) = path.into_inner();
    who(&app, &request).await?.may_see(&id)?;
    Ok(HttpResponse::Ok().json(money::of_month(&app, &id, &Month::parse(&app, &month)?).await?))
}

/// The same as a table for a spreadsheet; the payout is its last row.
#[utoipa::path(get, path = "/api/partners/{id}/statements/{month}/csv", tag = "partners",
    params(("id" = String, Path), ("month" = String, Path)),
    responses((status = 200, body = String, content_type = "text/csv"), (status = 404, body = Problem)))]
pub async fn csv(
    app: web::Data<SellerApp>,
    request: HttpRequest,
    path: web::Path<(String, String)>,
) -> Result<HttpResponse, Problem> {
    let (id, month) = path.into_inner();
    who(&app, &request).await?.may_see(&id)?;
    let month = Month::parse(&app, &month)?;
    let text = statement::csv(&money::of_month(&app, &id, &month).await?);
    Ok(imports::csv(&format!("statement-{id}-{}.csv", month.name), text))
}

/// Claims, the newest first. A partner sees its own.
#[utoipa::path(get, path = "/api/partners/{id}/claims", tag = "partners", params(("id" = String, Path)),
    responses((status = 200, body = Vec<ClaimRow>), (status = 404, body = Problem)))]
pub async fn claims(
    app: web::Data<SellerApp>,
    request: HttpRequest,
    id: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    who(&app, &request).await?.may_see(&id)?;
    life::known(&app, &id).await?;
    Ok(HttpResponse::Ok().json(partner_claims::of_partner(&app.node.db, &id).await?))
}

#[derive(Debug, Deserialize, ToSchema)]
pub struct ClaimBody {
    /// Empty when it is about no order.
    #[serde(default)]
    pub order_id: String,
    /// `damaged`, `missing`, `late`…
    pub cause: String,
    /// Two decimals. Positive: the partner owes it; negative: the brand does.
    pub amount: String,
    pub reason: String,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct NewId {
    pub id: String,
}

/// Opens a claim. It counts in the statement of the month in which it is accepted.
#[utoipa::path(post, path = "/api/partners/{id}/claims", tag = "partners", request_body = ClaimBody,
    params(("id" = String, Path)),
    responses((status = 201, body = NewId), (status = 400, body = Problem), (status = 404, body = Problem)))]
pub async fn open_claim(
    app: web::Data<SellerApp>,
    request: HttpRequest,
    id: web::Path<String>,
    body: web::Json<ClaimBody>,
) -> Result<HttpResponse, Problem> {
    let caller = who(&app, &request).await?;
    caller.brand_only()?;
    let amount = Money::parse(&body.amount).map_err(|error| Problem::bad_request(format!("amount: {error}")))?;
    let claim = NewClaim {
        partner_id: &id,
        order_id: body.order_id.trim(),
        cause: body.cause.trim(),
        amount,
        reason: body.reason.trim(),
        actor: caller.actor(),
    };
    Ok(HttpResponse::Created().json(NewId { id: money::open_claim(&app, &claim).await? }))
}

/// Decides a claim: `accept` or `reject`.
#[utoipa::path(post, path = "/api/partner-claims/{id}/{decision}", tag = "partners", request_body = Decision,
    params(("id" = String, Path), ("decision" = String, Path)),
    responses((status = 204), (status = 400, body = Problem), (status = 404, body = Problem)))]
pub async fn decide_claim(
    app: web::Data<SellerApp>,
    request: HttpRequest,
    path: web::Path<(String, String)>,
    body: web::Json<Decision>,
) -> Result<HttpResponse, Problem> {
    let caller = who(&app, &request).await?;
    caller.brand_only()?;
    let (id, decision) = path.into_inner();
    let accept = match decision.as_str() {
        "accept" => true,
        "reject" => false,
        other => return Err(Problem::not_found(format!("`{other}` is neither accept nor reject"))),
    };
    money::decide_claim(&app, &id, accept, (caller.actor(), body.reason.trim())).await?;
    Ok(HttpResponse::NoContent().finish())
}
