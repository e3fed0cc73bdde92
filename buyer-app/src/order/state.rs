//! Which moves an order and its fulfilments may make (NETWORK-SPEC 8 and 10). Total tables: a new state does not
//! compile until every pair is decided. Sellers skip steps in practice, so forward jumps are legal; going back is not.

use serde::{Deserialize, Serialize};

pub use super::fulfilment_kind::FulfilmentKind;
pub use super::return_state::ReturnState;

/// What a reported state means for the one we know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    Same,
    Forward,
    Refused,
}

/// State of the whole order. `Requested` and `Failed` are ours: they never travel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum OrderState {
    /// `confirm` is sent, the seller has not answered yet.
    Requested,
    Created,
    Accepted,
    #[serde(rename = "In-progress")]
    InProgress,
    Completed,
    Cancelled,
    /// The seller refused `confirm`, or never answered it: there is no order.
    Failed,
}

impl OrderState {
    pub const ALL: [OrderState; 7] = [
        OrderState::Requested,
        OrderState::Created,
        OrderState::Accepted,
        OrderState::InProgress,
        OrderState::Completed,
        OrderState::Cancelled,
        OrderState::Failed,
    ];

    pub fn name(self) -> &'static str {
        match self {
            OrderState::Requested => "Requested",
            OrderState::Created => "Created",
            OrderState::Accepted => "Accepted",
            OrderState::InProgress => "In-progress",
            OrderState::Completed => "Completed",
            OrderState::Cancelled => "Cancelled",
            OrderState::Failed => "Failed",
        }
    }

    /// Reads a state that may stand on the wire; our own two do not.
    pub fn from_wire(text: &str) -> Option<OrderState> {
        match text {
            "Created" => Some(OrderState::Created),
            "Accepted" => Some(OrderState::Accepted),
            "In-progress" => Some(OrderState::InProgress),
            "Completed" => Some(OrderState::Completed),
            "Cancelled" => Some(OrderState::Cancelled),
            _ => None,
        }
    }

    pub fn step(self, next: OrderState) -> Step {
        use OrderState::{Accepted, Cancelled, Completed, Created, Failed, InProgress, Requested};
        use Step::{Forward, Refused, Same};
        match self {
            Requested => match next {
                Requested => Same,
                Created | Accepted | InProgress | Completed | Cancelled | Failed => Forward,
            },
            Created => match next {
                Created => Same,
                Accepted | InProgress | Completed | Cancelled => Forward,
                Requested | Failed => Refused,
            },
            Accepted => match next {
                Accepted => Same,
                InProgress | Completed | Cancelled => Forward,
                Requested | Created | Failed => Refused,
            },
            InProgress => match next {
                InProgress => Same,
                Completed | Cancelled => Forward,
                Requested | Created | Accepted | Failed => Refused,
            },
            Completed => match next {
                Completed => Same,
                Requested | Created | Accepted | InProgress | Cancelled | Failed => Refused,
            },
            Cancelled => match next {
                Cancelled => Same,
                Requested | Created | Accepted | InProgress | Completed | Failed => Refused,
            },
            // A seller that had the order after all answers our cancel.
            Failed => match next {
                Failed => Same,
                Cancelled => Forward,
                Requested | Created | Accepted | InProgress | Completed => Refused,
            },
        }
    }

    /// Nothing more will be shipped.
    pub fn is_terminal(self) -> bool {
        match self {
            OrderState::Completed | OrderState::Cancelled | OrderState::Failed => true,
            OrderState::Requested | OrderState::Created | OrderState::Accepted | OrderState::InProgress => false,
        }
    }
}

/// State of a forward fulfilment (Delivery, Self-Pickup, Buyer-Delivery), in the order of a long journey.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum DeliveryState {
    Pending,
    Packed,
    AgentAssigned,
    OutForPickup,
    PickupFailed,
    AtPickup,
    OrderPickedUp,
    InTransit,
    AtDestinationHub,
    OutForDelivery,
    DeliveryFailed,
    AtDelivery,
    OrderDelivered,
    Cancelled,
}

impl DeliveryState {
    pub const ALL: [DeliveryState; 14] = [
        DeliveryState::Pending,
        DeliveryState::Packed,
        DeliveryState::AgentAssigned,
        DeliveryState::OutForPickup,
        DeliveryState::PickupFailed,
        DeliveryState::AtPickup,
        DeliveryState::OrderPickedUp,
        DeliveryState::InTransit,
        DeliveryState::AtDestinationHub,
        DeliveryState::OutForDelivery,
        DeliveryState::DeliveryFailed,
        DeliveryState::AtDelivery,
        DeliveryState::OrderDelivered,
        DeliveryState::Cancelled,
    ];

