//! States of a forward fulfilment, as the network names them (NETWORK-SPEC 8). Which of them a fulfilment passes depends on
//! its [`Way`].

use serde::{Deserialize, Serialize};

use super::way::Way;
use crate::state_table::Misfit;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum DeliveryState {
    Pending,
    Packed,
    #[serde(rename = "Agent-assigned")]
    AgentAssigned,
    #[serde(rename = "At-pickup")]
    AtPickup,
    #[serde(rename = "Out-for-pickup")]
    OutForPickup,
    #[serde(rename = "Pickup-failed")]
    PickupFailed,
    #[serde(rename = "Order-picked-up")]
    OrderPickedUp,
    #[serde(rename = "In-transit")]
    InTransit,
    #[serde(rename = "At-destination-hub")]
    AtDestinationHub,
    #[serde(rename = "Out-for-delivery")]
    OutForDelivery,
    #[serde(rename = "At-delivery")]
    AtDelivery,
    #[serde(rename = "Delivery-failed")]
    DeliveryFailed,
    #[serde(rename = "Order-delivered")]
    OrderDelivered,
    Cancelled,
}

/// What can happen to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DeliveryEvent {
    Pack,
    AssignAgent,
    /// The rider sets out for the store.
    GoToPickup,
    /// The rider stands in the store.
    ReachStore,
    /// The rider did not get the goods.
    FailPickup,
    PickUp,
    /// Between two hubs.
    Transit,
    ReachHub,
    GoOut,
    /// The rider stands at the buyer's door.
    ReachDoor,
    /// Nobody took the goods.
    FailDelivery,
    Deliver,
    Cancel,
}

impl DeliveryState {
    pub const ALL: [DeliveryState; 14] = [
        DeliveryState::Pending,
        DeliveryState::Packed,
        DeliveryState::AgentAssigned,
        DeliveryState::AtPickup,
        DeliveryState::OutForPickup,
        DeliveryState::PickupFailed,
        DeliveryState::OrderPickedUp,
        DeliveryState::InTransit,
        DeliveryState::AtDestinationHub,
        DeliveryState::OutForDelivery,
        DeliveryState::AtDelivery,
        DeliveryState::DeliveryFailed,
        DeliveryState::OrderDelivered,
        DeliveryState::Cancelled,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            DeliveryState::Pending => "Pending",
            DeliveryState::Packed => "Packed",
            DeliveryState::AgentAssigned => "Agent-assigned",
            DeliveryState::AtPickup => "At-pickup",
            DeliveryState::OutForPickup => "Out-for-pickup",
            DeliveryState::PickupFailed => "Pickup-failed",
            DeliveryState::OrderPickedUp => "Order-picked-up",
            DeliveryState::InTransit => "In-transit",
            DeliveryState::AtDestinationHub => "At-destination-hub",
            DeliveryState::OutForDelivery => "Out-for-delivery",
            DeliveryState::AtDelivery => "At-delivery",
            DeliveryState::DeliveryFailed => "Delivery-failed",
            DeliveryState::OrderDelivered => "Order-delivered",
            DeliveryState::Cancelled => "Cancelled",
        }
    }

    /// The state with this name on the wire.
    pub fn parse(text: &str) -> Option<DeliveryState> {
        Self::ALL.into_iter().find(|state| state.as_str() == text)
    }

    /// True once the goods have left the store.
    pub fn has_left(self) -> bool {
        use DeliveryState as S;
        match self {
            S::Pending
            | S::Packed
            | S::AgentAssigned
            | S::AtPickup
            | S::OutForPickup
            | S::PickupFailed
            | S::Cancelled => false,
            S::OrderPickedUp
            | S::InTransit
            | S::AtDestinationHub
            | S::OutForDelivery
            | S::AtDelivery
            | S::DeliveryFailed
            | S::OrderDelivered => true,
        }
    }

    /// How far it is: pack, collect, carry, hand over, over.
    fn stage(self) -> u8 {
        use DeliveryState as S;
        match self {
            S::Pending => 0,
            S::Packed => 1,
            S::AgentAssigned => 2,
            S::OutForPickup | S::AtPickup | S::PickupFailed => 3,
            S::OrderPickedUp => 4,
            S::InTransit => 5,
            S::AtDestinationHub => 6,
            S::OutForDelivery | S::AtDelivery | S::DeliveryFailed => 7,
            S::OrderDelivered => 8,
            S::Cancelled => 9,
        }
    }

    /// The whole table of a way: what an event makes of a state.
    ///
    /// # Errors
    /// [`Misfit`] says why the event does not fit.
    pub fn next(self, event: DeliveryEvent, way: Way) -> Result<DeliveryState, Misfit> {
        use DeliveryState as S;
        let to = event.leads_to();
        if matches!(self, S::OrderDelivered | S::Cancelled) || (self == S::OrderPickedUp && way.ends_at_pickup()) {
            return Err(if to == self { Misfit::Done } else { Misfit::Closed });
        }
        if !way.has(to) {
            return Err(Misfit::NotThisWay);
        }
        if to == self {
            return Err(Misfit::Done);
        }
        if self.may_become(to, way) {
            return Ok(to);
        }
        Err(if to.stage() < self.stage() || (to.stage() == self.stage() && self != S::PickupFailed) {
            Misfit::TooLate
        } else {
            Misfit::TooEarly
        })
    }

    /// The arrows. Without a way this is the network's own table; what a way adds is that no station it requires is jumped:
    /// through hubs goods go out before they are delivered.
    fn may_become(self, to: DeliveryState, way: Way) -> bool {
        use DeliveryState as S;
        match self {
            S::Pending => matches!(to, S::Packed | S::Cancelled),
            S::Packed => {
                matches!(to, S::AgentAssigned | S::AtPickup | S::OutForPickup | S::OrderPickedUp | S::Cancelled)
            }
            S::AgentAssigned => matches!(to, S::AtPickup | S::OutForPickup | S::OrderPickedUp | S::Cancelled),
            S::AtPickup => matches!(to, S::OrderPickedUp | S::Cancelled),
            S::OutForPickup => matches!(to, S::PickupFailed | S::OrderPickedUp | S::Cancelled),
            S::PickupFailed => matches!(to, S::OutForPickup | S::OrderPickedUp | S::Cancelled),
            S::OrderPickedUp => match to {
                S::AtDelivery | S::InTransit | S::OutForDelivery | S::Cancelled => true,
                S::OrderDelivered => way != Way::Hub,
                S::Pending
                | S::Packed
                | S::AgentAssigned
                | S::AtPickup
                | S::OutForPickup
                | S::PickupFailed
                | S::OrderPickedUp
                | S::AtDestinationHub
                | S::DeliveryFailed => false,
            },
            S::InTransit => matches!(to, S::AtDestinationHub | S::Cancelled),
            S::AtDestinationHub => matches!(to, S::OutForDelivery | S::Cancelled),
            S::OutForDelivery => matches!(to, S::DeliveryFailed | S::OrderDelivered | S::Cancelled),
            S::AtDelivery => matches!(to, S::OrderDelivered | S::Cancelled),
            S::DeliveryFailed => matches!(to, S::OutForDelivery | S::OrderDelivered | S::Cancelled),
            S::OrderDelivered | S::Cancelled => false,
        }
    }
}

