//! Loading spec folders: our shape with differences, the published shape, and what is refused.

use std::path::Path;

use rstest::rstest;
use serde_json::json;
use specs::{Action, Layer, LoadError, Side, Specs};

use crate::shared_folder::spec_data;
use crate::spec_folder::folder;

const NETWORK: &str =
    "{id: haat-test, country: IND, currency: INR, languages: [en, hi], routing_profile: native, colour: red}";
const ERRORS: &str = "[{code: 30016, sender: seller, type: CONTEXT-ERROR, meaning: bad signature}]";
const RULES: &str = r"
_TESTS_:
  select:
    - _NAME_: CONTEXT
      _RETURN_:
        - {_NAME_: VERSION, _DESCRIPTION_: Say the version of this book., v: [1.2.5], a: $.context.core_version, _RETURN_: a all in v}
        - {_NAME_: CITY, a: $.context.city, _RETURN_: a are present}
";
const SELECT: &str = r"
type: object
required: [context, message]
properties:
  context: {$ref: 'shared.yaml#/$defs/Context'}
  message:
    type: object
    additionalProperties: false
    properties:
      order:
        type: object
        required: [items]
        properties:
          items: {type: array, minItems: 1, items: {$ref: 'shared.yaml#/$defs/Item'}}
          state: {type: string, enum: [Created, Accepted], minLength: 4}
";
const SHARED: &str = r"
$defs:
  Context:
    type: object
    required: [domain]
    properties:
      core_version: {type: string, pattern: '^\d+\.\d+\.\d+$', description: three numbers with dots}
  Item:
    type: object
    required: [id]
    properties: {id: {type: string}}
";

const BASE: &[(&str, &str)] = &[
    ("network.yaml", NETWORK),
    ("errors.yaml", ERRORS),
    ("RET10-1.2.5/config/index.yaml", "{domain: 'ONDC:RET10', version: 1.2.5}"),
    ("RET10-1.2.5/config/validations/index.yaml", RULES),
    ("RET10-1.2.5/config/schemas/select.yaml", SELECT),
    ("RET10-1.2.5/config/schemas/shared.yaml", SHARED),
    (
        "RET10-1.2.5/config/actions/index.yaml",
        "supportedActions: {'': [search], search: [on_search], recon: [on_recon]}",
    ),
    (
        "RET10-1.2.5/config/codes/index.yaml",
        "{fulfilment_state: [Pending, Packed], reason: [{code: '001', name: late, used_by: [buyer], rto: true}], transitions: {Pending: [Packed]}}",
    ),
    (
        "RET10-1.2.5/config/limits/index.yaml",
        "{default: {ttl_ms_max: 20000}, select: {ttl_ms_max: 30000, callback_within_ms: 5000}}",
    ),
    (
        "RET10-1.2.5/config/flows/index.yaml",
        "flows: [{id: sale, title: A sale, steps: [{action: select, step: select, owner: buyer}, {action: on_status, step: packed, owner: seller, unsolicited: true}]}]",
    ),
];

fn with(extra: &[(&'static str, &'static str)]) -> tempfile::TempDir {
    let replaced = |path: &str| extra.iter().any(|(other, _)| *other == path);
    let files: Vec<(&str, &str)> = BASE.iter().filter(|(path, _)| !replaced(path)).chain(extra).copied().collect();
    folder(&files)
}

#[test]
fn our_shape_loads_whole() {
    let specs = Specs::load(with(&[]).path()).unwrap();
    assert_eq!((specs.network().id.as_str(), specs.network().languages.len()), ("haat-test", 2));
    assert_eq!(specs.network().attributes["colour"], "red");
    assert_eq!(specs.error("30016").unwrap().kind, "CONTEXT-ERROR");
    let book = specs.book("ONDC:RET10", "1.2.5").unwrap();
    assert!(book.codes("fulfilment_state").unwrap().contains("Packed"));
    let reason = book.codes("reason").unwrap().get("001").unwrap();
    assert_eq!((reason.name.as_str(), reason.flag("rto"), reason.texts("used_by")), ("late", true, vec!["buyer"]));
    assert!(book.transitions().allows("Pending", "Packed") && !book.transitions().allows("Packed", "Pending"));
    assert_eq!(book.next_actions(None), [Action::Search]);
    assert_eq!(book.next_actions(Some(Action::Search)), [Action::OnSearch]);
    assert_eq!(book.limits(Action::Select).callback_within_ms, Some(5000));
    assert_eq!(book.limits(Action::Init).ttl_ms_max, 20_000);
    let flow = &book.flows()[0];
    assert_eq!(
        (flow.steps[1].action, flow.steps[1].owner, flow.steps[1].unsolicited),
        (Action::OnStatus, Side::Seller, true)
    );
    assert_eq!(
        book.rules(Action::Select).map(|rule| rule.id.as_str()).collect::<Vec<_>>(),
        ["select/CONTEXT/VERSION", "select/CONTEXT/CITY"]
    );
}

