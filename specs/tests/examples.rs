//! Our own book against the published examples: clean ones are accepted, defective ones refused, with a rule named.
//!
//! Where we disagree on purpose, docs/SPEC-DISAGREEMENTS.md says so with a reason. The list is exact in both directions.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::Value;
use specs::{Action, Specs, Violation};

use crate::shared_folder::{Row, rows, spec_data};

const LIST: &str = "../docs/SPEC-DISAGREEMENTS.md";
/// Published set, its domain and version, and how many examples it has.
const SETS: [(&str, &str, &str, usize); 7] = [
    ("RET10-1.2.0", "ONDC:RET10", "1.2.0", 77),
    ("RET10-1.2.5", "ONDC:RET10", "1.2.5", 277),
    ("RET11-1.2.5", "ONDC:RET11", "1.2.5", 267),
    ("RET12-1.2.5", "ONDC:RET12", "1.2.5", 243),
    ("RETeB2B", "ONDC:RETeB2B", "1.2.5", 120),
    ("LOG11-1.2.5", "ONDC:LOG11", "1.2.5", 427),
    ("NTS10-2.0.0", "ONDC:NTS10", "2.0.0", 2),
];

/// What we say of an example; `None` when our law has no book for it.
fn judge(specs: &Specs, row: &Row, folder: &Path) -> Option<Vec<Violation>> {
    let payload: Value = serde_json::from_str(&std::fs::read_to_string(row.path(folder)).unwrap()).unwrap();
    let action: Action = row.api.parse().unwrap();
    let (_, domain, version, _) = SETS.into_iter().find(|(spec, ..)| *spec == row.spec).unwrap();
    let of_order = specs.book(domain, version)?;
    let book = if action.is_complaint() { specs.book_of(&payload).unwrap_or(of_order) } else { of_order };
    let mut violations = book.check(action, &payload);
    violations.retain(Violation::is_error);
    Some(violations)
}

/// The rows of the tables: `| example | we | because |`.
fn listed() -> BTreeMap<String, (String, String)> {
    let text = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(LIST)).unwrap();
    let cells = |line: &str| {
        line.trim_matches('|').split('|').map(|cell| cell.trim().trim_matches('`').to_owned()).collect::<Vec<_>>()
    };
    let rows = text.lines().filter(|line| SETS.iter().any(|(spec, ..)| line.starts_with(&format!("| `{spec}/"))));
    let mut listed = BTreeMap::new();
    for line in rows {
        let [example, we, because] = cells(line).try_into().unwrap_or_else(|_| panic!("three columns wanted: {line}"));
        assert!(we == "refuse" || we == "accept", "{example}: `refuse` or `accept`, not {we:?}");
        assert!(because.len() > 20, "{example}: a disagreement needs a reason");
        assert!(listed.insert(example.clone(), (we, because)).is_none(), "{example} is listed twice");
    }
    listed
}

#[test]
fn our_book_and_the_published_rules_agree_except_where_listed() {
    let Some(folder) = spec_data() else { return };
    let specs = Specs::builtin().unwrap();
    let (mut listed, mut wrong, mut judged) = (listed(), Vec::new(), BTreeMap::new());
    for row in rows(&folder) {
        let Some(violations) = judge(&specs, &row, &folder) else { continue };
        *judged.entry(row.spec.clone()).or_insert(0) += 1;
        assert!(
            violations.iter().all(|violation| !violation.rule.is_empty()),
            "{}: a refusal without a rule",
            row.name()
        );
        let (published, ours) = (row.failed_rules.is_empty(), violations.is_empty());
        let we = if ours { "accept" } else { "refuse" };
        let told = listed.remove(&row.name());
        match told {
            None if published == ours => {}
            None => wrong.push(format!("{}: we {we}, the published rules do not: {}", row.name(), first(&violations))),
            Some(_) if published == ours => wrong.push(format!("{}: listed, but we agree now", row.name())),
            Some((said, _)) if said != we => wrong.push(format!("{}: listed as `{said}`, but we {we}", row.name())),
            Some(_) => {}
        }
    }
    wrong.extend(listed.keys().map(|example| format!("{example}: listed, but there is no such example")));
    for (set, _, _, examples) in SETS {
        match judged.get(set) {
            Some(judged) => assert_eq!(*judged, examples, "{set}"),
            None => println!("SKIPPED: {set}: the built-in law has no book for it"),
        }
    }
    println!("{} examples judged by our own books, {} against the list", judged.values().sum::<usize>(), wrong.len());
    assert!(wrong.is_empty(), "{} examples:\n{}", wrong.len(), wrong.join("\n"));
}

fn first(violations: &[Violation]) -> String {
    violations
        .iter()
        .take(2)
        .map(|v| format!("{v} (want {:?}, got {:?})", v.expected, v.actual))
        .collect::<Vec<_>>()
        .join("; ")
}
