//! The B2B intake: orders of retailers and sales people, beside those of the network.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::app::SellerApp;
use crate::intake::placing::{self, IntakeError};
use crate::intake::request::Short;
use crate::intake::{OrderForm, Parcel, ParcelState};
use crate::money::Money;
use crate::network::translate::OrderRef;
use crate::order::channel::B2B_BUYER;
use crate::order::{Cancel, Command};
use crate::processing::{self, Origin, WorkError};
use crate::store::b2b_requests::{self as requests, Stored};
use crate::store::orders::{self, OrderKey};

use super::access::who;
use super::problem::Problem;

/// Requests that one call shows at most.
const PAGE_MAX: i64 = 200;

impl From<IntakeError> for Problem {
    fn from(error: IntakeError) -> Self {
        match error {
            IntakeError::Form(_) => Self::bad_request(error.to_string()),
            IntakeError::OtherContents(_) | IntakeError::Busy(_) | IntakeError::Short(_) | IntakeError::NoLaw => {
                Self::new(StatusCode::CONFLICT, error.to_string())
            }
            IntakeError::Refused { ref refusal, .. } => {
                let code = Some(refusal.code.clone());
                Self { code, ..Self::new(StatusCode::CONFLICT, error.to_string()) }
            }
            IntakeError::Route(error) => error.into(),
            IntakeError::Work(error) => error.into(),
            IntakeError::Database(error) => error.into(),
        }
    }
}

/// What became of a request.
#[derive(Debug, Serialize, ToSchema)]
pub struct RequestView {
    pub reference: String,
    /// `holding`, `confirming` or `placed`.
    pub state: &'static str,
    pub parcels: Vec<ParcelView>,
    /// What nobody had; empty when everything is sent.
    pub short: Vec<Short>,
    /// Of all orders, with decimals.
    #[schema(value_type = String)]
    pub total: Money,
    pub policy_version: i64,
    /// Unix milliseconds.
    pub created_at_ms: i64,
}

/// One partner's part.
#[derive(Debug, Serialize, ToSchema)]
pub struct ParcelView {
    pub partner_id: String,
    /// One order of the desk; absent when it was refused.
    pub order_id: Option<String>,
    /// Why it was refused.
    pub refused: Option<String>,
    pub lines: Vec<ParcelLine>,
    /// `Created`, `Accepted`, `In-progress`, `Completed`, `Cancelled`; empty before it is an order.
    pub state: String,
    /// Where the delivery is, in the network's words.
    pub delivery: String,
    /// Latest arrival, Unix milliseconds.
    pub promised_by_ms: Option<i64>,
    #[schema(value_type = String)]
    pub total: Money,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct ParcelLine {
    pub sku: String,
    pub count: u32,
}

/// Places an order. It is routed over all partners and divided where the policy allows it; goods are held for all parts before any
/// part is confirmed. The same reference with the same contents is the same order, however often it comes.
#[utoipa::path(post, path = "/api/b2b/orders", tag = "b2b", request_body = OrderForm,
    responses((status = 201, body = RequestView), (status = 400, body = Problem), (status = 403, body = Problem), (status = 409, body = Problem)))]
pub async fn place(
    app: web::Data<SellerApp>,
    request: HttpRequest,
    body: web::Json<OrderForm>,
) -> Result<HttpResponse, Problem> {
    let caller = who(&app, &request).await?;
    caller.brand_only()?;
    let stored = placing::place(&app, &body, caller.actor()).await?;
    Ok(HttpResponse::Created().json(view(&app, &stored).await?))
}

/// One request with its orders as they are now.
#[utoipa::path(get, path = "/api/b2b/orders/{reference}", tag = "b2b", params(("reference" = String, Path)),
    responses((status = 200, body = RequestView), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub async fn one(
    app: web::Data<SellerApp>,
    request: HttpRequest,
    reference: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    who(&app, &request).await?.brand_only()?;
    Ok(HttpResponse::Ok().json(view(&app, &known(&app, &reference).await?).await?))
}

#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
pub struct RequestsQuery {
    /// For the next page: `created_at_ms` of the last request of this one.
    pub before_ms: Option<i64>,
    /// 1 to 200; 50 when absent.
    pub limit: Option<i64>,
}

/// Requests, newest first.
#[utoipa::path(get, path = "/api/b2b/orders", tag = "b2b", params(RequestsQuery),
    responses((status = 200, body = Vec<RequestView>), (status = 403, body = Problem)))]
