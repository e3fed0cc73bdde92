//! Network health: each counterparty with what it accepted and refused, how fast, and what waits for it.

use std::collections::BTreeMap;

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use node::pages;

use crate::app::SellerApp;
use crate::network_health::{Flow, Peer, by_peer};

use super::moment::age;
use super::{Frame, PageError, staff};

/// The newest messages that are counted, and the rows of the outbox that are looked at.
const MESSAGES: u32 = 2_000;
const OUTBOX_ROWS: u32 = 2_000;

#[derive(Template)]
#[template(path = "console/network.html")]
struct NetworkPage<'a> {
    frame: Frame<'a>,
    counted: usize,
    /// Age of the oldest message that is counted.
    since: String,
    rows: Vec<RowView>,
}

struct RowView {
    peer: String,
    /// Title of the column and what went that way.
    flows: [(&'static str, FlowView); 2],
    /// Code and how often, the most frequent first.
    errors: Vec<(String, u64)>,
    waiting: usize,
    oldest: String,
    stuck: usize,
    last: String,
    tone: &'static str,
}

struct FlowView {
    acks: u64,
    nacks: u64,
    failed: u64,
    /// Parts of a hundred of the bar.
    ack_width: u64,
    nack_width: u64,
    median: String,
    slow: String,
}

pub(super) async fn show(app: web::Data<SellerApp>, request: HttpRequest) -> Result<HttpResponse, PageError> {
    staff(&app, &request).await?;
    let now_ms = app.now().as_millisecond();
    let entries = app.node.ledger.recent(MESSAGES, None).await?;
    let mut peers = by_peer(&entries);
    let (mut waiting, mut stuck) = (BTreeMap::<String, (usize, i64)>::new(), BTreeMap::<String, usize>::new());
    for row in app.node.outbox.rows(true, OUTBOX_ROWS).await? {
        let one = waiting.entry(row.to_id).or_insert((0, i64::MAX));
        *one = (one.0 + 1, one.1.min(row.created_ms));
    }
    for row in app.node.outbox.rows(false, OUTBOX_ROWS).await? {
        *stuck.entry(row.to_id).or_default() += 1;
    }
    // One that was never reached has no line in the ledger yet.
    for id in waiting.keys().chain(stuck.keys()) {
        peers.entry(id.clone()).or_default();
    }
    let view = |(id, peer): (String, Peer)| {
        let (count, oldest_ms) = waiting.get(&id).copied().unwrap_or((0, now_ms));
        let dead = stuck.get(&id).copied().unwrap_or_default();
        row(id, &peer, (count, oldest_ms), dead, now_ms)
    };
    let mut rows: Vec<RowView> = peers.into_iter().map(view).collect();
    // What is wrong stands first.
    rows.sort_by_key(|row| (row.tone == "ok", std::cmp::Reverse(row.stuck + row.waiting)));
    let page = NetworkPage {
        frame: Frame::of(&app, "network"),
        counted: entries.len(),
        since: entries.last().map(|entry| age(now_ms, entry.at_ms)).unwrap_or_default(),
        rows,
    };
    Ok(pages::render(&page))
}

fn row(id: String, peer: &Peer, (waiting, oldest_ms): (usize, i64), stuck: usize, now_ms: i64) -> RowView {
    let mut errors: Vec<(String, u64)> = peer.errors.clone().into_iter().collect();
    errors.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    let refused = peer.sent.nacks + peer.sent.failed + peer.received.nacks;
    RowView {
        peer: id,
        flows: [("We sent", flow(&peer.sent)), ("We received", flow(&peer.received))],
        tone: if stuck > 0 || refused * 10 > peer.sent.total() + peer.received.total() {
            "bad"
        } else if refused > 0 || waiting > 0 {
            "wait"
        } else {
            "ok"
        },
        errors,
        waiting,
        oldest: if waiting > 0 { age(now_ms, oldest_ms) } else { String::new() },
        stuck,
        last: if peer.last_ms > 0 { age(now_ms, peer.last_ms) } else { String::new() },
    }
}

fn flow(flow: &Flow) -> FlowView {
    let width = |count: u64| (count * 100).checked_div(flow.total()).unwrap_or_default();
    let ms = |us: Option<i64>| us.map(|us| format!("{}.{} ms", us / 1000, us % 1000 / 100)).unwrap_or_default();
    FlowView {
        acks: flow.acks,
        nacks: flow.nacks,
        failed: flow.failed,
        ack_width: width(flow.acks),
        nack_width: width(flow.nacks),
        median: ms(flow.within_us(50)),
        slow: ms(flow.within_us(95)),
    }
}
