//! What the shell must do after a decision, in the same transaction that saves the order.

use jiff::Timestamp;
use protocol::ack::NetworkError;
use serde_json::Value;
use specs::Action;

use super::Order;
use crate::catalogue::PartnerId;
use crate::fulfilment::TroubleKind;
use crate::inventory::{Correction, StockMove};

/// The order after the command, and what follows from it.
#[derive(Clone, Debug, PartialEq)]
pub struct Decision {
    pub next: Order,
    pub effects: Vec<Effect>,
}

/// Effects are carried out in order.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// Answer the request with its callback: same message id. Never emitted for desk commands.
    Reply { message: Value, error: Option<NetworkError> },
    /// Tell the buyer app unasked: a new message id, a timestamp later than the reply's.
    Announce { action: Action, message: Value },
    /// Keep stock for the transaction until then; replaces what it held before.
    Hold { lines: Vec<StockMove>, until: Timestamp },
    /// Turn the transaction's hold into stock committed to the order.
    Commit { lines: Vec<StockMove> },
    /// Let go what is held for the transaction, or these committed pieces: they may be sold again.
    Release { lines: Vec<StockMove> },
    /// Committed goods left the store: off `on_hand` and off `committed`.
    Ship { lines: Vec<StockMove> },
    /// Goods came back: onto `on_hand`.
    Restock { lines: Vec<StockMove> },
    /// A rejection says that the number of a shelf is wrong. Comes after the release of what was rejected.
    Correct { partner_id: PartnerId, sku: String, correction: Correction },
    /// A return is settled: who bears its cost goes into the ledger, and claims are opened.
    SettleReturn { return_id: String },
    /// Goods are lost or damaged: a ticket is opened.
    OpenTicket { fulfilment_id: String, kind: TroubleKind, by: String, note: String },
    /// The order's open tickets are over.
    CloseTickets { outcome: String },
    /// Stock of the partner moved: the catalogue may have to be flipped.
    Republish { partner_id: PartnerId },
}

/// What a new id is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum IdKind {
    /// Forward delivery.
    Fulfilment,
    /// Fulfilment that carries what was cancelled.
    CancelFulfilment,
    /// Fulfilment that brings undelivered goods back.
    RtoFulfilment,
    /// Four digits that the rider shows at the store.
    PickupCode,
    /// Four digits that the buyer tells the rider.
    DeliveryCode,
}
