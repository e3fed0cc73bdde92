//! Ids that somebody may have meant.

use std::collections::BTreeSet;

use specs::Specs;

use super::rules;

/// Offered at most.
const OFFERED_MAX: usize = 8;

/// The ids most like the asked one: those that contain it first, then those with few letters different.
pub(super) fn ids(specs: &Specs, asked: &str) -> Vec<String> {
    let asked = asked.to_lowercase();
    let last = asked.rsplit(['/', '.']).next().unwrap_or(&asked);
    let of_books = specs.books().iter().flat_map(|book| rules(book).map(|info| info.id.as_str()));
    let all: BTreeSet<&str> = specs.rulebook().iter().map(|rule| rule.id.as_str()).chain(of_books).collect();
    let mut scored: Vec<(usize, &str)> =
        all.into_iter().filter_map(|id| Some((score(id, &asked, last)?, id))).collect();
    scored.sort_unstable();
    scored.into_iter().take(OFFERED_MAX).map(|(_, id)| id.to_owned()).collect()
}

/// Small is near; `None` is too far.
fn score(id: &str, asked: &str, last: &str) -> Option<usize> {
    let id = id.to_lowercase();
    if !last.is_empty() && id.contains(last) {
        return Some(usize::from(!id.contains(asked)));
    }
    let name = id.rsplit('/').next().unwrap_or(&id);
    let far = distance(&id, asked).min(distance(name, last));
    (far <= last.len() / 3).then_some(2 + far)
}

/// Letters to add, drop or change (Levenshtein).
fn distance(from: &str, to: &str) -> usize {
    let to: Vec<char> = to.chars().collect();
    let mut row: Vec<usize> = (0..=to.len()).collect();
    for (at, left) in from.chars().enumerate() {
        let mut before = row[0];
        row[0] = at + 1;
        for (column, right) in to.iter().enumerate() {
            let changed = before + usize::from(left != *right);
            before = row[column + 1];
            row[column + 1] = changed.min(before + 1).min(row[column] + 1);
        }
    }
    row[to.len()]
}

#[cfg(test)]
mod tests {
    #[test]
    fn distance_counts_letters() {
        assert_eq!(super::distance("quote_kept", "quote_keep"), 2);
        assert_eq!(super::distance("", "abc"), 3);
        assert_eq!(super::distance("kitten", "sitting"), 3);
    }
}
