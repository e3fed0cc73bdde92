//! Every rule is fired by some mutation, or is listed with the reason why not yet.

use std::collections::{BTreeMap, BTreeSet};

use specs::{Action, Specs};

/// Rules that no mutation fires yet, one a line: the rule, then why.
const NOT_YET: &str = include_str!("not_yet.txt");

/// The rules that are programs, and those of every retail book; a schema's rules are in `schema.txt`.
fn rules() -> BTreeSet<String> {
    let specs = Specs::builtin().unwrap();
    // Complaints, shipments and settlements have stories and books of their own: see `tests/protocols`.
    let elsewhere = |id: &str| ["issue/", "logistics/", "settlement/"].iter().any(|start| id.starts_with(start));
    let programs = specs.rulebook().iter().map(|rule| rule.id.clone()).filter(|id| !elsewhere(id));
    let mut rules: BTreeSet<String> = programs.collect();
    for book in specs.books().iter().filter(|book| book.domain().starts_with("ONDC:RET")) {
        for action in Action::ALL {
            let all = book.rules(action).chain(book.history_rules(action));
            rules.extend(all.filter(|rule| !rule.expression.is_empty()).map(|rule| rule.id.clone()));
        }
    }
    rules
}

/// Every rule is in `fired` or in the list, and none in both.
pub fn every_rule_is_fired(fired: &BTreeSet<String>) {
    let listed: BTreeMap<&str, &str> = NOT_YET.lines().filter_map(|line| line.split_once(' ')).collect();
    let rules = rules();
    let silent = rules.iter().filter(|rule| !fired.contains(*rule) && !listed.contains_key(rule.as_str()));
    let silent: Vec<&String> = silent.collect();
    let stale: Vec<&str> =
        listed.keys().copied().filter(|rule| fired.contains(*rule) || !rules.contains(*rule)).collect();
    println!("{} rules, {} not fired yet", rules.len(), listed.len());
    assert!(silent.is_empty(), "no mutation fires {} rules: {silent:#?}", silent.len());
    assert!(stale.is_empty(), "in not_yet.txt, and fired or gone: {stale:#?}");
}
