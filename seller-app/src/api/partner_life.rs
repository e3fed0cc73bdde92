//! The life of a partner: its steps, their history, the checklist, test orders, terms.

use actix_web::{HttpRequest, HttpResponse, web};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::app::SellerApp;
use crate::money::Money;
use crate::partner_work::onboarding::{self, Agreement};
use crate::partner_work::{life, test_order};
use crate::partners::checklist::Checklist;
use crate::partners::terms::StockOwner;
use crate::partners::{Step, Terms};
use crate::store::partner_history::{self, HistoryRow};
use crate::store::partners::Mover;

use super::access::who;
use super::partners::PartnerView;
use super::problem::Problem;

#[derive(Debug, Default, Deserialize, ToSchema)]
pub struct StepBody {
    /// Stays in the partner's history; must not be empty.
    pub reason: String,
}

/// Moves a partner in its life: `verify`, `go-live`, `probation`, `reinstate`, `suspend`, `offboard`. `go-live` is refused
/// until the checklist is complete, and says what is missing.
#[utoipa::path(post, path = "/api/partners/{id}/steps/{step}", tag = "partners", request_body = StepBody,
    params(("id" = String, Path), ("step" = String, Path)),
    responses((status = 200, body = PartnerView), (status = 400, body = Problem), (status = 404, body = Problem),
        (status = 409, body = Problem, description = "not from this stage, or the checklist is not complete")))]
pub async fn step(
    app: web::Data<SellerApp>,
    request: HttpRequest,
    path: web::Path<(String, String)>,
    body: web::Json<StepBody>,
) -> Result<HttpResponse, Problem> {
    let caller = who(&app, &request).await?;
    caller.brand_only()?;
    let (id, step) = path.into_inner();
    let step = Step::parse(&step).ok_or_else(|| Problem::not_found(format!("there is no step `{step}`")))?;
    life::step(&app, &id, step, Mover { actor: caller.actor(), reason: body.reason.trim() }).await?;
    Ok(HttpResponse::Ok().json(PartnerView::from(life::known(&app, &id).await?)))
}

/// Every step of a partner's life, with who took it and why, the newest first. A partner sees its own.
#[utoipa::path(get, path = "/api/partners/{id}/history", tag = "partners", params(("id" = String, Path)),
    responses((status = 200, body = Vec<HistoryRow>), (status = 404, body = Problem)))]
pub async fn history(
    app: web::Data<SellerApp>,
    request: HttpRequest,
    id: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    who(&app, &request).await?.may_see(&id)?;
    life::known(&app, &id).await?;
    Ok(HttpResponse::Ok().json(partner_history::of_partner(&app.node.db, &id).await?))
}

/// A point of the checklist.
#[derive(Debug, Serialize, ToSchema)]
pub struct PointView {
    /// `data`, `hours`, `serviceability`, `stock`, `fees`, `test-order`
    pub point: String,
    pub title: String,
    pub done: bool,
    /// What to do; empty when it is done.
    pub missing: String,
}

pub(crate) fn points(list: &Checklist) -> Vec<PointView> {
    let view = |(point, missing): &(crate::partners::checklist::Point, Option<_>)| {
        let missing: &Option<crate::partners::checklist::Missing> = missing;
        PointView {
            point: point.as_str().to_owned(),
            title: point.title().to_owned(),
            done: missing.is_none(),
            missing: missing.as_ref().map(|missing| missing.what.clone()).unwrap_or_default(),
        }
    };
    list.points.iter().map(view).collect()
}

/// What is done before a partner goes live, and what is missing. A partner sees its own.
#[utoipa::path(get, path = "/api/partners/{id}/checklist", tag = "partners", params(("id" = String, Path)),
    responses((status = 200, body = Vec<PointView>), (status = 404, body = Problem)))]
pub async fn checklist(
    app: web::Data<SellerApp>,
    request: HttpRequest,
    id: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    who(&app, &request).await?.may_see(&id)?;
    let record = life::known(&app, &id).await?;
    Ok(HttpResponse::Ok().json(points(&onboarding::checklist(&app, &record).await?)))
}

#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
pub struct TestOrderQuery {
    /// Take it to the door at once, without waiting for the partner's people.
    pub walk: bool,
}

/// A test order.
#[derive(Debug, Serialize, ToSchema)]
pub struct TestOrderView {
    pub order_id: String,
    pub state: String,
}

