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
    /// The rider came and did not get the goods; there may be another try.
    #[serde(rename = "Return_Pick_Failed")]
    PickFailed,
    /// Given up: the goods were never fetched, nothing is refunded.
    #[serde(rename = "Return_Failed")]
    Failed,
    #[serde(rename = "Return_Picked")]
    Picked,
    #[serde(rename = "Return_Delivered")]
    Delivered,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ReturnEvent {
    /// Also a new slot after a pickup that failed.
    Approve,
    Reject,
    /// Refund, and the buyer keeps the goods.
    Liquidate,
    FailPick,
    GiveUp,
    Pick,
    Deliver,
}

impl ReturnState {
    pub const ALL: [ReturnState; 8] = [
        ReturnState::Initiated,
        ReturnState::Approved,
        ReturnState::Rejected,
        ReturnState::Liquidated,
        ReturnState::PickFailed,
        ReturnState::Failed,
        ReturnState::Picked,
        ReturnState::Delivered,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            ReturnState::Initiated => "Return_Initiated",
            ReturnState::Approved => "Return_Approved",
            ReturnState::Rejected => "Return_Rejected",
            ReturnState::Liquidated => "Liquidated",
            ReturnState::PickFailed => "Return_Pick_Failed",
            ReturnState::Failed => "Return_Failed",
            ReturnState::Picked => "Return_Picked",
            ReturnState::Delivered => "Return_Delivered",
        }
    }

    /// True while the goods are asked for but still with the buyer.
    pub fn is_waiting(self) -> bool {
        match self {
            ReturnState::Initiated | ReturnState::Approved | ReturnState::PickFailed => true,
            ReturnState::Rejected
            | ReturnState::Liquidated
            | ReturnState::Failed
            | ReturnState::Picked
            | ReturnState::Delivered => false,
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
                E::FailPick | E::GiveUp | E::Pick | E::Deliver => Err(Misfit::TooEarly),
            },
            S::Approved => match event {
                E::Pick => Ok(S::Picked),
                E::Reject => Ok(S::Rejected),
                E::Liquidate => Ok(S::Liquidated),
                E::FailPick => Ok(S::PickFailed),
                E::GiveUp => Ok(S::Failed),
                E::Approve => Err(Misfit::Done),
                E::Deliver => Err(Misfit::TooEarly),
            },
            S::PickFailed => match event {
                E::Approve => Ok(S::Approved),
                E::Pick => Ok(S::Picked),
                E::GiveUp => Ok(S::Failed),
                E::FailPick => Err(Misfit::Done),
                E::Reject | E::Liquidate => Err(Misfit::TooLate),
                E::Deliver => Err(Misfit::TooEarly),
            },
            S::Picked => match event {
                E::Deliver => Ok(S::Delivered),
                E::Pick => Err(Misfit::Done),
                E::Approve | E::Reject | E::Liquidate | E::FailPick | E::GiveUp => Err(Misfit::TooLate),
            },
            S::Rejected => match event {
                E::Reject => Err(Misfit::Done),
                E::Approve | E::Liquidate | E::FailPick | E::GiveUp | E::Pick | E::Deliver => Err(Misfit::Closed),
            },
            S::Liquidated => match event {
                E::Liquidate => Err(Misfit::Done),
                E::Approve | E::Reject | E::FailPick | E::GiveUp | E::Pick | E::Deliver => Err(Misfit::Closed),
            },
            S::Failed => match event {
                E::GiveUp => Err(Misfit::Done),
                E::Approve | E::Reject | E::Liquidate | E::FailPick | E::Pick | E::Deliver => Err(Misfit::Closed),
            },
            S::Delivered => match event {
                E::Deliver => Err(Misfit::Done),
                E::Approve | E::Reject | E::Liquidate | E::FailPick | E::GiveUp | E::Pick => Err(Misfit::Closed),
            },
        }
    }
}

impl ReturnEvent {
    pub const ALL: [ReturnEvent; 7] = [
        ReturnEvent::Approve,
        ReturnEvent::Reject,
        ReturnEvent::Liquidate,
        ReturnEvent::FailPick,
        ReturnEvent::GiveUp,
        ReturnEvent::Pick,
        ReturnEvent::Deliver,
    ];
}
