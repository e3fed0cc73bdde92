//! Orders: lists, one order, and what the desk does with it.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::app::SellerApp;
use crate::desk::{self, Attention, Input, Step};
use crate::documents::Paper;
use crate::fulfilment::{Agent, Handover};
use crate::network::translate::{OrderRef, render};
use crate::order::{LineRef, Order};
use crate::people::doors;
use crate::processing::{self, Origin};
use crate::public_pages::{pdf, print};
use crate::returns::receipt::Count;
use crate::store::events::EventRow;
use crate::store::order_list::{self, Filter, OrderSummary};
use crate::store::orders::OrderKey;
use crate::store::{events, orders, partners};

use super::access::{Who, who};
use super::page;
use super::problem::Problem;

/// Orders that one call shows at most.
const PAGE_MAX: i64 = 200;

#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
pub struct OrdersQuery {
    /// Only this partner's.
    pub partner: String,
    /// `Created`, `Accepted`, `In-progress`, `Completed`, `Cancelled`.
    pub state: String,
    /// What waits: `accept`, `pack`, `hand-over`, `deliver`, `decide-return`, `collect-return`, `receive-return`, `grade-return`, `receive-rto`.
    pub attention: String,
    /// Only orders that wait for somebody.
    pub waiting: bool,
    /// Only orders created before this, Unix milliseconds.
    pub before_ms: Option<i64>,
    /// For the next page: take the address of the `Link` header.
    pub cursor: String,
    /// 1 to 200; 50 when absent.
    pub limit: Option<i64>,
}

/// Orders, newest first.
#[utoipa::path(get, path = "/api/orders", tag = "orders", params(OrdersQuery),
    responses((status = 200, body = Vec<OrderSummary>), (status = 401, body = Problem)))]
pub async fn list(
    app: web::Data<SellerApp>,
    request: HttpRequest,
    query: web::Query<OrdersQuery>,
) -> Result<HttpResponse, Problem> {
    let caller = who(&app, &request).await?;
    let limit = query.limit.unwrap_or(50).clamp(1, PAGE_MAX);
    let (before_ms, before_id) = match query.cursor.split_once('.') {
        Some((ms, id)) => (Some(ms.parse().map_err(|_| page::bad_cursor(&query.cursor))?), id.to_owned()),
        None if query.cursor.is_empty() => (query.before_ms, String::new()),
        None => return Err(page::bad_cursor(&query.cursor)),
    };
    let filter = Filter {
        partner_id: caller.scope(&query.partner).to_owned(),
        state: query.state.clone(),
        attention: query.attention.clone(),
        waiting: query.waiting,
        before_ms,
        before_id,
        limit: limit + 1,
    };
    let rows = order_list::list(&app.node.db, &filter).await?;
    Ok(page::array(&request, rows, limit, |row: &OrderSummary| format!("{}.{}", row.created_at_ms, row.id)))
}

#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
pub struct BuyerQuery {
    /// The buyer app's subscriber id; needed only when two buyer apps use the same order id.
    pub buyer: String,
}

/// One order with its story and what can be done with it.
#[derive(Debug, Serialize, ToSchema)]
pub struct OrderView {
    pub bap_id: String,
    pub transaction_id: String,
    /// What somebody must do next; empty when nothing.
    pub attention: String,
    /// The order in the network's words.
    #[schema(value_type = Object)]
    pub order: serde_json::Value,
    /// What can be done now.
    pub steps: Vec<Step>,
    pub events: Vec<EventRow>,
}

/// One order.
#[utoipa::path(get, path = "/api/orders/{id}", tag = "orders", params(("id" = String, Path), BuyerQuery),
    responses((status = 200, body = OrderView), (status = 404, body = Problem), (status = 409, body = Problem)))]
