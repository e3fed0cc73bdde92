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

/// The nearest active partner that has the item; the one that sold it before stays while it can.
///
/// Ties go to the lower partner id, so that the answer never depends on the order of candidates.
pub fn choose(cell: &str, sku: &str, candidates: &[Candidate], before: Option<&str>) -> Reason {
    let mut near: Vec<&Candidate> = candidates.iter().collect();
    near.sort_by(|a, b| (a.distance_m, &a.partner_id).cmp(&(b.distance_m, &b.partner_id)));
    let can = |candidate: &Candidate| candidate.active && candidate.available > 0;
    let kept = near.iter().find(|c| Some(c.partner_id.as_str()) == before && can(c));
    let winner = kept.or_else(|| near.iter().find(|c| can(c))).map(|c| c.partner_id.clone());
    let verdict = |candidate: &Candidate| match &winner {
        Some(id) if *id == candidate.partner_id && kept.is_some() => Verdict::Kept,
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
