//! What the brand and a partner agreed about money.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::money::Money;

/// Money between brand and partner; never on the network.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Terms {
    /// Whose goods are on its shelves: then the buyer's money for them goes to the partner or to the brand.
    pub stock_owner: StockOwner,
    /// What the partner gets for each delivered order.
    pub fee_per_order: Money,
    /// What it gets of the value of the delivered goods, in percent.
    pub fee_percent: Decimal,
    /// What the brand keeps of the value of the delivered goods, in percent.
    pub commission_percent: Decimal,
    /// What the partner gets for the way to each door, when it delivers itself.
    pub delivery_cost: Money,
    /// What the partner gets for taking goods back, for each return that reached it.
    pub return_cost: Money,
    /// Unix milliseconds at which a person agreed; without it the terms are only a proposal.
    pub agreed_at_ms: Option<i64>,
}

/// Whose goods a partner sells.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum StockOwner {
    #[default]
    Partner,
    Brand,
}

impl StockOwner {
    pub fn as_str(self) -> &'static str {
        match self {
            StockOwner::Partner => "partner",
            StockOwner::Brand => "brand",
        }
    }

    pub fn parse(text: &str) -> Option<StockOwner> {
        [StockOwner::Partner, StockOwner::Brand].into_iter().find(|owner| owner.as_str() == text)
    }
}

impl Terms {
    /// True when a person has agreed to them.
    pub fn agreed(&self) -> bool {
        self.agreed_at_ms.is_some()
    }
}
