//! Which book judges a message.

use rstest::rstest;
use serde_json::{Value, json};
use specs::{Book, Specs};

use crate::spec_folder::folder;

const NETWORK: &str = r"
complaints:
  domain: IGM
  versions: [{version: 2.0.0, told_by: [actors]}, {version: 1.0.0, told_by: [issue_actions]}]
domain_aliases:
  - {domain: old:1, book: LOG11, when: {'$.message.items[*].code': [hub]}}
  - {domain: old:1, book: LOG10}
";

fn law(complaints: bool) -> Specs {
    let mut files = vec![("network.yaml".to_owned(), NETWORK.to_owned())];
    let books = [("RET10", "1.2.0"), ("RET10", "1.2.5"), ("LOG10", "1.2.0"), ("LOG11", "1.2.0"), ("NTS10", "2.0.0")];
    let of_complaints = [("IGM", "1.0.0"), ("IGM", "2.0.0")];
    for (domain, version) in books.iter().chain(of_complaints.iter().filter(|_| complaints)) {
        files.push((
            format!("{domain}-{version}/config/index.yaml"),
            format!("{{domain: {domain}, version: {version}}}"),
        ));
    }
    let files: Vec<(&str, &str)> = files.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
    Specs::load(folder(&files).path()).unwrap()
}

fn name(book: Option<&Book>) -> String {
    book.map_or("none".to_owned(), |book| format!("{} {}", book.domain(), book.version()))
}

#[rstest]
#[case::exact(json!({"domain": "RET10", "core_version": "1.2.0", "action": "select"}), json!({}), "RET10 1.2.0")]
#[case::version_of_the_newer_context(json!({"domain": "NTS10", "version": "2.0.0", "action": "recon"}), json!({}), "NTS10 2.0.0")]
#[case::other_version(json!({"domain": "RET10", "core_version": "9", "action": "select"}), json!({}), "none")]
#[case::no_context(Value::Null, json!({}), "none")]
#[case::alias(json!({"domain": "old:1", "core_version": "1.2.0", "action": "init"}), json!({"items": [{"code": "door"}]}), "LOG10 1.2.0")]
#[case::alias_by_content(json!({"domain": "old:1", "core_version": "1.2.0", "action": "init"}), json!({"items": [{"code": "x"}, {"code": "hub"}]}), "LOG11 1.2.0")]
#[case::alias_without_that_version(json!({"domain": "old:1", "core_version": "1.1.0", "action": "init"}), json!({}), "none")]
#[case::complaint_by_shape(json!({"domain": "RET10", "core_version": "1.2.5", "action": "issue"}), json!({"issue": {"actors": []}}), "IGM 2.0.0")]
#[case::complaint_by_old_shape(json!({"domain": "RET10", "core_version": "2.0.0", "action": "on_issue"}), json!({"issue": {"issue_actions": {}}}), "IGM 1.0.0")]
#[case::complaint_by_context(json!({"domain": "RET10", "core_version": "2.0.0", "action": "issue_status"}), json!({"issue_id": "1"}), "IGM 2.0.0")]
#[case::complaint_that_does_not_tell(json!({"domain": "old:1", "core_version": "1.2.5", "action": "issue_status"}), json!({"issue_id": "1"}), "IGM 1.0.0")]
fn a_message_finds_its_book(#[case] context: Value, #[case] message: Value, #[case] wanted: &str) {
    assert_eq!(name(law(true).book_of(&json!({"context": context, "message": message}))), wanted);
}

/// A law without books for complaints leaves them to the domain, in the nearest version it has.
#[rstest]
#[case("1.2.5", "RET10 1.2.5")]
#[case("1.0.0", "RET10 1.2.0")]
fn without_books_for_complaints_the_domain_judges_them(#[case] version: &str, #[case] wanted: &str) {
    let context = json!({"domain": "RET10", "core_version": version, "action": "issue"});
    assert_eq!(name(law(false).book_of(&json!({"context": context}))), wanted);
}

#[test]
fn a_wrong_path_in_the_policy_is_refused_at_load() {
    let files = [
        ("network.yaml", "domain_aliases: [{domain: a, book: b, when: {'$..x': [y]}}]"),
        ("a/config/index.yaml", "{domain: a, version: v}"),
    ];
    let error = Specs::load(folder(&files).path()).unwrap_err().to_string();
    assert!(error.contains("network.yaml: domain_aliases: cannot read the JSONPath"), "{error}");
}
