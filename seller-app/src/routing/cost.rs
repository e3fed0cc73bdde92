//! Costs by term, in minor units. Never below zero, so a partner that is not needed is never cheaper than without it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::policy::{Policy, Priority};
use super::problem::{Candidate, Shelf};

/// A term of the cost, named as in the policy file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Term {
    Distance,
    Handling,
    DeliveryFee,
    ExtraParcel,
    Rejection,
    OverShare,
    StaleStock,
    ScarceStock,
}

impl Term {
    /// For a person.
    pub fn words(self) -> &'static str {
        match self {
            Self::Distance => "distance",
            Self::Handling => "partner's fee",
            Self::DeliveryFee => "delivery fee",
            Self::ExtraParcel => "extra parcel",
            Self::Rejection => "risk of rejection",
            Self::OverShare => "more than its share",
            Self::StaleStock => "old stock number",
            Self::ScarceStock => "nearly empty shelf",
        }
    }
}

/// Costs by term; terms that cost nothing are left out.
pub type Terms = BTreeMap<Term, i64>;

/// Beyond this a distance is not known any better: half way around the earth.
pub(super) const DISTANCE_MAX_M: u32 = 20_040_000;

/// What one parcel of this partner costs, whatever is in it.
pub(super) fn parcel(policy: &Policy, candidate: &Candidate) -> [(Term, i64); 5] {
    let costs = &policy.costs;
    let product = |a: u32, b: u32, per: i64| i64::from(a) * i64::from(b) / per;
    let metres = candidate.distance_m.min(DISTANCE_MAX_M);
    [
        (Term::Distance, product(metres, costs.per_km, 1000)),
        (Term::Handling, product(candidate.handling_minor, costs.handling_permille, 1000)),
        (Term::DeliveryFee, product(candidate.delivery_fee_minor, costs.delivery_fee_permille, 1000)),
        (Term::Rejection, product(candidate.rejection_permille.into(), costs.rejection, 1000)),
        (Term::OverShare, product(candidate.over_share_percent.into(), costs.over_share_percent, 1)),
    ]
}

/// What one piece from this shelf costs.
pub(super) fn piece(policy: &Policy, shelf: &Shelf) -> [(Term, i64); 2] {
    let costs = &policy.costs;
    let stale_h = shelf.age_h.saturating_sub(costs.fresh_hours);
    let scarce = shelf.available < costs.scarce_below;
    [
        (Term::StaleStock, i64::from(stale_h.min(MONTH_H)) * i64::from(costs.stale_unit_hour)),
        (Term::ScarceStock, if scarce { costs.scarce_unit.into() } else { 0 }),
    ]
}

/// A number older than a month is not worse than one of a month.
const MONTH_H: u32 = 24 * 30;

/// What a parcel of this partner adds to a level of priority.
pub(super) fn level(priority: Priority, candidate: &Candidate) -> i64 {
    match priority {
        Priority::Parcels => 1,
        Priority::Tier => candidate.tier.into(),
        Priority::Distance => candidate.distance_m.min(DISTANCE_MAX_M).into(),
    }
}

pub(super) fn sum(terms: &[(Term, i64)]) -> i64 {
    terms.iter().map(|(_, minor)| minor).sum()
}
