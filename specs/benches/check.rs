//! How long one check takes, and how that compares with only parsing the JSON. Run: `cargo bench -p specs`.
//!
//! Payloads are published examples beside the workspace; without them there is nothing to measure.

use std::hint::black_box;
use std::path::Path;
use std::time::Instant;

use serde_json::Value;
use specs::rules::Normalisation;
use specs::{Action, Book, Specs};

/// One payload per action; the flow is the same, so the sizes are comparable.
const PAYLOADS: [(Action, &str); 5] = [
    (Action::Select, "Delivery_Flow/select.json"),
    (Action::OnSelect, "Delivery_Flow/on_select.json"),
    (Action::Confirm, "Delivery_Flow/confirm.json"),
    (Action::OnStatus, "Delivery_Flow/on_status.json"),
    (Action::OnSearch, "Discovery_Flow_full_catalog/on_search.json"),
];
const ROUNDS: u32 = 2_000;

fn main() {
    let shared = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/spec-data");
    if !shared.is_dir() {
        println!("SKIPPED: {} is absent, so there are no payloads to measure", shared.display());
        return;
    }
    let started = Instant::now();
    let own = Specs::builtin();
    println!("load of the built-in law: {:.1} ms", started.elapsed().as_secs_f64() * 1e3);
    let published = Specs::load(&shared.join("RET10-1.2.5")).expect("the published folder loads");
    println!(
        "{:<12} {:>8} {:>10} {:>10} {:>10} {:>8}",
        "action", "bytes", "parse µs", "own µs", "rules µs", "own/parse"
    );
    for (action, name) in PAYLOADS {
        let file = find(&shared.join("examples/RET10-1.2.5"), name);
        let text = std::fs::read_to_string(&file).expect("the example is there");
        let payload: Value = serde_json::from_str(&text).expect("the example is JSON");
        let compact = payload.to_string();
        let parse = time(|| drop(black_box(serde_json::from_str::<Value>(black_box(&compact)))));
        let own = own
            .as_ref()
            .ok()
            .and_then(|specs| book(specs).map(|book| time(|| drop(black_box(book.check(action, &payload))))));
        let pack = book(&published).map(Book::rule_pack).expect("the published folder has the book");
        let rules = time(|| drop(black_box(pack.judge(action.as_str(), &payload, Normalisation::On))));
        let own = own.unwrap_or(f64::NAN);
        println!(
            "{:<12} {:>8} {parse:>10.1} {own:>10.1} {rules:>10.1} {:>8.2}",
            action.as_str(),
            compact.len(),
            own / parse
        );
    }
}

fn book(specs: &Specs) -> Option<&Book> {
    specs.book("ONDC:RET10", "1.2.5")
}

/// The first file of the flow whose name ends as wanted, whatever its number.
fn find(examples: &Path, name: &str) -> std::path::PathBuf {
    let (flow, end) = name.split_once('/').expect("flow/file");
    let mut files: Vec<_> = std::fs::read_dir(examples.join(flow))
        .expect("the flow is there")
        .flatten()
        .map(|entry| entry.path())
        .collect();
    files.sort();
    let wanted = |path: &std::path::PathBuf| {
        let file = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        file.trim_start_matches(|c: char| c.is_ascii_digit() || c == '_').starts_with(end.trim_end_matches(".json"))
    };
    files.into_iter().find(wanted).expect("the flow has this message")
}

/// Median of nine series, in microseconds per call.
fn time(mut call: impl FnMut()) -> f64 {
    let mut series: Vec<f64> = (0..9)
        .map(|_| {
            let started = Instant::now();
            (0..ROUNDS / 9).for_each(|_| call());
            started.elapsed().as_secs_f64() * 1e6 / f64::from(ROUNDS / 9)
        })
        .collect();
    series.sort_by(f64::total_cmp);
    series[4]
}
