//! The choice for one item in one place.

use super::{Considered, Reason, Verdict};
use crate::catalogue::PartnerId;

/// A partner that serves the place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    pub partner_id: PartnerId,
    pub distance_m: u32,
    pub available: u32,
    pub active: bool,
}

/// The nearest active partner that has the item.
///
/// Ties go to the lower partner id, so that the answer never depends on the order of candidates.
pub fn choose(cell: &str, sku: &str, candidates: &[Candidate]) -> Reason {
    let mut near: Vec<&Candidate> = candidates.iter().collect();
    near.sort_by(|a, b| (a.distance_m, &a.partner_id).cmp(&(b.distance_m, &b.partner_id)));
    let winner = near.iter().find(|c| c.active && c.available > 0).map(|c| c.partner_id.clone());
    let verdict = |candidate: &Candidate| match &winner {
        Some(id) if *id == candidate.partner_id => Verdict::Chosen,
        _ if !candidate.active => Verdict::Inactive,
        _ if candidate.available == 0 => Verdict::OutOfStock,
        _ => Verdict::Farther,
    };
    let considered = near.iter().map(|candidate| Considered {
        partner_id: candidate.partner_id.clone(),
        distance_m: candidate.distance_m,
        available: candidate.available,
        verdict: verdict(candidate),
    });
    Reason { cell: cell.to_owned(), sku: sku.to_owned(), winner: winner.clone(), considered: considered.collect() }
}
