//! One fulfilment of an order: who brings what from where to where, in which state.

pub mod custody;
pub mod delivery_state;
pub mod policy;
pub mod promise;
pub mod remedy;
pub mod rto_state;
pub mod stop;
pub mod tags;
pub mod trouble;
pub mod watch;
pub mod way;

use serde::{Deserialize, Serialize};

pub use custody::{Handover, Holder, Leg, Proof};
pub use delivery_state::{DeliveryEvent, DeliveryState};
pub use policy::Policy;
pub use promise::Promise;
pub use rto_state::{RtoEvent, RtoState};
pub use stop::{Instructions, Stop, TimeRange};
pub use tags::{CancelRequest, Delay, PrecancelState, TrailEntry};
pub use trouble::{Trouble, TroubleKind};
pub use way::{Choice, Mode, Way};

use crate::catalogue::Period;
use crate::returns::{ReturnCase, ReturnRequest, ReturnState};

/// A fulfilment with everything later messages must repeat.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Fulfilment {
    pub id: String,
    pub progress: Progress,
    /// What the buyer chose; says something only of a forward fulfilment.
    #[serde(default)]
    pub choice: Choice,
    /// From door to door (P2P), decided when the order is accepted.
    #[serde(default)]
    pub direct: bool,
    /// Registration of the car that comes to the kerb.
    #[serde(default)]
    pub vehicle: Option<String>,
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
    /// Who has had the goods since when. Ours: never travels.
    #[serde(default)]
    pub custody: Vec<Leg>,
    /// What shows that the goods changed hands. Ours: never travels.
    #[serde(default)]
    pub proofs: Vec<Proof>,
    /// Pieces that were scanned for it, by item. Ours: never travels.
    #[serde(default)]
    pub picked: std::collections::BTreeMap<String, u32>,
    /// The goods are lost or damaged. Ours: never travels.
    #[serde(default)]
    pub trouble: Option<Trouble>,
    /// Of a return: what only the brand knows of it. Ours: never travels.
    #[serde(default)]
    pub case: Option<ReturnCase>,
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
    /// The wire `type`; of a forward fulfilment the buyer's choice says it, see [`Fulfilment::kind`].
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
            choice: Choice::default(),
            direct: false,
            vehicle: None,
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
            custody: Vec::new(),
            proofs: Vec::new(),
            picked: std::collections::BTreeMap::new(),
            trouble: None,
            case: None,
        }
    }

    /// The wire `type`.
    pub fn kind(&self) -> &'static str {
        match self.progress {
            Progress::Delivery(_) => self.choice.mode().as_str(),
            Progress::Return(_) | Progress::Rto(_) | Progress::Cancel => self.progress.kind(),
        }
    }

    /// Which stations it passes.
    pub fn way(&self) -> Way {
        match self.choice.mode() {
            Mode::Delivery if self.direct => Way::Direct,
            Mode::Delivery => Way::Hub,
            Mode::SelfPickup => Way::Counter,
            Mode::BuyerDelivery => Way::BuyersCourier,
        }
    }

    /// Until when it was last promised: at the door, or ready at the counter.
    pub fn due(&self) -> Option<jiff::Timestamp> {
        let stop = match self.choice.mode() {
            Mode::Delivery => &self.end,
            Mode::SelfPickup | Mode::BuyerDelivery => &self.start,
        };
        Some(stop.as_ref()?.range?.end)
    }

    /// True once the seller's part is done: delivered, or ready for whoever fetches it.
    pub fn is_kept(&self) -> bool {
        match self.delivery() {
            Some(DeliveryState::OrderDelivered | DeliveryState::Cancelled) => true,
            Some(DeliveryState::Pending) | None => false,
            Some(_) => self.choice.mode() != Mode::Delivery,
        }
    }

    /// Writes down that the goods changed hands.
    pub fn hand_to(&mut self, holder: Holder, name: impl Into<String>, since: jiff::Timestamp) {
        self.custody.push(Leg { holder, name: name.into(), since });
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
