//! What is wrong with one message: where, by which rule, in words.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Which of the two checks found it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Layer {
    /// The JSON schema of the action.
    Schema,
    /// A rule of the rule pack (`validations/index.yaml`).
    Rule,
}

impl Layer {
    /// `schema` or `rule`.
    pub fn as_str(self) -> &'static str {
        match self {
            Layer::Schema => "schema",
            Layer::Rule => "rule",
        }
    }
}

/// One real problem in a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Violation {
    /// Stable id: `RET10.confirm.schema.required`, or the slash path of a rule, `confirm/CONFIRM_ORDER/ORDER_ID`.
    pub rule: String,
    /// The check that found it.
    pub layer: Layer,
    /// JSON pointer (RFC 6901) of the offending value; of the place where it should be, when it is missing.
    pub path: String,
    /// One sentence for a person.
    pub message: String,
    /// What the network wants there.
    pub expected: Option<String>,
    /// What was found there, shortened; `None` when nothing was there.
    pub actual: Option<String>,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = if self.path.is_empty() { "(whole message)" } else { &self.path };
        write!(f, "{path}: {} [{}]", self.message, self.rule)
    }
}
