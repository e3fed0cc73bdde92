//! States of a forward delivery, as the network names them (NETWORK-SPEC 8, routing P2H2P).

use serde::{Deserialize, Serialize};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum DeliveryState {
    Pending,
    Packed,
    #[serde(rename = "Agent-assigned")]
    AgentAssigned,
    #[serde(rename = "Order-picked-up")]
    OrderPickedUp,
    #[serde(rename = "Out-for-delivery")]
    OutForDelivery,
    #[serde(rename = "Order-delivered")]
    OrderDelivered,
    Cancelled,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DeliveryEvent {
    Pack,
    AssignAgent,
    PickUp,
    GoOut,
    Deliver,
    Cancel,
}

/// Why an event does not fit the state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Misfit {
    /// It has happened already.
    Done,
    /// Something else must come first.
    TooEarly,
    /// The time for it is over.
    TooLate,
    /// Nothing happens any more.
    Closed,
}

impl DeliveryState {
    pub const ALL: [DeliveryState; 7] = [
        DeliveryState::Pending,
        DeliveryState::Packed,
        DeliveryState::AgentAssigned,
        DeliveryState::OrderPickedUp,
        DeliveryState::OutForDelivery,
        DeliveryState::OrderDelivered,
        DeliveryState::Cancelled,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            DeliveryState::Pending => "Pending",
            DeliveryState::Packed => "Packed",
            DeliveryState::AgentAssigned => "Agent-assigned",
            DeliveryState::OrderPickedUp => "Order-picked-up",
            DeliveryState::OutForDelivery => "Out-for-delivery",
            DeliveryState::OrderDelivered => "Order-delivered",
            DeliveryState::Cancelled => "Cancelled",
        }
    }

    /// True once the goods have left the store.
    pub fn has_left(self) -> bool {
        match self {
            DeliveryState::Pending
            | DeliveryState::Packed
            | DeliveryState::AgentAssigned
            | DeliveryState::Cancelled => false,
            DeliveryState::OrderPickedUp | DeliveryState::OutForDelivery | DeliveryState::OrderDelivered => true,
        }
    }

    /// The whole table. An agent may be assigned or left out; picking up needs packing first.
    pub fn next(self, event: DeliveryEvent) -> Result<DeliveryState, Misfit> {
        use {DeliveryEvent as E, DeliveryState as S};
        match self {
            S::Pending => match event {
                E::Pack => Ok(S::Packed),
                E::Cancel => Ok(S::Cancelled),
                E::AssignAgent | E::PickUp | E::GoOut | E::Deliver => Err(Misfit::TooEarly),
            },
            S::Packed => match event {
                E::AssignAgent => Ok(S::AgentAssigned),
                E::PickUp => Ok(S::OrderPickedUp),
                E::Cancel => Ok(S::Cancelled),
                E::Pack => Err(Misfit::Done),
                E::GoOut | E::Deliver => Err(Misfit::TooEarly),
            },
            S::AgentAssigned => match event {
                E::PickUp => Ok(S::OrderPickedUp),
                E::Cancel => Ok(S::Cancelled),
                E::AssignAgent => Err(Misfit::Done),
                E::Pack => Err(Misfit::TooLate),
                E::GoOut | E::Deliver => Err(Misfit::TooEarly),
            },
            S::OrderPickedUp => match event {
                E::GoOut => Ok(S::OutForDelivery),
                E::Deliver => Ok(S::OrderDelivered),
                E::Cancel => Ok(S::Cancelled),
                E::PickUp => Err(Misfit::Done),
                E::Pack | E::AssignAgent => Err(Misfit::TooLate),
            },
            S::OutForDelivery => match event {
                E::Deliver => Ok(S::OrderDelivered),
                E::Cancel => Ok(S::Cancelled),
                E::GoOut => Err(Misfit::Done),
                E::Pack | E::AssignAgent | E::PickUp => Err(Misfit::TooLate),
            },
            S::OrderDelivered => match event {
                E::Deliver => Err(Misfit::Done),
                E::Pack | E::AssignAgent | E::PickUp | E::GoOut | E::Cancel => Err(Misfit::Closed),
            },
            S::Cancelled => match event {
                E::Cancel => Err(Misfit::Done),
                E::Pack | E::AssignAgent | E::PickUp | E::GoOut | E::Deliver => Err(Misfit::Closed),
            },
        }
    }
}

impl DeliveryEvent {
    pub const ALL: [DeliveryEvent; 6] = [
        DeliveryEvent::Pack,
        DeliveryEvent::AssignAgent,
        DeliveryEvent::PickUp,
        DeliveryEvent::GoOut,
        DeliveryEvent::Deliver,
        DeliveryEvent::Cancel,
    ];
}
