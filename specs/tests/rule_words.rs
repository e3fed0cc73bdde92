//! What the law says of each rule besides its text.

use rstest::rstest;
use specs::{Action, CheckLayer, Fault, Severity, Specs};

use crate::spec_folder::folder;

const RULES: &str = r"
_TESTS_:
  on_select:
    - _NAME_: GROUP
      _SEVERITY_: warning
      _CLAUSE_: contract, quote
      _FAULT_: buyer
      _RETURN_:
        - {_NAME_: PLAIN, _DESCRIPTION_: it is wrong; mend it, a: $.a, _RETURN_: a are present}
        - {_NAME_: OWN, _SEVERITY_: note, _FAULT_: unclear, _HINT_: do this, _RATIONALE_: so, _DESCRIPTION_: one; two, a: $.a, _RETURN_: a are present}
    - {_NAME_: BARE, a: $.a, _RETURN_: a are present}
";

fn law() -> Specs {
    let files = [
        ("RET10/config/index.yaml", "{domain: 'ONDC:RET10', version: 1.2.5}"),
        ("RET10/config/validations/index.yaml", RULES),
        ("rulebook/flow.yaml", "flow/STEP: {layer: flow, title: a step is there}"),
    ];
    Specs::load(folder(&files).path()).unwrap()
}

#[test]
fn a_rule_inherits_the_words_of_its_group() {
    let rule = law().rule("on_select/GROUP/PLAIN").unwrap();
    assert_eq!((rule.layer, rule.severity, rule.fault), (CheckLayer::Message, Severity::Warning, Fault::Receiver));
    assert_eq!((rule.title.as_str(), rule.hint.as_str()), ("it is wrong", "mend it"));
    assert_eq!(rule.clause, "contract, quote");
}

#[test]
fn a_violation_is_as_bad_as_its_rule() {
    let specs = law();
    let violations = specs.books()[0].check(Action::OnSelect, &serde_json::json!({}));
    let told: Vec<_> = violations.iter().map(|v| (v.rule.as_str(), v.severity, v.is_error())).collect();
    assert_eq!(
        told,
        [
            ("on_select/GROUP/PLAIN", Severity::Warning, false),
            ("on_select/GROUP/OWN", Severity::Note, false),
            ("on_select/BARE", Severity::Error, true),
        ]
    );
}

#[test]
fn its_own_words_stand_above_those() {
    let rule = law().rule("on_select/GROUP/OWN").unwrap();
    assert_eq!((rule.severity, rule.fault), (Severity::Note, Fault::Unclear));
    assert_eq!((rule.title.as_str(), rule.hint.as_str(), rule.rationale.as_str()), ("one; two", "do this", "so"));
    assert_eq!(rule.clause, "contract, quote");
}

#[test]
fn a_rule_without_words_is_an_error_of_the_sender_and_shows_its_text() {
    let rule = law().rule("on_select/BARE").unwrap();
    assert_eq!((rule.severity, rule.fault, rule.title.as_str()), (Severity::Error, Fault::Sender, "a are present"));
}

#[rstest]
#[case("flow/STEP", CheckLayer::Flow)]
#[case("RET10.confirm.schema.required", CheckLayer::Schema)]
#[case("RET10.on_search.schema.enum", CheckLayer::Schema)]
fn ids_of_other_kinds_are_known(#[case] id: &str, #[case] layer: CheckLayer) {
    let rule = law().rule(id).unwrap();
    assert_eq!((rule.id.as_str(), rule.layer), (id, layer));
    assert!(!rule.title.is_empty());
}

#[rstest]
#[case("on_select/NONE")]
#[case("flow/NONE")]
#[case("history/on_select/GROUP/PLAIN")]
#[case("RET99.confirm.schema.required")]
#[case("RET10.confirm.schema.nonsense")]
#[case("RET10.nonsense.schema.required")]
#[case("")]
fn an_unknown_id_is_no_rule(#[case] id: &str) {
    assert_eq!(law().rule(id), None);
}

#[rstest]
#[case("_SEVERITY_: terrible", "_SEVERITY_")]
#[case("_FAULT_: nobody", "_FAULT_")]
fn a_wrong_word_is_refused(#[case] word: &str, #[case] named: &str) {
    let rules = format!("_TESTS_: {{select: [{{_NAME_: A, {word}, a: $.a, _RETURN_: a are present}}]}}");
    let files =
        [("a/config/index.yaml", "{domain: a, version: v}"), ("a/config/validations/index.yaml", rules.as_str())];
    let error = Specs::load(folder(&files).path()).unwrap_err().to_string();
    assert!(error.contains("select/A") && error.contains(named), "{error}");
}

/// Every id that a check of the built-in law may name can be explained.
#[test]
fn every_rule_of_the_built_in_law_is_found_by_its_id() {
    let specs = Specs::builtin().unwrap();
    let book = specs.book("ONDC:RET10", "1.2.5").unwrap();
    let mut count = 0;
    for action in Action::ALL {
        for info in book.rules(action).chain(book.history_rules(action)) {
            let rule = specs.rule(&info.id).unwrap_or_else(|| panic!("{} is unknown", info.id));
            assert!(rule.id == info.id && !rule.title.is_empty(), "{rule:?}");
            count += 1;
        }
    }
    assert!(count > 100, "only {count} rules");
}
