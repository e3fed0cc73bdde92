//! The brand's rules of routing as data: what no partner may miss, what comes first, what costs how much.

use serde::{Deserialize, Serialize};

/// The policy that a node starts with.
pub const DEFAULT: &str = include_str!("default_policy.yaml");

/// Largest number of parcels that a policy may allow for one order.
pub const PARCELS_MAX: usize = 12;
/// No weight may be larger: sums of costs stay exact in 64 bits.
pub const WEIGHT_MAX: u32 = 1_000_000;
/// Levels of priority; each is there at most once.
const PRIORITIES_MAX: usize = 3;

/// A policy. All amounts are in minor units of the network's currency (paise), so that sums are exact.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Policy {
    /// For people.
    pub name: String,
    pub constraints: Constraints,
    /// What is made as small as can be before cost is looked at, the first first.
    #[serde(default)]
    pub priorities: Vec<Priority>,
    pub costs: Costs,
    /// Most partners that one order may be divided among. The strict profile takes one, whatever stands here.
    pub max_parcels: usize,
    /// Whether pieces of one item may come from several partners.
    pub split_lines: bool,
    /// A published partner stays until another is cheaper by more than this (strict profile).
    pub hysteresis: u32,
}

/// Which constraints are on, and their limits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Constraints {
    pub active: bool,
    pub serves_place: bool,
    pub capability: bool,
    pub territory: bool,
    pub consent: bool,
    pub quota: bool,
    pub capacity: bool,
    pub cut_off: bool,
    /// 0 = off.
    pub min_score_permille: u16,
    /// 0 = off.
    pub max_tier: u8,
    /// 0 = off.
    pub min_life_days: u32,
}

/// What may come before cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Priority {
    /// Fewest parcels.
    Parcels,
    /// Lowest tiers, summed over parcels.
    Tier,
    /// Fewest metres, summed over parcels.
    Distance,
}

/// What costs how much. A term with weight 0 does not count.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Costs {
    /// For a kilometre, counted by the metre.
    pub per_km: u32,
    /// How much of the partner's fee for a parcel counts; 1000 = all of it.
    pub handling_permille: u32,
    /// How much of the delivery fee counts; 1000 = all of it.
    pub delivery_fee_permille: u32,
    /// For each parcel after the first.
    pub extra_parcel: u32,
    /// For a parcel that comes back to be routed again, times how often that happens with this partner.
    pub rejection: u32,
    /// For each percent point of orders above the share that the partner is due.
    pub over_share_percent: u32,
    /// For a piece from a shelf whose number is older than `fresh_hours`, for each hour more.
    pub stale_unit_hour: u32,
    pub fresh_hours: u32,
    /// For a piece from a shelf with fewer than `scarce_below` pieces.
    pub scarce_unit: u32,
    pub scarce_below: u32,
}

/// Why a policy cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PolicyError {
    #[error("the routing policy cannot be read: {0}")]
    Malformed(String),
    #[error("{key} is {value}: it must be {allowed}")]
    OutOfRange { key: &'static str, value: u64, allowed: String },
    #[error("priorities names {0:?} twice: leave one of them out")]
    Twice(Priority),
}

impl Policy {
    /// Reads a policy file (YAML; JSON is YAML too).
    ///
    /// # Errors
    /// Names the place and what is allowed there.
    pub fn parse(text: &str) -> Result<Self, PolicyError> {
        let policy: Self = serde_yaml_ng::from_str(text).map_err(|error| PolicyError::Malformed(error.to_string()))?;
        policy.check()?;
        Ok(policy)
    }

    /// # Errors
    /// Names the key and its range.
    pub fn check(&self) -> Result<(), PolicyError> {
        let parcels = self.max_parcels as u64;
        if !(1..=PARCELS_MAX as u64).contains(&parcels) {
            let allowed = format!("1 to {PARCELS_MAX}");
            return Err(PolicyError::OutOfRange { key: "max_parcels", value: parcels, allowed });
        }
        if let Some((key, value)) = self.weights().into_iter().find(|(_, value)| *value > WEIGHT_MAX) {
            let allowed = format!("at most {WEIGHT_MAX}");
            return Err(PolicyError::OutOfRange { key, value: value.into(), allowed });
        }
        for (at, priority) in self.priorities.iter().enumerate() {
            if self.priorities[..at].contains(priority) {
                return Err(PolicyError::Twice(*priority));
            }
        }
        debug_assert!(self.priorities.len() <= PRIORITIES_MAX, "there are only so many, each once");
        Ok(())
    }

    fn weights(&self) -> [(&'static str, u32); 11] {
        let costs = &self.costs;
        [
            ("costs.per_km", costs.per_km),
            ("costs.handling_permille", costs.handling_permille),
            ("costs.delivery_fee_permille", costs.delivery_fee_permille),
            ("costs.extra_parcel", costs.extra_parcel),
            ("costs.rejection", costs.rejection),
            ("costs.over_share_percent", costs.over_share_percent),
            ("costs.stale_unit_hour", costs.stale_unit_hour),
            ("costs.fresh_hours", costs.fresh_hours),
            ("costs.scarce_unit", costs.scarce_unit),
            ("costs.scarce_below", costs.scarce_below),
            ("hysteresis", self.hysteresis),
        ]
    }

    /// As a file.
    pub fn to_yaml(&self) -> String {
        serde_yaml_ng::to_string(self).unwrap_or_default()
    }
}
