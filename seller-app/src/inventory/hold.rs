//! A hold: stock kept for one cart from `init` until `confirm` or until it expires.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::StockMove;

/// One live hold per buyer app and transaction: a repeated `init` replaces it, never adds to it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hold {
    pub id: String,
    pub transaction_id: String,
    pub bap_id: String,
    pub lines: Vec<StockMove>,
    pub expires_at: Timestamp,
}

impl Hold {
    /// An expired hold counts as nothing at once, before any sweeper has seen it.
    pub fn is_live(&self, now: Timestamp) -> bool {
        now < self.expires_at
    }

    /// Pieces of a SKU at a partner that this hold keeps at `now`.
    pub fn keeps(&self, partner_id: &str, sku: &str, now: Timestamp) -> u32 {
        if !self.is_live(now) {
            return 0;
        }
        let kept = self.lines.iter().filter(|line| line.partner_id == partner_id && line.sku == sku);
        kept.fold(0, |sum, line| line.count.saturating_add(sum))
    }
}
