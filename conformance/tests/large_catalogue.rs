//! A catalogue that is too large to be held is judged in parts, and still as a whole.
#![allow(clippy::unwrap_used)]

use std::path::PathBuf;

use conformance::excuse::Excuses;
use conformance::judge::{Ask, LawReport, Options, Report, judge};
use serde_json::{Value, json};
use specs::Specs;

/// Larger than what is held as one tree, and than a part.
const BYTES: usize = 9 * 1024 * 1024;

/// Our own seller's catalogue with more and more items; the last ones are spoiled by `spoil`.
fn catalogue(spoil: impl FnOnce(&mut Vec<Value>)) -> Value {
    let file = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/flows/catalogue-1.2.5.json");
    let flow: Vec<Value> = serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap();
    let mut message = flow.into_iter().find(|one| one["context"]["action"] == "on_search").unwrap();
    let items = message.pointer_mut("/message/catalog/bpp~1providers/0/items").unwrap();
    let few = items.as_array().unwrap().clone();
    let size = serde_json::to_string(&few).unwrap().len() / few.len();
    let mut many: Vec<Value> = few.iter().cycle().take(BYTES / size).cloned().collect();
    for (number, item) in many.iter_mut().enumerate() {
        item["id"] = json!(format!("item-{number}"));
    }
    spoil(&mut many);
    *items = json!(many);
    message
}

fn report(message: &Value) -> Report {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("on_search.json");
    std::fs::write(&file, message.to_string()).unwrap();
    let recording = conformance::read(&[file], &mut |_| ());
    assert!(recording.flows[0].messages[0].split.is_some(), "it is judged in parts");
    let law = LawReport { origin: String::new(), digest: String::new(), books: Vec::new() };
    let started = "2026-01-01T00:00:00Z".parse().unwrap();
    let ask = Ask { options: Options::default(), law, excuses: Excuses::default(), started };
    judge(&Specs::builtin().unwrap(), &recording, &ask)
}

fn errors(report: &Report) -> Vec<(String, String)> {
    let findings = report.flows[0].findings.iter().filter(|one| one.severity == specs::Severity::Error);
    findings.map(|one| (one.rule.clone(), one.pointer.clone())).collect()
}

#[test]
fn what_is_wrong_at_its_end_is_found_and_what_is_good_is_clean() {
    let clean = report(&catalogue(|_| ()));
    assert_eq!(errors(&clean), []);
    let said = clean.flows[0].guesses.join("\n");
    assert!(said.contains("rules that need all of its items together are not evaluated"), "{said}");
    let mut last = 0;
    let spoiled = catalogue(|items| {
        last = items.len() - 1;
        items[last]["id"] = json!("item-0");
        items[last - 1]["price"]["maximum_value"] = json!("0.01");
    });
    let at = |item: usize, member: &str| format!("/message/catalog/bpp~1providers/0/items/{item}/{member}");
    let mut found = errors(&report(&spoiled));
    found.sort();
    let expected = [
        ("on_search/ITEM/PRICE_WITHIN_MAXIMUM".to_owned(), at(last - 1, "price/value")),
        ("on_search/PROVIDER/ITEM_IDS_ONCE".to_owned(), at(last, "id")),
    ];
    assert_eq!(found, expected);
}
