//! The shopper's orders, and one order with its live timeline.

use actix_web::{HttpRequest, HttpResponse, get, post, web};
use askama::Template;
use serde::Deserialize;

use super::checkout::{PATIENCE, price_title};
use super::page::{Moment, Page};
use super::render::{self, ask_failed, not_found, storage_failed};
use super::visit::Visit;
use crate::api::{stream_of, wait_for};
use crate::asks::Caller;
use crate::asks::cancel::{CancelAsk, cancel as ask_cancel};
use crate::asks::follow::{OrderAsk, track as ask_track};
use crate::buyer::Buyer;
use crate::order::record::{Order, RefundState, TimelineEntry};
use crate::order::state::OrderState;
use crate::store::orders;
use crate::store::orders::StoreError;

/// Orders on the list page.
const LIST_MAX: u32 = 50;
/// Reason that only the node itself gives.
const CONFIRM_FAILED: &str = "999";

pub fn mount(app: &mut web::ServiceConfig) {
    app.service(orders_page)
        .service(order_page)
        .service(order_fragment)
        .service(order_events)
        .service(cancel_order)
        .service(track_order);
}

#[derive(Debug, Template)]
#[template(path = "shop/orders.html")]
struct OrdersPage<'a> {
    page: Page<'a>,
    orders: Vec<OrderRow>,
}

#[derive(Debug)]
struct OrderRow {
    href: String,
    state: String,
    tone: &'static str,
    provider: String,
    items: String,
    total: String,
    placed_at: Moment,
}

#[get("/orders")]
async fn orders_page(request: HttpRequest, buyer: web::Data<Buyer>) -> HttpResponse {
    let visit = Visit::of(&request, &buyer).await;
    let found = match orders::list(&buyer.node.db, &visit.session, "", i64::MAX, LIST_MAX).await {
        Ok(found) => found,
        Err(error) => return storage_failed(&visit, &error),
    };
    let page = Page::of(&visit);
    let row = |order: &Order| OrderRow {
        href: format!("/orders/{}", order.id),
        state: page.state(order.state.name()),
        tone: tone(order.state),
        provider: order.provider_name.clone(),
        items: order.ordered.iter().map(|l| format!("{} × {}", l.count, l.title)).collect::<Vec<_>>().join(", "),
        total: page.money(&order.quote.price.value, &order.payment.currency),
        placed_at: page.moment(order.created_ms),
    };
    let template = OrdersPage { orders: found.iter().map(row).collect(), page };
    render::page(&visit, &template)
}

/// Colour of a state.
fn tone(state: OrderState) -> &'static str {
    match state {
        OrderState::Requested => "wait",
        OrderState::Created | OrderState::Accepted | OrderState::InProgress => "info",
        OrderState::Completed => "ok",
        OrderState::Cancelled | OrderState::Failed => "bad",
    }
}

#[derive(Debug, Template)]
#[template(path = "shop/order.html")]
struct OrderPage<'a> {
    page: Page<'a>,
    order: OrderPart<'a>,
}

/// The part that is replaced while the page is open.
#[derive(Debug, Template)]
#[template(path = "shop/order_part.html")]
struct OrderPart<'a> {
    page: Page<'a>,
    id: String,
    state: String,
    state_code: &'static str,
    tone: &'static str,
    provider: String,
    promise: String,
    steps: Vec<StepView>,
    items: Vec<ItemView>,
    lines: Vec<(String, String)>,
    total: String,
    payment: String,
    refunds: Vec<RefundView>,
    timeline: Vec<EntryView>,
    agent: Option<String>,
    tracking_url: Option<String>,
    trackable: bool,
    documents: Vec<(String, String)>,
    cancel_reasons: Vec<(String, String)>,
    open: bool,
}

#[derive(Debug)]
struct StepView {
    name: String,
    done: bool,
    current: bool,
}

#[derive(Debug)]
struct ItemView {
    title: String,
    count: u32,
    /// What is charged for it now.
    price: String,
    gone: Option<String>,
    return_href: Option<String>,
    return_label: String,
}

#[derive(Debug)]
struct RefundView {
    words: String,
    paid: bool,
}

#[derive(Debug)]
struct EntryView {
    at: Moment,
    words: String,
}

