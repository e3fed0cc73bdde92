//! The first page: what went wrong, the most urgent first, with one to three safe things to do about each.

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use node::outbox::OutboxRow;
use node::pages;
use serde::Deserialize;

use crate::app::SellerApp;
use crate::fulfilment::remedy::{Remedy, remedies};
use crate::fulfilment::watch::{WatchKind, weight};
use crate::money::Money;
use crate::store::orders;
use crate::store::watches::{self, WatchRow};

use super::moment::age;
use super::{Frame, PageError, staff};

/// Exceptions that are looked at, and those that one page shows.
const LOOKED_AT: i64 = 500;
const SHOWN: usize = 60;
/// Messages that were refused or given up.
const MESSAGES_MAX: u32 = 40;

#[derive(Template)]
#[template(path = "console/exceptions.html")]
struct ExceptionsPage<'a> {
    frame: Frame<'a>,
    kinds: Vec<KindView>,
    /// Only this kind; empty = all.
    only: &'a str,
    rows: Vec<RowView>,
    more: usize,
    total: String,
}

struct KindView {
    name: &'static str,
    title: &'static str,
    count: usize,
}

struct RowView {
    name: &'static str,
    title: &'static str,
    tone: &'static str,
    detail: String,
    order_id: String,
    url: String,
    act_url: String,
    partner_id: String,
    value: String,
    left: String,
    late: bool,
    remedies: Vec<Remedy>,
    /// Sends a message again.
    resend: Option<String>,
    weight: i64,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Query {
    kind: String,
}

/// Messages that the network refused are a kind of their own: no order waits for them by the clock.
const REFUSED: (&str, &str) = ("refused-message", "Refused by the network");

pub(super) async fn show(
    app: web::Data<SellerApp>,
    request: HttpRequest,
    query: web::Query<Query>,
) -> Result<HttpResponse, PageError> {
    staff(&app, &request).await?;
    let now_ms = app.now().as_millisecond();
    let mut found: Vec<(WatchKind, WatchRow)> = Vec::new();
    for row in watches::exceptions(&app.node.db, now_ms, LOOKED_AT).await? {
        if let Some(kind) = WatchKind::parse(&row.kind) {
            found.push((kind, row));
        }
    }
    let messages = app.node.outbox.rows(false, MESSAGES_MAX).await?;
    let kinds = kinds(&found, messages.len());
    let total: i64 = found.iter().map(|(_, row)| row.value_minor).sum();
    let only = query.kind.as_str();
    found.retain(|(kind, _)| only.is_empty() || kind.as_str() == only);
    found.sort_by_key(|(_, row)| std::cmp::Reverse(weight(row.value_minor, row.until_ms - now_ms)));
    let more = found.len().saturating_sub(SHOWN);
    found.truncate(SHOWN);
    let mut rows = Vec::with_capacity(found.len());
    for (kind, row) in found {
        rows.push(exception(&app, kind, row, now_ms).await?);
    }
    if only.is_empty() || only == REFUSED.0 {
        for message in messages {
            rows.extend(refused(&app, message, now_ms).await?);
        }
    }
    rows.sort_by_key(|row| std::cmp::Reverse(row.weight));
    let total = Money::from_minor(total).wire();
    Ok(pages::render(&ExceptionsPage { frame: Frame::of(&app, "exceptions"), kinds, only, rows, more, total }))
}

fn kinds(found: &[(WatchKind, WatchRow)], messages: usize) -> Vec<KindView> {
    let of = |kind: WatchKind| KindView {
        name: kind.as_str(),
        title: kind.title(),
        count: found.iter().filter(|(one, _)| *one == kind).count(),
    };
    let shown = WatchKind::ALL.into_iter().filter(|kind| *kind != WatchKind::Estimate);
    let own = KindView { name: REFUSED.0, title: REFUSED.1, count: messages };
    shown.map(of).chain([own]).collect()
}

async fn exception(app: &SellerApp, kind: WatchKind, row: WatchRow, now_ms: i64) -> Result<RowView, sqlx::Error> {
    let stored = orders::one(&app.node.db, &row.order()).await?;
    let remedies = match (&stored, app.rules(&row.domain, &row.core_version)) {
        (Some(stored), Ok(rules)) => remedies(kind, &stored.order, rules),
        (None, _) | (_, Err(_)) => Vec::new(),
    };
    let left_ms = row.until_ms - now_ms;
    Ok(RowView {
        name: kind.as_str(),
        title: kind.title(),
        tone: tone(kind),
        detail: row.detail.clone(),
        url: url(&row.order_id, &row.bap_id, ""),
        act_url: url(&row.order_id, &row.bap_id, "/act"),
        order_id: row.order_id,
        partner_id: row.partner_id,
        value: Money::from_minor(row.value_minor).wire(),
        left: if left_ms < 0 { age(now_ms, row.until_ms) } else { age(row.until_ms, now_ms) },
        late: left_ms < 0,
        remedies,
        resend: None,
        weight: weight(row.value_minor, left_ms),
    })
}

fn tone(kind: WatchKind) -> &'static str {
    match kind {
        WatchKind::Lost | WatchKind::Damaged | WatchKind::Rejected => "bad",
        WatchKind::NotAccepted | WatchKind::LatePack | WatchKind::PromiseAtRisk => "wait",
        WatchKind::Estimate => "quiet",
    }
}

/// A message that did not arrive, with the order it is about; messages of no order are on the page of the queues.
async fn refused(app: &SellerApp, message: OutboxRow, now_ms: i64) -> Result<Option<RowView>, sqlx::Error> {
    let cart = crate::store::reservation::Cart {
        bap_id: message.to_id.clone(),
        transaction_id: message.transaction_id.clone(),
    };
    let Some(order) = orders::by_transaction(&app.node.db, &cart).await?.map(|stored| stored.order) else {
        return Ok(None);
    };
    let value_minor = order.quote.total().minor().unwrap_or_default();
    let why = message.last_error.unwrap_or_default();
    Ok(Some(RowView {
        name: REFUSED.0,
        title: REFUSED.1,
        tone: "bad",
        detail: format!("{} is {}: {why}", message.action, message.state),
        url: url(&order.id, &order.bap_id, ""),
        act_url: String::new(),
        order_id: order.id.clone(),
        partner_id: order.partner_id.clone(),
        value: order.quote.total().wire(),
        left: age(now_ms, message.created_ms),
        late: true,
        remedies: Vec::new(),
        resend: Some(message.id),
        weight: weight(value_minor, 0),
    }))
}

fn url(order_id: &str, bap_id: &str, below: &str) -> String {
    format!(
        "/console/orders/{}{below}?buyer={}&back=exceptions",
        pages::url_encode(order_id),
        pages::url_encode(bap_id)
    )
}
