//! Hard constraints: by which of them a partner or a shelf is out, always in the same order.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::policy::Policy;
use super::problem::{Candidate, Shelf};

/// Why a partner cannot be chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Constraint {
    Active,
    ServesPlace,
    Territory,
    Consent,
    Capacity,
    CutOff,
    MinScore,
    MaxTier,
    Capability,
    MinLife,
    Quota,
    /// Nothing of what is asked is there. The only one that no policy switches off.
    Stock,
}

impl Constraint {
    /// Those that a policy can switch off.
    pub const SWITCHABLE: [Constraint; 11] = [
        Self::Active,
        Self::ServesPlace,
        Self::Territory,
        Self::Consent,
        Self::Capacity,
        Self::CutOff,
        Self::MinScore,
        Self::MaxTier,
        Self::Capability,
        Self::MinLife,
        Self::Quota,
    ];

    /// As in the policy file and in the API.
    pub fn key(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::ServesPlace => "serves_place",
            Self::Territory => "territory",
            Self::Consent => "consent",
            Self::Capacity => "capacity",
            Self::CutOff => "cut_off",
            Self::MinScore => "min_score_permille",
            Self::MaxTier => "max_tier",
            Self::Capability => "capability",
            Self::MinLife => "min_life_days",
            Self::Quota => "quota",
            Self::Stock => "stock",
        }
    }

    /// What is wrong with the partner, for a person.
    pub fn words(self) -> &'static str {
        match self {
            Self::Active => "off the network",
            Self::ServesPlace => "does not deliver there",
            Self::Territory => "outside its territory",
            Self::Consent => "did not agree to sell its stock online",
            Self::Capacity => "takes no more orders today",
            Self::CutOff => "past its cut-off",
            Self::MinScore => "score too low",
            Self::MaxTier => "tier too low",
            Self::Capability => "cannot handle the goods",
            Self::MinLife => "goods run out too soon",
            Self::Quota => "its quota for this channel is used up",
            Self::Stock => "nothing left to promise",
        }
    }

    /// The constraint with this key.
    pub fn of_key(key: &str) -> Option<Self> {
        Self::SWITCHABLE.into_iter().find(|constraint| constraint.key() == key)
    }

    fn is_on(self, policy: &Policy) -> bool {
        let rules = &policy.constraints;
        match self {
            Self::Active => rules.active,
            Self::ServesPlace => rules.serves_place,
            Self::Territory => rules.territory,
            Self::Consent => rules.consent,
            Self::Capacity => rules.capacity,
            Self::CutOff => rules.cut_off,
            Self::MinScore => rules.min_score_permille > 0,
            Self::MaxTier => rules.max_tier > 0,
            Self::Capability => rules.capability,
            Self::MinLife => rules.min_life_days > 0,
            Self::Quota => rules.quota,
            Self::Stock => true,
        }
    }
}

impl fmt::Display for Constraint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.key())
    }
}

impl Policy {
    /// The same policy without one constraint.
    #[must_use]
    pub fn without(&self, constraint: Constraint) -> Policy {
        let mut other = self.clone();
        let rules = &mut other.constraints;
        match constraint {
            Constraint::Active => rules.active = false,
            Constraint::ServesPlace => rules.serves_place = false,
            Constraint::Territory => rules.territory = false,
            Constraint::Consent => rules.consent = false,
            Constraint::Capacity => rules.capacity = false,
            Constraint::CutOff => rules.cut_off = false,
            Constraint::MinScore => rules.min_score_permille = 0,
            Constraint::MaxTier => rules.max_tier = 0,
            Constraint::Capability => rules.capability = false,
            Constraint::MinLife => rules.min_life_days = 0,
            Constraint::Quota => rules.quota = false,
            Constraint::Stock => {}
        }
        other
    }

    /// The first constraint that keeps the whole partner out; its shelves are not looked at.
    pub fn bars(&self, candidate: &Candidate) -> Option<Constraint> {
        let rules = &self.constraints;
        let violated = [
            (Constraint::Active, !candidate.active),
            (Constraint::ServesPlace, !candidate.serves_place),
            (Constraint::Territory, !candidate.in_territory),
            (Constraint::Consent, !candidate.consents),
            (Constraint::Capacity, candidate.capacity_left == Some(0)),
            (Constraint::CutOff, candidate.cut_off_in_min.is_some_and(|minutes| minutes < 0)),
            (Constraint::MinScore, candidate.score_permille < rules.min_score_permille),
            (Constraint::MaxTier, candidate.tier > rules.max_tier),
        ];
        violated.into_iter().find(|(constraint, broken)| *broken && constraint.is_on(self)).map(|(which, _)| which)
    }

    /// Units that a shelf may give, or the first constraint that leaves none.
    pub(super) fn gives(&self, candidate: &Candidate, shelf: &Shelf, needs: &[&str]) -> Result<u32, Constraint> {
        let rules = &self.constraints;
        let able = |need: &&str| candidate.capabilities.iter().any(|own| own == need);
        if !needs.is_empty() && rules.capability && !needs.iter().all(able) {
            return Err(Constraint::Capability);
        }
        if shelf.available == 0 {
            return Err(Constraint::Stock);
        }
        // Without a limit no number of days is too small.
        if shelf.life_days.is_some_and(|days| days < rules.min_life_days) {
            return Err(Constraint::MinLife);
        }
        match shelf.quota_left {
            Some(left) if rules.quota => {
                let units = shelf.available.min(left);
                if units == 0 { Err(Constraint::Quota) } else { Ok(units) }
            }
            _ => Ok(shelf.available),
        }
    }
}
