//! Rule packs in the published rule language (`validations/index.yaml`, `_TESTS_`).
//!
//! ```text
//!  YAML ──document──▶ tests ──plan──▶ paths in one tree, names resolved, patterns compiled ──run──▶ Verdict
//!           jsonpath, expression, pattern                        view, list, operator, blame
//! ```
//!
//! A pack is stateless: it judges one document. For `validations/index.yaml` that is one message. For `history/index.yaml` it is
//! a message with those before it: `{context, message, error, _BEFORE_: {<action>: <last message of that action>, …}}`. There
//! a rule is skipped when nothing is found by any of the variables of its `_RETURN_` that look below `$._BEFORE_`; put what the
//! message says on the left of the operator and what stood before on the right, and values are compared as they came, without
//! normalisation. Ids of these rules begin with `history/`.
//!
//! # The language
//!
//! ```yaml
//! _TESTS_:
//!   select:                                # the action
//!     - _NAME_: ITEMS                      # ids are slash paths: select/ITEMS/ID
//!       _LAYER_: policy                    # optional, for this test and those inside: the layer of a report; else message or history
//!       _SEVERITY_: error                  # optional, likewise: error | warning | note
//!       _FAULT_: sender                    # optional, likewise: sender | receiver | buyer | seller | harness | unclear
//!       _CLAUSE_: retail contract, items   # optional, likewise: where the network says so
//!       _RATIONALE_: ids tell items apart  # optional, likewise: why
//!       _HINT_: add it                     # optional, likewise: how to mend it; else what stands behind `; ` in _DESCRIPTION_
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

mod action_rules;
mod blame;
mod changed;
mod document;
mod expression;
mod jsonpath;
mod list;
mod operator;
mod pattern;
mod plan;
mod run;
mod view;

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::Value;

pub(crate) use action_rules::{ActionRules, PackKind};
pub use document::DocumentError;
pub use expression::ExpressionError;
pub use jsonpath::PathError;
pub(crate) use pattern::Pattern;
pub use pattern::PatternError;
pub use run::{VIOLATIONS_MAX, Verdict};
pub use view::Normalisation;

use crate::book::RuleInfo;

/// A rule pack: the rules of every action of one book, compiled when first used.
#[derive(Debug, Default)]
pub struct RulePack {
    actions: BTreeMap<String, Arc<ActionRules>>,
}

/// A rule pack that cannot be used.
#[derive(Debug, Clone, thiserror::Error)]
#[error("rule {rule}: {error}")]
pub struct PackError {
    rule: String,
    #[source]
    error: RuleError,
}

impl PackError {
    /// The document as a whole is no rule pack.
    pub(crate) fn document(error: DocumentError) -> PackError {
        PackError { rule: "_TESTS_".to_owned(), error: error.into() }
    }
}

/// What is wrong with one rule.
#[derive(Debug, Clone, thiserror::Error)]
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
    pub(crate) fn of(actions: BTreeMap<String, Arc<ActionRules>>) -> RulePack {
        RulePack { actions }
    }

    /// Compiles the rules of every action.
    ///
    /// # Errors
    /// Names the rule and what is wrong with it.
    pub fn compile_all(&self) -> Result<(), PackError> {
        self.actions.values().try_for_each(|rules| rules.plan().map(|_| ()).map_err(Clone::clone))
    }

    /// The actions that have rules, as they stand in the file.
    pub fn actions(&self) -> impl Iterator<Item = &str> {
        self.actions.keys().map(String::as_str)
    }

    /// Does the pack have rules for the action?
    pub fn knows(&self, action: &str) -> bool {
        self.actions.contains_key(action)
    }

    /// Runs all rules of an action; `None` when the pack does not know the action.
    pub fn judge(&self, action: &str, payload: &Value, normalisation: Normalisation) -> Option<Verdict> {
        self.actions.get(action).map(|rules| rules.judge(payload, normalisation))
    }

    /// The leaf rules of an action in the order in which they run.
    pub fn rules(&self, action: &str) -> impl Iterator<Item = &RuleInfo> {
        let mut leaves = Vec::new();
        if let Some(Ok(plan)) = self.actions.get(action).map(|rules| rules.plan()) {
            collect_leaves(&plan.rules, &mut leaves);
        }
        leaves.into_iter()
    }
}

/// Does the path find one of the texts? A path that cannot be read finds nothing.
pub(crate) fn finds_any(payload: &Value, path: &str, wanted: &[String]) -> bool {
    let Ok(steps) = jsonpath::parse(path) else { return false };
    let view = view::View::new(payload, Normalisation::Off);
    let found = steps.iter().fold(vec![view.root()], |nodes, step| {
        let mut next = Vec::new();
        nodes.into_iter().for_each(|node| view.step(node, step, |child, _| next.push(child)));
        next
    });
    found.iter().filter_map(|node| node.value.as_str()).any(|text| wanted.iter().any(|wanted| wanted == text))
}

/// Is it a path of the rule language?
pub(crate) fn check_path(path: &str) -> Result<(), PathError> {
    jsonpath::parse(path).map(|_| ())
}

fn collect_leaves<'p>(rules: &'p [plan::Rule], leaves: &mut Vec<&'p RuleInfo>) {
    for rule in rules {
        match &rule.body {
            plan::RuleBody::Leaf(_) => leaves.push(&rule.info),
            plan::RuleBody::Group(inner) => collect_leaves(inner, leaves),
        }
    }
}
