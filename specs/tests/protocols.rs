//! The books of complaints and settlement against the published examples of those protocols.
//!
//! Their sets have no rules, only API descriptions; an example that fits its own description is accepted by our books too.

use std::path::Path;

use serde_json::Value;
use specs::{Specs, Violation};

use crate::shared_folder::spec_data;

/// Published sets, and how many of their examples are valid by their own description.
const SETS: [(&str, usize); 3] = [("IGM-1.0.0", 20), ("IGM-2.0.0", 62), ("RSF-2.0.0", 26)];
/// Valid by a description that asks for nothing, and yet refused.
const REFUSED: [(&str, &str); 1] = [(
    "IGM-1.0.0/Retail/issue_status/issue_status.json",
    "the context says issue, the message is that of issue_status; the description asks an issue for no content at all",
)];

#[test]
fn examples_that_are_valid_by_their_own_description_are_accepted() {
    let Some(folder) = spec_data() else { return };
    let specs = Specs::builtin().unwrap();
    let (mut wrong, mut judged) = (Vec::new(), [0; SETS.len()]);
    for (set, file, verdict) in listed(&folder) {
        let Some(at) = SETS.iter().position(|(name, _)| *name == set) else { continue };
        let path = folder.join("examples").join(&file);
        let payload: Value = serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
        let action = payload["context"]["action"].as_str().unwrap().parse().unwrap();
        let book = specs.book_of(&payload).unwrap_or_else(|| panic!("{file}: no book"));
        let mut violations = book.check(action, &payload);
        violations.retain(Violation::is_error);
        if verdict != "valid" {
            continue;
        }
        judged[at] += 1;
        let refused = REFUSED.iter().any(|(name, _)| *name == file);
        if violations.is_empty() == refused {
            wrong.push(format!("{file}: {violations:#?}"));
        }
    }
    assert!(wrong.is_empty(), "{} examples:\n{}", wrong.len(), wrong.join("\n"));
    assert_eq!(judged, SETS.map(|(_, examples)| examples));
}

/// `set, file, verdict` of each example of the table.
fn listed(folder: &Path) -> Vec<(String, String, String)> {
    let table = std::fs::read_to_string(folder.join("examples/VALIDATION-other.tsv")).unwrap();
    let cells = |line: &str| {
        let cells: Vec<&str> = line.split('\t').collect();
        (cells[0].to_owned(), cells[1].to_owned(), cells[3].to_owned())
    };
    table.lines().skip(1).map(cells).collect()
}
