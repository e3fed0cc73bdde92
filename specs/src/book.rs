//! One book of law: one domain in one version, compiled.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, OnceLock};

use serde_json::Value;

use crate::action::Action;
use crate::code_list::CodeList;
use crate::flow::Flow;
use crate::limits::Limits;
use crate::load::{self, LoadError, Volume};
use crate::rulebook::{CheckLayer, Fault, Rule, Severity};
use crate::rules::{Normalisation, RulePack};
use crate::schema::Schemas;
use crate::transitions::Transitions;
use crate::violation::{Layer, Violation};

/// What a rule says, for `explain` and for documentation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleInfo {
    /// Slash path of the rule, the id that a violation names.
    pub id: String,
    /// What is wrong when it fails, and how to mend it, as the pack says it; empty when it gives no words.
    pub description: String,
    /// What is wrong when it fails: the description without the hint that stands in it.
    pub title: String,
    /// How to mend it; empty when the pack does not say.
    pub hint: String,
    /// What it looks at.
    pub layer: CheckLayer,
    /// How bad it is.
    pub severity: Severity,
    /// Who has to mend it.
    pub fault: Fault,
    /// Where the network says so; empty when the pack does not say.
    pub clause: String,
    /// Why the network wants it; empty when the pack does not say.
    pub rationale: String,
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

impl RuleInfo {
    /// As an entry of the rule book.
    pub fn to_rule(&self) -> Rule {
        Rule {
            id: self.id.clone(),
            layer: self.layer,
            severity: self.severity,
            fault: self.fault,
            clause: self.clause.clone(),
            versions: Vec::new(),
            title: if self.title.is_empty() { self.expression.clone() } else { self.title.clone() },
            rationale: self.rationale.clone(),
            hint: self.hint.clone(),
        }
    }
}

/// The law of one domain in one version: schemas, rules, code lists, flows, limits. Cheap to clone.
///
/// A book is parsed when it is first asked for more than its name, and the schema and rules of an action are compiled when
/// they are first used: dozens of books live in a process that speaks one of them.
#[derive(Debug, Clone)]
pub struct Book {
    shelved: Arc<Shelved>,
}

#[derive(Debug)]
struct Shelved {
    volume: Arc<Volume>,
    content: OnceLock<Content>,
}

/// What stands in a book.
#[derive(Debug, Default)]
pub(crate) struct Content {
    pub(crate) codes: BTreeMap<String, CodeList>,
    pub(crate) transitions: Transitions,
    pub(crate) next_actions: HashMap<Option<Action>, Vec<Action>>,
    pub(crate) flows: Vec<Flow>,
    pub(crate) limits: HashMap<Action, Limits>,
    pub(crate) limits_default: Limits,
    pub(crate) schemas: Schemas,
    pub(crate) rules: RulePack,
    pub(crate) history: RulePack,
    /// Why the book could not be read. It then refuses every message.
    pub(crate) unreadable: Option<String>,
}

impl Book {
    pub(crate) fn new(volume: Arc<Volume>) -> Book {
        Book { shelved: Arc::new(Shelved { volume, content: OnceLock::new() }) }
    }

    pub(crate) fn volume(&self) -> &Arc<Volume> {
        &self.shelved.volume
    }

    /// `context.domain`, for example `ONDC:RET10`.
    pub fn domain(&self) -> &str {
        &self.shelved.volume.domain
    }

    /// `context.core_version`, for example `1.2.5`; `context.version` where the network names it so.
    pub fn version(&self) -> &str {
        &self.shelved.volume.version
    }

    fn content(&self) -> &Content {
        self.shelved.content.get_or_init(|| match load::read_content(&self.shelved.volume) {
            Ok(content) => content,
            Err(error) => Content { unreadable: Some(error.to_string()), ..Content::default() },
        })
    }

    /// Reads the book and compiles all of it, so that a mistake is found now and not when a message comes. Compiled schemas
    /// are not kept.
    ///
    /// # Errors
    /// The first mistake, with its file.
    pub fn compile_all(&self) -> Result<(), LoadError> {
        let volume = &self.shelved.volume;
        if self.shelved.content.get().is_none_or(|content| content.unreadable.is_some()) {
            let content = load::read_content(volume)?;
            self.shelved.content.get_or_init(|| content);
        }
        let content = self.content();
        let in_file = |file: &'static str| move |error| LoadError::Rules(volume.path(file), error);
        content.rules.compile_all().map_err(in_file("validations/index.yaml"))?;
        content.history.compile_all().map_err(in_file("history/index.yaml"))?;
        content
            .schemas
            .compile_all()
            .map_err(|error| LoadError::Schema { file: volume.path("schemas").join(error.file), reason: error.reason })
    }

