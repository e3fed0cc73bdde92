use conformance::Exit;
use rstest::rstest;
use serde_json::Value;

use super::folder::Folder;

#[test]
fn a_rule_of_a_book_can_be_explained() {
    let (exit, text) = Folder::new().run(&["explain", "select/ITEM/CITY"]);
    assert_eq!(exit, Exit::Clean);
    insta::assert_snapshot!(text);
}

#[rstest]
#[case::of_a_schema("RET10.select.schema.required", "add what is missing")]
#[case::of_a_program("message/KNOWN_BOOK", "fix:")]
fn every_kind_of_id_can_be_explained(#[case] rule: &str, #[case] words: &str) {
    let (exit, text) = Folder::new().run(&["explain", rule]);
    assert!(exit == Exit::Clean && text.contains(words) && text.contains("layer:"), "{text}");
}

#[test]
fn programs_read_an_explanation_as_json() {
    let (_, text) = Folder::new().run(&["explain", "select/ITEM/ID", "--format", "json"]);
    let told: Value = serde_json::from_str(&text).unwrap();
    assert_eq!((told["layer"].as_str(), told["severity"].as_str()), (Some("message"), Some("error")));
    assert_eq!(told["text"][0]["holds"], "id are present");
}

#[rstest]
#[case("city", "select/ITEM/CITY")]
#[case("select/ITEM/CTY", "select/ITEM/CITY")]
#[case("message/KNOWN_BOK", "message/KNOWN_BOOK")]
fn an_unknown_rule_offers_near_ones(#[case] asked: &str, #[case] near: &str) {
    let (exit, text) = Folder::new().run(&["explain", asked]);
    assert_eq!(exit, Exit::Usage);
    assert!(text.contains(&format!("did you mean {near}")), "{text}");
}

/// `HAAT_WRITE_DOCS=1` writes it anew.
#[test]
fn the_committed_rule_book_is_that_of_the_law() {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/RULEBOOK.md");
    let (_, text) = Folder::new().run(&["rules", "--format", "markdown"]);
    if std::env::var_os("HAAT_WRITE_DOCS").is_some() {
        std::fs::write(&path, &text).unwrap();
    }
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(committed == text, "{} is stale: run with HAAT_WRITE_DOCS=1", path.display());
}
