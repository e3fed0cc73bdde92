//! Our own book against the published examples: clean ones are accepted, defective ones refused, with a rule named.
//!
//! Where we disagree on purpose, docs/SPEC-DISAGREEMENTS.md says so with a reason. The list is exact in both directions.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::Value;
use specs::{Action, Specs, Violation};

use crate::shared_folder::{Row, rows, spec_data};

const LIST: &str = "../docs/SPEC-DISAGREEMENTS.md";
const BOOKS: [(&str, &str); 2] = [("RET10-1.2.0", "1.2.0"), ("RET10-1.2.5", "1.2.5")];

fn judge(specs: &Specs, row: &Row, folder: &Path) -> Vec<Violation> {
    let version = BOOKS.iter().find(|(spec, _)| *spec == row.spec).unwrap().1;
    let book = specs.book("ONDC:RET10", version).unwrap();
    let payload: Value = serde_json::from_str(&std::fs::read_to_string(row.path(folder)).unwrap()).unwrap();
    let action: Action = row.api.parse().unwrap();
    book.check(action, &payload)
}

/// The rows of the tables: `| example | we | because |`.
fn listed() -> BTreeMap<String, (String, String)> {
    let text = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(LIST)).unwrap();
    let cells = |line: &str| {
        line.trim_matches('|').split('|').map(|cell| cell.trim().trim_matches('`').to_owned()).collect::<Vec<_>>()
    };
    let rows = text.lines().filter(|line| BOOKS.iter().any(|(spec, _)| line.starts_with(&format!("| `{spec}/"))));
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
    let (mut listed, mut wrong, mut judged) = (listed(), Vec::new(), 0);
    for row in rows(&folder).iter().filter(|row| BOOKS.iter().any(|(spec, _)| *spec == row.spec)) {
        judged += 1;
        let violations = judge(&specs, row, &folder);
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
    println!("{judged} examples judged by our own book, {} against the list", wrong.len());
    assert_eq!(judged, 354);
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
