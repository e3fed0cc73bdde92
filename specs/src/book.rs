//! One book of law: one domain in one version, compiled.

use std::collections::{BTreeMap, HashMap};

use serde_json::Value;

use crate::action::Action;
use crate::code_list::CodeList;
use crate::flow::Flow;
use crate::limits::Limits;
use crate::rules::{Normalisation, RulePack};
use crate::schema::Schemas;
use crate::transitions::Transitions;
use crate::violation::{Layer, Violation};

/// What a rule says, for `explain` and for documentation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleInfo {
    /// Slash path of the rule, the id that a violation names.
    pub id: String,
    /// What is wrong when it fails, and how to mend it; empty when the pack gives no words.
    pub description: String,
    /// The boolean expression in the rule language; empty for a group.
    pub expression: String,
    /// When this holds the rule is skipped; empty when it never is.
    pub skip_if: String,
    /// JSONPath of the nodes on which the rule runs; `$` is the whole payload.
    pub scope: String,
    /// Code for a NACK, when the pack gives one.
    pub error_code: Option<String>,
    /// The names that the expressions use, each with its path or its values.
    pub variables: Vec<(String, String)>,
}

/// The law of one domain in one version: schemas, rules, code lists, flows, limits.
#[derive(Debug)]
pub struct Book {
    pub(crate) domain: String,
    pub(crate) version: String,
    pub(crate) codes: BTreeMap<String, CodeList>,
    pub(crate) transitions: Transitions,
    pub(crate) next_actions: HashMap<Option<Action>, Vec<Action>>,
    pub(crate) flows: Vec<Flow>,
    pub(crate) limits: HashMap<Action, Limits>,
    pub(crate) limits_default: Limits,
    pub(crate) schemas: Schemas,
    pub(crate) rules: RulePack,
}

impl Book {
    /// `context.domain`, for example `ONDC:RET10`.
    pub fn domain(&self) -> &str {
        &self.domain
    }

    /// `context.core_version`, for example `1.2.5`.
    pub fn version(&self) -> &str {
        &self.version
    }

    /// Judges one whole payload: the schema of the action, then its rules. Empty means clean.
    ///
    /// An action that the book does not know is itself a violation: nobody could say what is right in it.
    pub fn check(&self, action: Action, payload: &Value) -> Vec<Violation> {
        if !self.knows(action) {
            return vec![self.unknown_action(action)];
        }
        let mut violations = self.schemas.check(action, payload);
        let of_schema = violations.len();
        let verdict = self.rules.judge(action.as_str(), payload, Normalisation::On).unwrap_or_default();
        for violation in verdict.violations {
            // Where the schema has spoken already, a rule would only say it again; so does the same rule at the same place.
            let known = |(at, other): (usize, &Violation)| {
                other.path == violation.path && (at < of_schema || other.rule == violation.rule)
            };
            if !violations.iter().enumerate().any(known) {
                violations.push(violation);
            }
        }
        violations
    }

    /// Does the book say anything of this action?
    pub fn knows(&self, action: Action) -> bool {
        self.schemas.knows(action) || self.rules.knows(action.as_str())
    }

    fn unknown_action(&self, action: Action) -> Violation {
        Violation {
            rule: format!("{}.{action}.schema.unknown_action", self.schemas.prefix()),
            layer: Layer::Schema,
            path: "/context/action".to_owned(),
            message: format!("{} {} has no action {action}", self.domain, self.version),
            expected: None,
            actual: Some(action.as_str().to_owned()),
        }
    }

    /// The rule pack, to run it by itself.
    pub fn rule_pack(&self) -> &RulePack {
        &self.rules
    }

    /// A code list by its name in `codes/index.yaml`, for example `cancellation_reason`.
    pub fn codes(&self, name: &str) -> Option<&CodeList> {
        self.codes.get(name)
    }

    /// Names of all code lists.
    pub fn code_list_names(&self) -> impl Iterator<Item = &str> {
        self.codes.keys().map(String::as_str)
    }

    /// Which actions may follow in a transaction; `None` asks for the start.
    pub fn next_actions(&self, last: Option<Action>) -> &[Action] {
        self.next_actions.get(&last).map_or(&[], Vec::as_slice)
    }

    /// The flows of the book, in the order of the file.
    pub fn flows(&self) -> &[Flow] {
        &self.flows
    }

    /// Time and size limits of an action; the book's default when the action has none of its own.
    pub fn limits(&self, action: Action) -> &Limits {
        self.limits.get(&action).unwrap_or(&self.limits_default)
    }

    /// Which fulfilment state may follow which.
    pub fn transitions(&self) -> &Transitions {
        &self.transitions
    }

    /// The rules of an action, in the order in which they run.
    pub fn rules(&self, action: Action) -> impl Iterator<Item = &RuleInfo> {
        self.rules.rules(action.as_str())
    }
}
