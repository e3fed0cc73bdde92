//! Time and size limits per action (`limits/index.yaml`).

use serde::{Deserialize, Serialize};

/// Limits of one action.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Limits {
    /// The longest `context.ttl` that a request may carry, in milliseconds.
    pub ttl_ms_max: i64,
    /// How soon the callback is due, in milliseconds; `None` when the action has no callback or no such limit.
    pub callback_within_ms: Option<i64>,
    /// The largest body, in bytes; `None` leaves it to the receiver.
    pub bytes_max: Option<u64>,
}

impl Default for Limits {
    /// `PT30S`, the outer limit of every request in the published API descriptions.
    fn default() -> Limits {
        Limits { ttl_ms_max: 30_000, callback_within_ms: None, bytes_max: None }
    }
}
