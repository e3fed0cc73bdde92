//! Reading as a user meets it: the files that people have, in; flows, and what was guessed, out.
#![allow(clippy::unwrap_used)] // helpers of tests fail as tests do

use std::path::{Path, PathBuf};

use conformance::recording::{Position, RecordedFlow, Recording};
use proptest::prelude::*;
use rstest::rstest;
use serde_json::{Value, json};

#[path = "reading/archives.rs"]
mod archives;
#[path = "reading/large.rs"]
mod large;
#[path = "reading/shapes.rs"]
mod shapes;

struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Folder {
        Folder(tempfile::tempdir().unwrap())
    }

    fn with(self, path: &str, content: impl AsRef<[u8]>) -> Folder {
        let path = self.0.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, content).unwrap();
        self
    }

    /// Reads these paths in it; the paths of the recording are without that of the folder.
    fn read(&self, paths: &[&str]) -> Recording {
        let paths: Vec<PathBuf> = paths.iter().map(|path| self.0.path().join(path)).collect();
        let mut recording = conformance::read(&paths, &mut |_| ());
        let root = format!("{}/", self.0.path().display());
        let short = |text: &mut String| *text = text.replace(&root, "");
        recording.flows.iter_mut().for_each(|flow| short(&mut flow.source));
        recording.unread.iter_mut().for_each(|unread| short(&mut unread.path));
        recording.without_message.iter_mut().for_each(short);
        recording
    }
}

/// A message sent at this second.
fn message(action: &str, transaction: &str, second: u32) -> Value {
    json!({
        "context": {
            "domain": "ONDC:RET10", "core_version": "1.2.0", "action": action, "transaction_id": transaction,
            "message_id": format!("m-{}", action.trim_start_matches("on_")),
            "timestamp": format!("2024-05-01T10:00:{second:02}.000Z"), "bap_id": "buyer.example", "bpp_id": "seller.example",
        },
        "message": {"order": {"id": "O1"}},
    })
}

fn actions(flow: &RecordedFlow) -> Vec<&str> {
    flow.messages.iter().map(|message| message.payload["context"]["action"].as_str().unwrap_or("-")).collect()
}

/// The sources of the flows with their actions.
fn flows(recording: &Recording) -> Vec<(&str, Vec<&str>)> {
    recording.flows.iter().map(|flow| (flow.source.as_str(), actions(flow))).collect()
}

fn guessed(flow: &RecordedFlow, words: &str) -> bool {
    flow.guesses.iter().any(|guess| guess.contains(words))
}

#[test]
fn a_folder_is_a_flow_whatever_its_files_are_called() {
    let folder = Folder::new()
        .with("logs/Flow-2/b.json", message("on_select", "t", 3).to_string())
        .with("logs/Flow-2/select.txt", message("select", "t", 2).to_string())
        .with("logs/Flow-2/first", message("search", "s", 1).to_string())
        .with("logs/README.md", "# {\"context\": {\"action\": \"search\"}}")
        .with("logs/Flow-2/notes.txt", "pending: reason")
        .with("logs/.git/x.json", "{");
    let recording = folder.read(&["logs"]);
    assert_eq!(flows(&recording), [("logs/Flow-2", vec!["search", "select", "on_select"])]);
    assert_eq!(recording.flows[0].claim.flow.as_deref(), Some("2"));
    assert_eq!(recording.without_message, ["logs/README.md", "logs/Flow-2/notes.txt"]);
    assert_eq!(recording.unread, []);
    let steps: Vec<_> = recording.flows[0].messages.iter().map(|message| message.step.as_deref().unwrap()).collect();
    assert_eq!(steps, ["first", "select", "b"]);
}

#[test]
fn a_folder_with_two_orders_is_a_flow_for_each_transaction() {
    let mut folder = Folder::new().with("0.json", message("search", "s", 0).to_string());
    for (number, (action, order)) in
        [("confirm", "a"), ("confirm", "b"), ("on_confirm", "a"), ("on_confirm", "b")].into_iter().enumerate()
    {
        folder = folder.with(&format!("{}.json", number + 1), message(action, order, 1).to_string());
    }
    let recording = folder.read(&[""]);
    let expected: Vec<(String, Vec<&str>)> =
        [("s", vec!["search"]), ("a", vec!["confirm", "on_confirm"]), ("b", vec!["confirm", "on_confirm"])]
            .map(|(id, actions)| (format!("#{id}"), actions))
            .to_vec();
    let found: Vec<(String, Vec<&str>)> = flows(&recording)
        .into_iter()
        .map(|(source, actions)| (source[source.find('#').unwrap()..].to_owned(), actions))
        .collect();
    assert_eq!(found, expected);
}

