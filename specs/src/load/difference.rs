//! A version written as its difference from another: maps by JSON merge patch, rules by their `_NAME_` path.

use serde_json::{Map, Value};

/// JSON merge patch (RFC 7386): maps merge, null removes, everything else replaces.
pub(super) fn merge_patch(target: &mut Value, patch: &Value) {
    let Value::Object(changes) = patch else {
        *target = patch.clone();
        return;
    };
    if !target.is_object() {
        *target = Value::Object(Map::new());
    }
    let Value::Object(map) = target else { return };
    for (key, change) in changes {
        if change.is_null() {
            map.remove(key);
        } else {
            merge_patch(map.entry(key.clone()).or_insert(Value::Null), change);
        }
    }
}

/// A rule, and why the change of it cannot be.
pub(super) type Wrong = (String, &'static str);

/// The tests of one action after a difference; `None` when it drops them. Tests are found by name, replaced, merged, added,
/// or dropped by `_REMOVE_: true`. A difference that is not `strict` leaves out what the base does not have.
pub(super) fn change_action(
    base: Option<&Value>,
    changes: &Value,
    prefix: &str,
    strict: bool,
) -> Result<Option<Value>, Wrong> {
    if changes.is_null() {
        return Ok(None);
    }
    let mut tests = base.cloned().unwrap_or_else(|| Value::Array(Vec::new()));
    change_list(&mut tests, changes, prefix, strict)?;
    Ok(Some(tests))
}

fn change_list(target: &mut Value, changes: &Value, path: &str, strict: bool) -> Result<(), Wrong> {
    let (Some(tests), Some(changes)) = (target.as_array_mut(), changes.as_array()) else {
        return Err((path.to_owned(), "expected a list of tests"));
    };
    for change in changes {
        let name = change.get("_NAME_").and_then(Value::as_str).ok_or((path.to_owned(), "a test without `_NAME_`"))?;
        let name = name.strip_prefix(path).and_then(|rest| rest.strip_prefix('/')).unwrap_or(name);
        match change_test(tests, name, change, path, strict) {
            Err((_, ABSENT)) if !strict => {}
            changed => changed?,
        }
    }
    Ok(())
}

const ABSENT: &str = "is not in the base";

/// `name` may be a slash path into groups: `ORDER/ORDER_ITEMS/ITEMS_ID`.
fn change_test(tests: &mut Vec<Value>, name: &str, change: &Value, parent: &str, strict: bool) -> Result<(), Wrong> {
    let (first, rest) = name.split_once('/').map_or((name, None), |(first, rest)| (first, Some(rest)));
    let path = format!("{parent}/{first}");
    let at = tests.iter().position(|test| test.get("_NAME_").and_then(Value::as_str) == Some(first));
    match (at, rest) {
        (Some(at), Some(rest)) => match tests[at].get_mut("_RETURN_") {
            Some(Value::Array(inner)) => change_test(inner, rest, change, &path, strict),
            _ => Err((path, "is no group, so it has no tests inside")),
        },
        (Some(at), None) if change.get("_REMOVE_") == Some(&Value::Bool(true)) => {
            tests.remove(at);
            Ok(())
        }
        (Some(at), None) => merge_test(&mut tests[at], change, first, &path, strict),
        (None, None) if change.get("_REMOVE_").is_none() && (strict || change.get("_RETURN_").is_some()) => {
            tests.push(renamed(change, first));
            Ok(())
        }
        (None, _) => Err((path, ABSENT)),
    }
}

/// A group merges into a group; a test without `_RETURN_` changes single fields; everything else replaces.
fn merge_test(test: &mut Value, change: &Value, name: &str, path: &str, strict: bool) -> Result<(), Wrong> {
    let mut fields = renamed(change, name);
    match change.get("_RETURN_") {
        Some(inner @ Value::Array(_)) if test.get("_RETURN_").is_some_and(Value::is_array) => {
            change_list(&mut test["_RETURN_"], inner, path, strict)?;
            fields.as_object_mut().map(|fields| fields.remove("_RETURN_"));
            merge_patch(test, &fields);
        }
        Some(_) => *test = fields,
        None => merge_patch(test, &fields),
    }
    Ok(())
}

fn renamed(change: &Value, name: &str) -> Value {
    let mut test = change.clone();
    test["_NAME_"] = Value::from(name);
    test
}

#[cfg(test)]
mod tests {
    use rstest::rstest;
    use serde_json::json;

    use super::*;

    /// The examples of RFC 7386, appendix A.
    #[rstest]
    #[case(json!({"a": "b"}), json!({"a": "c"}), json!({"a": "c"}))]
    #[case(json!({"a": "b"}), json!({"b": "c"}), json!({"a": "b", "b": "c"}))]
    #[case(json!({"a": "b"}), json!({"a": null}), json!({}))]
    #[case(json!({"a": "b", "b": "c"}), json!({"a": null}), json!({"b": "c"}))]
    #[case(json!({"a": ["b"]}), json!({"a": "c"}), json!({"a": "c"}))]
    #[case(json!({"a": "c"}), json!({"a": ["b"]}), json!({"a": ["b"]}))]
    #[case(json!({"a": {"b": "c"}}), json!({"a": {"b": "d", "c": null}}), json!({"a": {"b": "d"}}))]
    #[case(json!({"a": [{"b": "c"}]}), json!({"a": [1]}), json!({"a": [1]}))]
    #[case(json!(["a", "b"]), json!(["c", "d"]), json!(["c", "d"]))]
    #[case(json!({"a": "b"}), json!(["c"]), json!(["c"]))]
    #[case(json!({"e": null}), json!({"a": 1}), json!({"e": null, "a": 1}))]
    #[case(json!([1, 2]), json!({"a": "b", "c": null}), json!({"a": "b"}))]
    #[case(json!({}), json!({"a": {"bb": {"ccc": null}}}), json!({"a": {"bb": {}}}))]
    fn merge_patch_follows_the_rfc(#[case] mut target: Value, #[case] patch: Value, #[case] result: Value) {
        merge_patch(&mut target, &patch);
        assert_eq!(target, result);
    }

    fn base() -> Value {
        json!([
            {"_NAME_": "GROUP", "action": ["select"], "_RETURN_": [
                {"_NAME_": "ONE", "a": "$.a", "_RETURN_": "a are present"},
                {"_NAME_": "TWO", "v": ["1.2.5"], "a": "$.v", "_RETURN_": "a all in v"},
            ]},
        ])
    }

    fn changed(tests: Value) -> Result<Value, Wrong> {
        let tests = change_action(Some(&base()), &tests, "select", true)?;
        Ok(tests.unwrap()[0]["_RETURN_"].clone())
    }

    #[rstest]
    #[case::nested(json!([{"_NAME_": "GROUP", "_RETURN_": [{"_NAME_": "TWO", "v": ["1.2.0"]}]}]))]
    #[case::slash_path(json!([{"_NAME_": "GROUP/TWO", "v": ["1.2.0"]}]))]
    #[case::full_path(json!([{"_NAME_": "select/GROUP/TWO", "v": ["1.2.0"]}]))]
    fn a_field_of_one_test_changes(#[case] tests: Value) {
        let inner = changed(tests).unwrap();
        assert_eq!(inner[0]["_NAME_"], "ONE");
        assert_eq!(inner[1], json!({"_NAME_": "TWO", "v": ["1.2.0"], "a": "$.v", "_RETURN_": "a all in v"}));
    }

    #[test]
    fn a_test_with_a_body_replaces() {
        let inner = changed(json!([{"_NAME_": "GROUP/TWO", "b": "$.b", "_RETURN_": "b are present"}])).unwrap();
        assert_eq!(inner[1], json!({"_NAME_": "TWO", "b": "$.b", "_RETURN_": "b are present"}));
    }

    #[test]
    fn a_new_test_is_added_and_a_dropped_one_goes() {
        let inner = changed(json!([
            {"_NAME_": "GROUP/THREE", "c": "$.c", "_RETURN_": "c are present"},
            {"_NAME_": "GROUP/ONE", "_REMOVE_": true},
        ]));
        let names: Vec<Value> = inner.unwrap().as_array().unwrap().iter().map(|test| test["_NAME_"].clone()).collect();
        assert_eq!(names, ["TWO", "THREE"]);
    }

    #[rstest]
    #[case(json!([{"_NAME_": "GROUP/FOUR", "_REMOVE_": true}]), "select/GROUP/FOUR")]
    #[case(json!([{"_NAME_": "OTHER/ONE", "_RETURN_": "a are present"}]), "select/OTHER")]
    #[case(json!([{"_NAME_": "GROUP/ONE/DEEPER", "_RETURN_": "a are present"}]), "select/GROUP/ONE")]
    fn a_change_of_what_is_not_there_is_refused(#[case] tests: Value, #[case] rule: &str) {
        assert_eq!(changed(tests).unwrap_err().0, rule);
    }

    #[test]
    fn a_difference_for_another_base_leaves_out_what_is_not_here() {
        let changes = json!([
            {"_NAME_": "GROUP/FOUR", "_REMOVE_": true},
            {"_NAME_": "OTHER/ONE", "v": ["1.2.0"]},
            {"_NAME_": "GROUP/FIVE", "v": ["1.2.0"]},
            {"_NAME_": "GROUP", "_RETURN_": [{"_NAME_": "SIX", "_REMOVE_": true}]},
            {"_NAME_": "GROUP/TWO", "v": ["1.2.0"]},
        ]);
        let tests = change_action(Some(&base()), &changes, "select", false).unwrap().unwrap();
        let mut wanted = base();
        wanted[0]["_RETURN_"][1]["v"] = json!(["1.2.0"]);
        assert_eq!(tests, wanted);
    }

    #[test]
    fn an_action_gains_rules_or_loses_them_all() {
        let tests = json!([{"_NAME_": "A", "_RETURN_": []}]);
        assert_eq!(change_action(None, &tests, "catalog_rejection", true), Ok(Some(tests)));
        assert_eq!(change_action(Some(&base()), &Value::Null, "select", true), Ok(None));
    }
}