#[test]
fn a_version_is_its_difference_from_another() {
    let specs = Specs::load(
        with(&[
            ("RET10-1.2.0/config/index.yaml", "{domain: 'ONDC:RET10', version: 1.2.0, based_on: RET10-1.2.5}"),
            (
                "RET10-1.2.0/config/validations/index.yaml",
                "_TESTS_: {select: [{_NAME_: CONTEXT, _RETURN_: [{_NAME_: VERSION, v: [1.2.0]}, {_NAME_: CITY, _REMOVE_: true}]}]}",
            ),
            ("RET10-1.2.0/config/schemas/shared.yaml", "$defs: {Item: {required: null}}"),
            ("RET10-1.2.0/config/codes/index.yaml", "{reason: null}"),
        ])
        .path(),
    )
    .unwrap();
    let (new, old) = (specs.book("ONDC:RET10", "1.2.5").unwrap(), specs.book("ONDC:RET10", "1.2.0").unwrap());
    let payload = json!({"context": {"domain": "d", "core_version": "1.2.0"}, "message": {"order": {"items": [{}]}}});
    assert_eq!(old.check(Action::Select, &payload), []);
    let rules: Vec<String> = new.check(Action::Select, &payload).into_iter().map(|violation| violation.rule).collect();
    assert_eq!(rules, ["RET10.select.schema.required", "select/CONTEXT/VERSION", "select/CONTEXT/CITY"]);
    assert!(old.codes("reason").is_none() && old.codes("fulfilment_state").is_some());
}

#[test]
fn violations_are_friendly() {
    let specs = Specs::load(with(&[]).path()).unwrap();
    let payload = json!({
        "context": {"core_version": "1.2", "city": "std:080"},
        "message": {"order": {"items": [{"id": "1"}, {"id": 2}, {}], "state": "New"}, "extra": true},
    });
    let violations = specs.book("ONDC:RET10", "1.2.5").unwrap().check(Action::Select, &payload);
    let lines: Vec<String> = violations
        .iter()
        .map(|v| {
            format!(
                "{} {} | {} | want {} | got {}",
                v.rule,
                v.path,
                v.message,
                v.expected.as_deref().unwrap_or("-"),
                v.actual.as_deref().unwrap_or("-")
            )
        })
        .collect();
    insta::assert_snapshot!(lines.join("\n"));
}

#[test]
fn a_rule_speaks_in_the_words_of_the_pack() {
    let specs = Specs::load(with(&[]).path()).unwrap();
    let payload = json!({"context": {"domain": "d", "core_version": "1.3.0", "city": "x"}, "message": {}});
    let violations = specs.book("ONDC:RET10", "1.2.5").unwrap().check(Action::Select, &payload);
    assert_eq!(violations.len(), 1, "{violations:?}");
    assert_eq!((violations[0].layer, violations[0].path.as_str()), (Layer::Rule, "/context/core_version"));
    assert_eq!(violations[0].message, "Say the version of this book.");
    assert_eq!(
        (violations[0].expected.as_deref(), violations[0].actual.as_deref()),
        (Some("one of 1.2.5"), Some("1.3.0"))
    );
}

#[test]
fn an_action_without_law_is_no_clean_message() {
    let specs = Specs::load(with(&[]).path()).unwrap();
    let violations = specs.book("ONDC:RET10", "1.2.5").unwrap().check(Action::Rating, &json!({}));
    assert_eq!(violations[0].rule, "RET10.rating.schema.unknown_action");
}

