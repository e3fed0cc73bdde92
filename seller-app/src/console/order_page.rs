//! One order: what it is, what can be done with it, and its story.

use actix_web::{HttpRequest, HttpResponse, ResponseError, web};
use askama::Template;
use node::pages;
use serde::Deserialize;

use crate::api::orders::{BuyerQuery, carry_out, find};
use crate::api::problem::Problem;
use crate::app::SellerApp;
use crate::desk::form::ActForm;
use crate::desk::{self, Attention, Needs, Step};
use crate::documents::Paper;
use crate::fulfilment::{DeliveryState, Fulfilment, Leg, Progress, Promise};
use crate::order::{Order, OrderState, RejectCause, picking};
use crate::public_pages::{pdf, print};
use crate::reasons;
use crate::store::bookings::{self, BookingRow};
use crate::store::orders::OrderKey;
use crate::store::reservation::Cart;
use crate::store::tickets::{self, TicketRow};
use crate::store::{items, lots};

use super::moment::{Moment, moment, moment_ms};
use super::orders_page::tone;
use super::return_page;
use super::timeline::{self, TimelineRow};
use super::{Frame, PageError, staff};

#[derive(Template)]
#[template(path = "console/order.html")]
struct OrderPage<'a> {
    frame: Frame<'a>,
    notice: Option<String>,
    order: &'a Order,
    state: &'static str,
    tone: &'static str,
    attention: &'static str,
    created_at: Moment,
    total: String,
    paid: &'static str,
    act_url: String,
    transaction_url: String,
    steps: Vec<StepView>,
    items: Vec<ItemView>,
    quote: Vec<QuoteView>,
    fulfilments: Vec<FulfilmentView>,
    /// What it takes to pick, and how much of it is scanned; empty when it is packed.
    picks: Vec<PickView>,
    promises: Vec<PromiseView>,
    custody: Vec<LegView>,
    bookings: Vec<BookingRow>,
    tickets: Vec<TicketView>,
    /// Name and address of each paper.
    papers: Vec<(&'static str, String)>,
    /// Id and address of each return.
    returns: Vec<(String, String)>,
    timeline: Vec<TimelineRow>,
}

struct PickView {
    name: String,
    barcode: String,
    count: u32,
    picked: u32,
    /// From which lots; empty where none are kept.
    lots: String,
}

struct PromiseView {
    by: Moment,
    said_at: Moment,
    who: String,
    cause: String,
}

struct LegView {
    holder: &'static str,
    name: String,
    since: Moment,
}

struct TicketView {
    kind: String,
    opened: Moment,
    opened_by: String,
    note: String,
    outcome: String,
}

pub(super) struct StepView {
    pub(super) step: Step,
    pub(super) needs_agent: bool,
    pub(super) needs_proof: bool,
    pub(super) needs_note: bool,
    pub(super) needs_barcode: bool,
    pub(super) needs_pieces: bool,
    /// Why a partner may not want it.
    causes: Vec<RejectCause>,
    /// Id and text, when a reason is needed.
    pub(super) reasons: Vec<(String, String)>,
}

struct ItemView {
    sku: String,
    name: String,
    count: u32,
    fulfilment: String,
}

struct QuoteView {
    title: String,
    kind: &'static str,
    count: String,
    price: String,
}

struct FulfilmentView {
    id: String,
    kind: &'static str,
    state: &'static str,
    detail: String,
    promise: Option<Moment>,
    done: Option<Moment>,
}

pub(super) async fn show(
    app: web::Data<SellerApp>,
    request: HttpRequest,
    id: web::Path<String>,
    query: web::Query<BuyerQuery>,
) -> Result<HttpResponse, PageError> {
    let caller = staff(&app, &request).await?;
    let order = find(&app, &caller, &id, &query.buyer).await?;
    page(&app, &order, None).await
}

/// Packing slip, label or invoice.
pub(super) async fn paper(
    app: web::Data<SellerApp>,
    request: HttpRequest,
    path: web::Path<(String, String)>,
    query: web::Query<BuyerQuery>,
) -> Result<HttpResponse, PageError> {
    let caller = staff(&app, &request).await?;
    let (id, file) = path.into_inner();
    let order = find(&app, &caller, &id, &query.buyer).await?;
    let none = || PageError::from(Problem::not_found(format!("order {id} has no {file} now")));
    let paper = Paper::parse(&file).ok_or_else(none)?;
    Ok(pdf(print(&app, &order, paper).await?.ok_or_else(none)?))
}

/// Where the person came from.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Back {
    back: String,
}

