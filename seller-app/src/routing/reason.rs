//! The explanation of a choice, for the person at the desk and for the partner.

use serde::Serialize;

use crate::catalogue::PartnerId;

/// Why a cell gets an item from this partner, or from nobody.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Reason {
    pub cell: String,
    pub sku: String,
    pub winner: Option<PartnerId>,
    /// Nearest first.
    pub considered: Vec<Considered>,
}

/// One partner that was looked at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Considered {
    pub partner_id: PartnerId,
    pub distance_m: u32,
    pub available: u32,
    pub verdict: Verdict,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// The nearest that has it.
    Chosen,
    /// Sold here before and still has it: no change without need.
    Kept,
    /// Has it, but another one is nearer or was kept.
    Farther,
    /// Nothing left to promise.
    OutOfStock,
    /// Off the network.
    Inactive,
}

impl Reason {
    /// One sentence for a person.
    pub fn text(&self) -> String {
        let Some(chosen) = self.considered.iter().find(|c| matches!(c.verdict, Verdict::Chosen | Verdict::Kept)) else {
            return format!("{} in {}: nobody can send it", self.sku, self.cell);
        };
        let why = match chosen.verdict {
            Verdict::Kept => "sold it there before and still has it",
            Verdict::Chosen | Verdict::Farther | Verdict::OutOfStock | Verdict::Inactive => {
                "is the nearest that has it"
            }
        };
        let kilometres = f64::from(chosen.distance_m) / 1_000.0;
        format!(
            "{} in {}: {} {why} ({} in stock, {kilometres:.1} km)",
            self.sku, self.cell, chosen.partner_id, chosen.available
        )
    }
}
