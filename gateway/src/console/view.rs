//! Rows of the store as the pages show them.

use jiff::Timestamp;

use crate::audience::{LeftOut, Reason};
use crate::gateway::Gateway;
use crate::store::report::{AskRow, SearchRow, SellerRow};

/// What the frame of every page shows.
pub(super) struct Frame<'a> {
    pub subscriber_id: &'a str,
    pub here: &'a str,
}

impl<'a> Frame<'a> {
    pub fn of(gateway: &'a Gateway, here: &'a str) -> Self {
        Self { subscriber_id: gateway.node.identity.subscriber_id.as_str(), here }
    }
}

pub(super) struct SearchView {
    pub id: String,
    pub at: String,
    pub buyer: String,
    pub domain: String,
    pub core_version: String,
    pub city: String,
    pub target: Option<String>,
    pub until: String,
    pub asked: i64,
    pub acked: i64,
    pub refused: i64,
    pub dead: i64,
    pub waiting: i64,
    pub left_out: usize,
    pub relayed: i64,
    pub transaction_id: String,
    pub transaction_url: String,
    pub message_id: String,
}

impl SearchView {
    pub fn of(row: SearchRow) -> Self {
        Self {
            at: instant(row.received_ms),
            until: instant(row.give_up_ms),
            waiting: (row.asked - row.acked - row.refused - row.dead).max(0),
            left_out: left_out(&row.left_out).len(),
            transaction_url: node::pages::url_encode(&row.transaction_id),
            id: row.id,
            buyer: row.buyer,
            domain: row.domain,
            core_version: row.core_version,
            city: row.city,
            target: row.target,
            asked: row.asked,
            acked: row.acked,
            refused: row.refused,
            dead: row.dead,
            relayed: row.relayed,
            transaction_id: row.transaction_id,
            message_id: row.message_id,
        }
    }
}

pub(super) struct AskView {
    pub seller: String,
    pub seller_url: String,
    pub state: &'static str,
    pub tone: &'static str,
    pub took: String,
    pub attempts: i64,
    pub detail: String,
}

impl AskView {
    pub fn of(row: AskRow) -> Self {
        let (state, tone) = match row.state.as_str() {
            "acked" => ("ACK", "ok"),
            "refused" => ("NACK", "bad"),
            "dead" => ("given up", "bad"),
            _ => ("waiting", "wait"),
        };
        Self {
            seller_url: node::pages::url_encode(&row.seller),
            seller: row.seller,
            state,
            tone,
            took: row.done_ms.map(|done| format!("{} ms", done - row.asked_ms)).unwrap_or_default(),
            attempts: row.attempts,
            detail: row.detail.unwrap_or_default(),
        }
    }
}

pub(super) struct LeftOutView {
    pub seller: String,
    pub why: &'static str,
}

impl LeftOutView {
    pub fn all(json: &str) -> Vec<Self> {
        left_out(json).into_iter().map(|one| Self { seller: one.seller.to_string(), why: words(one.why) }).collect()
    }
}

const fn words(why: Reason) -> &'static str {
    match why {
        Reason::City => "does not serve the city",
        Reason::Country => "is not in the country",
        Reason::NotSubscribed => "is not subscribed now",
        Reason::NoAddress => "has no address in the registry",
        Reason::Limit => "more sellers than audience_max",
        Reason::Unknown => "is no seller of this domain in the registry",
    }
}

pub(super) struct SellerView {
    pub seller: String,
    pub seller_url: String,
    pub asked: i64,
    pub acked: i64,
    pub refused: i64,
    pub dead: i64,
    pub ack: String,
    pub last: String,
}

impl SellerView {
    pub fn of(row: SellerRow) -> Self {
        Self {
            seller_url: node::pages::url_encode(&row.seller),
            seller: row.seller,
            asked: row.asked,
            acked: row.acked,
            refused: row.refused,
            dead: row.dead,
            ack: row.ack_ms.map(|ms| format!("{ms} ms")).unwrap_or_default(),
            last: instant(row.last_asked_ms),
        }
    }
}

fn left_out(json: &str) -> Vec<LeftOut> {
    serde_json::from_str(json).unwrap_or_default()
}

fn instant(ms: i64) -> String {
    Timestamp::from_millisecond(ms).unwrap_or_default().strftime("%Y-%m-%d %H:%M:%S").to_string()
}
