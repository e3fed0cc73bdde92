use std::process::Command;

use clap::Parser;
use conformance::{Cli, Exit};
use rstest::rstest;
use serde_json::{Value, json};

use super::folder::{DOMAIN, Folder, on_select, select};

#[test]
fn a_clean_file_is_clean() {
    let folder = Folder::new();
    folder.write("good.json", select(json!([{"id": "1"}])).to_string());
    let (exit, text) = folder.run(&["check", "@good.json"]);
    assert_eq!(exit, Exit::Clean, "{text}");
    assert!(text.ends_with("clean: 1 message in 1 flow, 1 clean: no findings\n"), "{text}");
    assert!(text.contains("not evaluated: transport ("), "a layer without evidence is never passed: {text}");
}

#[test]
fn a_finding_says_where_what_and_by_which_rule() {
    let folder = Folder::new();
    folder.write("bad.json", format!("{:#}", select(json!([{"id": "1"}, {"count": 2}]))));
    let (exit, text) = folder.run(&["check", "@bad.json"]);
    assert_eq!(exit, Exit::Findings);
    insta::assert_snapshot!(text);
}

#[test]
fn a_zip_is_checked_as_it_is_and_one_that_escapes_is_unreadable() {
    let zipped = || {
        let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
        writer.start_file("f/bad.json", zip::write::SimpleFileOptions::default()).unwrap();
        std::io::Write::write_all(&mut writer, select(json!([{"id": "1"}, {"count": 2}])).to_string().as_bytes())
            .unwrap();
        writer.finish().unwrap().into_inner()
    };
    let folder = Folder::new();
    folder.write("logs.zip", zipped());
    let (exit, text) = folder.run(&["check", "@logs.zip"]);
    assert_eq!(exit, Exit::Findings, "{text}");
    assert!(text.contains("logs.zip/f/bad.json") && text.contains("select/ITEM/ID"), "{text}");
    let mut bytes = zipped();
    while let Some(at) = bytes.windows(10).position(|window| window == b"f/bad.json") {
        bytes[at..at + 10].copy_from_slice(b"../bd.json");
    }
    folder.write("escape.zip", bytes);
    let (exit, text) = folder.run(&["check", "@escape.zip"]);
    assert_eq!(exit, Exit::Unreadable, "{text}");
    assert!(text.contains("its name leads out of the zip"), "{text}");
}

#[test]
fn programs_read_the_same_findings_as_json() {
    let folder = Folder::new();
    folder.write("logs/bad.json", json!({"entries": [{"request": select(json!([{}]))}]}).to_string());
    let (exit, report) = folder.report(&["@logs"]);
    assert_eq!(exit, Exit::Findings);
    let flow = &report["flows"][0];
    assert_eq!((&report["verdict"], &flow["verdict"]), (&json!("findings"), &json!("findings")));
    assert_eq!(flow["messages"][0]["pointer"], "/entries/0/request");
    assert_eq!(flow["findings"][0]["rule"], "select/ITEM/ID");
    assert_eq!(flow["findings"][0]["pointer"], "/message/order/items/0/id");
    assert_eq!(flow["findings"][0]["place"], "/message/order/items/*/id");
    assert_eq!(flow["findings"][0]["layer"], "message");
    assert_eq!(flow["findings"][0]["side"], "buyer");
    let row = |rule: &str| {
        let rows = report["coverage"]["rules"].as_array().unwrap().iter();
        rows.into_iter().find(|row| row["rule"] == rule).cloned().unwrap()
    };
    assert_eq!((&row("select/ITEM/ID")["evaluated"], &row("select/ITEM/ID")["failed"]), (&json!(1), &json!(1)));
    assert_eq!((&row("select/ITEM/CITY")["evaluated"], &row("select/ITEM/CITY")["failed"]), (&json!(1), &json!(0)));
}

#[test]
fn a_byte_order_mark_is_tolerated() {
    let folder = Folder::new();
    let bytes = [b"\xef\xbb\xbf".as_slice(), select(json!([{"id": "1"}])).to_string().as_bytes()].concat();
    folder.write("bom.json", bytes);
    assert_eq!(folder.run(&["check", "@bom.json"]).0, Exit::Clean);
}

#[rstest]
#[case::not_json("broken.json", "{", "broken.json: cannot be read:")]
#[case::no_message("other.json", "{\"a\": 1}", "no message in it")]
fn what_cannot_be_read_is_said(#[case] file: &str, #[case] content: &str, #[case] words: &str) {
    let folder = Folder::new();
    folder.write(file, content);
    let (exit, text) = folder.run(&["check", &format!("@{file}"), "@absent.json"]);
    assert_eq!(exit, Exit::Unreadable);
    let all = [words, "absent.json: cannot be read", "2 files not readable"];
    assert!(all.iter().all(|words| text.contains(words)), "{text}");
}

#[test]
fn unreadable_outweighs_findings_and_other_json_in_a_folder_is_only_counted() {
    let folder = Folder::new();
    folder.write("logs/1.json", select(json!([{}])).to_string());
    folder.write("logs/2.json", "{}");
    let (exit, text) = folder.run(&["check", "@logs"]);
    assert_eq!(exit, Exit::Findings);
    assert!(text.contains("1 message in 1 flow") && text.contains("1 file without a message"), "{text}");
    folder.write("logs/deep/3.json", "[");
    assert_eq!(folder.run(&["check", "@logs"]).0, Exit::Unreadable);
}

