//! Complaints, shipments and settlements: small stories that are right, and the same with one thing broken.
#![allow(clippy::unwrap_used)] // helpers of tests fail as tests do

#[path = "protocols/complaint.rs"]
mod complaint;
#[path = "protocols/settlement.rs"]
mod settlement;
#[path = "protocols/shipment.rs"]
mod shipment;
#[path = "protocols/story.rs"]
mod story;

/// The rules of these checks that the tables of `mutation` do not know.
#[test]
fn every_rule_of_these_checks_is_fired() {
    let specs = specs::Specs::builtin().unwrap();
    let fired = [complaint::fired(), shipment::fired(), settlement::fired()].concat();
    let own = |id: &str| ["issue/", "logistics/", "settlement/"].iter().any(|start| id.starts_with(start));
    let rules = specs.rulebook().iter().map(|rule| rule.id.as_str()).filter(|id| own(id));
    let silent: Vec<&str> = rules.filter(|rule| !fired.contains(rule)).collect();
    assert!(silent.is_empty(), "no defect fires {silent:#?}");
}
