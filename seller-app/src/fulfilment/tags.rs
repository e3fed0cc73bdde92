//! What a fulfilment carries as tags: who cancelled it, how far it was, what it took off the quote.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::money::Money;
use crate::order::LineKind;

/// Tag `cancel_request`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CancelRequest {
    pub reason_id: String,
    /// Subscriber id of who asked for it.
    pub initiated_by: String,
    pub retry_count: Option<u32>,
    /// Fulfilment that brings the goods back.
    pub rto_id: Option<String>,
}

/// Tag `precancel_state`: where the fulfilment was when it was cancelled.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PrecancelState {
    pub fulfillment_state: String,
    /// The order's `updated_at` before the cancellation.
    pub updated_at: Timestamp,
}

/// Tag `fulfillment_delay`: pickup or delivery came after the promised range.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Delay {
    /// `Order-picked-up` or `Order-delivered`.
    pub state: String,
    pub reason_id: String,
    pub timestamp: Timestamp,
}

/// Tag `quote_trail`: one quote line that changed, and by how much (negative when it became less).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrailEntry {
    pub kind: LineKind,
    /// The quote line's own id.
    pub id: String,
    pub value: Money,
}
