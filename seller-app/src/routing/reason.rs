//! The explanation of a choice, for the person at the desk and for the partner.

use serde::Serialize;

use super::Constraint;
use crate::catalogue::PartnerId;

/// Why a cell gets an item from this partner, or from nobody.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Reason {
    pub cell: String,
    pub sku: String,
    pub winner: Option<PartnerId>,
    /// Best first, shelves aside.
    pub considered: Vec<Considered>,
}

/// One partner that was looked at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Considered {
    pub partner_id: PartnerId,
    pub distance_m: u32,
    pub available: u32,
    /// By the policy, for one piece.
    pub cost_minor: i64,
    pub verdict: Verdict,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// The best that has it.
    Chosen,
    /// Another is better, but not by enough to change what is published.
    Kept,
    /// Has it, but another one is better.
    Dearer,
    /// A constraint keeps it out.
    Removed(Constraint),
}

impl Reason {
    /// One sentence for a person.
    pub fn text(&self) -> String {
        let winner = self.considered.iter().find(|c| matches!(c.verdict, Verdict::Chosen | Verdict::Kept));
        let Some(chosen) = winner else {
            return format!("{} in {}: nobody can send it", self.sku, self.cell);
        };
        let why = if chosen.verdict == Verdict::Kept { "stays" } else { "is the best that has it" };
        let kilometres = f64::from(chosen.distance_m) / 1_000.0;
        format!(
            "{} in {}: {} {why} ({} in stock, {kilometres:.1} km)",
            self.sku, self.cell, chosen.partner_id, chosen.available
        )
    }
}
