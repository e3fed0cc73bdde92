//! The same fault at many places of a message is told once.

use std::collections::HashMap;

use crate::finding::{Elsewhere, Found};

/// Other places that are named; the rest is in the count.
const ALSO_MAX: usize = 10;

/// What was found by one rule at one kind of place of one message.
#[derive(Debug)]
pub(super) struct Collapsed {
    /// The first.
    pub(super) first: Found,
    /// The pointer with indices as `*`.
    pub(super) place: String,
    /// How many places.
    pub(super) count: usize,
    /// Up to ten of the others.
    pub(super) also: Vec<Elsewhere>,
}

/// Joins what differs in indices only. The order of first appearance is kept.
pub(super) fn collapse(found: Vec<Found>) -> Vec<Collapsed> {
    let mut all: Vec<Collapsed> = Vec::new();
    let mut known: HashMap<(String, Option<usize>, String), usize> = HashMap::new();
    for one in found {
        let place = place(&one.pointer);
        match known.get(&(one.rule.clone(), one.message, place.clone())) {
            Some(&at) => all[at].add(one),
            None => {
                known.insert((one.rule.clone(), one.message, place.clone()), all.len());
                all.push(Collapsed { first: one, place, count: 1, also: Vec::new() });
            }
        }
    }
    all
}

impl Collapsed {
    fn add(&mut self, other: Found) {
        // Two checks may say the same of one place; that is one place.
        if self.first.pointer == other.pointer || self.also.iter().any(|known| known.pointer == other.pointer) {
            return;
        }
        self.count += 1;
        if self.also.len() < ALSO_MAX {
            // Where the values are the same everywhere, saying them once is enough.
            let differ = (&other.expected, &other.actual) != (&self.first.expected, &self.first.actual);
            let Found { pointer, expected, actual, .. } = other;
            let (expected, actual) = if differ { (expected, actual) } else { (None, None) };
            self.also.push(Elsewhere { pointer, expected, actual });
        }
    }
}

/// The pointer with indices replaced by `*`.
pub(crate) fn place(pointer: &str) -> String {
    let part = |part| if is_index(part) { "*" } else { part };
    pointer.split('/').map(part).collect::<Vec<_>>().join("/")
}

fn is_index(part: &str) -> bool {
    !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(pointer: &str) -> Found {
        Found { rule: "a/B".to_owned(), message: Some(0), pointer: pointer.to_owned(), ..Found::default() }
    }

    #[test]
    fn indices_collapse_and_are_counted() {
        let all =
            (0..30).map(|at| found(&format!("/items/{at}/id"))).chain([found("/items/3/id"), found("/items/3/name")]);
        let collapsed = collapse(all.collect());
        let told: Vec<_> = collapsed.iter().map(|c| (c.place.as_str(), c.count, c.also.len())).collect();
        assert_eq!(told, [("/items/*/id", 30, ALSO_MAX), ("/items/*/name", 1, 0)]);
        assert_eq!(collapsed[0].first.pointer, "/items/0/id");
        assert!(collapsed[0].also.iter().all(|one| one.expected.is_none()), "said once");
    }

    #[test]
    fn a_place_with_values_of_its_own_tells_them() {
        let value =
            |at: usize, wants: &str| Found { expected: Some(wants.to_owned()), ..found(&format!("/items/{at}/price")) };
        let collapsed = collapse(vec![value(0, "300"), value(1, "450"), value(2, "300")]);
        let told: Vec<_> = collapsed[0].also.iter().map(|one| one.expected.as_deref()).collect();
        assert_eq!(told, [Some("450"), None]);
    }
}
