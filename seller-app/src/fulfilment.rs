//! One fulfilment of an order: who brings what from where to where, in which state.

pub mod delivery_state;
pub mod promise;
pub mod rto_state;
pub mod stop;
pub mod tags;

use serde::{Deserialize, Serialize};

pub use delivery_state::{DeliveryEvent, DeliveryState};
pub use rto_state::{RtoEvent, RtoState};
pub use stop::{Instructions, Stop, TimeRange};
pub use tags::{CancelRequest, Delay, PrecancelState, TrailEntry};

use crate::catalogue::Period;
use crate::returns::{ReturnRequest, ReturnState};

/// A fulfilment with everything later messages must repeat.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Fulfilment {
    pub id: String,
    pub progress: Progress,
    pub tracking: bool,
    /// Where the buyer can follow it; from acceptance on.
    pub tracking_url: Option<String>,
    /// `P2H2P` or `P2P`; from acceptance on, where the version has the tag.
    pub routing: Option<String>,
    /// `Immediate Delivery`, `Standard Delivery`; only forward fulfilments have one.
    pub category: Option<String>,
    /// Order to delivery, promised in `on_select`, never changed.
    pub tat: Option<Period>,
    pub provider_name: Option<String>,
    pub provider_id: Option<String>,
    pub start: Option<Stop>,
    pub end: Option<Stop>,
    pub agent: Option<Agent>,
    pub cancel_request: Option<CancelRequest>,
    pub precancel: Option<PrecancelState>,
    pub delays: Vec<Delay>,
    /// What this fulfilment took off the quote, line by line.
    pub quote_trail: Vec<TrailEntry>,
    pub return_request: Option<ReturnRequest>,
    /// Why a return was refused.
    pub rejection_reason: Option<String>,
}

/// What kind of fulfilment it is, and how far it has come. One cannot be had without the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Progress {
    Delivery(DeliveryState),
    Return(ReturnState),
    Rto(RtoState),
    Cancel,
}

/// The rider.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Agent {
    pub name: String,
    pub phone: String,
}

impl Progress {
    /// The wire `type`.
    pub fn kind(self) -> &'static str {
        match self {
            Progress::Delivery(_) => "Delivery",
            Progress::Return(_) => "Return",
            Progress::Rto(_) => "RTO",
            Progress::Cancel => "Cancel",
        }
    }

    /// The wire `state.descriptor.code`.
    pub fn code(self) -> &'static str {
        match self {
            Progress::Delivery(state) => state.as_str(),
            Progress::Return(state) => state.as_str(),
            Progress::Rto(state) => state.as_str(),
            Progress::Cancel => "Cancelled",
        }
    }
}

impl Fulfilment {
    /// A fulfilment with nothing but its id and progress.
    pub fn bare(id: impl Into<String>, progress: Progress) -> Fulfilment {
        Fulfilment {
            id: id.into(),
            progress,
            tracking: false,
            tracking_url: None,
            routing: None,
            category: None,
            tat: None,
            provider_name: None,
            provider_id: None,
            start: None,
            end: None,
            agent: None,
            cancel_request: None,
            precancel: None,
            delays: Vec::new(),
            quote_trail: Vec::new(),
            return_request: None,
            rejection_reason: None,
        }
    }

    /// Adds to the trail; a quote line stands on it once, with everything that was taken off it here.
    pub fn add_to_trail(&mut self, entries: impl IntoIterator<Item = TrailEntry>) {
        for entry in entries {
            match self.quote_trail.iter_mut().find(|known| known.kind == entry.kind && known.id == entry.id) {
                Some(known) => known.value += entry.value,
                None => self.quote_trail.push(entry),
            }
        }
    }

    /// How far a forward delivery has come; `None` for returns, cancels and RTO.
    pub fn delivery(&self) -> Option<DeliveryState> {
        match self.progress {
            Progress::Delivery(state) => Some(state),
            Progress::Return(_) | Progress::Rto(_) | Progress::Cancel => None,
        }
    }
}