    /// Judges one whole payload: the schema of the action, then its rules. Empty means clean.
    ///
    /// An action that the book does not know is itself a violation: nobody could say what is right in it.
    pub fn check(&self, action: Action, payload: &Value) -> Vec<Violation> {
        let content = self.content();
        if !self.knows(action) {
            return vec![self.unknown_action(action)];
        }
        let violations = content.schemas.check(action, payload);
        let verdict = content.rules.judge(action.as_str(), payload, Normalisation::On).unwrap_or_default();
        joined(violations, verdict.violations)
    }

    /// Judges a message against those before it: `{context, message, error, _BEFORE_: {<action>: <last message of that
    /// action before this one>, …}}`. Rules that find nothing in `_BEFORE_` are skipped. Empty means clean, or no such rule.
    pub fn check_history(&self, action: Action, document: &Value) -> Vec<Violation> {
        let verdict = self.content().history.judge(action.as_str(), document, Normalisation::Off);
        joined(Vec::new(), verdict.unwrap_or_default().violations)
    }

    /// Does the book say anything of this action?
    pub fn knows(&self, action: Action) -> bool {
        self.content().schemas.knows(action) || self.content().rules.knows(action.as_str())
    }

    fn unknown_action(&self, action: Action) -> Violation {
        let content = self.content();
        let (domain, version) = (self.domain(), self.version());
        let (word, message) = match &content.unreadable {
            Some(reason) => ("unreadable", format!("the law cannot be read: {reason}")),
            None => ("unknown_action", format!("{domain} {version} has no action {action}")),
        };
        let prefix = domain.rsplit(':').next().unwrap_or(domain);
        let rule = format!("{prefix}.{action}.schema.{word}");
        Violation {
            actual: Some(action.as_str().to_owned()),
            ..Violation::new(rule, Layer::Schema, "/context/action", message)
        }
    }

    /// The rule pack, to run it by itself.
    pub fn rule_pack(&self) -> &RulePack {
        &self.content().rules
    }

    /// A code list by its name in `codes/index.yaml`, for example `cancellation_reason`.
    pub fn codes(&self, name: &str) -> Option<&CodeList> {
        self.content().codes.get(name)
    }

    /// Names of all code lists.
    pub fn code_list_names(&self) -> impl Iterator<Item = &str> {
        self.content().codes.keys().map(String::as_str)
    }

    /// Which actions may follow in a transaction; `None` asks for the start.
    pub fn next_actions(&self, last: Option<Action>) -> &[Action] {
        self.content().next_actions.get(&last).map_or(&[], Vec::as_slice)
    }

    /// The flows of the book, in the order of the file.
    pub fn flows(&self) -> &[Flow] {
        &self.content().flows
    }

    /// Time and size limits of an action; the book's default when the action has none of its own.
    pub fn limits(&self, action: Action) -> &Limits {
        self.content().limits.get(&action).unwrap_or(&self.content().limits_default)
    }

    /// Which fulfilment state may follow which.
    pub fn transitions(&self) -> &Transitions {
        &self.content().transitions
    }

    /// The rules of an action, in the order in which they run.
    pub fn rules(&self, action: Action) -> impl Iterator<Item = &RuleInfo> {
        self.content().rules.rules(action.as_str())
    }

    /// The rules about messages before this one, in the order in which they run.
    pub fn history_rules(&self, action: Action) -> impl Iterator<Item = &RuleInfo> {
        self.content().history.rules(action.as_str())
    }

    /// A rule of the pack by its id, for example `confirm/CONFIRM_ORDER/ORDER_ID` or `history/on_init/QUOTE_KEPT`.
    pub fn rule(&self, id: &str) -> Option<&RuleInfo> {
        let (pack, path) = match id.strip_prefix("history/") {
            Some(path) => (&self.content().history, path),
            None => (&self.content().rules, id),
        };
        pack.rules(path.split('/').next()?).find(|rule| rule.id == id)
    }
}

/// Where the schema has spoken already, a rule would only say it again; so does the same rule at the same place.
fn joined(of_schema: Vec<Violation>, of_rules: Vec<Violation>) -> Vec<Violation> {
    let by_schema = of_schema.len();
    let mut violations = of_schema;
    for violation in of_rules {
        let known = |(at, other): (usize, &Violation)| {
            other.path == violation.path && (at < by_schema || other.rule == violation.rule)
        };
        if !violations.iter().enumerate().any(known) {
            violations.push(violation);
        }
    }
    violations
}
