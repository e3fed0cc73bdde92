//! Ways in which goods reach the buyer: what is offered, what the network calls it, and which stations it passes.

use serde::{Deserialize, Serialize};

use super::DeliveryState;

/// What the buyer can choose. The wire has two words for it, `type` and `@ondc/org/category`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Choice {
    /// Brought by the seller; its category says how soon.
    #[default]
    Standard,
    /// Brought sooner, for a fee.
    Express,
    /// Fetched at the counter.
    Takeaway,
    /// Fetched at the kerb, by a car whose registration is known.
    Kerbside,
    /// Fetched by the buyer's own courier.
    BuyersCourier,
}

/// The wire `type` of a forward fulfilment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Mode {
    Delivery,
    SelfPickup,
    BuyerDelivery,
}

impl Mode {
    pub fn as_str(self) -> &'static str {
        match self {
            Mode::Delivery => "Delivery",
            Mode::SelfPickup => "Self-Pickup",
            Mode::BuyerDelivery => "Buyer-Delivery",
        }
    }
}

impl Choice {
    pub const ALL: [Choice; 5] =
        [Choice::Standard, Choice::Express, Choice::Takeaway, Choice::Kerbside, Choice::BuyersCourier];

    pub fn mode(self) -> Mode {
        match self {
            Choice::Standard | Choice::Express => Mode::Delivery,
            Choice::Takeaway | Choice::Kerbside => Mode::SelfPickup,
            Choice::BuyersCourier => Mode::BuyerDelivery,
        }
    }

    /// For people.
    pub fn title(self) -> &'static str {
        match self {
            Choice::Standard => "Delivery",
            Choice::Express => "Express delivery",
            Choice::Takeaway => "Fetched at the store",
            Choice::Kerbside => "Fetched at the kerb",
            Choice::BuyersCourier => "Fetched by the buyer's courier",
        }
    }
}

/// Which stations a fulfilment passes. For deliveries this is the tag `routing`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Way {
    /// P2P: one rider from door to door.
    Direct,
    /// P2H2P: through hubs, or by a rider who has other parcels too.
    Hub,
    /// The buyer comes to the store; the order is over when the goods are handed over.
    Counter,
    /// The buyer's courier comes; the buyer app reports what became of the goods.
    BuyersCourier,
}

impl Way {
    pub const ALL: [Way; 4] = [Way::Direct, Way::Hub, Way::Counter, Way::BuyersCourier];

    /// The value of the tag `routing`; `None` for what the seller does not bring.
    pub fn routing(self) -> Option<&'static str> {
        match self {
            Way::Direct => Some("P2P"),
            Way::Hub => Some("P2H2P"),
            Way::Counter | Way::BuyersCourier => None,
        }
    }

    /// True when handing over at the store completes the order.
    pub fn ends_at_pickup(self) -> bool {
        match self {
            Way::Counter => true,
            Way::Direct | Way::Hub | Way::BuyersCourier => false,
        }
    }

    /// Whether a state is a station of this way. What is none may never be sent.
    pub fn has(self, state: DeliveryState) -> bool {
        use DeliveryState as S;
        match state {
            S::Pending | S::Packed | S::OrderPickedUp | S::Cancelled => true,
            S::AgentAssigned => match self {
                Way::Direct | Way::Hub => true,
                Way::Counter | Way::BuyersCourier => false,
            },
            S::AtPickup | S::AtDelivery => match self {
                Way::Direct => true,
                Way::Hub | Way::Counter | Way::BuyersCourier => false,
            },
            S::OutForPickup
            | S::PickupFailed
            | S::InTransit
            | S::AtDestinationHub
            | S::OutForDelivery
            | S::DeliveryFailed => match self {
                Way::Hub => true,
                Way::Direct | Way::Counter | Way::BuyersCourier => false,
            },
            S::OrderDelivered => match self {
                Way::Direct | Way::Hub | Way::BuyersCourier => true,
                Way::Counter => false,
            },
        }
    }
}