#[test]
fn one_wrong_transaction_id_does_not_tear_a_flow_apart() {
    let folder = Folder::new()
        .with("f/1.json", message("confirm", "wrong", 1).to_string())
        .with("f/2.json", message("on_confirm", "t", 2).to_string())
        .with("f/3.json", message("on_status", "t", 3).to_string());
    assert_eq!(flows(&folder.read(&["f"])), [("f", vec!["confirm", "on_confirm", "on_status"])]);
}

#[test]
fn named_files_of_one_folder_are_one_flow_and_a_lone_file_is_its_own() {
    let folder = Folder::new()
        .with("f/1.json", message("select", "t", 1).to_string())
        .with("f/2.json", message("on_select", "t", 2).to_string());
    assert_eq!(flows(&folder.read(&["f/1.json", "f/2.json"])), [("f", vec!["select", "on_select"])]);
    assert_eq!(flows(&folder.read(&["f/2.json"])), [("f/2.json", vec!["on_select"])]);
}

#[test]
fn the_order_is_by_time_then_cause_then_name() {
    let mut early = message("on_select", "t", 0);
    early["context"]["timestamp"] = json!("2024-05-01T09:59:59.000Z");
    let mut timeless = message("on_status", "t", 0);
    timeless["context"]["timestamp"] = json!("soon");
    let folder = Folder::new()
        .with("f/2_on_select.json", early.to_string())
        .with("f/1_select.json", message("select", "t", 1).to_string())
        .with("f/10_on_status.json", timeless.to_string())
        .with("f/9_on_confirm.json", message("on_confirm", "t", 5).to_string())
        .with("f/11_confirm.json", message("confirm", "t", 5).to_string());
    let recording = folder.read(&["f"]);
    assert_eq!(actions(&recording.flows[0]), ["select", "on_select", "confirm", "on_confirm", "on_status"]);
    assert!(guessed(&recording.flows[0], "2_on_select.json: its time is before that of its request 1_select.json"));
    assert!(guessed(&recording.flows[0], "10_on_status.json: no time in its context"));
}

#[test]
fn a_message_found_twice_counts_once_and_that_is_said() {
    let text = message("select", "t", 1).to_string();
    let folder = Folder::new().with("f/1.json", &text).with("f/1 copy.json", &text);
    let recording = folder.read(&["f"]);
    assert_eq!(recording.flows[0].messages.len(), 1);
    assert!(guessed(&recording.flows[0], "repeats"), "{:?}", recording.flows[0].guesses);
}

#[test]
fn an_action_may_come_from_the_name() {
    let folder =
        Folder::new().with("f/7_catalog_rejection.json", r#"{"context": {"transaction_id": "t"}, "errors": []}"#);
    let recording = folder.read(&["f"]);
    assert!(
        guessed(&recording.flows[0], "taken for catalog_rejection by its name"),
        "{:?}",
        recording.flows[0].guesses
    );
}

#[rstest]
#[case::truncated(
    "a.json",
    "{\n \"context\": {\"action\":",
    "line 2 column 23: the text ends in the middle of the JSON"
)]
#[case::no_comma(
    "a.json",
    "{\n \"context\": {}\n \"message\": {}}",
    "line 3 column 2: expected a comma or '}', found '\"'"
)]
#[case::empty("a.json", " \n", "it is empty")]
#[case::prose("a.json", "to be done", "there is no JSON in it")]
#[case::a_text_that_tries(
    "a.txt",
    "{\"context\": {\"action\": \"search\"",
    "line 1 column 32: the text ends in the middle"
)]
#[case::too_deep("a.json", &format!("{{\"context\": {{\"action\": \"search\"}}, \"message\": {}{}}}", "[".repeat(300), "]".repeat(300)), "a message that cannot be read: recursion limit")]
fn what_cannot_be_read_is_said_with_its_place(#[case] name: &str, #[case] content: &str, #[case] words: &str) {
    let recording = Folder::new().with(&format!("f/{name}"), content).read(&["f"]);
    assert_eq!((recording.flows.len(), recording.unread.len()), (0, 1), "{recording:?}");
    assert!(recording.unread[0].reason.contains(words), "{}", recording.unread[0].reason);
}

#[test]
fn a_named_file_must_exist_and_hold_a_message() {
    let recording = Folder::new().with("a.json", "{\"a\": 1}").read(&["a.json", "absent.json"]);
    let told: Vec<(&str, bool)> = recording.unread.iter().map(|unread| (unread.path.as_str(), unread.named)).collect();
    assert_eq!(told, [("a.json", true), ("absent.json", true)]);
    assert!(recording.unread[0].reason.contains("no message in it"));
    let recording = Folder::new().with("f/a.json", "{\"a\": 1}").read(&["f"]);
    assert_eq!((recording.unread.len(), recording.without_message), (0, vec!["f/a.json".to_owned()]));
}

