//! The first page: the orders that wait for this partner, the most urgent first.

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use node::pages;

use crate::app::SellerApp;
use crate::desk::Attention;
use crate::fulfilment::watch::{WatchKind, watches};
use crate::languages::Language;
use crate::order::{Order, RejectCause};
use crate::store::order_list::{self, Filter, OrderSummary};
use crate::store::orders::{self, OrderKey};

use super::{Frame, PortalError, Visit, words};

/// Orders that one page shows: more is slow to load on a phone, and nobody does them all at once.
const SHOWN: usize = 30;
const LOOKED_AT: i64 = 200;
/// Kinds of goods that a row names.
const NAMED: usize = 3;

/// What comes back to the store.
const BACKWARD: [Attention; 4] =
    [Attention::DecideReturn, Attention::CollectReturn, Attention::ReceiveReturn, Attention::ReceiveRto];

#[derive(Template)]
#[template(path = "portal/today.html")]
struct TodayPage<'a> {
    frame: Frame<'a>,
    title: String,
    empty: String,
    /// How many wait, in words; and how many of them are late.
    waiting: String,
    late: Option<String>,
    groups: Vec<GroupView>,
    causes: Vec<(&'static str, String)>,
    /// Changes with every order.
    stamp: String,
}

struct GroupView {
    name: &'static str,
    title: String,
    count: String,
    rows: Vec<RowView>,
}

struct RowView {
    id: String,
    url: String,
    act_url: String,
    goods: String,
    total: String,
    /// Unix milliseconds; the script counts down to it.
    due_ms: i64,
    due: String,
    tone: &'static str,
    /// Whether it waits for a yes or no.
    open: bool,
}

pub(super) async fn show(app: web::Data<SellerApp>, request: HttpRequest) -> Result<HttpResponse, PortalError> {
    page(&app, &request, false).await
}

/// What is on its way back.
pub(super) async fn returns(app: web::Data<SellerApp>, request: HttpRequest) -> Result<HttpResponse, PortalError> {
    page(&app, &request, true).await
}

/// A text that is another one after every change of what waits; the open page asks for it now and then.
pub(super) async fn changes(app: web::Data<SellerApp>, request: HttpRequest) -> Result<HttpResponse, PortalError> {
    let visit = Visit::of(&app, &request).await?;
    let rows = waiting(&app, &visit.partner_id).await?;
    Ok(HttpResponse::Ok().content_type("text/plain").insert_header(("cache-control", "no-store")).body(stamp(&rows)))
}

async fn waiting(app: &SellerApp, partner_id: &str) -> Result<Vec<OrderSummary>, sqlx::Error> {
    let filter = Filter { partner_id: partner_id.to_owned(), waiting: true, limit: LOOKED_AT, ..Filter::default() };
    order_list::list(&app.node.db, &filter).await
}

fn stamp(rows: &[OrderSummary]) -> String {
    let newest = rows.iter().map(|row| row.updated_at_ms).max().unwrap_or_default();
    format!("{}-{newest}", rows.len())
}

async fn page(app: &SellerApp, request: &HttpRequest, back: bool) -> Result<HttpResponse, PortalError> {
    let visit = Visit::of(app, request).await?;
    let t = visit.t;
    let mut list = waiting(app, &visit.partner_id).await?;
    let stamp = stamp(&list);
    let wanted = |row: &OrderSummary| BACKWARD.iter().any(|one| one.as_str() == row.attention) == back;
    list.retain(wanted);
    let count = list.len();
    list.reverse();
    list.sort_by_key(|row| row.due_ms.unwrap_or(i64::MAX));
    let now_ms = app.now().as_millisecond();
    let (mut groups, mut late, mut left) = (Vec::new(), 0_usize, SHOWN);
    for attention in Attention::ALL {
        let mut rows = Vec::new();
        let own: Vec<&OrderSummary> = list.iter().filter(|row| row.attention == attention.as_str()).collect();
        for row in own.iter().take(left) {
            let Some(stored) = orders::one(&app.node.db, &key(row)).await? else { continue };
            let view = row_view(app, t, &stored.order, attention, row.due_ms, now_ms);
            late += usize::from(view.tone == "bad");
            rows.push(view);
        }
        left -= rows.len();
        if !own.is_empty() {
            let title = t.say(&words::waits(attention));
            groups.push(GroupView { name: attention.as_str(), title, count: t.number(own.len() as i64), rows });
        }
    }
    let causes = RejectCause::ALL.into_iter().filter(|cause| *cause != RejectCause::NoAnswer);
    let here = if back { "returns" } else { "today" };
    let page = TodayPage {
        title: if back { t.say("returns-title") } else { t.say("today-title") },
        empty: if back { t.say("returns-empty") } else { t.say("today-empty") },
        waiting: t.count("today-waiting", count),
        late: (late > 0).then(|| t.count("today-late", late)),
        groups,
        causes: causes.map(|cause| (cause.as_str(), t.say(&words::cause(cause)))).collect(),
        stamp,
        frame: Frame::of(app, &visit.name, t, here),
    };
    Ok(pages::render(&page))
}

fn key(row: &OrderSummary) -> OrderKey {
    OrderKey { bap_id: row.bap_id.clone(), id: row.id.clone() }
}

fn row_view(
    app: &SellerApp,
    t: &Language,
    order: &Order,
    attention: Attention,
    promised_ms: Option<i64>,
    now_ms: i64,
) -> RowView {
    let due_ms = deadline(app, order).or(promised_ms);
    let left = due_ms.map(|due_ms| due_ms - now_ms);
    RowView {
        id: order.id.clone(),
        url: super::order::url(order, ""),
        act_url: super::order::url(order, "/act"),
        goods: goods(t, order),
        total: t.money(order.quote.total(), app.currency()),
        due_ms: due_ms.unwrap_or_default(),
        due: left.map(|left| time_left(t, left)).unwrap_or_default(),
        tone: match left {
            Some(..0) => "bad",
            Some(0..1_800_000) => "wait",
            Some(1_800_000..) | None => "quiet",
        },
        open: attention == Attention::Accept,
    }
}

/// Until when to accept or to pack, as the brand's policy has it.
fn deadline(app: &SellerApp, order: &Order) -> Option<i64> {
    let mine = |kind: WatchKind| matches!(kind, WatchKind::NotAccepted | WatchKind::LatePack);
    let found = watches(order, &app.seller.fulfilment);
    found.iter().filter(|watch| mine(watch.kind)).map(|watch| watch.due.as_millisecond()).min()
}

pub(super) fn time_left(t: &Language, left_ms: i64) -> String {
    let key = if left_ms < 0 { "time-late" } else { "time-left" };
    t.with(key, "time", &t.lasts(left_ms.abs()))
}

fn goods(t: &Language, order: &Order) -> String {
    let lines: Vec<_> = order.lines.iter().filter(|line| line.count > 0).collect();
    let name = |sku: &str| {
        let quoted = order.quote.lines.iter().find(|line| line.id == sku);
        quoted.map_or_else(|| sku.to_owned(), |line| line.title.clone())
    };
    let named = lines.iter().take(NAMED).map(|line| format!("{} × {}", t.number(line.count), name(&line.item_id)));
    let mut text = named.collect::<Vec<_>>().join(", ");
    if lines.len() > NAMED {
        text.push('…');
    }
    text
}