pub async fn list(
    app: web::Data<SellerApp>,
    request: HttpRequest,
    query: web::Query<RequestsQuery>,
) -> Result<HttpResponse, Problem> {
    who(&app, &request).await?.brand_only()?;
    let limit = query.limit.unwrap_or(50).clamp(1, PAGE_MAX);
    let mut views = Vec::new();
    for stored in requests::newest(&app.node.db, query.before_ms.unwrap_or(i64::MAX), limit).await? {
        views.push(view(&app, &stored).await?);
    }
    Ok(HttpResponse::Ok().json(views))
}

/// Why the customer cancels.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CancelBody {
    /// Id of the network's list of a buyer's reasons.
    pub reason: String,
}

/// Cancels what has not left a store yet; parts that are on their way stay.
#[utoipa::path(post, path = "/api/b2b/orders/{reference}/cancel", tag = "b2b", params(("reference" = String, Path)), request_body = CancelBody,
    responses((status = 200, body = RequestView), (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem)))]
pub async fn cancel(
    app: web::Data<SellerApp>,
    request: HttpRequest,
    reference: web::Path<String>,
    body: web::Json<CancelBody>,
) -> Result<HttpResponse, Problem> {
    let caller = who(&app, &request).await?;
    caller.brand_only()?;
    let stored = known(&app, &reference).await?;
    let command = Command::Cancel(Cancel { reason_id: body.reason.clone(), fulfilment_id: None, force: false });
    let (mut cancelled, mut refused) = (0, None);
    for parcel in stored.request.parcels.iter().filter(|parcel| parcel.state == ParcelState::Ordered) {
        let at = OrderRef::Order { bap_id: B2B_BUYER.to_owned(), order_id: parcel.order_id.clone() };
        match processing::work(&app, &at, &command, Origin::Desk { actor: caller.actor() }).await {
            Ok(_) => cancelled += 1,
            Err(error @ WorkError::Refused(_)) => refused = Some(error),
            Err(error) => return Err(error.into()),
        }
    }
    match refused {
        Some(error) if cancelled == 0 => Err(error.into()),
        Some(_) | None => Ok(HttpResponse::Ok().json(view(&app, &stored).await?)),
    }
}

async fn known(app: &SellerApp, reference: &str) -> Result<Stored, Problem> {
    let found = requests::one(&app.node.db, reference).await?;
    found.ok_or_else(|| Problem::not_found(format!("there is no order with the reference `{reference}`")))
}

async fn view(app: &SellerApp, stored: &Stored) -> Result<RequestView, Problem> {
    let mut parcels = Vec::with_capacity(stored.request.parcels.len());
    for parcel in &stored.request.parcels {
        parcels.push(parcel_view(app, parcel).await?);
    }
    Ok(RequestView {
        reference: stored.reference.clone(),
        state: stored.state.as_str(),
        total: parcels.iter().map(|parcel| parcel.total).sum(),
        parcels,
        short: stored.request.short.clone(),
        policy_version: stored.request.policy_version,
        created_at_ms: stored.created_at_ms,
    })
}

async fn parcel_view(app: &SellerApp, parcel: &Parcel) -> Result<ParcelView, Problem> {
    let key = OrderKey { bap_id: B2B_BUYER.to_owned(), id: parcel.order_id.clone() };
    let order = match &parcel.state {
        ParcelState::Ordered => orders::one(&app.node.db, &key).await?.map(|stored| stored.order),
        ParcelState::Open | ParcelState::Refused(_) => None,
    };
    let refused = match &parcel.state {
        ParcelState::Refused(why) => Some(why.clone()),
        ParcelState::Open | ParcelState::Ordered => None,
    };
    let delivery = order.as_ref().and_then(|order| order.delivery());
    Ok(ParcelView {
        partner_id: parcel.partner_id.clone(),
        refused,
        lines: parcel.takes.iter().map(|(sku, count)| ParcelLine { sku: sku.clone(), count: *count }).collect(),
        state: order.as_ref().map_or(String::new(), |order| order.state.as_str().to_owned()),
        delivery: delivery.map_or(String::new(), |delivery| delivery.progress.code().to_owned()),
        promised_by_ms: order.as_ref().and_then(|order| order.promised_by()).map(|by| by.as_millisecond()),
        total: order.as_ref().map_or(Money::ZERO, |order| order.quote.total()),
        order_id: order.map(|order| order.id),
    })
}