impl DeliveryEvent {
    pub const ALL: [DeliveryEvent; 13] = [
        DeliveryEvent::Pack,
        DeliveryEvent::AssignAgent,
        DeliveryEvent::GoToPickup,
        DeliveryEvent::ReachStore,
        DeliveryEvent::FailPickup,
        DeliveryEvent::PickUp,
        DeliveryEvent::Transit,
        DeliveryEvent::ReachHub,
        DeliveryEvent::GoOut,
        DeliveryEvent::ReachDoor,
        DeliveryEvent::FailDelivery,
        DeliveryEvent::Deliver,
        DeliveryEvent::Cancel,
    ];

    /// The state that it brings about.
    pub fn leads_to(self) -> DeliveryState {
        use DeliveryState as S;
        match self {
            DeliveryEvent::Pack => S::Packed,
            DeliveryEvent::AssignAgent => S::AgentAssigned,
            DeliveryEvent::GoToPickup => S::OutForPickup,
            DeliveryEvent::ReachStore => S::AtPickup,
            DeliveryEvent::FailPickup => S::PickupFailed,
            DeliveryEvent::PickUp => S::OrderPickedUp,
            DeliveryEvent::Transit => S::InTransit,
            DeliveryEvent::ReachHub => S::AtDestinationHub,
            DeliveryEvent::GoOut => S::OutForDelivery,
            DeliveryEvent::ReachDoor => S::AtDelivery,
            DeliveryEvent::FailDelivery => S::DeliveryFailed,
            DeliveryEvent::Deliver => S::OrderDelivered,
            DeliveryEvent::Cancel => S::Cancelled,
        }
    }

    /// The action of the desk and of the API.
    pub fn action(self) -> &'static str {
        match self {
            DeliveryEvent::Pack => "pack",
            DeliveryEvent::AssignAgent => "assign",
            DeliveryEvent::GoToPickup => "out-for-pickup",
            DeliveryEvent::ReachStore => "at-pickup",
            DeliveryEvent::FailPickup => "pickup-failed",
            DeliveryEvent::PickUp => "pick-up",
            DeliveryEvent::Transit => "in-transit",
            DeliveryEvent::ReachHub => "at-hub",
            DeliveryEvent::GoOut => "out-for-delivery",
            DeliveryEvent::ReachDoor => "at-delivery",
            DeliveryEvent::FailDelivery => "delivery-failed",
            DeliveryEvent::Deliver => "deliver",
            DeliveryEvent::Cancel => "cancel",
        }
    }

    /// The event with this name.
    pub fn parse(action: &str) -> Option<DeliveryEvent> {
        Self::ALL.into_iter().find(|event| event.action() == action)
    }
}
