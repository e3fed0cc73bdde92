//! What is known of each rule besides its text: how bad it is, whose fault, which clause, why, and how to mend it.
//!
//! Rules that the rule language cannot say are programs in the conformance suite; their words live in `rulebook/*.yaml`.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// What a rule looks at. Every layer is evaluated; one without evidence is reported as not evaluated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CheckLayer {
    /// Headers, signature, synchronous answer.
    Transport,
    /// The JSON schema of the action.
    Schema,
    /// One message by itself.
    Message,
    /// A message against those before it.
    History,
    /// The catalogue of `on_search`.
    Catalogue,
    /// Which steps, in which order, what is missing.
    Flow,
    /// Time limits.
    Timing,
    /// The network's policy.
    Policy,
}

impl CheckLayer {
    /// Every layer, in the order of a report.
    pub const ALL: [CheckLayer; 8] = [
        CheckLayer::Transport,
        CheckLayer::Schema,
        CheckLayer::Message,
        CheckLayer::History,
        CheckLayer::Catalogue,
        CheckLayer::Flow,
        CheckLayer::Timing,
        CheckLayer::Policy,
    ];

    /// The name in reports and data, for example `schema`.
    pub fn as_str(self) -> &'static str {
        match self {
            CheckLayer::Transport => "transport",
            CheckLayer::Schema => "schema",
            CheckLayer::Message => "message",
            CheckLayer::History => "history",
            CheckLayer::Catalogue => "catalogue",
            CheckLayer::Flow => "flow",
            CheckLayer::Timing => "timing",
            CheckLayer::Policy => "policy",
        }
    }
}

/// How bad it is. Only errors make a report fail.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// The network refuses it.
    #[default]
    Error,
    /// The network accepts it today; a partner should mend it.
    Warning,
    /// Worth knowing.
    Note,
}

/// Who has to mend it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fault {
    /// Who sent the message.
    #[default]
    Sender,
    /// Who received it and should have refused it.
    Receiver,
    /// Whoever recorded the log.
    Harness,
    /// The log does not tell.
    Unclear,
}

/// One rule of the rule book.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// Stable id, never used again for another rule, for example `history/QUOTE_KEPT`.
    #[serde(default)]
    pub id: String,
    /// What it looks at.
    pub layer: CheckLayer,
    #[serde(default)]
    #[allow(missing_docs)]
    pub severity: Severity,
    #[serde(default)]
    #[allow(missing_docs)]
    pub fault: Fault,
    /// Where the network says so, for example `retail contract, quote`.
    #[serde(default)]
    pub clause: String,
    /// Versions of the contract in which it holds; empty means all.
    #[serde(default)]
    pub versions: Vec<String>,
    /// What must hold, in one sentence.
    pub title: String,
    /// Why the network wants it.
    #[serde(default)]
    pub rationale: String,
    /// How to mend it.
    #[serde(default)]
    pub hint: String,
}

/// Every rule that is not text of a book, by id.
#[derive(Debug, Clone, Default)]
pub struct RuleBook {
    pub(crate) rules: BTreeMap<String, Rule>,
}

impl RuleBook {
    /// A rule by its id.
    pub fn get(&self, id: &str) -> Option<&Rule> {
        self.rules.get(id)
    }

    /// Every rule, by id.
    pub fn iter(&self) -> impl Iterator<Item = &Rule> {
        self.rules.values()
    }
}
