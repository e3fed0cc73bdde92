//! Code lists of a book (`codes/index.yaml`).

use std::collections::HashMap;

use serde_json::{Map, Value};

use crate::text::as_text;

/// One code of a list.
#[derive(Debug, Clone, PartialEq)]
pub struct Code {
    /// The text on the wire.
    pub code: String,
    /// Short name for a person; the code itself when the list gives none.
    pub name: String,
    /// Everything else that the list says of it, for example `used_by` or `rto`.
    pub attributes: Map<String, Value>,
}

impl Code {
    /// An attribute that is text or a number.
    pub fn text(&self, attribute: &str) -> Option<&str> {
        self.attributes.get(attribute).and_then(Value::as_str)
    }

    /// An attribute that is true; absent means false.
    pub fn flag(&self, attribute: &str) -> bool {
        self.attributes.get(attribute).and_then(Value::as_bool).unwrap_or(false)
    }

    /// The texts of an attribute that is a list, or the one text that it is.
    pub fn texts(&self, attribute: &str) -> Vec<&str> {
        match self.attributes.get(attribute) {
            Some(Value::Array(values)) => values.iter().filter_map(Value::as_str).collect(),
            Some(Value::String(text)) => vec![text],
            _ => Vec::new(),
        }
    }
}

/// A named list of codes, in the order of the file.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct CodeList {
    codes: Vec<Code>,
    by_code: HashMap<String, usize>,
}

impl CodeList {
    /// Is it a code of this list? Exact spelling.
    pub fn contains(&self, code: &str) -> bool {
        self.by_code.contains_key(code)
    }

    /// The code and what the list says of it.
    pub fn get(&self, code: &str) -> Option<&Code> {
        self.by_code.get(code).map(|&at| &self.codes[at])
    }

    /// All codes in the order of the file.
    pub fn iter(&self) -> impl Iterator<Item = &Code> {
        self.codes.iter()
    }

    /// How many codes.
    pub fn len(&self) -> usize {
        self.codes.len()
    }

    /// True for a list without codes.
    pub fn is_empty(&self) -> bool {
        self.codes.is_empty()
    }

    /// Reads the three shapes: a list of texts, a list of `{code, name, …}`, a map from code to name or to `{name, …}`.
    pub(crate) fn from_value(value: &Value) -> Option<CodeList> {
        let codes: Option<Vec<Code>> = match value {
            Value::Array(items) => items.iter().map(code_from_item).collect(),
            Value::Object(entries) => entries.iter().map(|(code, about)| Some(code_from_entry(code, about))).collect(),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => None,
        };
        codes.map(CodeList::new)
    }

    fn new(codes: Vec<Code>) -> CodeList {
        let by_code = codes.iter().enumerate().map(|(at, code)| (code.code.clone(), at)).collect();
        CodeList { codes, by_code }
    }
}

fn code_from_item(item: &Value) -> Option<Code> {
    match item {
        Value::Object(about) => Some(code_from_entry(&as_text(about.get("code")?)?, item)),
        scalar => as_text(scalar).map(|code| code_from_entry(&code, &Value::Null)),
    }
}

fn code_from_entry(code: &str, about: &Value) -> Code {
    let mut attributes = match about {
        Value::Object(map) => map.clone(),
        _ => Map::new(),
    };
    attributes.remove("code");
    let name = match attributes.remove("name") {
        Some(name) => as_text(&name),
        None => as_text(about),
    };
    Code { code: code.to_owned(), name: name.unwrap_or_else(|| code.to_owned()), attributes }
}