#[rstest]
#[case::not_yaml(("network.yaml", "{"), "network.yaml is not valid YAML")]
#[case::wrong_policy(("network.yaml", "{languages: 7}"), "network.yaml: invalid type")]
#[case::no_domain(("RET10-1.2.5/config/index.yaml", "{version: 1.2.5}"), "index.yaml: expected `domain: …`")]
#[case::bad_expression(("RET10-1.2.5/config/validations/index.yaml", "_TESTS_: {select: [{_NAME_: A, a: $.a, _RETURN_: a is there}]}"), "rule select/A: cannot read the expression")]
#[case::unknown_name(("RET10-1.2.5/config/validations/index.yaml", "_TESTS_: {select: [{_NAME_: A, _RETURN_: a are present}]}"), "no variable \"a\"")]
#[case::bad_path(("RET10-1.2.5/config/validations/index.yaml", "_TESTS_: {select: [{_NAME_: A, a: $..a, _RETURN_: a are present}]}"), "rule select/A: cannot read the JSONPath")]
#[case::bad_regex(("RET10-1.2.5/config/validations/index.yaml", "_TESTS_: {select: [{_NAME_: A, a: $.a, r: ['('], _RETURN_: a follow regex r}]}"), "cannot read the regular expression")]
#[case::regex_from_payload(("RET10-1.2.5/config/validations/index.yaml", "_TESTS_: {select: [{_NAME_: A, a: $.a, _RETURN_: a follow regex a}]}"), "must be a list of literals")]
#[case::same_name_twice(("RET10-1.2.5/config/validations/index.yaml", "_TESTS_: {select: [{_NAME_: A, _RETURN_: []}, {_NAME_: A, _RETURN_: []}]}"), "of this name stands here already")]
#[case::bad_schema(("RET10-1.2.5/config/schemas/select.yaml", "{type: objekt}"), "schemas/select.yaml:")]
#[case::dangling_ref(("RET10-1.2.5/config/schemas/select.yaml", "{$ref: 'shared.yaml#/$defs/None'}"), "schemas/")]
#[case::unknown_action(("RET10-1.2.5/config/limits/index.yaml", "{selekt: {}}"), "unknown action \"selekt\"")]
#[case::no_base(("RET10-1.2.5/config/index.yaml", "{domain: d, version: v, based_on: RET10-9}"), "based_on \"RET10-9\"")]
#[case::circle(("RET10-1.2.5/config/index.yaml", "{domain: d, version: v, based_on: RET10-1.2.5}"), "based_on \"RET10-1.2.5\"")]
fn a_mistake_names_its_place(#[case] file: (&'static str, &'static str), #[case] words: &str) {
    let error = Specs::load(with(&[file]).path()).unwrap_err().to_string();
    assert!(error.contains(words), "{error}");
}

#[test]
fn a_folder_without_books_is_refused() {
    assert!(matches!(Specs::load(folder(&[("readme.md", "")]).path()), Err(LoadError::NoBook(_))));
    assert!(Specs::load(Path::new("/nowhere/at/all")).is_err());
}

#[test]
fn a_published_folder_loads_as_it_is() {
    let Some(published) = spec_data() else { return };
    let specs = Specs::load(&published.join("RET10-1.2.5")).unwrap();
    let book = specs.book("ONDC:RET10", "1.2.5").unwrap();
    assert_eq!(book.next_actions(Some(Action::Track)), [Action::OnTrack]);
    assert!(book.flows().iter().any(|flow| flow.id == "Delivery_Flow"));
    assert_eq!(book.rules(Action::Select).count(), 27);
    assert!(specs.error("60005").is_some());
}

/// The group has the scope and the variables, its leaves have neither: every bad provider is reported.
#[test]
fn leaves_judge_each_node_of_the_group_around_them() {
    const PER_PROVIDER: &str = "_TESTS_: {on_search: [{_NAME_: PROVIDER, _SCOPE_: '$.message.providers[*]', id: '$.items[*].id', \
        _RETURN_: [{_NAME_: IDS_ONCE, _RETURN_: id are unique}]}]}";
    let specs = Specs::load(with(&[("RET10-1.2.5/config/validations/index.yaml", PER_PROVIDER)]).path()).unwrap();
    let provider = |ids: [&str; 2]| json!({"items": ids.map(|id| json!({"id": id}))});
    let payload = json!({"message": {"providers": [provider(["1", "1"]), provider(["1", "2"]), provider(["3", "3"])]}});
    let violations = specs.book("ONDC:RET10", "1.2.5").unwrap().check(Action::OnSearch, &payload);
    let places: Vec<&str> = violations.iter().map(|violation| violation.path.as_str()).collect();
    assert_eq!(places, ["/message/providers/0/items/1/id", "/message/providers/2/items/1/id"]);
}

/// `wanted all in part`: the place is the list that lacks the value, not the message.
#[test]
fn a_value_that_the_pack_wants_is_missed_where_it_should_stand() {
    const COMPLETE: &str = "_TESTS_: {select: [{_NAME_: COMPLETE, wanted: [a, b], part: '$.message.list[*].code', _RETURN_: wanted all in part}]}";
    let specs = Specs::load(with(&[("RET10-1.2.5/config/validations/index.yaml", COMPLETE)]).path()).unwrap();
    let pack = specs.book("ONDC:RET10", "1.2.5").unwrap().rule_pack();
    let judged = |payload| pack.judge("select", &payload, specs::rules::Normalisation::On).unwrap().violations;
    let violations = judged(json!({"message": {"list": [{"code": "a"}, {"code": "c"}]}}));
    assert_eq!((violations[0].path.as_str(), violations[0].expected.as_deref()), ("/message/list", Some("b")));
    assert_eq!(judged(json!({"message": {}}))[0].path, "/message/list");
    assert!(judged(json!({"message": {"list": [{"code": "b"}, {"code": "a"}]}})).is_empty());
}