impl<'a> OrderPart<'a> {
    fn of(visit: &'a Visit<'a>, order: &Order) -> OrderPart<'a> {
        let page = Page::of(visit);
        let money = |amount| page.money(amount, &order.payment.currency);
        let forward = order.fulfilments.iter().find(|f| f.kind.is_forward());
        let promise = forward.and_then(|f| f.tat.as_ref()).map(|tat| page.t1("checkout.promise", &page.duration(tat)));
        let tracking_url = order.tracking.as_ref().and_then(|t| t.get("url")).and_then(serde_json::Value::as_str);
        let web_address = |url: &&str| url.starts_with("https://") || url.starts_with("http://");
        let payment_key = match (order.payment.is_cash(), order.payment.paid) {
            (true, true) => "order.cash_paid",
            (true, false) => "order.cash_due",
            (false, _) => "order.prepaid",
        };
        let moving = matches!(order.state, OrderState::Created | OrderState::Accepted | OrderState::InProgress);
        OrderPart {
            id: order.id.clone(),
            state: page.state(order.state.name()),
            state_code: order.state.name(),
            tone: tone(order.state),
            provider: order.provider_name.clone(),
            promise: promise.filter(|_| moving).unwrap_or_default(),
            steps: steps(&page, order),
            items: order.ordered.iter().map(|l| item_view(&page, order, l)).collect(),
            lines: order
                .quote
                .breakup
                .iter()
                .filter(|l| !l.is_item())
                .map(|l| (price_title(&page, l), money(&l.price.value)))
                .collect(),
            total: money(&order.quote.price.value),
            payment: page.t(payment_key).to_owned(),
            refunds: order.refunds.iter().map(|r| refund_view(&page, order, r)).collect(),
            timeline: order.timeline.iter().rev().map(|e| entry_view(&page, order, e)).collect(),
            agent: forward
                .and_then(|f| f.agent.as_ref())
                .filter(|a| !a.name.is_empty())
                .map(|a| page.t2("order.rider", &a.name, &a.phone)),
            tracking_url: tracking_url.filter(web_address).map(str::to_owned),
            trackable: moving && forward.is_some_and(|f| f.tracking),
            documents: order
                .documents
                .iter()
                .filter(|d| web_address(&d.url.as_str()))
                .map(|d| (d.label.clone(), d.url.clone()))
                .collect(),
            cancel_reasons: if moving { cancel_reasons(visit, &page, order) } else { Vec::new() },
            open: moving || order.state == OrderState::Requested,
            page,
        }
    }
}

/// The four steps that a shopper thinks in.
fn steps(page: &Page<'_>, order: &Order) -> Vec<StepView> {
    if matches!(order.state, OrderState::Cancelled | OrderState::Failed) {
        return Vec::new();
    }
    let delivery = order.fulfilments.iter().find(|f| f.kind.is_forward()).map_or("", |f| f.state.as_str());
    let reached = match (order.state, delivery) {
        (OrderState::Completed, _) => 3,
        (
            _,
            "Order-picked-up" | "In-transit" | "At-destination-hub" | "Out-for-delivery" | "At-delivery"
            | "Delivery-failed",
        ) => 2,
        (_, "Packed" | "Agent-assigned" | "Out-for-pickup" | "At-pickup" | "Pickup-failed") => 1,
        (_, _) => 0,
    };
    let names = ["order.step_placed", "order.step_packed", "order.step_on_the_way", "order.step_delivered"];
    let step = |(at, key): (usize, &&str)| StepView {
        name: page.t(key).to_owned(),
        done: at <= reached,
        current: at == reached,
    };
    names.iter().enumerate().map(step).collect()
}

fn item_view(page: &Page<'_>, order: &Order, line: &crate::order::record::OrderedLine) -> ItemView {
    let now = order.forward_count(&line.item_id);
    let gone = line.count.saturating_sub(now);
    let charged =
        order.quote.breakup.iter().filter(|l| l.is_item() && l.item_id == line.item_id).map(|l| l.price.value).sum();
    let returnable = order.state == OrderState::Completed && line.returnable != Some(false) && now > 0;
    ItemView {
        title: line.title.clone(),
        count: line.count,
        price: page.money(&charged, &order.payment.currency),
        gone: (gone > 0).then(|| page.t1("order.gone", &gone.to_string())),
        return_href: returnable
            .then(|| format!("/orders/{}/return?item={}", order.id, super::browse::encoded(&line.item_id))),
        return_label: page.t1("order.return_of", &line.title),
    }
}

fn refund_view(page: &Page<'_>, order: &Order, refund: &crate::order::record::Refund) -> RefundView {
    let paid = refund.state == RefundState::Paid;
    let key = if paid { "order.refund_paid" } else { "order.refund_due" };
    RefundView { words: page.t1(key, &page.money(&refund.amount, &order.payment.currency)), paid }
}

/// What an entry of the timeline says to a shopper.
fn entry_view(page: &Page<'_>, order: &Order, entry: &TimelineEntry) -> EntryView {
    let amount =
        || crate::money::Money::parse(&entry.note).map(|m| page.money(&m, &order.payment.currency)).unwrap_or_default();
    let words = match entry.code.as_str() {
        "refund-due" => page.t1("order.refund_due", &amount()),
        "refund-paid" => page.t1("order.refund_paid", &amount()),
        "cancel-asked" => page.t("order.cancel_asked").to_owned(),
        "return-asked" => page.t("order.return_asked").to_owned(),
        "Requested" => page.t("order.asked").to_owned(),
        "Failed" => page.t1("order.failed", &entry.note),
        code => page.state(code),
    };
    EntryView { at: page.moment(entry.at_ms), words }
}