#[test]
fn places_are_told_in_lines_and_columns_of_the_file() {
    let pretty = "{\n  \"context\": {\"action\": \"select\",\n    \"transaction_id\": \"t\"},\n  \"message\": {}\n}";
    let quoted = json!({"level": "info", "body": pretty.replace('\n', "")}).to_string();
    let folder = Folder::new()
        .with("plain.json", pretty)
        .with("labelled.json", format!("POST /select\n\n{}", pretty.replace("{}", "{'a': 1,}")))
        .with("quoted.json", format!("[\n{quoted}]"));
    let place = |file: &str, pointer: &str| folder.read(&[file]).flows[0].messages[0].locate(pointer).unwrap();
    assert_eq!(place("plain.json", "/context/transaction_id"), Position { line: 3, column: 23 });
    assert_eq!(place("plain.json", "/message/order/id"), Position { line: 4, column: 14 });
    assert_eq!(place("labelled.json", "/context/transaction_id"), Position { line: 5, column: 23 });
    let column = u32::try_from(quoted.find("\\\"select").unwrap() + 1).unwrap();
    assert_eq!(place("quoted.json", "/context/action"), Position { line: 2, column });
}

#[test]
fn progress_ends_with_all_files() {
    let folder = Folder::new().with("a.json", "{}").with("b.json", "{} ");
    let mut last = conformance::Progress::default();
    conformance::read(&[folder.0.path().to_owned()], &mut |progress| last = progress);
    assert_eq!(last, conformance::Progress { files: 2, files_read: 2, bytes: 5 });
}

/// Pieces of which hostile files are made.
fn scraps() -> impl Strategy<Value = String> {
    let scrap = prop::sample::select(vec![
        "{",
        "}",
        "[",
        "]",
        "\"",
        ":",
        ",",
        "'",
        "\\",
        "\n",
        "//",
        "/*",
        "1",
        "-",
        "e",
        "null",
        "\"context\"",
        "\"action\"",
        "\"search\"",
        "\"message\"",
        "\"payload\"",
        "\"flow\"",
        "\"log\"",
        "\"entries\"",
        "\"request\"",
        "\"body\"",
        "\"res\"",
        "{\"context\":{\"action\":\"on_search\"}}",
        "\"{\\\"context\\\":{\\\"action\\\":\\\"select\\\"}}\"",
        "\u{feff}",
        "é",
        "“",
    ]);
    prop::collection::vec(scrap, 0..40).prop_map(|scraps| scraps.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_bytes_make_reading_panic(bytes in prop::collection::vec(any::<u8>(), 0..300), text in scraps()) {
        let folder = Folder::new().with("f/a.json", &bytes).with("f/b.json", &text).with("f/c.log", &text);
        let recording = folder.read(&["f"]);
        for message in recording.flows.iter().flat_map(|flow| &flow.messages) {
            prop_assert!(message.locate("/context/action").is_some());
        }
        let known = |file: &str| {
            recording.unread.iter().any(|unread| unread.path == file)
                || recording.without_message.iter().any(|path| path == file)
                || recording.flows.iter().flat_map(|flow| &flow.messages).any(|message| message.origin.path.ends_with(file))
                || recording.flows.iter().any(|flow| guessed(flow, &format!("{} repeats", file.trim_start_matches("f/"))))
                || recording.flows.iter().any(|flow| guessed(flow, &format!("{} at", file.trim_start_matches("f/"))))
        };
        prop_assert!(known("f/a.json") && known("f/b.json") && known("f/c.log"), "dropped: {:?} {:?}", text, recording);
    }
}

/// Messages of real participants: every one is read, in the flows in which they were recorded.
#[test]
fn real_recordings_are_read_to_the_last_message() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/corpus");
    if !corpus.is_dir() {
        assert!(
            std::env::var_os("HAAT_REQUIRE_ALL").is_none(),
            "HAAT_REQUIRE_ALL is set, but {} is absent",
            corpus.display()
        );
        println!("SKIPPED: {} is absent, so no real recordings are read", corpus.display());
        return;
    }
    let start = std::time::Instant::now();
    let mut bytes = 0;
    let recording = conformance::read(&[corpus], &mut |progress| bytes = progress.bytes);
    let seconds = start.elapsed().as_secs_f64();
    println!("read {bytes} bytes in {seconds:.3} s: {:.1} MB/s", bytes as f64 / 1e6 / seconds);
    let messages = recording.flows.iter().map(|flow| flow.messages.len()).sum::<usize>();
    let repeated =
        recording.flows.iter().flat_map(|flow| &flow.guesses).filter(|guess| guess.contains("byte for byte")).count();
    assert_eq!(recording.unread, []);
    assert_eq!((messages + repeated, repeated, recording.flows.len()), (465, 1, 40));
    assert_eq!(recording.without_message.len(), 3, "{:?}", recording.without_message);
    let known = |flow: &RecordedFlow| {
        flow.messages.iter().filter(|message| message.payload["context"]["action"].is_null()).count()
    };
    assert_eq!(recording.flows.iter().map(known).sum::<usize>(), 0);
}