pub async fn one(
    app: web::Data<SellerApp>,
    request: HttpRequest,
    id: web::Path<String>,
    query: web::Query<BuyerQuery>,
) -> Result<HttpResponse, Problem> {
    let caller = who(&app, &request).await?;
    let order = find(&app, &caller, &id, &query.buyer).await?;
    Ok(HttpResponse::Ok().json(view(&app, &order).await?))
}

#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default)]
pub struct ActionBody {
    /// Id of the network's list of reasons, for `cancel`, `rto`, `returns/{return_id}/reject`.
    pub reason: Option<String>,
    /// For `assign`.
    pub agent_name: Option<String>,
    /// For `assign`.
    pub agent_phone: Option<String>,
    /// For `pick-up` and `deliver`: the code that the other side said.
    pub code: String,
    /// For `pick-up`, `deliver`, `revise`, `lost`, `damaged`, `in-transit`, `at-hub`.
    pub note: String,
    /// For `pick-up` and `deliver`: name or URL of the photo.
    pub photo: String,
    /// For `scan`: the piece's barcode.
    pub barcode: String,
    /// For `reject`: `out-of-stock`, `closed`, `too-busy`, `technical`, `cannot-serve`.
    pub cause: String,
    /// For `returns/{return_id}/receive`: pieces of the item that arrived.
    pub received: Option<u32>,
    /// For `returns/{return_id}/receive`: pieces of something else that came in their place.
    pub wrong: u32,
    /// For `returns/{return_id}/receive`: how many of `received` are damaged.
    pub damaged: u32,
    /// For `returns/{return_id}/receive`: the partner that has the goods; the one that sold them when absent.
    pub partner: String,
    /// For `returns/{return_id}/grade`: `A` as new, `B` opened or short life, `C` damaged, `D` expired or recalled.
    pub grade: String,
    /// For `returns/{return_id}/grade`: `restock` (A only), `liquidate` (A, B), `return-to-vendor`, `scrap` (with a note or photo).
    pub disposition: String,
    /// For `cancel-items`, and for `reject` when only some pieces are missing.
    pub items: Vec<Pieces>,
}

/// Some pieces of one item.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct Pieces {
    pub item_id: String,
    pub count: u32,
}

/// Takes an order further: `accept`, `reject`, `scan`, `pack`, `assign`, `out-for-pickup`, `at-pickup`, `pickup-failed`, `pick-up`,
/// `in-transit`, `at-hub`, `out-for-delivery`, `at-delivery`, `delivery-failed`, `deliver`, `revise` (a later estimate), `lost`,
/// `damaged`, `found`, `cancel`, `cancel-items`, `rto`, `rto-delivered`, `rto-disposed`, `returns/{return_id}/approve|reject|liquidate|pick|pick-failed|give-up|deliver|receive|grade`. The buyer app is told.
#[utoipa::path(post, path = "/api/orders/{id}/{action}", tag = "orders", request_body = ActionBody,
    params(("id" = String, Path), ("action" = String, Path), BuyerQuery),
    responses((status = 200, body = OrderView), (status = 400, body = Problem), (status = 404, body = Problem),
        (status = 409, body = Problem, description = "the order does not allow it, or somebody else changed it")))]
pub async fn act(
    app: web::Data<SellerApp>,
    request: HttpRequest,
    path: web::Path<(String, String)>,
    query: web::Query<BuyerQuery>,
    body: Option<web::Json<ActionBody>>,
) -> Result<HttpResponse, Problem> {
    let caller = who(&app, &request).await?;
    let (id, action) = path.into_inner();
    let order = find(&app, &caller, &id, &query.buyer).await?;
    let body = body.map(web::Json::into_inner).unwrap_or_default();
    let agent = match (body.agent_name, body.agent_phone) {
        (Some(name), Some(phone)) => Some(Agent { name, phone }),
        _ => None,
    };
    let pieces = |one: Pieces| LineRef { id: one.item_id, parent_item_id: None, count: one.count };
    let input = Input {
        reason: body.reason,
        agent,
        handover: Handover { code: body.code, note: body.note, photo: body.photo },
        barcode: body.barcode,
        cause: body.cause,
        items: body.items.into_iter().map(pieces).collect(),
        count: body.received.map(|received| Count { received, wrong: body.wrong, damaged: body.damaged }),
        partner: body.partner,
        grade: body.grade,
        disposition: body.disposition,
        ..Input::default()
    };
    let next = carry_out(&app, &caller, &order, &action, input).await?;
    Ok(HttpResponse::Ok().json(view(&app, &next).await?))
}

