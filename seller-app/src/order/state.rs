//! States of an order (NETWORK-SPEC 8). Two come before the network knows an order at all.

use serde::{Deserialize, Serialize};

use crate::state_table::Misfit;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum OrderState {
    /// Quoted by `on_select`; ours only.
    Selected,
    /// Terms given by `on_init`, stock held; ours only.
    Initialised,
    Created,
    Accepted,
    #[serde(rename = "In-progress")]
    InProgress,
    Completed,
    Cancelled,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum OrderEvent {
    Select,
    Init,
    Confirm,
    Accept,
    /// The delivery moves: packed, picked up, out for delivery.
    Progress,
    /// The delivery reached the buyer.
    Complete,
    Cancel,
}

impl OrderState {
    pub const ALL: [OrderState; 7] = [
        OrderState::Selected,
        OrderState::Initialised,
        OrderState::Created,
        OrderState::Accepted,
        OrderState::InProgress,
        OrderState::Completed,
        OrderState::Cancelled,
    ];

    /// The wire text. Drafts never travel as orders; their names are for people.
    pub fn as_str(self) -> &'static str {
        match self {
            OrderState::Selected => "Selected",
            OrderState::Initialised => "Initialised",
            OrderState::Created => "Created",
            OrderState::Accepted => "Accepted",
            OrderState::InProgress => "In-progress",
            OrderState::Completed => "Completed",
            OrderState::Cancelled => "Cancelled",
        }
    }

    pub fn is_draft(self) -> bool {
        match self {
            OrderState::Selected | OrderState::Initialised => true,
            OrderState::Created
            | OrderState::Accepted
            | OrderState::InProgress
            | OrderState::Completed
            | OrderState::Cancelled => false,
        }
    }

    /// The whole table. A buyer may select and init again until it confirms; accepting twice changes nothing.
    pub fn next(self, event: OrderEvent) -> Result<OrderState, Misfit> {
        use {OrderEvent as E, OrderState as S};
        match self {
            S::Selected => match event {
                E::Select => Ok(S::Selected),
                E::Init => Ok(S::Initialised),
                E::Confirm | E::Accept | E::Progress | E::Complete | E::Cancel => Err(Misfit::TooEarly),
            },
            S::Initialised => match event {
                E::Select => Ok(S::Selected),
                E::Init => Ok(S::Initialised),
                E::Confirm => Ok(S::Created),
                E::Accept | E::Progress | E::Complete | E::Cancel => Err(Misfit::TooEarly),
            },
            S::Created => match event {
                E::Accept => Ok(S::Accepted),
                E::Cancel => Ok(S::Cancelled),
                E::Confirm => Err(Misfit::Done),
                E::Select | E::Init => Err(Misfit::TooLate),
                E::Progress | E::Complete => Err(Misfit::TooEarly),
            },
            S::Accepted => match event {
                E::Accept => Ok(S::Accepted),
                E::Progress => Ok(S::InProgress),
                E::Cancel => Ok(S::Cancelled),
                E::Confirm => Err(Misfit::Done),
                E::Select | E::Init => Err(Misfit::TooLate),
                E::Complete => Err(Misfit::TooEarly),
            },
            S::InProgress => match event {
                E::Progress => Ok(S::InProgress),
                E::Complete => Ok(S::Completed),
                E::Cancel => Ok(S::Cancelled),
                E::Confirm => Err(Misfit::Done),
                E::Select | E::Init | E::Accept => Err(Misfit::TooLate),
            },
            S::Completed | S::Cancelled => match event {
                E::Select | E::Init | E::Confirm | E::Accept | E::Progress | E::Complete | E::Cancel => {
                    Err(Misfit::Closed)
                }
            },
        }
    }
}

impl OrderEvent {
    pub const ALL: [OrderEvent; 7] = [
        OrderEvent::Select,
        OrderEvent::Init,
        OrderEvent::Confirm,
        OrderEvent::Accept,
        OrderEvent::Progress,
        OrderEvent::Complete,
        OrderEvent::Cancel,
    ];
}
