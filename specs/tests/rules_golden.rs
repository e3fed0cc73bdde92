//! The rule engine against the verdicts of a reference interpreter on every published example (RULES.tsv).

use std::collections::HashMap;
use std::path::Path;

use crate::shared_folder::{Row, rows, spec_data};
use serde_json::Value;
use specs::Specs;
use specs::rules::{Normalisation, RulePack, Verdict};

fn packs(folder: &Path) -> HashMap<String, Specs> {
    let specs = rows(folder).into_iter().map(|row| row.spec).collect::<std::collections::BTreeSet<_>>();
    specs.into_iter().map(|spec| (spec.clone(), Specs::load(&folder.join(&spec)).unwrap())).collect()
}

fn judge(pack: &RulePack, row: &Row, folder: &Path, normalisation: Normalisation) -> Verdict {
    let text = std::fs::read_to_string(row.path(folder)).unwrap();
    let payload: Value = serde_json::from_str(&text).unwrap();
    pack.judge(&row.api, &payload, normalisation).unwrap_or_else(|| panic!("{} has no rules for {}", row.spec, row.api))
}

#[test]
fn every_published_example_gets_the_reference_verdict() {
    let Some(folder) = spec_data() else { return };
    let (packs, rows) = (packs(&folder), rows(&folder));
    let mut wrong = Vec::new();
    for row in &rows {
        let pack = packs[&row.spec].books()[0].rule_pack();
        let verdict = judge(pack, row, &folder, Normalisation::On);
        let failed: Vec<&str> = verdict.violations.iter().map(|violation| violation.rule.as_str()).collect();
        if failed != row.failed_rules || verdict.leaf_run != row.leaf_run || verdict.skipped != row.skipped {
            wrong.push(format!(
                "{}: ran {} want {}, skipped {} want {}, failed {failed:?} want {:?}",
                row.name(),
                verdict.leaf_run,
                row.leaf_run,
                verdict.skipped,
                row.skipped,
                row.failed_rules
            ));
        }
    }
    println!("{} examples judged, {} differ", rows.len(), wrong.len());
    assert_eq!(rows.len(), 1413);
    assert!(
        wrong.is_empty(),
        "{} of {} differ, first:\n{}",
        wrong.len(),
        rows.len(),
        wrong[..wrong.len().min(10)].join("\n")
    );
}

/// Published finding: on these examples the failed rules are the same without normalisation.
#[test]
fn normalisation_can_be_switched_off() {
    let Some(folder) = spec_data() else { return };
    let packs = packs(&folder);
    for row in rows(&folder) {
        let verdict = judge(packs[&row.spec].books()[0].rule_pack(), &row, &folder, Normalisation::Off);
        assert_eq!(verdict.violations.len(), row.failed_rules.len(), "{}", row.name());
    }
}

#[test]
fn every_violation_of_a_published_rule_names_a_place() {
    let Some(folder) = spec_data() else { return };
    let packs = packs(&folder);
    for row in rows(&folder).iter().filter(|row| !row.failed_rules.is_empty()) {
        let verdict = judge(packs[&row.spec].books()[0].rule_pack(), row, &folder, Normalisation::On);
        for violation in verdict.violations {
            assert!(violation.path.starts_with("/context") || violation.path.starts_with("/message"), "{violation:?}");
            assert!(!violation.message.is_empty() && violation.expected.is_some(), "{violation:?}");
        }
    }
}
