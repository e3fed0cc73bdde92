//! The checks, each on a small flow that is right and on the same flow with one thing broken.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use conformance::check;
use conformance::finding::Found;
use conformance::recording::{Origin, Recorded, RecordedFlow};
use conformance::view::{FlowView, Step};
use serde_json::Value;
use specs::{Action, Specs};

/// A recorded flow of these messages, in the order of their times.
fn recorded(source: &str, mut messages: Vec<(String, Value)>) -> RecordedFlow {
    messages.sort_by_key(|(name, payload)| (payload["context"]["timestamp"].as_str().unwrap_or_default().to_owned(), name.clone()));
    let message = |(path, payload): (String, Value)| Recorded {
        origin: Origin { path, ..Origin::default() },
        step: None,
        payload: Arc::new(payload),
        split: None,
        headers: Vec::new(),
        raw: None,
        answer: None,
        at: None,
    };
    RecordedFlow { source: source.to_owned(), messages: messages.into_iter().map(message).collect(), ..RecordedFlow::default() }
}

fn findings(flow: &RecordedFlow, specs: &Specs) -> Vec<Found> {
    let step = |(index, recorded): (usize, &'_ Recorded)| -> Option<(usize, Action)> {
        Some((index, recorded.payload["context"]["action"].as_str()?.parse().ok()?))
    };
    let actions: Vec<(usize, Action)> = flow.messages.iter().enumerate().filter_map(step).collect();
    let steps = actions.into_iter().map(|(index, action)| {
        let recorded = &flow.messages[index];
        let payload: &Value = &recorded.payload;
        let context = &payload["context"];
        let text = |key: &str| context[key].as_str().unwrap_or_default().to_owned();
        Step {
            index,
            action,
            sender: action.sender(),
            payload,
            recorded,
            book: specs.book(&text("domain"), &text("core_version")),
            at: text("timestamp").parse().ok(),
        }
    });
    let view = FlowView { flow, specs, steps: steps.collect() };
    let mut out = Vec::new();
    for check in check::ALL {
        check(&view, &mut out);
    }
    out
}

fn shared(part: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared").join(part)
}

fn folder(path: &Path) -> Vec<(String, Value)> {
    let mut files: Vec<PathBuf> = std::fs::read_dir(path).unwrap().flatten().map(|entry| entry.path()).collect();
    files.retain(|path| path.extension().is_some_and(|end| end == "json"));
    files.sort();
    let message = |path: &PathBuf| {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        (name, serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap())
    };
    files.iter().map(message).collect()
}

/// Not a test: prints every finding in the corpus, to be looked at. `cargo test -p conformance --test checks -- --ignored --nocapture`
#[test]
#[ignore = "prints; asserts nothing"]
fn corpus() {
    let specs = Specs::builtin().unwrap();
    let root = shared("corpus");
    let Ok(manifest) = std::fs::read_to_string(root.join("manifest.jsonl")) else { return };
    for line in manifest.lines() {
        let row: Value = serde_json::from_str(line).unwrap();
        let name = row["dir"].as_str().unwrap();
        let flow = recorded(name, folder(&root.join(name)));
        for found in findings(&flow, &specs) {
            let file = found.message.map(|at| flow.messages[at].origin.path.clone()).unwrap_or_default();
            println!("@@{name}|{file}|{}|{}|{}", found.rule, found.pointer, found.text.replace('\n', " "));
        }
    }
}
