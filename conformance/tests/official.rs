//! What the official validator found in real participants' logs is found by us, or is listed as false with the evidence.
#![allow(clippy::unwrap_used)]

#[path = "official/compare.rs"]
mod compare;
#[path = "official/corpus.rs"]
mod corpus;
#[path = "official/draw.rs"]
mod draw;
#[path = "official/page.rs"]
mod page;

use conformance::official::OfficialMap;

#[test]
fn every_official_finding_is_found_or_false_for_a_reason() {
    let Some(flows) = corpus::flows() else { return };
    let map = OfficialMap::builtin().unwrap();
    let report = corpus::judged(&flows);
    let comparison = compare::compare(&map, &flows, report);
    let missed: Vec<String> = comparison.missed().collect();
    assert!(missed.is_empty(), "{} official findings are missed:\n{}", missed.len(), missed.join("\n"));
    page::write_or_compare(&comparison);
}

/// `HAAT_SAMPLE_SEED=7 cargo test -p conformance --test official -- --ignored --nocapture a_sample`; with `HAAT_SAMPLE_NEW=1` only of
/// rules that no sample of `official/sample.md` has yet.
#[test]
#[ignore = "draws a sample for people to judge"]
fn a_sample_to_be_judged_by_hand() {
    let Some(flows) = corpus::flows() else { return };
    let comparison = compare::compare(&OfficialMap::builtin().unwrap(), &flows, corpus::judged(&flows));
    let seed = std::env::var("HAAT_SAMPLE_SEED").unwrap_or_else(|_| "1".to_owned());
    let known = if std::env::var_os("HAAT_SAMPLE_NEW").is_some() { page::SAMPLE } else { "" };
    let drawn = draw::draw(&seed, &comparison.beyond, known);
    assert_eq!(drawn, draw::draw(&seed, &comparison.beyond, known), "a seed draws the same again");
    draw::print(&drawn);
}

#[test]
fn no_flow_crashes_the_program_or_stays_unread() {
    let Some(flows) = corpus::flows() else { return };
    let report = corpus::judged(&flows);
    assert_eq!(report["unread"].as_array().unwrap().len(), 0, "{:#}", report["unread"]);
    for flow in &flows {
        let judged = corpus::of(report, flow);
        let read: usize = judged.iter().map(|one| one["messages"].as_array().unwrap().len()).sum();
        let recorded = flow.messages.len();
        assert!(read + corpus::REPEATED_MAX >= recorded, "{}: {read} of {recorded} messages", flow.dir);
    }
}

#[test]
fn each_kind_has_a_rule_or_a_reason() {
    for kind in OfficialMap::builtin().unwrap().kinds() {
        let answered = !kind.rules.is_empty() || kind.at_pointer || !kind.false_because.is_empty();
        assert!(answered, "{}: no rule and no reason", kind.name);
    }
}
