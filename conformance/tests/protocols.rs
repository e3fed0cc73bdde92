//! Complaints, shipments and settlements: small stories that are right, and the same with one thing broken.
#![allow(clippy::unwrap_used)] // helpers of tests fail as tests do

use std::collections::BTreeSet;

use specs::Action;

#[path = "protocols/complaint.rs"]
mod complaint;
#[path = "protocols/settlement.rs"]
mod settlement;
#[path = "protocols/shipment.rs"]
mod shipment;
#[path = "protocols/story.rs"]
mod story;

/// The rules of these books and their programs; those of retail are in `mutation`.
#[test]
fn every_rule_of_these_checks_is_fired() {
    let specs = specs::Specs::builtin().unwrap();
    let fired: BTreeSet<String> =
        [complaint::fired(), shipment::fired(), settlement::fired()].into_iter().flatten().collect();
    let own = |id: &str| ["issue/", "logistics/", "settlement/"].iter().any(|start| id.starts_with(start));
    let programs = specs.rulebook().iter().map(|rule| rule.id.clone()).filter(|id| own(id));
    let mut rules: BTreeSet<String> = programs.collect();
    for book in specs.books().iter().filter(|book| !book.domain().starts_with("ONDC:RET")) {
        for action in Action::ALL {
            let all = book.rules(action).chain(book.history_rules(action));
            // A schema's rules have no expression: they are in `mutation/schema.txt`.
            rules.extend(all.filter(|rule| !rule.expression.is_empty()).map(|rule| rule.id.clone()));
        }
    }
    let silent: Vec<&String> = rules.difference(&fired).collect();
    println!("{} rules, {} silent", rules.len(), silent.len());
    assert!(silent.is_empty(), "no defect fires {silent:#?}");
}