/// Makes a test order at a partner. The same core decides it as any other order; no message leaves the node, no scorecard
/// counts it, and its goods go back on the shelf. It is taken further as any order: `POST /api/orders/{id}/pack`…
#[utoipa::path(post, path = "/api/partners/{id}/test-order", tag = "partners",
    params(("id" = String, Path), TestOrderQuery),
    responses((status = 201, body = TestOrderView), (status = 404, body = Problem), (status = 409, body = Problem)))]
pub async fn make_test_order(
    app: web::Data<SellerApp>,
    request: HttpRequest,
    id: web::Path<String>,
    query: web::Query<TestOrderQuery>,
) -> Result<HttpResponse, Problem> {
    let caller = who(&app, &request).await?;
    caller.may_see(&id)?;
    let mut order = test_order::make(&app, &id, caller.actor()).await?;
    if query.walk {
        caller.brand_only()?;
        order = test_order::walk(&app, order, caller.actor()).await?;
    }
    let view = TestOrderView { order_id: order.id.clone(), state: order.state.as_str().to_owned() };
    Ok(HttpResponse::Created().json(view))
}

/// Money between the brand and a partner.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct TermsView {
    /// `partner` or `brand`: whose goods are on the shelves.
    pub stock_owner: String,
    /// Amounts with two decimals.
    pub fee_per_order: String,
    pub fee_percent: String,
    pub commission_percent: String,
    pub delivery_cost: String,
    pub return_cost: String,
    /// Name of a tier of the targets.
    pub tier: String,
    /// In a request: true when a person agreed to these numbers. In an answer: whether somebody did.
    #[serde(default)]
    pub agreed: bool,
    /// When, Unix milliseconds.
    #[serde(default)]
    pub agreed_at_ms: Option<i64>,
}

impl TermsView {
    pub(crate) fn of(terms: &Terms, tier: &str) -> TermsView {
        TermsView {
            stock_owner: terms.stock_owner.as_str().to_owned(),
            fee_per_order: terms.fee_per_order.wire(),
            fee_percent: terms.fee_percent.normalize().to_string(),
            commission_percent: terms.commission_percent.normalize().to_string(),
            delivery_cost: terms.delivery_cost.wire(),
            return_cost: terms.return_cost.wire(),
            tier: tier.to_owned(),
            agreed: terms.agreed(),
            agreed_at_ms: terms.agreed_at_ms,
        }
    }

    pub(crate) fn terms(&self) -> Result<Terms, Problem> {
        let money = |name: &str, text: &str| {
            Money::parse(text).map_err(|error| Problem::bad_request(format!("{name}: {error}")))
        };
        let percent = |name: &str, text: &str| {
            text.parse::<Decimal>().map_err(|_| Problem::bad_request(format!("{name}: `{text}` is no percentage")))
        };
        Ok(Terms {
            stock_owner: StockOwner::parse(&self.stock_owner)
                .ok_or_else(|| Problem::bad_request("stock_owner is `partner` or `brand`"))?,
            fee_per_order: money("fee_per_order", &self.fee_per_order)?,
            fee_percent: percent("fee_percent", &self.fee_percent)?,
            commission_percent: percent("commission_percent", &self.commission_percent)?,
            delivery_cost: money("delivery_cost", &self.delivery_cost)?,
            return_cost: money("return_cost", &self.return_cost)?,
            agreed_at_ms: None,
        })
    }
}

/// Sets tier and fees. Other numbers than before must be agreed to again.
#[utoipa::path(put, path = "/api/partners/{id}/terms", tag = "partners", request_body = TermsView,
    params(("id" = String, Path)),
    responses((status = 200, body = TermsView), (status = 400, body = Problem), (status = 404, body = Problem)))]
pub async fn set_terms(
    app: web::Data<SellerApp>,
    request: HttpRequest,
    id: web::Path<String>,
    body: web::Json<TermsView>,
) -> Result<HttpResponse, Problem> {
    who(&app, &request).await?.brand_only()?;
    let agreement =
        Agreement { tier: Some(body.tier.trim().to_owned()), terms: Some(body.terms()?), agree: body.agreed };
    let record = onboarding::agree(&app, &id, agreement).await?;
    Ok(HttpResponse::Ok().json(TermsView::of(&record.terms, &record.tier)))
}

/// Tier and fees. A partner sees its own.
#[utoipa::path(get, path = "/api/partners/{id}/terms", tag = "partners", params(("id" = String, Path)),
    responses((status = 200, body = TermsView), (status = 404, body = Problem)))]
pub async fn terms(
    app: web::Data<SellerApp>,
    request: HttpRequest,
    id: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    who(&app, &request).await?.may_see(&id)?;
    let record = life::known(&app, &id).await?;
    Ok(HttpResponse::Ok().json(TermsView::of(&record.terms, &record.tier)))
}