/// A paper of the order as PDF: `slip.pdf`, `label.pdf`, and `invoice.pdf` once the goods have left.
#[utoipa::path(get, path = "/api/orders/{id}/papers/{file}", tag = "orders",
    params(("id" = String, Path), ("file" = String, Path), BuyerQuery),
    responses((status = 200, content_type = "application/pdf", body = Vec<u8>), (status = 404, body = Problem)))]
pub async fn paper(
    app: web::Data<SellerApp>,
    request: HttpRequest,
    path: web::Path<(String, String)>,
    query: web::Query<BuyerQuery>,
) -> Result<HttpResponse, Problem> {
    let caller = who(&app, &request).await?;
    let (id, file) = path.into_inner();
    let order = find(&app, &caller, &id, &query.buyer).await?;
    let none = || Problem::not_found(format!("order {id} has no {file} now"));
    let paper = Paper::parse(&file).ok_or_else(none)?;
    Ok(pdf(print(&app, &order, paper).await?.ok_or_else(none)?))
}

/// Carries out an action of the desk; used by the console and the portal too.
///
/// # Errors
/// When the caller's role has not this step, a partner names a shelf that is not its own, or the order does not allow it.
pub async fn carry_out(
    app: &SellerApp,
    caller: &Who,
    order: &Order,
    action: &str,
    input: Input,
) -> Result<Order, Problem> {
    caller.may(doors::order_step(action))?;
    let actor = caller.actor();
    let input = Input { actor: actor.to_owned(), ..input };
    if !input.partner.is_empty() {
        caller.may_see(&input.partner)?;
        if partners::one(&app.node.db, &input.partner).await?.is_none() {
            let who = &input.partner;
            return Err(Problem::bad_request(format!("there is no partner `{who}` that could have the goods")));
        }
    }
    let command = desk::command(action, input)?;
    let at = OrderRef::Order { bap_id: order.bap_id.clone(), order_id: order.id.clone() };
    Ok(processing::work(app, &at, &command, Origin::Desk { actor }).await?)
}

/// The order with this id, if the caller may see it.
pub async fn find(app: &SellerApp, caller: &Who, id: &str, buyer: &str) -> Result<Order, Problem> {
    let found = orders::by_id(&app.node.db, id).await?.into_iter().map(|stored| stored.order);
    let mut own: Vec<Order> = found
        .filter(|order| buyer.is_empty() || order.bap_id == buyer)
        .filter(|order| caller.may_see(&order.partner_id).is_ok())
        .collect();
    match (own.pop(), own.is_empty()) {
        (Some(order), true) => Ok(order),
        (Some(_), false) => {
            Err(Problem::new(StatusCode::CONFLICT, "two buyer apps use this order id: say which one with ?buyer=…"))
        }
        (None, _) => Err(Problem::not_found(format!("there is no order `{id}`"))),
    }
}

async fn view(app: &SellerApp, order: &Order) -> Result<OrderView, Problem> {
    let mut wire = render::order(order);
    Ok(OrderView {
        bap_id: order.bap_id.clone(),
        transaction_id: order.transaction_id.clone(),
        attention: Attention::of(order).as_str().to_owned(),
        order: wire["order"].take(),
        steps: desk::steps(order),
        events: events::of_order(&app.node.db, &OrderKey::of(order)).await?,
    })
}