fn cancel_reasons(visit: &Visit<'_>, page: &Page<'_>, order: &Order) -> Vec<(String, String)> {
    let names = visit
        .buyer
        .node
        .specs
        .book(&order.domain, &order.core_version)
        .and_then(|book| book.codes("cancellation_reason"));
    let rules = visit.buyer.rules(&order.domain, &order.core_version);
    let name = |id: &str| {
        let own = page
            .language
            .find(&format!("reason.cancel.{}.{id}", order.core_version))
            .or_else(|| page.language.find(&format!("reason.cancel.{id}")));
        own.map(str::to_owned).or_else(|| names?.get(id).map(|code| code.name.clone())).unwrap_or_else(|| id.to_owned())
    };
    rules.cancel_reasons.iter().filter(|id| *id != CONFIRM_FAILED).map(|id| (id.clone(), name(id))).collect()
}

/// The visitor's own order.
pub async fn own(visit: &Visit<'_>, id: &str) -> Result<Option<Order>, StoreError> {
    let found = orders::find(&visit.buyer.node.db, id).await?;
    Ok(found.map(|(order, _)| order).filter(|order| order.owner == visit.session))
}

#[get("/orders/{id}")]
async fn order_page(request: HttpRequest, buyer: web::Data<Buyer>, id: web::Path<String>) -> HttpResponse {
    let visit = Visit::of(&request, &buyer).await;
    match own(&visit, &id).await {
        Ok(Some(order)) => {
            render::page(&visit, &OrderPage { page: Page::of(&visit), order: OrderPart::of(&visit, &order) })
        }
        Ok(None) => not_found(&visit),
        Err(error) => storage_failed(&visit, &error),
    }
}

#[get("/orders/{id}/part")]
async fn order_fragment(request: HttpRequest, buyer: web::Data<Buyer>, id: web::Path<String>) -> HttpResponse {
    let visit = Visit::of(&request, &buyer).await;
    match own(&visit, &id).await {
        Ok(Some(order)) => render::page(&visit, &OrderPart::of(&visit, &order)),
        Ok(None) => not_found(&visit),
        Err(error) => storage_failed(&visit, &error),
    }
}

/// Tells the open page that something happened; what it is, the page reads itself.
#[get("/orders/{id}/events")]
async fn order_events(request: HttpRequest, buyer: web::Data<Buyer>, id: web::Path<String>) -> HttpResponse {
    let visit = Visit::of(&request, &buyer).await;
    let after = request.headers().get("Last-Event-ID").and_then(|v| v.to_str().ok()).and_then(|v| v.parse().ok());
    match own(&visit, &id).await {
        Ok(Some(order)) => {
            stream_of(buyer.clone(), order.transaction_id, after.unwrap_or(0), |event| event.action.clone())
        }
        Ok(None) => not_found(&visit),
        Err(error) => storage_failed(&visit, &error),
    }
}

#[derive(Debug, Deserialize)]
struct CancelForm {
    reason: String,
}

#[post("/orders/{id}/cancel")]
async fn cancel_order(
    request: HttpRequest,
    buyer: web::Data<Buyer>,
    id: web::Path<String>,
    form: web::Form<CancelForm>,
) -> HttpResponse {
    let visit = Visit::of(&request, &buyer).await;
    match own(&visit, &id).await {
        Ok(Some(_)) => {}
        Ok(None) => return not_found(&visit),
        Err(error) => return storage_failed(&visit, &error),
    }
    let ask = CancelAsk { order_id: id.to_string(), reason_id: form.reason.clone(), fulfillment_id: None, force: None };
    let sent = ask_cancel(&buyer, &Caller::new(&visit.session), &ask).await;
    patient(&visit, sent, &id).await
}

#[post("/orders/{id}/track")]
async fn track_order(request: HttpRequest, buyer: web::Data<Buyer>, id: web::Path<String>) -> HttpResponse {
    let visit = Visit::of(&request, &buyer).await;
    match own(&visit, &id).await {
        Ok(Some(_)) => {}
        Ok(None) => return not_found(&visit),
        Err(error) => return storage_failed(&visit, &error),
    }
    let sent = ask_track(&buyer, &Caller::new(&visit.session), &OrderAsk { order_id: id.to_string() }).await;
    patient(&visit, sent, &id).await
}

/// Waits a little for the seller, then shows the order; a refusal is shown as trouble.
pub async fn patient(
    visit: &Visit<'_>,
    sent: Result<crate::asks::Sent, crate::asks::error::AskError>,
    order_id: &str,
) -> HttpResponse {
    let back = format!("/orders/{order_id}");
    let message_id = match sent {
        Ok(sent) => sent.message_id,
        Err(error) => return ask_failed(visit, &error, &back),
    };
    match wait_for(visit.buyer, &message_id, PATIENCE).await {
        Ok(Some(row)) if row.status(visit.buyer.now_ms()) == crate::store::requests::RequestStatus::Refused => {
            let error: serde_json::Value = serde_json::from_str(&row.error).unwrap_or_default();
            let words = visit.language.with("trouble.seller_refused", &[error["message"].as_str().unwrap_or_default()]);
            render::trouble(visit, actix_web::http::StatusCode::CONFLICT, &words, &back)
        }
        Ok(_) => render::see(visit, &back),
        Err(error) => storage_failed(visit, &StoreError::Database(error)),
    }
}