    pub fn wire(self) -> &'static str {
        match self {
            DeliveryState::Pending => "Pending",
            DeliveryState::Packed => "Packed",
            DeliveryState::AgentAssigned => "Agent-assigned",
            DeliveryState::OutForPickup => "Out-for-pickup",
            DeliveryState::PickupFailed => "Pickup-failed",
            DeliveryState::AtPickup => "At-pickup",
            DeliveryState::OrderPickedUp => "Order-picked-up",
            DeliveryState::InTransit => "In-transit",
            DeliveryState::AtDestinationHub => "At-destination-hub",
            DeliveryState::OutForDelivery => "Out-for-delivery",
            DeliveryState::DeliveryFailed => "Delivery-failed",
            DeliveryState::AtDelivery => "At-delivery",
            DeliveryState::OrderDelivered => "Order-delivered",
            DeliveryState::Cancelled => "Cancelled",
        }
    }

    pub fn from_wire(text: &str) -> Option<DeliveryState> {
        DeliveryState::ALL.into_iter().find(|state| state.wire() == text)
    }

    /// Phase of the journey. Inside a phase states alternate (a failed pickup is tried again); phases only advance.
    fn phase(self) -> u8 {
        match self {
            DeliveryState::Pending => 0,
            DeliveryState::Packed => 1,
            DeliveryState::AgentAssigned => 2,
            DeliveryState::OutForPickup | DeliveryState::PickupFailed | DeliveryState::AtPickup => 3,
            DeliveryState::OrderPickedUp => 4,
            DeliveryState::InTransit | DeliveryState::AtDestinationHub => 5,
            DeliveryState::OutForDelivery | DeliveryState::DeliveryFailed | DeliveryState::AtDelivery => 6,
            DeliveryState::OrderDelivered | DeliveryState::Cancelled => 7,
        }
    }

    pub fn step(self, next: DeliveryState) -> Step {
        if self == next {
            return Step::Same;
        }
        match self {
            DeliveryState::OrderDelivered | DeliveryState::Cancelled => Step::Refused,
            DeliveryState::Pending
            | DeliveryState::Packed
            | DeliveryState::AgentAssigned
            | DeliveryState::OutForPickup
            | DeliveryState::PickupFailed
            | DeliveryState::AtPickup
            | DeliveryState::OrderPickedUp
            | DeliveryState::InTransit
            | DeliveryState::AtDestinationHub
            | DeliveryState::OutForDelivery
            | DeliveryState::DeliveryFailed
            | DeliveryState::AtDelivery => {
                if next.phase() >= self.phase() {
                    Step::Forward
                } else {
                    Step::Refused
                }
            }
        }
    }
}

/// State of an RTO fulfilment (the parcel goes back to the seller).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RtoState {
    Initiated,
    Delivered,
    Disposed,
}

impl RtoState {
    pub const ALL: [RtoState; 3] = [RtoState::Initiated, RtoState::Delivered, RtoState::Disposed];

    pub fn wire(self) -> &'static str {
        match self {
            RtoState::Initiated => "RTO-Initiated",
            RtoState::Delivered => "RTO-Delivered",
            RtoState::Disposed => "RTO-Disposed",
        }
    }

    pub fn from_wire(text: &str) -> Option<RtoState> {
        RtoState::ALL.into_iter().find(|state| state.wire() == text)
    }

    pub fn step(self, next: RtoState) -> Step {
        match (self, next) {
            (RtoState::Initiated, RtoState::Initiated)
            | (RtoState::Delivered, RtoState::Delivered)
            | (RtoState::Disposed, RtoState::Disposed) => Step::Same,
            (RtoState::Initiated, RtoState::Delivered | RtoState::Disposed) => Step::Forward,
            (RtoState::Delivered, RtoState::Initiated | RtoState::Disposed)
            | (RtoState::Disposed, RtoState::Initiated | RtoState::Delivered) => Step::Refused,
        }
    }
}

/// May a fulfilment of this kind go from one wire state to the other? Unknown codes are the seller's future, not an
/// error: they are shown in the timeline and never refused.
pub fn fulfilment_step(kind: FulfilmentKind, from: &str, to: &str) -> Step {
    fn of<S: Copy>(from: Option<S>, to: Option<S>, same: bool, step: impl Fn(S, S) -> Step) -> Step {
        match (from, to) {
            (Some(from), Some(to)) => step(from, to),
            (None, _) | (_, None) => {
                if same {
                    Step::Same
                } else {
                    Step::Forward
                }
            }
        }
    }
    let same = from == to;
    match kind {
        FulfilmentKind::Delivery | FulfilmentKind::SelfPickup | FulfilmentKind::BuyerDelivery => {
            of(DeliveryState::from_wire(from), DeliveryState::from_wire(to), same, DeliveryState::step)
        }
        FulfilmentKind::Return => of(ReturnState::from_wire(from), ReturnState::from_wire(to), same, ReturnState::step),
        FulfilmentKind::Rto => of(RtoState::from_wire(from), RtoState::from_wire(to), same, RtoState::step),
        FulfilmentKind::Cancel => {
            if same {
                Step::Same
            } else {
                Step::Forward
            }
        }
    }
}

#[cfg(test)]
#[path = "state_tests.rs"]
mod tests;
