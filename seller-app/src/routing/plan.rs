//! What a decision says: who sends what at which cost, what nobody can send, and how good that is for certain.

use serde::{Deserialize, Serialize};

use super::cost::Terms;
use crate::catalogue::PartnerId;

/// A decision, as it is stored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outcome {
    pub plan: Plan,
    pub certificate: Certificate,
}

/// Who sends what.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    /// Ascending by partner.
    pub parcels: Vec<Parcel>,
    /// Lines that are not sent whole. Given and missing pieces are always what was asked.
    pub short: Vec<LineShort>,
    pub objective: Objective,
}

/// What one partner sends.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Parcel {
    pub partner_id: PartnerId,
    pub takes: Vec<Take>,
    /// In minor units.
    pub costs: Terms,
}

/// Pieces of a line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Take {
    pub line: String,
    pub sku: String,
    pub count: u32,
}

/// A line of which less is sent than was asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LineShort {
    pub line: String,
    pub sku: String,
    pub asked: u32,
    pub given: u32,
}

/// What is made small: missing pieces first, then the policy's priorities, then cost.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Objective {
    pub missing: i64,
    /// In the order of the policy's priorities.
    pub levels: Vec<i64>,
    /// In minor units.
    pub cost: i64,
}

/// How good a plan is for certain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Certificate {
    /// Nothing is better than this plan.
    pub proved: bool,
    /// Nothing is better than this.
    pub lower: Objective,
    /// Thousandths by which the plan may be dearer than the best; `None` when missing pieces or priorities are open.
    pub gap_permille: Option<u32>,
    /// Work that was done; the same on every machine.
    pub steps: u64,
}

impl Plan {
    /// The partners that send something, ascending.
    pub fn partners(&self) -> Vec<&str> {
        self.parcels.iter().map(|parcel| parcel.partner_id.as_str()).collect()
    }

    /// All costs by term.
    pub fn costs(&self) -> Terms {
        let mut all = Terms::new();
        for (term, minor) in self.parcels.iter().flat_map(|parcel| &parcel.costs) {
            *all.entry(*term).or_default() += minor;
        }
        all
    }
}

impl Objective {
    pub(super) fn gap_permille(&self, lower: &Objective) -> Option<u32> {
        if (self.missing, &self.levels) != (lower.missing, &lower.levels) {
            return None;
        }
        let above = (self.cost - lower.cost).max(0);
        u32::try_from((above.saturating_mul(1000) + lower.cost.max(1) - 1) / lower.cost.max(1)).ok()
    }
}
