//! A return as the brand sees it: what the network need not know. It lives on the return's fulfilment.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::bearer::Split;
use super::grade::{Disposition, Grading};
use super::policy::{Charges, Pickup, Ruling};
use super::receipt::Receipt;
use super::settle::CostShare;
use super::{ReturnRequest, ReturnState};
use crate::money::Money;

/// Ours: never travels.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReturnCase {
    /// Value of the pieces as they stand on the quote, without tax.
    pub value: Money,
    /// The rule of the policy that it was judged by, in words.
    pub rule: String,
    pub pickup: Pickup,
    /// What becomes of delivery and packing charges. Ruled at the request: a policy changed later changes no open return.
    #[serde(default)]
    pub charges: Charges,
    pub split: Split,
    /// Each state that the network was told, and when. The first is the request.
    pub told: Vec<(ReturnState, Timestamp)>,
    /// Words of whoever could not collect it.
    #[serde(default)]
    pub failures: Vec<String>,
    #[serde(default)]
    pub receipt: Option<Receipt>,
    #[serde(default)]
    pub grading: Option<Grading>,
    /// Who bears what, once it is settled.
    #[serde(default)]
    pub shares: Vec<CostShare>,
}

impl ReturnCase {
    pub fn new(value: Money, ruling: &Ruling<'_>, now: Timestamp) -> ReturnCase {
        ReturnCase {
            value,
            rule: ruling.words(),
            pickup: ruling.pickup,
            charges: ruling.charges,
            split: ruling.split,
            told: vec![(ReturnState::Initiated, now)],
            failures: Vec::new(),
            receipt: None,
            grading: None,
            shares: Vec::new(),
        }
    }

    /// True when the goods are here and nobody said what becomes of them.
    pub fn wants_grade(&self) -> bool {
        self.receipt.is_some() && self.grading.is_none()
    }

    /// Pieces that can be sold again.
    pub fn restocked(&self) -> u32 {
        match (&self.receipt, &self.grading) {
            (Some(receipt), Some(grading)) if grading.disposition == Disposition::Restock => receipt.sound(),
            (Some(_) | None, _) => 0,
        }
    }

    /// Until when somebody must have decided: the buyer app's own limit.
    pub fn due(&self, request: &ReturnRequest, state: ReturnState) -> Option<Timestamp> {
        let (_, asked) = *self.told.first()?;
        let limit = match state {
            ReturnState::Initiated => &request.ttl_approval,
            ReturnState::Approved | ReturnState::PickFailed => &request.ttl_reverseqc,
            ReturnState::Rejected
            | ReturnState::Liquidated
            | ReturnState::Failed
            | ReturnState::Picked
            | ReturnState::Delivered => return None,
        };
        limit.as_ref().map(|limit| limit.after(asked))
    }
}
