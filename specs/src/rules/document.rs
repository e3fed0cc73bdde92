//! The file `validations/index.yaml` as a tree of tests, not yet compiled.

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::action::{Action, Side};
use crate::rulebook::{CheckLayer, Fault, Severity};

/// A test: a leaf with an expression, or a group of tests.
#[derive(Debug)]
pub(crate) struct Test {
    pub(crate) name: String,
    pub(crate) description: String,
    pub(crate) scope: Option<String>,
    pub(crate) skip_if: Option<String>,
    pub(crate) variables: Vec<(String, Variable)>,
    pub(crate) body: Body,
    pub(crate) error_code: Option<String>,
    pub(crate) words: Words,
}

/// What a test says of itself; what it does not say comes from the group around it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Words {
    pub(crate) layer: Option<CheckLayer>,
    pub(crate) severity: Option<Severity>,
    pub(crate) fault: Option<Fault>,
    pub(crate) clause: Option<String>,
    pub(crate) rationale: Option<String>,
    pub(crate) hint: Option<String>,
}

impl Words {
    pub(crate) fn or(self, around: &Words) -> Words {
        Words {
            layer: self.layer.or(around.layer),
            severity: self.severity.or(around.severity),
            fault: self.fault.or(around.fault),
            clause: self.clause.or_else(|| around.clause.clone()),
            rationale: self.rationale.or_else(|| around.rationale.clone()),
            hint: self.hint.or_else(|| around.hint.clone()),
        }
    }
}

#[derive(Debug)]
pub(crate) enum Body {
    Leaf(String),
    Group(Vec<Test>),
}

/// What a name stands for.
#[derive(Debug)]
pub(crate) enum Variable {
    /// A JSONPath, evaluated on the test's scope.
    Path(String),
    /// The values themselves.
    Literals(Vec<Value>),
}

/// The shape of the document is wrong.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DocumentError {
    /// No map of tests per action.
    #[error("`_TESTS_` must be a map from action to a list of tests")]
    NoTests,
    /// A test list is no list.
    #[error("{0}: expected a list of tests")]
    NotAList(String),
    /// A test has no name.
    #[error("{0}: a test without `_NAME_`")]
    NoName(String),
    /// A test has no body.
    #[error("{0}: `_RETURN_` must be an expression or a list of tests")]
    NoReturn(String),
    /// Something that is neither a path nor a list.
    #[error("{0}: `{1}` must be text, or for a variable a JSONPath (it begins with $) or a list of values")]
    WrongValue(String, String),
    /// A layer, severity or fault that does not exist.
    #[error(
        "{0}: `{1}: {2}` is none of its words: `_LAYER_` is a layer of the report, such as policy; `_SEVERITY_` is error, warning or note; `_FAULT_` is sender, receiver, buyer, seller, harness or unclear"
    )]
    UnknownWord(String, String, String),
}

/// Reads the tests of one action, in the order of the file. `path` is the first part of their ids.
pub(crate) fn read(tests: &Value, path: &str) -> Result<Vec<Test>, DocumentError> {
    read_list(tests, path)
}

fn read_list(tests: &Value, path: &str) -> Result<Vec<Test>, DocumentError> {
    match tests {
        Value::Array(tests) => tests.iter().map(|test| read_test(test, path)).collect(),
        Value::Null => Ok(Vec::new()),
        _ => Err(DocumentError::NotAList(path.to_owned())),
    }
}

fn read_test(test: &Value, parent: &str) -> Result<Test, DocumentError> {
    let no_name = || DocumentError::NoName(parent.to_owned());
    let fields = test.as_object().ok_or_else(no_name)?;
    let name = fields.get("_NAME_").and_then(Value::as_str).ok_or_else(no_name)?;
    let path = format!("{parent}/{name}");
    let body = match fields.get("_RETURN_") {
        Some(Value::String(expression)) => Body::Leaf(expression.clone()),
        Some(group @ Value::Array(_)) => Body::Group(read_list(group, &path)?),
        _ => return Err(DocumentError::NoReturn(path)),
    };
    Ok(Test {
        name: name.to_owned(),
        description: text(fields, "_DESCRIPTION_", &path)?.unwrap_or_default(),
        scope: text(fields, "_SCOPE_", &path)?,
        skip_if: text(fields, "_CONTINUE_", &path)?,
        variables: variables(fields, &path)?,
        body,
        error_code: fields.get("_ERROR_CODE_").and_then(crate::text::as_text),
        words: Words {
            layer: word(fields, "_LAYER_", &path)?,
            severity: word(fields, "_SEVERITY_", &path)?,
            fault: fault(fields, &path)?,
            clause: text(fields, "_CLAUSE_", &path)?,
            rationale: text(fields, "_RATIONALE_", &path)?,
            hint: text(fields, "_HINT_", &path)?,
        },
    })
}

/// `seller` and `buyer` are the sender or the receiver, by the action.
fn fault(fields: &Map<String, Value>, path: &str) -> Result<Option<Fault>, DocumentError> {
    const KEY: &str = "_FAULT_";
    if let Ok(Some(side)) = word::<Side>(fields, KEY, path) {
        let action = path.trim_start_matches("history/").split('/').next().and_then(|name| name.parse::<Action>().ok());
        let sender = action.is_none_or(|action| action.sender() == side);
        return Ok(Some(if sender { Fault::Sender } else { Fault::Receiver }));
    }
    word(fields, KEY, path)
}

fn word<'v, T: Deserialize<'v>>(
    fields: &'v Map<String, Value>,
    key: &str,
    path: &str,
) -> Result<Option<T>, DocumentError> {
    match fields.get(key) {
        None | Some(Value::Null) => Ok(None),
        Some(value) => match T::deserialize(value) {
            Ok(word) => Ok(Some(word)),
            Err(_) => Err(DocumentError::UnknownWord(path.to_owned(), key.to_owned(), value.to_string())),
        },
    }
}

fn text(fields: &Map<String, Value>, key: &str, path: &str) -> Result<Option<String>, DocumentError> {
    match fields.get(key) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.trim().to_owned())),
        Some(_) => Err(DocumentError::WrongValue(path.to_owned(), key.to_owned())),
    }
}

fn variables(fields: &Map<String, Value>, path: &str) -> Result<Vec<(String, Variable)>, DocumentError> {
    let own = fields.iter().filter(|(key, _)| !(key.starts_with('_') && key.ends_with('_')));
    own.map(|(key, value)| match value {
        Value::String(jsonpath) if jsonpath.starts_with('$') => Ok((key.clone(), Variable::Path(jsonpath.clone()))),
        Value::Array(values) => Ok((key.clone(), Variable::Literals(values.clone()))),
        _ => Err(DocumentError::WrongValue(path.to_owned(), key.clone())),
    })
    .collect()
}
