//! One partner's stock of one SKU.

use serde::{Deserialize, Serialize};

/// Counts in pieces. `held` belongs to carts between `init` and `confirm`, `committed` to confirmed orders.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StockLine {
    pub partner_id: String,
    pub sku: String,
    pub on_hand: u32,
    pub held: u32,
    pub committed: u32,
    /// Kept back because partners also sell over the counter.
    pub safety: u32,
}

impl StockLine {
    /// What may still be promised; zero, never negative, when the shelf was corrected downwards.
    pub fn available(&self) -> u32 {
        let promised = u64::from(self.held) + u64::from(self.committed) + u64::from(self.safety);
        let left = u64::from(self.on_hand).saturating_sub(promised);
        u32::try_from(left).unwrap_or(u32::MAX)
    }
}
