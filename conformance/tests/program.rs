//! The program as a user meets it: arguments in, text and exit code out.
#![allow(clippy::unwrap_used)] // helpers of tests fail as tests do

use std::path::Path;

use clap::Parser;
use conformance::{Cli, Exit, messages};
use rstest::rstest;
use serde_json::{Value, json};

/// A law of one action, so that these tests stand on their own.
const RULES: &str = "
_TESTS_:
  select:
    - _NAME_: ITEM
      _RETURN_:
        - {_NAME_: ID, _DESCRIPTION_: Every item needs an id., id: '$.message.order.items[*].id', _RETURN_: id are present}
        - {_NAME_: CITY, city: $.context.city, form: ['^std:'], _CONTINUE_: '!(city are present)', _RETURN_: city follow regex form}
";

struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Folder {
        let folder = Folder(tempfile::tempdir().unwrap());
        folder.write("law/RET10/config/index.yaml", "{domain: 'ONDC:RET10', version: 1.2.5}");
        folder.write("law/RET10/config/validations/index.yaml", RULES);
        folder
    }

    fn write(&self, path: &str, content: impl AsRef<[u8]>) {
        let path = self.0.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, content).unwrap();
    }

    /// Runs the program with the law of this folder; `@x` stands for the path `x` in it.
    fn run(&self, arguments: &[&str]) -> (Exit, String) {
        let place = |argument: &&str| match argument.strip_prefix('@') {
            Some(path) => self.0.path().join(path).display().to_string(),
            None => (*argument).to_owned(),
        };
        let law = ["--spec".to_owned(), self.0.path().join("law").display().to_string()];
        let all = ["conformance".to_owned()].into_iter().chain(arguments.iter().map(place)).chain(law);
        let mut out = Vec::new();
        let exit = conformance::run(&Cli::try_parse_from(all).unwrap(), &mut out).unwrap();
        (exit, String::from_utf8(out).unwrap().replace(&format!("{}/", self.0.path().display()), ""))
    }
}

fn select(items: Value) -> Value {
    json!({"context": {"domain": "ONDC:RET10", "core_version": "1.2.5", "action": "select"}, "message": {"order": {"items": items}}})
}

#[test]
fn a_clean_file_is_clean() {
    let folder = Folder::new();
    folder.write("good.json", select(json!([{"id": "1"}])).to_string());
    let (exit, text) = folder.run(&["check", "@good.json"]);
    assert_eq!((exit, text.as_str()), (Exit::Clean, "1 message in 1 file: 1 clean, 0 with 0 findings\n"));
}

#[test]
fn a_finding_says_where_what_and_by_which_rule() {
    let folder = Folder::new();
    folder.write("bad.json", select(json!([{"id": "1"}, {"count": 2}])).to_string());
    let (exit, text) = folder.run(&["check", "@bad.json"]);
    assert_eq!(exit, Exit::Findings);
    insta::assert_snapshot!(text);
}

#[test]
fn programs_read_the_same_findings_as_json() {
    let folder = Folder::new();
    folder.write("logs/bad.json", json!({"entries": [{"request": select(json!([{}]))}]}).to_string());
    let (exit, text) = folder.run(&["check", "@logs", "--format", "json"]);
    assert_eq!(exit, Exit::Findings);
    let report: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(
        report["summary"],
        json!({"files": 1, "messages": 1, "clean": 0, "findings": 1, "unreadable": 0, "without_message": 0})
    );
    let message = &report["files"][0]["messages"][0];
    assert_eq!(message["pointer"], "/entries/0/request");
    assert_eq!(message["findings"][0]["rule"], "select/ITEM/ID");
    assert_eq!(message["findings"][0]["path"], "/message/order/items/0/id");
    assert_eq!(message["findings"][0]["layer"], "rule");
}

#[test]
fn a_byte_order_mark_is_tolerated() {
    let folder = Folder::new();
    folder
        .write("bom.json", [b"\xef\xbb\xbf".as_slice(), select(json!([{"id": "1"}])).to_string().as_bytes()].concat());
    assert_eq!(folder.run(&["check", "@bom.json"]).0, Exit::Clean);
}

#[rstest]
#[case::not_json("broken.json", "{", "broken.json: cannot be read: no JSON:")]
#[case::no_message("other.json", "{\"a\": 1}", "no message in it")]
fn what_cannot_be_read_is_said(#[case] file: &str, #[case] content: &str, #[case] words: &str) {
    let folder = Folder::new();
    folder.write(file, content);
    let (exit, text) = folder.run(&["check", &format!("@{file}"), "@absent.json"]);
    assert_eq!(exit, Exit::Unreadable);
    assert!(
        text.contains(words) && text.contains("absent.json: cannot be read") && text.contains("2 files not readable"),
        "{text}"
    );
}