pub(super) async fn act(
    app: web::Data<SellerApp>,
    request: HttpRequest,
    id: web::Path<String>,
    query: web::Query<BuyerQuery>,
    back: web::Query<Back>,
    form: web::Form<ActForm>,
) -> Result<HttpResponse, PageError> {
    let caller = staff(&app, &request).await?;
    let order = find(&app, &caller, &id, &query.buyer).await?;
    let form = form.into_inner();
    let action = form.action.clone();
    match carry_out(&app, &caller, &order, &action, form.into_input()).await {
        Ok(_) if back.back == "exceptions" => Ok(pages::see_other("/console/exceptions")),
        Ok(_) if back.back == "returns" => Ok(pages::see_other("/console/returns")),
        Ok(next) => match back.back.strip_prefix("return-") {
            Some(id) => Ok(pages::see_other(&return_page::url(&next.id, &next.bap_id, id))),
            None => Ok(pages::see_other(&url(&next, ""))),
        },
        Err(problem) => {
            let status = problem.status_code();
            let fresh = find(&app, &caller, &id, &query.buyer).await?;
            let mut answer = page(&app, &fresh, Some(problem.detail)).await?;
            *answer.status_mut() = status;
            Ok(answer)
        }
    }
}

fn url(order: &Order, below: &str) -> String {
    format!("/console/orders/{}{below}?buyer={}", pages::url_encode(&order.id), pages::url_encode(&order.bap_id))
}

async fn page(app: &SellerApp, order: &Order, notice: Option<String>) -> Result<HttpResponse, PageError> {
    let offset = app.config.desk_utc_offset_min;
    let state = order.state.as_str();
    let page = OrderPage {
        frame: Frame::of(app, "orders"),
        notice,
        state,
        tone: tone(state),
        attention: Attention::of(order).title(),
        created_at: moment(order.created_at, offset),
        total: order.quote.total().wire(),
        paid: if order.payment.paid { "paid" } else { "not paid yet" },
        act_url: url(order, "/act"),
        transaction_url: format!("/inspect/transactions/{}", pages::url_encode(&order.transaction_id)),
        steps: desk::steps(order).into_iter().filter(on_this_page).map(|step| step_view(app, order, step)).collect(),
        items: items(order),
        quote: quote(order),
        fulfilments: order.fulfilments.iter().map(|one| fulfilment(app, order, one, offset)).collect(),
        picks: picks(app, order).await?,
        promises: order.promises.iter().map(|line| promise(line, offset)).collect(),
        custody: order.fulfilments.iter().flat_map(|one| &one.custody).map(|leg| custody_leg(leg, offset)).collect(),
        bookings: bookings::of_order(&app.node.db, &OrderKey::of(order)).await?,
        tickets: tickets::of_order(&app.node.db, &OrderKey::of(order))
            .await?
            .iter()
            .map(|t| ticket(t, offset))
            .collect(),
        papers: papers(order),
        returns: returns(order),
        timeline: timeline::of_order(app, order).await?,
        order,
    };
    Ok(pages::render(&page))
}

/// Counting and grading have a page of their own.
fn on_this_page(step: &Step) -> bool {
    !matches!(step.needs, Needs::Count | Needs::Grade)
}

fn returns(order: &Order) -> Vec<(String, String)> {
    let all = order.fulfilments.iter().filter(|one| matches!(one.progress, Progress::Return(_)));
    all.map(|one| (one.id.clone(), return_page::url(&order.id, &order.bap_id, &one.id))).collect()
}

/// The papers that there are now; the invoice comes when the goods leave.
fn papers(order: &Order) -> Vec<(&'static str, String)> {
    let mut papers = vec![("Packing slip", url(order, "/papers/slip.pdf")), ("Label", url(order, "/papers/label.pdf"))];
    if !order.documents.is_empty() {
        papers.push(("Invoice", url(order, "/papers/invoice.pdf")));
    }
    papers
}

/// The pick list, while there is something to pick.
async fn picks(app: &SellerApp, order: &Order) -> Result<Vec<PickView>, sqlx::Error> {
    let pending = order.delivery().and_then(Fulfilment::delivery) == Some(DeliveryState::Pending);
    let cart = Cart { bap_id: order.bap_id.clone(), transaction_id: order.transaction_id.clone() };
    let mut lots = lots::bought_in_words(&app.node.db, &cart).await?;
    let mut views = Vec::new();
    for wanted in picking::list(order).into_iter().filter(|_| pending && order.state != OrderState::Cancelled) {
        let item = items::one(&app.node.db, &wanted.item_id).await?;
        let (name, code) = item.map(|item| (item.name, item.code)).unwrap_or_default();
        let barcode = code.split_once(':').map(|(_, digits)| digits.to_owned()).unwrap_or(code);
        let lots = lots.remove(&wanted.item_id).unwrap_or_default();
        views.push(PickView { name, barcode, count: wanted.count, picked: wanted.picked, lots });
    }
    Ok(views)
}

