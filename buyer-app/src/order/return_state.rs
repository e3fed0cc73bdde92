//! The way of a return (NETWORK-SPEC 10), as a total table.

use super::state::Step;

/// State of a Return fulfilment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ReturnState {
    Initiated,
    Approved,
    Rejected,
    Liquidated,
    PickFailed,
    Failed,
    Picked,
    Delivered,
    Cancelled,
}

impl ReturnState {
    pub const ALL: [ReturnState; 9] = [
        ReturnState::Initiated,
        ReturnState::Approved,
        ReturnState::Rejected,
        ReturnState::Liquidated,
        ReturnState::PickFailed,
        ReturnState::Failed,
        ReturnState::Picked,
        ReturnState::Delivered,
        ReturnState::Cancelled,
    ];

    pub fn wire(self) -> &'static str {
        match self {
            ReturnState::Initiated => "Return_Initiated",
            ReturnState::Approved => "Return_Approved",
            ReturnState::Rejected => "Return_Rejected",
            ReturnState::Liquidated => "Liquidated",
            ReturnState::PickFailed => "Return_Pick_Failed",
            ReturnState::Failed => "Return_Failed",
            ReturnState::Picked => "Return_Picked",
            ReturnState::Delivered => "Return_Delivered",
            ReturnState::Cancelled => "Cancelled",
        }
    }

    pub fn from_wire(text: &str) -> Option<ReturnState> {
        ReturnState::ALL.into_iter().find(|state| state.wire() == text)
    }

    pub fn step(self, next: ReturnState) -> Step {
        use ReturnState::{
            Approved, Cancelled, Delivered, Failed, Initiated, Liquidated, PickFailed, Picked, Rejected,
        };
        use Step::{Forward, Refused, Same};
        match self {
            Initiated => match next {
                Initiated => Same,
                Approved | Rejected | Liquidated | PickFailed | Failed | Picked | Delivered | Cancelled => Forward,
            },
            Approved => match next {
                Approved => Same,
                Rejected | Liquidated | PickFailed | Failed | Picked | Delivered | Cancelled => Forward,
                Initiated => Refused,
            },
            PickFailed => match next {
                PickFailed => Same,
                Approved | Rejected | Liquidated | Failed | Picked | Delivered => Forward,
                Initiated | Cancelled => Refused,
            },
            Picked => match next {
                Picked => Same,
                Delivered => Forward,
                Initiated | Approved | Rejected | Liquidated | PickFailed | Failed | Cancelled => Refused,
            },
            Rejected | Liquidated | Failed | Delivered | Cancelled => match next {
                Initiated | Approved | Rejected | Liquidated | PickFailed | Failed | Picked | Delivered | Cancelled => {
                    if self == next {
                        Same
                    } else {
                        Refused
                    }
                }
            },
        }
    }
}
