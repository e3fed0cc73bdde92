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
    /// Has it, but another one is nearer.
    Farther,
    /// Nothing left to promise.
    OutOfStock,
    /// Off the network.
    Inactive,
}

impl Reason {
    /// One sentence for a person.
    pub fn text(&self) -> String {
        let Some(chosen) = self.considered.iter().find(|c| c.verdict == Verdict::Chosen) else {
            return format!("{} in {}: nobody can send it", self.sku, self.cell);
        };
        let kilometres = f64::from(chosen.distance_m) / 1_000.0;
        format!(
            "{} in {}: {} is the nearest that has it ({} in stock, {kilometres:.1} km)",
            self.sku, self.cell, chosen.partner_id, chosen.available
        )
    }
}