#[rstest]
#[case::unknown_domain(json!({"domain": "ONDC:RET99", "core_version": "1.2.5", "action": "select"}), Exit::NotEvaluated, "no book for ONDC:RET99")]
#[case::no_domain(json!({"action": "select"}), Exit::NotEvaluated, "--domain and --version")]
#[case::no_action_of_the_domain(json!({"domain": DOMAIN, "core_version": "1.2.5", "action": "track"}), Exit::Findings, "has no action track")]
fn a_message_that_no_book_covers_is_never_clean(#[case] context: Value, #[case] exit: Exit, #[case] words: &str) {
    let folder = Folder::new();
    folder.write("odd.json", json!({"context": context, "message": {}}).to_string());
    let (code, text) = folder.run(&["check", "@odd.json"]);
    assert_eq!(code, exit, "{text}");
    assert!(text.contains(words), "{text}");
}

#[test]
fn a_folder_without_messages_is_not_clean() {
    let folder = Folder::new();
    folder.write("logs/notes.json", "{\"a\": 1}");
    assert_eq!(folder.run(&["check", "@logs"]).0, Exit::NotEvaluated);
}

#[test]
fn domain_and_version_can_be_forced() {
    let folder = Folder::new();
    let bare = json!({"context": {"action": "select"}, "message": {"order": {"items": [{"id": "1"}]}}});
    folder.write("old.json", bare.to_string());
    assert_eq!(folder.run(&["check", "@old.json"]).0, Exit::NotEvaluated);
    let (exit, text) = folder.run(&["check", "@old.json", "--domain", DOMAIN, "--version", "1.2.5"]);
    assert_eq!(exit, Exit::Clean, "{text}");
}

#[test]
fn only_the_side_under_test_makes_the_verdict() {
    let folder = Folder::new();
    folder.write("logs/1.json", select(json!([{}])).to_string());
    folder.write("logs/2.json", on_select(true).to_string());
    let (exit, text) = folder.run(&["check", "@logs", "--role", "seller"]);
    assert_eq!(exit, Exit::Clean, "{text}");
    assert!(text.contains("at the fault of the buyer, not counted") && text.contains("select/ITEM/ID"), "{text}");
    assert_eq!(folder.run(&["check", "@logs", "--role", "buyer"]).0, Exit::Findings);
    let (_, report) = folder.report(&["@logs", "--role", "seller"]);
    assert_eq!(report["totals"]["findings"]["other_side"]["error"], 1);
    assert_eq!(report["totals"]["findings"]["own"]["error"], 0);
}

#[test]
fn a_side_that_sent_nothing_is_not_clean() {
    let folder = Folder::new();
    folder.write("1.json", select(json!([{"id": "1"}])).to_string());
    assert_eq!(folder.run(&["check", "@1.json", "--role", "seller"]).0, Exit::NotEvaluated);
}

#[test]
fn a_nack_is_never_green() {
    let folder = Folder::new();
    let request = |body: &Value, answer: &str| {
        json!({"log": {"entries": [{
            "startedDateTime": "2026-05-01T10:00:00.000Z",
            "request": {"method": "POST", "url": "http://seller.example/select", "headers": [], "postData": {"text": body.to_string()}},
            "response": {"status": 200, "headers": [], "content": {"text": json!({"message": {"ack": {"status": answer}}}).to_string()}},
        }]}})
    };
    let body = select(json!([{"id": "1"}]));
    folder.write("ack.har", request(&body, "ACK").to_string());
    folder.write("nack.har", request(&body, "NACK").to_string());
    let (exit, text) = folder.run(&["check", "@nack.har"]);
    assert_ne!(exit, Exit::Clean, "{text}");
    assert!(text.contains("NACK"), "{text}");
    let (_, report) = folder.report(&["@ack.har"]);
    assert_eq!(report["flows"][0]["messages"][0]["answer"], "ACK");
}

#[test]
fn two_checks_of_the_same_files_say_the_same() {
    let folder = Folder::new();
    folder.write("logs/1.json", select(json!([{}, {"id": 1}, {}])).to_string());
    folder.write("logs/2.json", on_select(false).to_string());
    let stable = |mut report: Value| {
        report["started"] = Value::Null;
        report["took_ms"] = Value::Null;
        report
    };
    assert_eq!(stable(folder.report(&["@logs"]).1), stable(folder.report(&["@logs"]).1));
}

#[test]
fn wrong_use_is_exit_code_two_and_help_tells_the_codes() {
    assert_eq!(Cli::try_parse_from(["conformance", "check"]).unwrap_err().exit_code(), 2);
    let help = Cli::try_parse_from(["conformance", "check", "--help"]).unwrap_err().to_string();
    let codes = [
        "0  clean",
        "1  findings",
        "2  wrong use",
        "3  something could not be read",
        "4  no findings, but",
        "5  a fault",
    ];
    assert!(codes.iter().all(|code| help.contains(code)), "{help}");
    assert!(Folder::new().try_run(&["check", "x.json", "--baseline", "/nowhere.json"]).is_err());
}

#[test]
fn the_process_ends_with_the_documented_codes() {
    let folder = Folder::new();
    folder.write("good.json", select(json!([{"id": "1"}])).to_string());
    folder.write("bad.json", select(json!([{}])).to_string());
    let place = |path: &str| folder.0.path().join(path);
    let code = |arguments: &[&std::path::Path]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_conformance"));
        let output = command.arg("check").args(arguments).arg("--spec").arg(place("law")).output().unwrap();
        assert!(!output.stdout.contains(&0x1b), "no colour where there is no terminal");
        output.status.code()
    };
    assert_eq!(code(&[&place("good.json")]), Some(0));
    assert_eq!(code(&[&place("bad.json")]), Some(1));
    assert_eq!(code(&[]), Some(2));
    assert_eq!(code(&[&place("absent.json")]), Some(3));
}
