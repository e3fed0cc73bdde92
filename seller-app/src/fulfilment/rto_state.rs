//! States of goods that go back to where they came from, because they could not be delivered.

use serde::{Deserialize, Serialize};

use crate::state_table::Misfit;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum RtoState {
    #[serde(rename = "RTO-Initiated")]
    Initiated,
    #[serde(rename = "RTO-Delivered")]
    Delivered,
    #[serde(rename = "RTO-Disposed")]
    Disposed,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RtoEvent {
    /// The goods are back in the store.
    Deliver,
    /// The goods were destroyed on the way (perishables).
    Dispose,
}

impl RtoState {
    pub const ALL: [RtoState; 3] = [RtoState::Initiated, RtoState::Delivered, RtoState::Disposed];

    pub fn as_str(self) -> &'static str {
        match self {
            RtoState::Initiated => "RTO-Initiated",
            RtoState::Delivered => "RTO-Delivered",
            RtoState::Disposed => "RTO-Disposed",
        }
    }

    pub fn next(self, event: RtoEvent) -> Result<RtoState, Misfit> {
        match self {
            RtoState::Initiated => match event {
                RtoEvent::Deliver => Ok(RtoState::Delivered),
                RtoEvent::Dispose => Ok(RtoState::Disposed),
            },
            RtoState::Delivered => match event {
                RtoEvent::Deliver => Err(Misfit::Done),
                RtoEvent::Dispose => Err(Misfit::Closed),
            },
            RtoState::Disposed => match event {
                RtoEvent::Deliver => Err(Misfit::Closed),
                RtoEvent::Dispose => Err(Misfit::Done),
            },
        }
    }
}

impl RtoEvent {
    pub const ALL: [RtoEvent; 2] = [RtoEvent::Deliver, RtoEvent::Dispose];
}
