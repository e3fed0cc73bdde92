//! Rule packs in the published rule language (`validations/index.yaml`, `_TESTS_`).
//!
//! ```text
//!  YAML ──document──▶ tests ──plan──▶ paths in one tree, names resolved, patterns compiled ──run──▶ Verdict
//!           jsonpath, expression, pattern                        view, list, operator, blame
//! ```
//!
//! A pack is stateless: it judges one message. What holds between messages is not said here.
//!
//! # The language
//!
//! ```yaml
//! _TESTS_:
//!   select:                                # the action
//!     - _NAME_: ITEMS                      # ids are slash paths: select/ITEMS/ID
//!       _RETURN_:                          # a list makes a group, a text makes a leaf
//!         - _NAME_: ID
//!           _DESCRIPTION_: every item needs an id
//!           _SCOPE_: $.message.order       # optional: run once for each node found, from the payload's root
//!           _CONTINUE_: "!(items are present)"   # optional: when this holds, the test is skipped
//!           items: $.items                 # every other key is a variable: a path from the scope's node …
//!           id: $.items[*].id
//!           form: ['^\w+$']                # … or a list of values
//!           _RETURN_: id follow regex form
//! ```
//!
//! * `_SCOPE_` always begins at the root, in a group within a group as well. A test without it runs once, on the root.
//!   When no node is found the test passes; the first node that fails ends a leaf.
//! * Tests see the variables of the groups around them, found from the node of the group that defines them. To judge each
//!   provider by itself, give the *group* the scope and the variables, and its leaves neither: then every provider is
//!   looked at once, and each bad one is reported.
//! * `are present`: something was found, and no null. `are unique`: nothing twice. `all in`, `any in`, `none in`,
//!   `equal to`, `greater than`, `less than`, `follow regex` (a search, every value against every pattern).
//!   `all in`, `any in` and `follow regex` fail on an empty left side, so they imply presence.
//! * A difference to another book names the tests that it changes, by nesting or by slash path: a test with `_RETURN_`
//!   replaces or is added, one without changes single keys, `_REMOVE_: true` drops one.

mod blame;
mod document;
mod expression;
mod jsonpath;
mod list;
mod operator;
mod pattern;
mod plan;
mod run;
mod view;

use std::collections::HashMap;

use serde_json::Value;

pub use document::DocumentError;
pub use expression::ExpressionError;
pub use jsonpath::PathError;
pub use pattern::PatternError;
pub use run::{VIOLATIONS_MAX, Verdict};
pub use view::Normalisation;

use crate::book::RuleInfo;

/// A compiled rule pack: the rules of every action of one book.
#[derive(Debug, Default)]
pub struct RulePack {
    plans: HashMap<String, plan::Plan>,
}

/// A rule pack that cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("rule {rule}: {error}")]
pub struct PackError {
    rule: String,
    #[source]
    error: RuleError,
}

/// What is wrong with one rule.
#[derive(Debug, thiserror::Error)]
pub enum RuleError {
    /// The tree of tests has the wrong shape.
    #[error(transparent)]
    Document(#[from] DocumentError),
    /// A variable or scope is no path that we read.
    #[error(transparent)]
    Path(#[from] PathError),
    /// The expression cannot be read.
    #[error(transparent)]
    Expression(#[from] ExpressionError),
    /// A regular expression does not compile.
    #[error(transparent)]
    Pattern(#[from] PatternError),
    /// The expression uses a name that neither the test nor a test around it defines.
    #[error("no variable {0:?} in this test or the tests around it")]
    UnknownName(String),
    /// A pattern must stand in the pack.
    #[error("`follow regex {0}`: the patterns must be a list of literals, not a path into the payload")]
    PatternFromPayload(String),
    /// Two tests side by side have the same name, so one id would mean both.
    #[error("a test of this name stands here already")]
    Repeated,
}

impl RulePack {
    /// Compiles the document `{_TESTS_: {action: [test, …]}}`.
    ///
    /// # Errors
    /// Names the rule and what is wrong with it.
    pub fn new(document: &Value) -> Result<RulePack, PackError> {
        let tests = plan::read_document(document)
            .map_err(|error| PackError { rule: "_TESTS_".to_owned(), error: error.into() })?;
        Ok(RulePack { plans: plan::compile(tests)?.into_iter().collect() })
    }

    /// The actions that have rules, as they stand in the file.
    pub fn actions(&self) -> impl Iterator<Item = &str> {
        self.plans.keys().map(String::as_str)
    }

    /// Does the pack have rules for the action?
    pub fn knows(&self, action: &str) -> bool {
        self.plans.contains_key(action)
    }

    /// Runs all rules of an action; `None` when the pack does not know the action.
    pub fn judge(&self, action: &str, payload: &Value, normalisation: Normalisation) -> Option<Verdict> {
        self.plans.get(action).map(|plan| run::run(plan, payload, normalisation))
    }

    /// The leaf rules of an action in the order in which they run.
    pub fn rules(&self, action: &str) -> impl Iterator<Item = &RuleInfo> {
        let mut leaves = Vec::new();
        if let Some(plan) = self.plans.get(action) {
            collect_leaves(&plan.rules, &mut leaves);
        }
        leaves.into_iter()
    }
}

fn collect_leaves<'p>(rules: &'p [plan::Rule], leaves: &mut Vec<&'p RuleInfo>) {
    for rule in rules {
        match &rule.body {
            plan::RuleBody::Leaf(_) => leaves.push(&rule.info),
            plan::RuleBody::Group(inner) => collect_leaves(inner, leaves),
        }
    }
}
