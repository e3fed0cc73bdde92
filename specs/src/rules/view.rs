//! Reading a payload as the rule language sees it, without copying it.
//!
//! The language looks at a *normalised* payload: in an array every object has the keys of all its sibling objects, and
//! every object under a property `k` has the keys of all objects under a property `k`; what was not there is null.
//! Here the nulls are not written into a copy: a missing key is answered with null when normalisation would have put one.

use std::cell::{OnceCell, RefCell};
use std::collections::HashMap;

use serde_json::{Map, Value};

use super::jsonpath::{Condition, Step};

/// Whether missing keys are filled with null as the published runner does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Normalisation {
    /// As published.
    #[default]
    On,
    /// The payload exactly as it came.
    Off,
}

/// A value and how it hangs on its parent, which decides the keys that normalisation adds.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Node<'a> {
    pub(crate) value: &'a Value,
    parent: Parent<'a>,
}

#[derive(Debug, Clone, Copy)]
enum Parent<'a> {
    None,
    Property(&'a str),
    Element(&'a [Value]),
}

/// The way from a node to its child.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Segment<'a> {
    Key(&'a str),
    Index(usize),
}

static NULL: Value = Value::Null;

type Keys<'a> = Vec<&'a str>;

/// One payload under the eyes of one run.
pub(crate) struct View<'a> {
    root: &'a Value,
    normalisation: Normalisation,
    /// Keys of all objects under a property of that name; gathered when first asked for.
    keys_by_property: OnceCell<HashMap<&'a str, Keys<'a>>>,
    /// Keys of all objects in the array at that address.
    keys_by_array: RefCell<HashMap<*const Value, Keys<'a>>>,
}

impl<'a> View<'a> {
    pub(crate) fn new(root: &'a Value, normalisation: Normalisation) -> View<'a> {
        View { root, normalisation, keys_by_property: OnceCell::new(), keys_by_array: RefCell::default() }
    }

    pub(crate) fn root(&self) -> Node<'a> {
        Node { value: self.root, parent: Parent::None }
    }

    /// Hands every child that the step finds to `found`, in document order.
    pub(crate) fn step(&self, node: Node<'a>, step: &'a Step, mut found: impl FnMut(Node<'a>, Segment<'a>)) {
        match (step, node.value) {
            (Step::Key(key), Value::Object(map)) => match map.get(&**key) {
                Some(value) => found(Node { value, parent: Parent::Property(key) }, Segment::Key(key)),
                None if self.is_filled(node, key) => {
                    found(Node { value: &NULL, parent: Parent::None }, Segment::Key(key));
                }
                None => {}
            },
            (Step::Index(index), Value::Array(items)) => {
                if let Some(value) = items.get(*index) {
                    found(Node { value, parent: Parent::Element(items) }, Segment::Index(*index));
                }
            }
            (Step::All | Step::Filter(_), Value::Array(items)) => {
                let wanted = items.iter().enumerate().filter(|(_, value)| passes(step, value));
                wanted.for_each(|(at, value)| {
                    found(Node { value, parent: Parent::Element(items) }, Segment::Index(at));
                });
            }
            (Step::All | Step::Filter(_), Value::Object(map)) => {
                let wanted = map.iter().filter(|(_, value)| passes(step, value));
                wanted.for_each(|(key, value)| {
                    found(Node { value, parent: Parent::Property(key) }, Segment::Key(key));
                });
                if matches!(step, Step::All) {
                    self.filled_keys(node, map, |key| {
                        found(Node { value: &NULL, parent: Parent::None }, Segment::Key(key));
                    });
                }
            }
            (Step::Key(_), _) | (Step::Index(_), _) | (Step::All | Step::Filter(_), _) => {}
        }
    }

    /// Would normalisation have put this missing key into this object?
    fn is_filled(&self, node: Node<'a>, key: &str) -> bool {
        self.with_keys(node, |keys| keys.contains(&key))
    }

    fn filled_keys(&self, node: Node<'a>, map: &Map<String, Value>, mut found: impl FnMut(&'a str)) {
        self.with_keys(node, |keys| {
            keys.iter().filter(|key| !map.contains_key(**key)).for_each(|key| found(key));
            true
        });
    }

    /// The keys that normalisation gives to this object; false when there are none.
    fn with_keys(&self, node: Node<'a>, ask: impl FnOnce(&Keys<'a>) -> bool) -> bool {
        match (self.normalisation, node.parent) {
            (Normalisation::Off, _) | (_, Parent::None) => false,
            (Normalisation::On, Parent::Property(name)) => {
                self.keys_by_property.get_or_init(|| keys_by_property(self.root)).get(name).is_some_and(ask)
            }
            (Normalisation::On, Parent::Element(items)) => {
                let mut known = self.keys_by_array.borrow_mut();
                ask(known.entry(items.as_ptr()).or_insert_with(|| keys_of_all(items)))
            }
        }
    }
}

