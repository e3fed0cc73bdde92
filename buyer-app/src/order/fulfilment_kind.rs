//! Kinds of fulfilment, as on the wire.

use serde::{Deserialize, Serialize};

/// Fulfilment type on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum FulfilmentKind {
    Delivery,
    #[serde(rename = "Self-Pickup")]
    SelfPickup,
    #[serde(rename = "Buyer-Delivery")]
    BuyerDelivery,
    Return,
    Cancel,
    #[serde(rename = "RTO")]
    Rto,
}

impl FulfilmentKind {
    pub fn wire(self) -> &'static str {
        match self {
            FulfilmentKind::Delivery => "Delivery",
            FulfilmentKind::SelfPickup => "Self-Pickup",
            FulfilmentKind::BuyerDelivery => "Buyer-Delivery",
            FulfilmentKind::Return => "Return",
            FulfilmentKind::Cancel => "Cancel",
            FulfilmentKind::Rto => "RTO",
        }
    }

    /// A missing type means Delivery, which is what sellers who leave it out mean.
    pub fn from_wire(text: &str) -> FulfilmentKind {
        match text {
            "Self-Pickup" => FulfilmentKind::SelfPickup,
            "Buyer-Delivery" => FulfilmentKind::BuyerDelivery,
            "Return" => FulfilmentKind::Return,
            "Cancel" => FulfilmentKind::Cancel,
            "RTO" => FulfilmentKind::Rto,
            _ => FulfilmentKind::Delivery,
        }
    }

    /// Forward fulfilments bring goods to the shopper; the others take them, or the money, back.
    pub fn is_forward(self) -> bool {
        match self {
            FulfilmentKind::Delivery | FulfilmentKind::SelfPickup | FulfilmentKind::BuyerDelivery => true,
            FulfilmentKind::Return | FulfilmentKind::Cancel | FulfilmentKind::Rto => false,
        }
    }
}
