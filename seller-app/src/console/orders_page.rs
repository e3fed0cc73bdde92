//! The first page: what waits for somebody, then the orders.

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use node::outbox::OutboxCounts;
use node::pages;
use serde::Deserialize;

use crate::app::SellerApp;
use crate::desk::Attention;
use crate::store::order_list::{self, Filter, OrderSummary};

use super::moment::{Moment, age, moment_ms};
use super::{Frame, PageError, staff};

const PAGE_ROWS: i64 = 50;
/// A promise that ends within two hours is at risk.
const SOON_MS: i64 = 2 * 3_600_000;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Query {
    /// `waiting` (the default), `all`, or one kind of work.
    show: String,
    partner: String,
    before: Option<i64>,
}

#[derive(Template)]
#[template(path = "console/orders.html")]
struct OrdersPage<'a> {
    frame: Frame<'a>,
    work: Vec<WorkView>,
    /// Orders that are late, and those that will be within two hours.
    late: i64,
    soon: i64,
    outbox: OutboxCounts,
    show: &'a str,
    partner: &'a str,
    rows: Vec<RowView>,
    older: Option<String>,
}

/// How much work of one kind waits.
struct WorkView {
    name: &'static str,
    title: &'static str,
    orders: i64,
    /// Age of the oldest.
    oldest: String,
}

struct RowView {
    id: String,
    url: String,
    act_url: String,
    partner_id: String,
    state: String,
    tone: &'static str,
    fulfilment_state: String,
    attention: &'static str,
    total: String,
    at: Moment,
    age: String,
    /// Colour and words of the promise.
    due: Option<(&'static str, String)>,
    /// Action and label of a step that needs no input.
    quick: Option<(&'static str, &'static str)>,
}

pub(super) async fn show(
    app: web::Data<SellerApp>,
    request: HttpRequest,
    query: web::Query<Query>,
) -> Result<HttpResponse, PageError> {
    staff(&app, &request).await?;
    let show = if query.show.is_empty() { "waiting" } else { query.show.as_str() };
    let filter = Filter {
        partner_id: query.partner.clone(),
        attention: if matches!(show, "waiting" | "all") { String::new() } else { show.to_owned() },
        waiting: show == "waiting",
        before_ms: query.before,
        limit: PAGE_ROWS,
        ..Filter::default()
    };
    let list = order_list::list(&app.node.db, &filter).await?;
    let older = list.last().filter(|_| list.len() as i64 == PAGE_ROWS).map(|last| {
        let partner = pages::url_encode(&query.partner);
        format!("/console?show={}&partner={partner}&before={}", pages::url_encode(show), last.created_at_ms)
    });
    let now_ms = app.now().as_millisecond();
    let late = order_list::due(&app.node.db, now_ms).await?;
    let page = OrdersPage {
        frame: Frame::of(&app, "orders"),
        work: work(&app).await?,
        late,
        soon: order_list::due(&app.node.db, now_ms + SOON_MS).await? - late,
        outbox: app.node.outbox.pending().await?,
        show,
        partner: &query.partner,
        rows: list.into_iter().map(|row| row_view(&app, row)).collect(),
        older,
    };
    Ok(pages::render(&page))
}

async fn work(app: &SellerApp) -> Result<Vec<WorkView>, sqlx::Error> {
    let now_ms = app.now().as_millisecond();
    let waiting = order_list::waiting(&app.node.db, "").await?;
    let view = |attention: Attention| {
        let found = waiting.iter().find(|one| one.attention == attention.as_str());
        WorkView {
            name: attention.as_str(),
            title: attention.title(),
            orders: found.map_or(0, |one| one.orders),
            oldest: found.map(|one| age(now_ms, one.oldest_ms)).unwrap_or_default(),
        }
    };
    Ok(Attention::ALL.into_iter().map(view).collect())
}

fn row_view(app: &SellerApp, row: OrderSummary) -> RowView {
    let now_ms = app.now().as_millisecond();
    let attention = Attention::ALL.into_iter().find(|one| one.as_str() == row.attention);
    let buyer = pages::url_encode(&row.bap_id);
    let id = pages::url_encode(&row.id);
    RowView {
        url: format!("/console/orders/{id}?buyer={buyer}"),
        act_url: format!("/console/orders/{id}/act?buyer={buyer}"),
        quick: quick(&row),
        tone: tone(&row.state),
        attention: attention.map_or("", Attention::title),
        at: moment_ms(row.created_at_ms, app.config.desk_utc_offset_min),
        age: age(now_ms, row.created_at_ms),
        due: row.due_ms.map(|due_ms| due(now_ms, due_ms)),
        id: row.id,
        partner_id: row.partner_id,
        state: row.state,
        fulfilment_state: row.fulfilment_state,
        total: row.total,
    }
}

/// The next step when it needs no input, so that it is one click away.
fn quick(row: &OrderSummary) -> Option<(&'static str, &'static str)> {
    match (row.attention.as_str(), row.fulfilment_state.as_str()) {
        ("accept", _) => Some(("accept", "Accept")),
        ("pack", _) => Some(("pack", "Packed")),
        ("hand-over", _) => Some(("pick-up", "Picked up")),
        ("deliver", "Order-picked-up") => Some(("out-for-delivery", "Out for delivery")),
        ("deliver", "Out-for-delivery") => Some(("deliver", "Delivered")),
        _ => None,
    }
}

fn due(now_ms: i64, due_ms: i64) -> (&'static str, String) {
    match due_ms - now_ms {
        ..0 => ("bad", format!("late by {}", age(now_ms, due_ms))),
        left => (if left < SOON_MS { "wait" } else { "quiet" }, format!("in {}", age(due_ms, now_ms))),
    }
}

/// Colour of an order's state.
pub(super) fn tone(state: &str) -> &'static str {
    match state {
        "Created" => "wait",
        "Accepted" | "In-progress" => "info",
        "Completed" => "ok",
        "Cancelled" => "bad",
        _ => "quiet",
    }
}
