//! Published examples by their published rules: the counts that the reference interpreter gives.

use std::path::Path;

use clap::Parser;
use conformance::{Cli, Exit, Terminal};
use serde_json::Value;

#[test]
fn published_examples_get_the_reference_verdict() {
    let shared = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/spec-data");
    if !shared.is_dir() {
        assert!(
            std::env::var_os("HAAT_REQUIRE_ALL").is_none(),
            "HAAT_REQUIRE_ALL is set, but {} is absent",
            shared.display()
        );
        println!("SKIPPED: {} is absent, so published examples are not checked", shared.display());
        return;
    }
    let table = std::fs::read_to_string(shared.join("examples/RULES.tsv")).unwrap();
    let rows = table.lines().map(|line| line.split('\t').collect::<Vec<_>>()).filter(|row| row[0] == "RET10-1.2.5");
    let (messages, dirty) =
        rows.fold((0_u64, 0_usize), |(all, dirty), row| (all + 1, dirty + usize::from(row[6] != "0")));
    let (examples, law) = (shared.join("examples/RET10-1.2.5"), shared.join("RET10-1.2.5"));
    let (examples, law) = (examples.display().to_string(), law.display().to_string());
    let forced = ["--domain", "ONDC:RET10", "--version", "1.2.5", "--format", "json"];
    let cli =
        Cli::try_parse_from(["conformance", "check", &examples, "--spec", &law].into_iter().chain(forced)).unwrap();
    let mut terminal = Terminal { out: Vec::new(), color: false };
    assert_eq!(conformance::run(&cli, &mut terminal).unwrap(), Exit::Findings);
    let report: Value = serde_json::from_slice(&terminal.out).unwrap();
    let refused: usize = report["flows"].as_array().unwrap().iter().map(refused_by_the_book).sum();
    println!("{messages} messages, {dirty} refused by the reference, {refused} by us");
    let read = report["totals"]["messages"].as_u64().unwrap();
    assert_eq!(read + repeated(&report), messages, "a message that is there twice is judged once, and that is said");
    assert_eq!(refused, dirty);
}

/// Files that hold a message which was read already.
fn repeated(report: &Value) -> u64 {
    let flows = report["flows"].as_array().unwrap().iter();
    let guesses = flows.flat_map(|flow| flow["guesses"].as_array().unwrap());
    guesses.filter(|guess| guess.as_str().unwrap().contains("repeats")).count() as u64
}

/// Messages with a finding of the book itself: its rules, and its schemas.
fn refused_by_the_book(flow: &Value) -> usize {
    let findings = flow["findings"].as_array().unwrap().iter();
    let of_book = findings.filter(|finding| ["schema", "message"].contains(&finding["layer"].as_str().unwrap()));
    let mut messages: Vec<u64> = of_book.filter_map(|finding| finding["message"].as_u64()).collect();
    messages.sort_unstable();
    messages.dedup();
    messages.len()
}