fn promise(line: &Promise, offset: i16) -> PromiseView {
    PromiseView {
        by: moment(line.by, offset),
        said_at: moment(line.said_at, offset),
        who: line.who.clone(),
        cause: if line.cause.is_empty() { "first promise".to_owned() } else { line.cause.clone() },
    }
}

fn custody_leg(leg: &Leg, offset: i16) -> LegView {
    LegView { holder: leg.holder.title(), name: leg.name.clone(), since: moment(leg.since, offset) }
}

fn ticket(row: &TicketRow, offset: i16) -> TicketView {
    TicketView {
        kind: row.kind.clone(),
        opened: moment_ms(row.opened_ms, offset),
        opened_by: row.opened_by.clone(),
        note: row.note.clone(),
        outcome: if row.closed_ms.is_none() { "open".to_owned() } else { row.outcome.clone() },
    }
}

pub(super) fn step_view(app: &SellerApp, order: &Order, step: Step) -> StepView {
    let causes = RejectCause::ALL.into_iter().filter(|cause| *cause != RejectCause::NoAnswer);
    StepView {
        needs_agent: step.needs == Needs::Agent,
        needs_proof: step.needs == Needs::Proof,
        needs_note: step.needs == Needs::Note,
        needs_barcode: step.needs == Needs::Barcode,
        needs_pieces: step.needs == Needs::Pieces,
        causes: if step.needs == Needs::Cause { causes.collect() } else { Vec::new() },
        reasons: reasons::of_step(app, order, step.needs),
        step,
    }
}

fn items(order: &Order) -> Vec<ItemView> {
    let name = |sku: &str| {
        let line = order.quote.lines.iter().find(|line| line.id == sku);
        line.map(|line| line.title.clone()).unwrap_or_default()
    };
    let kind = |id: &str| order.fulfilment(id).map_or("", |fulfilment| fulfilment.kind());
    let view = |line: &crate::order::OrderLine| ItemView {
        sku: line.item_id.clone(),
        name: name(&line.item_id),
        count: line.count,
        fulfilment: kind(&line.fulfilment_id).to_owned(),
    };
    order.lines.iter().filter(|line| line.count > 0).map(view).collect()
}

fn quote(order: &Order) -> Vec<QuoteView> {
    let view = |line: &crate::order::QuoteLine| QuoteView {
        title: line.title.clone(),
        kind: line.kind.as_str(),
        count: line.count.map(|count| count.to_string()).unwrap_or_default(),
        price: line.price.wire(),
    };
    order.quote.lines.iter().map(view).collect()
}

fn fulfilment(app: &SellerApp, order: &Order, one: &Fulfilment, offset: i16) -> FulfilmentView {
    let end = one.end.as_ref();
    let mut details = Vec::new();
    if one.delivery().is_some() {
        let car = one.vehicle.as_ref().map(|number| format!(", car {number}")).unwrap_or_default();
        details.push(format!("{}{car}", one.choice.title()));
        details.extend(one.category.clone().filter(|category| !category.is_empty()));
    }
    if let Some(agent) = &one.agent {
        details.push(format!("Rider {}, {}", agent.name, agent.phone));
    }
    if let Some(request) = &one.return_request {
        let wish = if request.replace { "replacement wanted" } else { "refund wanted" };
        let reason = reasons::of_return(app, order, &request.reason_id);
        details.push(format!("{} × {}: {reason}; {wish}", request.quantity, request.item_id));
    }
    if let Some(instructions) = one.start.as_ref().and_then(|start| start.instructions.as_ref()) {
        details.push(format!("{}: {}", instructions.name, instructions.short_desc));
    }
    details.extend(one.proofs.iter().map(|proof| format!("{}: {}", proof.state.as_str(), proof.text())));
    if let Some(instructions) = end.and_then(|end| end.instructions.as_ref()) {
        details.push(format!("{}: {}", instructions.name, instructions.short_desc));
    }
    FulfilmentView {
        id: one.id.clone(),
        kind: one.kind(),
        state: one.progress.code(),
        detail: details.join(" · "),
        promise: one.due().map(|due| moment(due, offset)),
        done: end.and_then(|end| end.at).map(|at| moment(at, offset)),
    }
}
