//! Books that are differences to several others, and a folder beside another law.

use serde_json::json;
use specs::{Action, Severity, Specs};

use crate::spec_folder::folder;

const RULES: &str = "_TESTS_: {select: [\
    {_NAME_: VERSION, v: [new], a: $.version, _RETURN_: a all in v}, \
    {_NAME_: KIND, v: [goods], a: $.kind, _RETURN_: a all in v}, \
    {_NAME_: CITY, a: $.city, _RETURN_: a are present}]}";
const OLDER: &str = "_TESTS_: {select: [{_NAME_: VERSION, v: [old]}, {_NAME_: CITY, _REMOVE_: true}]}";
const FOOD: &str = "_TESTS_: {select: [{_NAME_: KIND, v: [food]}]}";

/// `goods-new` is whole; `goods-old` and `food-new` differ from it; `food-old` is food in the older version.
const BOOKS: &[(&str, &str)] = &[
    ("goods-new/config/index.yaml", "{domain: goods, version: new}"),
    ("goods-new/config/validations/index.yaml", RULES),
    ("goods-new/config/codes/index.yaml", "{kind: [a, b], size: [s]}"),
    ("goods-old/config/index.yaml", "{domain: goods, version: old, based_on: goods-new}"),
    ("goods-old/config/validations/index.yaml", OLDER),
    ("goods-old/config/codes/index.yaml", "{size: [s, m]}"),
    ("food-new/config/index.yaml", "{domain: food, version: new, based_on: goods-new}"),
    ("food-new/config/validations/index.yaml", FOOD),
    ("food-new/config/codes/index.yaml", "{kind: [f]}"),
    ("food-old/config/index.yaml", "{domain: food, version: old, based_on: [food-new, goods-old]}"),
];

fn refused(specs: &Specs, domain: &str, version: &str, payload: &serde_json::Value) -> Vec<String> {
    let book = specs.book(domain, version).unwrap();
    book.check(Action::Select, payload).into_iter().map(|violation| violation.rule).collect()
}

#[test]
fn a_second_base_adds_only_how_it_differs_from_its_own() {
    let specs = Specs::load(folder(BOOKS).path()).unwrap();
    let payload = json!({"version": "old", "kind": "food"});
    assert!(refused(&specs, "food", "old", &payload).is_empty());
    assert_eq!(refused(&specs, "goods", "new", &payload), ["select/VERSION", "select/KIND", "select/CITY"]);
    assert_eq!(refused(&specs, "goods", "old", &payload), ["select/KIND"]);
    let book = specs.book("food", "old").unwrap();
    assert!(book.codes("kind").unwrap().contains("f") && book.codes("size").unwrap().contains("m"));
}

#[test]
fn a_second_base_leaves_out_rules_that_the_first_does_not_have() {
    let mut books = BOOKS.to_vec();
    books.push(("bare/config/index.yaml", "{domain: bare, version: old, based_on: [plain, goods-old]}"));
    books.push(("plain/config/index.yaml", "{domain: plain, version: new}"));
    books.push((
        "plain/config/validations/index.yaml",
        "_TESTS_: {select: [{_NAME_: CITY, a: $.c, _RETURN_: a are present}]}",
    ));
    let specs = Specs::load(folder(&books).path()).unwrap();
    assert!(refused(&specs, "bare", "old", &json!({})).is_empty());
}

#[test]
fn a_circle_of_bases_is_refused() {
    let books = [
        ("a/config/index.yaml", "{domain: a, version: v, based_on: [b]}"),
        ("b/config/index.yaml", "{domain: b, version: v, based_on: [c]}"),
        ("c/config/index.yaml", "{domain: c, version: v, based_on: [a]}"),
    ];
    let error = Specs::load(folder(&books).path()).unwrap_err().to_string();
    assert!(error.contains("c/config/index.yaml: based_on \"a\""), "{error}");
}

#[test]
fn a_folder_beside_ours_replaces_books_and_builds_on_ours() {
    let ours = Specs::load(folder(BOOKS).path()).unwrap();
    let theirs = folder(&[
        ("goods/config/index.yaml", "{domain: goods, version: new}"),
        (
            "goods/config/validations/index.yaml",
            "_TESTS_: {select: [{_NAME_: OURS, a: $.mine, _RETURN_: a are present}]}",
        ),
        ("drinks/config/index.yaml", "{domain: drinks, version: new, based_on: food-new}"),
        ("drinks/config/validations/index.yaml", "_TESTS_: {select: [{_NAME_: KIND, v: [drinks]}]}"),
        ("errors.yaml", "[{code: 1, sender: seller, type: X, meaning: new}]"),
    ]);
    let specs = ours.load_over(theirs.path()).unwrap();
    let payload = json!({"version": "new", "kind": "drinks", "city": "x"});
    assert_eq!(refused(&specs, "goods", "new", &payload), ["select/OURS"]);
    assert!(refused(&specs, "drinks", "new", &payload).is_empty());
    assert_eq!(refused(&specs, "food", "new", &payload), ["select/KIND"], "what is not replaced stays as it was");
    assert_eq!(refused(&ours, "goods", "new", &payload), ["select/KIND"], "our law itself does not change");
    assert_eq!(specs.books().len(), ours.books().len() + 1);
    assert!(specs.error("1").is_some());
}

#[test]
fn an_operator_sets_a_limit_by_a_difference_to_our_law() {
    let theirs = folder(&[
        ("strict/config/index.yaml", "{domain: 'ONDC:RET10', version: 1.2.5, based_on: RET10-1.2.5}"),
        (
            "strict/config/validations/index.yaml",
            "_TESTS_: {search: [{_NAME_: FINDER_FEE, limit: ['2']}, {_NAME_: FINDER_FEE/WITHIN_LIMIT, _SEVERITY_: error}]}",
        ),
    ]);
    let ours = Specs::builtin().unwrap();
    let specs = ours.load_over(theirs.path()).unwrap();
    let search = json!({"message": {"intent": {"payment": {
        "@ondc/org/buyer_app_finder_fee_type": "percent", "@ondc/org/buyer_app_finder_fee_amount": "3"}}}});
    let told = |specs: &Specs| {
        let found = specs.book("ONDC:RET10", "1.2.5").unwrap().check(Action::Search, &search);
        found.into_iter().find(|violation| violation.rule == "search/FINDER_FEE/WITHIN_LIMIT")
    };
    assert_eq!(told(&ours), None, "3 percent are within the limit of our law");
    let violation = told(&specs).unwrap();
    assert_eq!((violation.severity, violation.expected.as_deref()), (Severity::Error, Some("at most 2")));
}
