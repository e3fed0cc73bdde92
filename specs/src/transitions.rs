//! State machines of a book as data (`codes/index.yaml`, key `transitions`).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// Which fulfilment state may follow which.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Transitions(BTreeMap<String, Vec<String>>);

impl Transitions {
    /// The states that may follow; empty for a final or unknown state.
    pub fn next(&self, from: &str) -> &[String] {
        self.0.get(from).map_or(&[], Vec::as_slice)
    }

    /// May `to` follow `from`? The same state again is no transition: ask for that yourself.
    pub fn allows(&self, from: &str, to: &str) -> bool {
        self.next(from).iter().any(|state| state == to)
    }

    /// Every state with its followers, by name.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &[String])> {
        self.0.iter().map(|(from, to)| (from.as_str(), to.as_slice()))
    }

    /// True when the book has no table.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}
