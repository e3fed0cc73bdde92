//! A request of the intake, as it is kept: what was asked, who sends what, how far it came. Pure.
//!
//! ```text
//!  Holding ──(every parcel's goods are held)──▶ Confirming ──(every parcel is an order, or was refused)──▶ Placed
//!     └──(somebody else was faster, or the node stopped)──▶ the row goes, holds run out: nothing was promised
//! ```

use serde::{Deserialize, Serialize};

use super::form::OrderForm;
use crate::inventory::Shortage;
use crate::routing::{Line, Plan};

/// How far a request came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RequestState {
    /// Goods are being set aside; nothing is promised.
    Holding,
    /// All goods are held: it will be placed, whatever happens.
    Confirming,
    Placed,
}

impl RequestState {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Holding => "holding",
            Self::Confirming => "confirming",
            Self::Placed => "placed",
        }
    }

    /// # Errors
    /// A word that no version of this program wrote.
    pub fn parse(text: &str) -> Result<Self, String> {
        match text {
            "holding" => Ok(Self::Holding),
            "confirming" => Ok(Self::Confirming),
            "placed" => Ok(Self::Placed),
            other => Err(format!("`{other}` is no state of an intake request")),
        }
    }
}

/// A request with its parcels. Stored as JSON text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Request {
    pub form: OrderForm,
    pub parcels: Vec<Parcel>,
    /// What nobody has; empty unless the customer takes part of it.
    pub short: Vec<Short>,
    pub policy_version: i64,
}

/// What is not sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Short {
    pub sku: String,
    pub asked: u32,
    pub given: u32,
}

impl From<Shortage> for Short {
    fn from(short: Shortage) -> Self {
        Self { sku: short.sku, asked: short.asked, given: short.available }
    }
}

/// One partner's part: one order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Parcel {
    pub partner_id: String,
    pub transaction_id: String,
    pub order_id: String,
    /// Pieces by item.
    pub takes: Vec<(String, u32)>,
    pub state: ParcelState,
}

/// What became of a parcel.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ParcelState {
    Open,
    Ordered,
    /// In words; the others go on without it.
    Refused(String),
}

/// The lines that routing decides about.
pub fn lines(wanted: &std::collections::BTreeMap<String, u32>) -> Vec<Line> {
    let numbered = wanted.iter().enumerate();
    numbered
        .map(|(at, (sku, count))| Line {
            id: format!("{:03}", at + 1),
            sku: sku.clone(),
            count: *count,
            needs: Vec::new(),
        })
        .collect()
}

/// The parcels of a plan. `new_id` makes transaction ids.
pub fn parcels(reference: &str, plan: &Plan, mut new_id: impl FnMut() -> String) -> Vec<Parcel> {
    let one = |(at, parcel): (usize, &crate::routing::Parcel)| Parcel {
        partner_id: parcel.partner_id.clone(),
        transaction_id: new_id(),
        order_id: format!("{reference}-{}", at + 1),
        takes: parcel.takes.iter().map(|take| (take.sku.clone(), take.count)).collect(),
        state: ParcelState::Open,
    };
    plan.parcels.iter().enumerate().map(one).collect()
}

/// What the plan does not send.
pub fn short(plan: &Plan) -> Vec<Short> {
    let one = |line: &crate::routing::LineShort| Short { sku: line.sku.clone(), asked: line.asked, given: line.given };
    plan.short.iter().map(one).collect()
}
