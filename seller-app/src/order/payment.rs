//! How an order is paid, and who gets what.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::money::Money;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum PaymentMethod {
    /// Paid when ordering, collected by the buyer app (`ON-ORDER`, BAP).
    Prepaid,
    /// Paid at the door, collected by the seller (`ON-FULFILLMENT`, BPP).
    CashOnDelivery,
}

impl PaymentMethod {
    /// Wire `payment.type`.
    pub fn kind(self) -> &'static str {
        match self {
            PaymentMethod::Prepaid => "ON-ORDER",
            PaymentMethod::CashOnDelivery => "ON-FULFILLMENT",
        }
    }

    /// Wire `payment.collected_by`.
    pub fn collected_by(self) -> &'static str {
        match self {
            PaymentMethod::Prepaid => "BAP",
            PaymentMethod::CashOnDelivery => "BPP",
        }
    }
}

/// What the buyer app keeps for finding the buyer. Proposed in `search`, constant afterwards.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FinderFee {
    /// percent | amount.
    pub kind: String,
    /// As the buyer app wrote it.
    pub amount: String,
}

impl FinderFee {
    /// Assumed when neither `search` nor `init` said which fee the buyer app takes.
    pub fn none() -> FinderFee {
        FinderFee { kind: "percent".to_owned(), amount: "0.00".to_owned() }
    }

    /// Same kind and same value, whatever the digits look like (`3`, `3.0`, `3.00`).
    pub fn same(&self, other: &FinderFee) -> bool {
        let value = |fee: &FinderFee| Money::parse(&fee.amount).ok();
        self.kind == other.kind && value(self).is_some() && value(self) == value(other)
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Payment {
    pub method: PaymentMethod,
    pub finder_fee: FinderFee,
    /// Total agreed at `confirm`; zero before.
    pub amount: Money,
    /// `payment` as confirmed, and repeated ever after; null before.
    pub confirmed: Value,
    /// Refunds that the buyer app told of, appended to the settlement details.
    pub refunds: Vec<Value>,
    /// True when the money is with whoever collects it.
    pub paid: bool,
}