fn passes(step: &Step, value: &Value) -> bool {
    let Step::Filter(conditions) = step else { return true };
    value.as_object().is_some_and(|map| conditions.iter().any(|condition| meets(map, condition)))
}

fn meets(map: &Map<String, Value>, condition: &Condition) -> bool {
    match (map.get(&*condition.field), &condition.equals) {
        (Some(Value::String(text)), Some(wanted)) => **text == **wanted,
        (Some(value), None) => is_truthy(value),
        (Some(_), Some(_)) | (None, _) => false,
    }
}

/// What JavaScript takes for true.
fn is_truthy(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Bool(flag) => *flag,
        Value::Number(number) => number.as_f64() != Some(0.0),
        Value::String(text) => !text.is_empty(),
        Value::Array(_) | Value::Object(_) => true,
    }
}

fn keys_of_all(items: &[Value]) -> Keys<'_> {
    let mut keys = Vec::new();
    items.iter().filter_map(Value::as_object).for_each(|map| add_keys(&mut keys, map));
    keys
}

fn keys_by_property(root: &Value) -> HashMap<&str, Keys<'_>> {
    let mut keys = HashMap::new();
    gather(root, &mut keys);
    keys
}

fn gather<'a>(value: &'a Value, keys: &mut HashMap<&'a str, Keys<'a>>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| gather(item, keys)),
        Value::Object(map) => {
            for (name, child) in map {
                if let Value::Object(inner) = child {
                    add_keys(keys.entry(name).or_default(), inner);
                }
                gather(child, keys);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// Objects have few keys: a linear search beats a set here.
fn add_keys<'a>(keys: &mut Keys<'a>, map: &'a Map<String, Value>) {
    for key in map.keys() {
        if !keys.contains(&key.as_str()) {
            keys.push(key);
        }
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;
    use serde_json::json;

    use super::super::jsonpath;
    use super::*;

    fn matches(payload: &Value, path: &str, normalisation: Normalisation) -> Vec<Value> {
        let steps = jsonpath::parse(path).unwrap();
        let view = View::new(payload, normalisation);
        let mut nodes = vec![view.root()];
        for step in &steps {
            let mut next = Vec::new();
            nodes.iter().for_each(|&node| view.step(node, step, |child, _| next.push(child)));
            nodes = next;
        }
        nodes.iter().map(|node| node.value.clone()).collect()
    }

    #[rstest]
    #[case("$.a.b", json!([1]))]
    #[case("$.a.missing.deeper", json!([]))]
    #[case("$.list[*].id", json!(["x", "y"]))]
    #[case("$.list[1].id", json!(["y"]))]
    #[case("$.list[9].id", json!([]))]
    #[case("$.list[?(@.kind=='k')].id", json!(["y"]))]
    #[case("$.list[?(@.kind=='k' || @.flag)].id", json!(["x", "y"]))]
    #[case("$.list[?(@.empty)].id", json!([]))]
    #[case("$.a.*", json!([1, "t"]))]
    #[case("$.objects[?(@.kind=='k')].v", json!([7]))]
    #[case("$.a[*][*]", json!([]))]
    fn paths_find(#[case] path: &str, #[case] found: Value) {
        let payload = json!({
            "a": {"b": 1, "c": "t"},
            "list": [{"id": "x", "flag": true, "empty": ""}, {"id": "y", "kind": "k"}, "text"],
            "objects": {"one": {"kind": "k", "v": 7}, "two": {"kind": "other"}},
        });
        assert_eq!(Value::from(matches(&payload, path, Normalisation::Off)), found);
    }

    #[test]
    fn siblings_in_an_array_get_each_others_keys() {
        let payload = json!({"items": [{"id": "1", "note": "n"}, {"id": "2"}]});
        assert_eq!(matches(&payload, "$.items[*].note", Normalisation::On), [json!("n"), Value::Null]);
        assert_eq!(matches(&payload, "$.items[*].note", Normalisation::Off), [json!("n")]);
        assert!(matches(&payload, "$.items[*].absent", Normalisation::On).is_empty());
    }

    #[test]
    fn objects_under_the_same_property_get_each_others_keys() {
        let payload = json!({"x": {"price": {"value": "1", "maximum": "2"}}, "y": [{"price": {"value": "3"}}]});
        assert_eq!(matches(&payload, "$.y[*].price.maximum", Normalisation::On), [Value::Null]);
        assert_eq!(matches(&payload, "$.y[*].price[*]", Normalisation::On), [json!("3"), Value::Null]);
        assert!(matches(&payload, "$.y[*].price.maximum", Normalisation::Off).is_empty());
    }

    #[test]
    fn an_element_of_an_array_is_not_filled_by_the_property_of_the_array() {
        let payload = json!({"tags": [{"code": "a"}], "x": {"tags": {"value": 1}}});
        assert!(matches(&payload, "$.tags[*].value", Normalisation::On).is_empty());
    }
}
