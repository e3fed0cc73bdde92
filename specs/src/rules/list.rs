//! The lists that operators compare: values found by a path, or literals of the pack.

use std::borrow::Cow;
use std::collections::HashSet;

use serde_json::{Number, Value};

use super::view::Node;

/// Literals from the pack, with a set for quick membership when there are many.
#[derive(Debug)]
pub(crate) struct Literals {
    values: Vec<Value>,
    texts: Option<HashSet<Box<str>>>,
}

/// From this many on, a set is quicker than looking along the list.
const SET_FROM: usize = 8;

impl Literals {
    pub(crate) fn new(values: Vec<Value>) -> Literals {
        let texts: Option<HashSet<Box<str>>> = values.iter().map(|value| value.as_str().map(Box::from)).collect();
        Literals { texts: texts.filter(|_| values.len() >= SET_FROM), values }
    }

    pub(crate) fn values(&self) -> &[Value] {
        &self.values
    }
}

/// One operand of an operator.
#[derive(Debug, Clone, Copy)]
pub(crate) enum List<'a> {
    Literals(&'a Literals),
    /// When all values are text or null, null counts as the text `null`.
    Nodes {
        nodes: &'a [Node<'a>],
        nulls_are_text: bool,
        identity: Identity,
    },
}

/// When two lists or two objects are the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Identity {
    /// As published: an object equals only itself.
    Place,
    /// Across messages: equal content.
    Content,
}

/// One value of a list.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Item<'a> {
    Text(&'a str),
    Other(&'a Value),
    /// A list or an object that equals others of the same content.
    Content(&'a Value),
}

impl<'a> List<'a> {
    pub(crate) fn len(self) -> usize {
        match self {
            List::Literals(literals) => literals.values.len(),
            List::Nodes { nodes, .. } => nodes.len(),
        }
    }

    pub(crate) fn is_empty(self) -> bool {
        self.len() == 0
    }

    /// Is anything there but nulls?
    pub(crate) fn has_values(self) -> bool {
        match self {
            List::Literals(literals) => !literals.values.is_empty(),
            List::Nodes { nodes, .. } => nodes.iter().any(|node| !node.value.is_null()),
        }
    }

    pub(crate) fn item(self, at: usize) -> Item<'a> {
        let (value, nulls_are_text, identity) = match self {
            List::Literals(literals) => (&literals.values[at], false, Identity::Place),
            List::Nodes { nodes, nulls_are_text, identity } => (nodes[at].value, nulls_are_text, identity),
        };
        match value {
            Value::String(text) => Item::Text(text),
            Value::Null if nulls_are_text => Item::Text("null"),
            Value::Array(_) | Value::Object(_) if identity == Identity::Content => Item::Content(value),
            other => Item::Other(other),
        }
    }

    pub(crate) fn iter(self) -> impl Iterator<Item = Item<'a>> {
        (0..self.len()).map(move |at| self.item(at))
    }

    pub(crate) fn contains(self, wanted: Item<'_>) -> bool {
        match (self, wanted) {
            (List::Literals(Literals { texts: Some(texts), .. }), Item::Text(text)) => texts.contains(text),
            _ => self.iter().any(|item| item.strictly_equals(wanted)),
        }
    }
}

impl<'a> Item<'a> {
    /// Equality as in JavaScript's `===`: type-sensitive, and objects equal only themselves, unless their content counts.
    pub(crate) fn strictly_equals(self, other: Item<'_>) -> bool {
        match (self, other) {
            (Item::Text(a), Item::Text(b)) => a == b,
            (Item::Content(a), Item::Content(b)) => a == b,
            (Item::Text(_), _) | (_, Item::Text(_)) | (Item::Content(_), _) | (_, Item::Content(_)) => false,
            (Item::Other(a), Item::Other(b)) => match (a, b) {
                (Value::Null, Value::Null) => true,
                (Value::Bool(a), Value::Bool(b)) => a == b,
                (Value::Number(a), Value::Number(b)) => a == b || a.as_f64() == b.as_f64(),
                (Value::Array(_), Value::Array(_)) | (Value::Object(_), Value::Object(_)) => std::ptr::eq(a, b),
                _ => false,
            },
        }
    }

    /// The text that a regular expression sees.
    pub(crate) fn to_text(self) -> Cow<'a, str> {
        match self {
            Item::Text(text) => Cow::Borrowed(text),
            Item::Other(Value::Number(number)) => Cow::Owned(number_text(number)),
            Item::Other(Value::Object(_)) => Cow::Borrowed("[object Object]"),
            Item::Other(other) | Item::Content(other) => Cow::Owned(other.to_string()),
        }
    }

    /// The number that the value is, or reads as.
    pub(crate) fn to_number(self) -> Option<f64> {
        match self {
            Item::Text(text) => text.trim().parse().ok(),
            Item::Other(value) | Item::Content(value) => value.as_f64(),
        }
    }
}

/// A number as JavaScript writes it: no `.0`.
fn number_text(number: &Number) -> String {
    match number.as_f64() {
        Some(float) if number.is_f64() && float.fract() == 0.0 && float.abs() < 1e15 => format!("{float:.0}"),
        _ => number.to_string(),
    }
}
