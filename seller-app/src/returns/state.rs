//! States of a return, as the network names them.

use serde::{Deserialize, Serialize};

use crate::state_table::Misfit;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum ReturnState {
    #[serde(rename = "Return_Initiated")]
    Initiated,
    #[serde(rename = "Return_Approved")]
    Approved,
    #[serde(rename = "Return_Rejected")]
    Rejected,
    Liquidated,
    #[serde(rename = "Return_Picked")]
    Picked,
    #[serde(rename = "Return_Delivered")]
    Delivered,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ReturnEvent {
    Approve,
    Reject,
    /// Refund, and the buyer keeps the goods.
    Liquidate,
    Pick,
    Deliver,
}

impl ReturnState {
    pub const ALL: [ReturnState; 6] = [
        ReturnState::Initiated,
        ReturnState::Approved,
        ReturnState::Rejected,
        ReturnState::Liquidated,
        ReturnState::Picked,
        ReturnState::Delivered,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            ReturnState::Initiated => "Return_Initiated",
            ReturnState::Approved => "Return_Approved",
            ReturnState::Rejected => "Return_Rejected",
            ReturnState::Liquidated => "Liquidated",
            ReturnState::Picked => "Return_Picked",
            ReturnState::Delivered => "Return_Delivered",
        }
    }

    /// True while the goods are asked for but still with the buyer.
    pub fn is_waiting(self) -> bool {
        match self {
            ReturnState::Initiated | ReturnState::Approved => true,
            ReturnState::Rejected | ReturnState::Liquidated | ReturnState::Picked | ReturnState::Delivered => false,
        }
    }

    /// The whole table. An approved return may still be refused: the check at the door failed.
    pub fn next(self, event: ReturnEvent) -> Result<ReturnState, Misfit> {
        use {ReturnEvent as E, ReturnState as S};
        match self {
            S::Initiated => match event {
                E::Approve => Ok(S::Approved),
                E::Reject => Ok(S::Rejected),
                E::Liquidate => Ok(S::Liquidated),
                E::Pick | E::Deliver => Err(Misfit::TooEarly),
            },
            S::Approved => match event {
                E::Pick => Ok(S::Picked),
                E::Reject => Ok(S::Rejected),
                E::Approve => Err(Misfit::Done),
                E::Liquidate => Err(Misfit::TooLate),
                E::Deliver => Err(Misfit::TooEarly),
            },
            S::Picked => match event {
                E::Deliver => Ok(S::Delivered),
                E::Pick => Err(Misfit::Done),
                E::Approve | E::Reject | E::Liquidate => Err(Misfit::TooLate),
            },
            S::Rejected => match event {
                E::Reject => Err(Misfit::Done),
                E::Approve | E::Liquidate | E::Pick | E::Deliver => Err(Misfit::Closed),
            },
            S::Liquidated => match event {
                E::Liquidate => Err(Misfit::Done),
                E::Approve | E::Reject | E::Pick | E::Deliver => Err(Misfit::Closed),
            },
            S::Delivered => match event {
                E::Deliver => Err(Misfit::Done),
                E::Approve | E::Reject | E::Liquidate | E::Pick => Err(Misfit::Closed),
            },
        }
    }
}

impl ReturnEvent {
    pub const ALL: [ReturnEvent; 5] =
        [ReturnEvent::Approve, ReturnEvent::Reject, ReturnEvent::Liquidate, ReturnEvent::Pick, ReturnEvent::Deliver];
}
