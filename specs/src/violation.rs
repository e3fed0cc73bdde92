//! What is wrong with one message: where, by which rule, in words.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::rulebook::Severity;

/// Which of the checks found it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Layer {
    /// The JSON schema of the action.
    Schema,
    /// A rule of the rule pack (`validations/index.yaml`).
    Rule,
    /// A rule about messages before this one (`history/index.yaml`).
    History,
}

impl Layer {
    /// `schema`, `rule` or `history`.
    pub fn as_str(self) -> &'static str {
        match self {
            Layer::Schema => "schema",
            Layer::Rule => "rule",
            Layer::History => "history",
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
    /// How bad the rule says it is. A message with no more than warnings is not refused.
    #[serde(default)]
    pub severity: Severity,
    /// JSON pointer (RFC 6901) of the offending value; of the place where it should be, when it is missing.
    pub path: String,
    /// One sentence for a person.
    pub message: String,
    /// What the network wants there.
    pub expected: Option<String>,
    /// What was found there, shortened; `None` when nothing was there.
    pub actual: Option<String>,
    /// Of a rule about history: JSON pointer of the former value that it contradicts, for example
    /// `/_BEFORE_/on_select/message/order/quote/price/value`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub against: Option<String>,
}

impl Violation {
    /// Without what was wanted and what was found.
    pub(crate) fn new(rule: String, layer: Layer, path: &str, message: String) -> Violation {
        let (path, severity) = (path.to_owned(), Severity::Error);
        Violation { rule, layer, severity, path, message, expected: None, actual: None, against: None }
    }

    /// Does the network refuse a message for it?
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = if self.path.is_empty() { "(whole message)" } else { &self.path };
        write!(f, "{path}: {} [{}]", self.message, self.rule)
    }
}
