//! Who bears what a return costs, inside the brand's network.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::money::Money;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Bearer {
    Partner,
    Carrier,
    Brand,
    Buyer,
}

impl Bearer {
    pub const ALL: [Bearer; 4] = [Bearer::Partner, Bearer::Carrier, Bearer::Brand, Bearer::Buyer];

    pub fn as_str(self) -> &'static str {
        match self {
            Bearer::Partner => "partner",
            Bearer::Carrier => "carrier",
            Bearer::Brand => "brand",
            Bearer::Buyer => "buyer",
        }
    }
}

/// Weights of the bearers; what is not named bears nothing. Usually they add up to 100.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Split {
    pub partner: u32,
    pub carrier: u32,
    pub brand: u32,
    pub buyer: u32,
}

impl Split {
    pub const BRAND: Split = Split { partner: 0, carrier: 0, brand: 100, buyer: 0 };
    pub const PARTNER: Split = Split { partner: 100, carrier: 0, brand: 0, buyer: 0 };
    pub const CARRIER: Split = Split { partner: 0, carrier: 100, brand: 0, buyer: 0 };

    /// True when nobody is named: such a split cannot share anything.
    pub fn is_empty(&self) -> bool {
        self.weights().iter().all(|weight| *weight == 0)
    }

    /// Shares that add up to the loss, to the smallest unit, by largest remainder.
    pub fn share(&self, loss: Money) -> [(Bearer, Money); 4] {
        let parts = loss.apportion(&self.weights().map(i64::from));
        let mut shares = Bearer::ALL.map(|bearer| (bearer, Money::ZERO));
        for (share, part) in shares.iter_mut().zip(parts) {
            share.1 = part;
        }
        shares
    }

    fn weights(&self) -> [u32; 4] {
        [self.partner, self.carrier, self.brand, self.buyer]
    }
}
