//! What if: a decision made again with a constraint dropped or another number of parcels. Nothing is kept.

use serde::Deserialize;
use utoipa::IntoParams;

use crate::routing::policy::PARCELS_MAX;
use crate::routing::{Constraint, Policy};

/// The change that is tried.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, IntoParams)]
#[serde(default)]
pub struct WhatIf {
    /// Constraints to drop, by their keys in the policy, with commas between.
    pub without: String,
    /// At most so many parcels; 0 = as in the policy.
    pub max_parcels: usize,
}

/// A word that names no constraint.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{word}` is no constraint: write some of {known}")]
pub struct UnknownConstraint {
    word: String,
    known: String,
}

impl WhatIf {
    /// True when something is tried at all.
    pub fn is_asked(&self) -> bool {
        !self.without.trim().is_empty() || self.max_parcels > 0
    }

    /// The constraints that are dropped.
    ///
    /// # Errors
    /// Names the word that is none, and those that are.
    pub fn dropped(&self) -> Result<Vec<Constraint>, UnknownConstraint> {
        let words = self.without.split(',').map(str::trim).filter(|word| !word.is_empty());
        let unknown = |word: &str| {
            let known: Vec<&str> = Constraint::SWITCHABLE.iter().map(|one| one.key()).collect();
            UnknownConstraint { word: word.to_owned(), known: known.join(", ") }
        };
        words.map(|word| Constraint::of_key(word).ok_or_else(|| unknown(word))).collect()
    }

    /// The changed policy.
    ///
    /// # Errors
    /// As [`Self::dropped`].
    pub fn policy(&self, policy: &Policy) -> Result<Policy, UnknownConstraint> {
        let mut other = self.dropped()?.into_iter().fold(policy.clone(), |policy, one| policy.without(one));
        if self.max_parcels > 0 {
            other.max_parcels = self.max_parcels.min(PARCELS_MAX);
        }
        Ok(other)
    }
}
