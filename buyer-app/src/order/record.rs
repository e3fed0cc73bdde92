//! The order record: what the shopper bought, what the seller last said, what happened when.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::quote::{Quote, Trail};
use super::report::{Agent, Document, TimeRange};
use super::state::{FulfilmentKind, OrderState};
use crate::money::Money;

/// One order with one provider of one seller node.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Order {
    pub id: String,
    pub transaction_id: String,
    /// Shopper session or API caller that placed it.
    pub owner: String,
    pub domain: String,
    pub core_version: String,
    pub city: String,
    pub bpp_id: String,
    pub bpp_uri: String,
    pub provider_id: String,
    pub provider_name: String,
    pub location_id: String,
    pub state: OrderState,
    /// What was ordered, before any cancel or return. Never changes.
    pub ordered: Vec<OrderedLine>,
    /// Where the ordered pieces are now: forward lines plus Cancel, Return and RTO lines.
    pub lines: Vec<Line>,
    pub fulfilments: Vec<Fulfilment>,
    /// Quote as the seller last reported it.
    pub quote: Quote,
    /// Total at confirm; `quote.price` + refunds due always equals it.
    pub confirmed_total: Money,
    pub payment: Payment,
    pub billing: Value,
    /// Where it goes: `end` of the forward fulfilment as we sent it.
    pub delivery: Value,
    pub documents: Vec<Document>,
    pub cancellation: Option<Cancellation>,
    pub refunds: Vec<Refund>,
    pub timeline: Vec<TimelineEntry>,
    /// Returns that were asked for and not yet answered, by return id.
    pub returns_asked: Vec<ReturnAsked>,
    /// Seller's answer to `track`, as received.
    pub tracking: Option<Value>,
    /// `context.timestamp` (ms) of the newest report that was folded in.
    pub reported_ms: i64,
    /// `context.timestamp` (ms) of the newest message of this transaction, ours or theirs: the next must be later.
    pub last_message_ms: i64,
    pub created_ms: i64,
    pub updated_ms: i64,
}

/// A line as it was ordered.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OrderedLine {
    pub item_id: String,
    pub title: String,
    pub count: u32,
    pub unit_price: Money,
    pub category: String,
    /// Unknown (None) when the item was never in our catalogue.
    pub returnable: Option<bool>,
    pub cancellable: Option<bool>,
}

/// So many pieces of an item on a fulfilment.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Line {
    pub item_id: String,
    pub fulfilment_id: String,
    pub count: u32,
}

/// A fulfilment as last reported.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Fulfilment {
    pub id: String,
    pub kind: FulfilmentKind,
    pub state: String,
    pub tat: Option<String>,
    pub tracking: bool,
    pub provider_name: Option<String>,
    pub agent: Option<Agent>,
    pub pickup_slot: Option<TimeRange>,
    pub delivery_slot: Option<TimeRange>,
    pub picked_at: Option<String>,
    pub delivered_at: Option<String>,
    /// Why a return was rejected.
    pub note: Option<String>,
    pub trails: Vec<Trail>,
}

/// How the shopper pays.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Payment {
    /// ON-ORDER (prepaid) or ON-FULFILLMENT (cash on delivery).
    pub kind: String,
    /// BAP or BPP.
    pub collected_by: String,
    pub paid: bool,
    pub amount: Money,
    pub currency: String,
    /// Reference at the payment provider; empty for cash.
    pub reference: String,
    /// `order.payment` as we sent it in confirm.
    pub wire: Value,
}

impl Payment {
    pub fn is_cash(&self) -> bool {
        self.kind == "ON-FULFILLMENT"
    }
}

/// Who cancelled and why.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Cancellation {
    pub by: String,
    pub reason_id: String,
}

/// Money that goes, or went, back to the shopper.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Refund {
    pub id: String,
    /// Cancel, Return or RTO fulfilment that caused it; the order id when confirm failed.
    pub fulfilment_id: String,
    pub amount: Money,
    pub state: RefundState,
    /// Reference at the payment provider once paid.
    pub reference: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum RefundState {
    Due,
    Paid,
}

/// A return the shopper asked for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ReturnAsked {
    pub return_id: String,
    pub item_id: String,
    pub count: u32,
    pub reason_id: String,
}

/// One thing that happened, for people.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TimelineEntry {
    pub at_ms: i64,
    /// Empty for the order as a whole.
    pub fulfilment_id: String,
    /// Wire state code, or one of ours: `Requested`, `Failed`, `refund-due`, `refund-paid`, `cancel-asked`, `return-asked`.
    pub code: String,
    pub note: String,
}

impl Order {
    pub fn fulfilment(&self, id: &str) -> Option<&Fulfilment> {
        self.fulfilments.iter().find(|f| f.id == id)
    }

    /// Ordered pieces of an item over all its lines.
    pub fn ordered_count(&self, item_id: &str) -> u32 {
        self.ordered.iter().filter(|l| l.item_id == item_id).map(|l| l.count).sum()
    }

    /// Pieces still on a forward fulfilment.
    pub fn forward_count(&self, item_id: &str) -> u32 {
        let forward = |id: &str| self.fulfilment(id).is_none_or(|f| f.kind.is_forward());
        self.lines.iter().filter(|l| l.item_id == item_id && forward(&l.fulfilment_id)).map(|l| l.count).sum()
    }

    pub fn title_of<'a>(&'a self, item_id: &'a str) -> &'a str {
        self.ordered.iter().find(|l| l.item_id == item_id).map_or(item_id, |l| l.title.as_str())
    }

    pub fn refunded(&self) -> Money {
        self.refunds.iter().filter(|r| r.state == RefundState::Paid).map(|r| r.amount).sum()
    }

    pub fn refunds_recorded(&self) -> Money {
        self.refunds.iter().map(|r| r.amount).sum()
    }

    /// Adds an entry unless the last entry for the fulfilment says the same.
    pub fn note_event(&mut self, at_ms: i64, fulfilment_id: &str, code: &str, note: &str) {
        let last = self.timeline.iter().rev().find(|e| e.fulfilment_id == fulfilment_id);
        if last.is_some_and(|e| e.code == code && e.note == note) {
            return;
        }
        self.timeline.push(TimelineEntry {
            at_ms,
            fulfilment_id: fulfilment_id.to_owned(),
            code: code.to_owned(),
            note: note.to_owned(),
        });
    }
}
