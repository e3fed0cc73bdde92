//! The order, from the first quote to the last refund, and the one function that decides about it.
//!
//! ```text
//!  wire message ── network::translate ──▶ Command ─┐
//!  desk, portal, API ────────────────────▶ Command ─┤
//!                                                   ▼
//!        OrderView (order, partner, shelf) ──▶ decide() ──▶ Decision { next, effects } | Refusal
//!                                                                       │
//!                shell: save `next`, move stock, enqueue messages ◀─────┘   one transaction
//! ```
//!
//! Pure: the same view, command and `now` give the same decision. Ids come from the caller.

pub mod cancel;
pub mod channel;
pub mod command;
pub mod confirm;
mod courier;
pub mod decide;
pub mod effect;
pub mod init;
pub mod line;
pub mod local;
pub mod options;
pub mod payment;
pub mod picking;
pub mod progress;
pub mod promising;
pub mod quote;
pub mod quoting;
mod receiving;
pub mod refusal;
pub mod reject;
pub mod returning;
pub mod rto;
pub mod rules;
pub mod select;
pub mod state;
pub mod track;
pub mod troubled;
pub mod update;
pub mod view;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

pub use channel::Channel;
pub use command::{
    AddressChange, Cancel, Command, Confirm, CourierReport, Init, InitFulfilment, LineRef, Party, Quoted, Rating,
    Received, Refund, Select, SelectItem,
};
pub use decide::decide;
pub use effect::{Decision, Effect, IdKind};
pub use line::OrderLine;
pub use options::Offered;
pub use payment::{FinderFee, Payment, PaymentMethod};
pub use quote::{LineKind, Quote, QuoteLine};
pub use refusal::Refusal;
pub use reject::{RejectCause, Rejection};
pub use rules::{Reason, Rules, VersionRules};
pub use state::{OrderEvent, OrderState};
pub use view::{OrderView, ShelfItem};

use crate::catalogue::PartnerId;
use crate::catalogue::serviceability::Destination;
use crate::fulfilment::{Fulfilment, Promise};
use crate::inventory::{StockMove, demand};
use crate::money::Money;

/// A cart before `confirm` (states Selected and Initialised) has the same shape as the order it becomes.
pub type Draft = Order;

/// One order with everything that later messages must repeat. Stored as JSON text.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Order {
    /// The buyer app's order id; empty until `confirm`.
    pub id: String,
    pub transaction_id: String,
    pub bap_id: String,
    pub bap_uri: String,
    pub domain: String,
    pub core_version: String,
    pub city: String,
    pub partner_id: PartnerId,
    /// The partner's location that the buyer app named last, before or in `confirm`: its place or one of its zones.
    pub location_id: String,
    pub state: OrderState,
    pub lines: Vec<OrderLine>,
    pub fulfilments: Vec<Fulfilment>,
    /// Exactly as the buyer app sent it; null until `init`.
    pub billing: Value,
    pub quote: Quote,
    /// When the quote was given; it stands for `quote.ttl`.
    pub quoted_at: Timestamp,
    /// What the quote cannot be bought for: the code that `on_select` carried (30009, 30023).
    pub blocked: Option<Refusal>,
    pub payment: Payment,
    /// Tag lists `bpp_terms` and `bap_terms` as agreed at `confirm`.
    pub tags: Vec<Value>,
    /// The buyer's `created_at`; the first quote's time until `confirm`.
    pub created_at: Timestamp,
    /// When the order was placed by our own clock: promises count from here, whatever the buyer app's clock says.
    pub placed_at: Timestamp,
    pub updated_at: Timestamp,
    pub documents: Vec<Document>,
    pub cancellation: Option<Cancellation>,
    /// Where the cart goes, from `select` on.
    pub destination: Destination,
    /// What `on_select` offered; empty from `confirm` on.
    #[serde(default)]
    pub options: Vec<Offered>,
    /// The promise ledger, oldest first.
    #[serde(default)]
    pub promises: Vec<Promise>,
    /// The partner does not want it, and nobody decided yet what becomes of it.
    #[serde(default)]
    pub rejection: Option<Rejection>,
}

/// A paper that belongs to the order: `documents[]` on the wire.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Document {
    pub label: String,
    pub url: String,
}

/// Who cancelled the whole order, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cancellation {
    /// Subscriber id.
    pub cancelled_by: String,
    pub reason_id: String,
}

impl Order {
    /// Marks a change. Never backwards, even when replicas' clocks differ.
    pub(crate) fn touch(&mut self, now: Timestamp) {
        self.updated_at = self.updated_at.max(now);
    }

    /// True before `confirm`.
    pub fn is_draft(&self) -> bool {
        self.state.is_draft()
    }

    pub fn fulfilment(&self, id: &str) -> Option<&Fulfilment> {
        self.fulfilments.iter().find(|fulfilment| fulfilment.id == id)
    }

    /// The forward delivery. In the strict profile there is exactly one.
    pub fn delivery(&self) -> Option<&Fulfilment> {
        self.fulfilments.iter().find(|fulfilment| fulfilment.delivery().is_some())
    }

    /// What the buyer agreed to pay at `confirm`; later cancellations and returns do not change it.
    pub fn agreed_total(&self) -> Money {
        self.payment.amount
    }

    /// When the forward delivery reached the buyer.
    pub fn delivered_at(&self) -> Option<Timestamp> {
        self.delivery()?.end.as_ref()?.at
    }

    /// The latest moment at which the delivery may arrive.
    pub fn promised_by(&self) -> Option<Timestamp> {
        Some(self.delivery()?.tat.as_ref()?.after(self.placed_at))
    }

    /// What a fulfilment carries, by SKU, to be moved in stock.
    pub fn stock_on(&self, fulfilment_id: &str) -> Vec<StockMove> {
        let carried = self.lines.iter().filter(|line| line.fulfilment_id == fulfilment_id && line.count > 0);
        let summed = demand(carried.map(|line| (line.item_id.as_str(), line.count)));
        let partner_id = &self.partner_id;
        summed.into_iter().map(|(sku, count)| StockMove { partner_id: partner_id.clone(), sku, count }).collect()
    }

    /// The SKUs of the order, for the shell to load the shelf with.
    pub fn skus(&self) -> impl Iterator<Item = &str> {
        self.lines.iter().map(|line| line.item_id.as_str())
    }
}