#[test]
fn unreadable_outweighs_findings_and_other_json_in_a_folder_is_only_counted() {
    let folder = Folder::new();
    folder.write("logs/1.json", select(json!([{}])).to_string());
    folder.write("logs/2.json", "{}");
    folder.write("logs/notes.txt", "not looked at");
    let (exit, text) = folder.run(&["check", "@logs"]);
    assert_eq!(exit, Exit::Findings);
    assert!(text.ends_with("1 message in 2 files: 0 clean, 1 with 1 finding, 1 file without a message\n"), "{text}");
    folder.write("logs/deep/3.json", "[");
    assert_eq!(folder.run(&["check", "@logs"]).0, Exit::Unreadable);
}

#[rstest]
#[case(json!({"domain": "ONDC:RET99", "core_version": "1.2.5", "action": "select"}), "conformance.book", "ONDC:RET10 1.2.5")]
#[case(json!({"action": "select"}), "conformance.book", "--domain and --version")]
#[case(json!({"domain": "ONDC:RET10", "core_version": "1.2.5", "action": "buy"}), "conformance.action", "unknown action")]
#[case(json!({"domain": "ONDC:RET10", "core_version": "1.2.5", "action": "track"}), "RET10.track.schema.unknown_action", "has no action track")]
fn a_message_that_no_book_covers_is_no_clean_message(#[case] context: Value, #[case] rule: &str, #[case] words: &str) {
    let folder = Folder::new();
    folder.write("odd.json", json!({"context": context, "message": {}}).to_string());
    let (exit, text) = folder.run(&["check", "@odd.json"]);
    assert_eq!(exit, Exit::Findings);
    assert!(text.contains(rule) && text.contains(words), "{text}");
}

#[test]
fn domain_and_version_can_be_forced() {
    let folder = Folder::new();
    folder.write(
        "old.json",
        json!({"context": {"action": "select"}, "message": {"order": {"items": [{"id": "1"}]}}}).to_string(),
    );
    assert_eq!(folder.run(&["check", "@old.json"]).0, Exit::Findings);
    let (exit, _) = folder.run(&["check", "@old.json", "--domain", "ONDC:RET10", "--version", "1.2.5"]);
    assert_eq!(exit, Exit::Clean);
}

#[test]
fn a_rule_can_be_explained() {
    let (exit, text) = Folder::new().run(&["explain", "select/ITEM/CITY"]);
    assert_eq!(exit, Exit::Clean);
    insta::assert_snapshot!(text);
    let (exit, text) = Folder::new().run(&["explain", "RET10.select.schema.required"]);
    assert!(exit == Exit::Clean && text.contains("JSON schema of select"), "{text}");
}

#[test]
fn an_unknown_rule_offers_near_ones() {
    let (exit, text) = Folder::new().run(&["explain", "city"]);
    assert_eq!(exit, Exit::Usage);
    assert!(text.contains("did you mean select/ITEM/CITY"), "{text}");
}

#[test]
fn messages_are_found_wherever_they_are() {
    let (one, two) = (select(json!([])), select(json!([1])));
    let document = json!({"a/b": [one, {"payload": two}], "context": {"no": "action"}});
    let found = messages(&document);
    let places: Vec<(&str, &Value)> = found.iter().map(|message| (message.pointer.as_str(), message.payload)).collect();
    assert_eq!(places, [("/a~1b/0", &one), ("/a~1b/1/payload", &two)]);
}

#[test]
fn wrong_use_is_exit_code_two_and_help_tells_the_codes() {
    assert_eq!(Cli::try_parse_from(["conformance", "check"]).unwrap_err().exit_code(), 2);
    let help = Cli::try_parse_from(["conformance", "check", "--help"]).unwrap_err().to_string();
    assert!(help.contains("0 clean, 1 findings, 2 wrong use, 3 input that cannot be read"), "{help}");
    let nowhere = Cli::try_parse_from(["conformance", "check", "x.json", "--spec", "/nowhere/at/all"]).unwrap();
    assert!(conformance::run(&nowhere, &mut Vec::new()).is_err());
}

/// Published examples by their published rules: the counts that the reference interpreter gives.
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
    let (messages, dirty) = rows.fold((0, 0), |(all, dirty), row| (all + 1, dirty + usize::from(row[6] != "0")));
    let (examples, law) = (shared.join("examples/RET10-1.2.5"), shared.join("RET10-1.2.5"));
    let (examples, law) = (examples.display().to_string(), law.display().to_string());
    let forced = ["--domain", "ONDC:RET10", "--version", "1.2.5", "--format", "json"];
    let cli =
        Cli::try_parse_from(["conformance", "check", &examples, "--spec", &law].into_iter().chain(forced)).unwrap();
    let mut out = Vec::new();
    assert_eq!(conformance::run(&cli, &mut out).unwrap(), Exit::Findings);
    let report: Value = serde_json::from_slice(&out).unwrap();
    println!("{}", report["summary"]);
    assert_eq!(report["summary"]["messages"], messages);
    assert_eq!(report["summary"]["clean"], messages - dirty);
}
