//! What is wrong: as a check says it, and as a report tells it.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use specs::{CheckLayer, Fault, Severity, Side};

use crate::recording::Position;

/// What a check says. The judge adds the words of the rule book, lines, and collapses repetitions.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Found {
    /// Id of the rule, as in the rule book or in a book's rule pack.
    pub rule: String,
    /// Index of the message in the flow; `None` when it is about the flow as a whole (a missing step).
    pub message: Option<usize>,
    /// JSON pointer in the message's payload; of the place where the value should be, when it is missing.
    pub pointer: String,
    /// One sentence for a person, with the values.
    pub text: String,
    /// What the network wants there.
    pub expected: Option<String>,
    /// What stands there.
    pub actual: Option<String>,
    /// The other place that it contradicts.
    pub contradicts: Option<Place>,
    /// JSON Patch (RFC 6902) that would mend it, when it can be derived.
    pub patch: Option<Value>,
    /// Overrides the fault that the rule book gives, where the evidence tells more.
    pub fault: Option<Fault>,
}

/// A place in a message of the same flow.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// Index of the message in the flow.
    pub message: usize,
    /// JSON pointer in its payload.
    pub pointer: String,
    /// What stands there, shortened.
    pub value: String,
}

/// Another place that breaks the rule in the same way.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Elsewhere {
    /// JSON pointer in the message's payload.
    pub pointer: String,
    /// What the network wants there, when it is not what it wants at the first place.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub expected: Option<String>,
    /// What stands there, when it is not what stands at the first place.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub actual: Option<String>,
}

/// One finding of a report: a rule broken at one kind of place in one message.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Finding {
    /// Stable id of the rule.
    pub rule: String,
    #[allow(missing_docs)]
    pub layer: CheckLayer,
    #[allow(missing_docs)]
    pub severity: Severity,
    /// Who has to mend it, by role in the message.
    pub fault: Fault,
    /// The side of the network that this is; `None` when the log does not tell.
    pub side: Option<Side>,
    /// Index of the message in the flow.
    pub message: Option<usize>,
    /// JSON pointer of the first place.
    pub pointer: String,
    /// The pointer with indices replaced by `*`: what a waiver or a baseline names.
    pub place: String,
    /// Line and column of the first place, when the text was kept.
    pub position: Option<Position>,
    /// One sentence for a person.
    pub text: String,
    #[allow(missing_docs)]
    pub expected: Option<String>,
    #[allow(missing_docs)]
    pub actual: Option<String>,
    #[allow(missing_docs)]
    pub contradicts: Option<Place>,
    /// How to mend it; from the rule book.
    pub hint: String,
    /// Where the network says so.
    pub clause: String,
    /// JSON Patch (RFC 6902) that would mend it.
    pub patch: Option<Value>,
    /// How many places break this rule in this way.
    pub count: usize,
    /// Up to ten of the other places.
    pub also: Vec<Elsewhere>,
    /// Set by a waiver or a baseline: why it does not count.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub excused: Option<String>,
}
