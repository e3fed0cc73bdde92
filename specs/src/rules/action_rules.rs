//! The rules of one action, compiled when first used. Books that agree in them share them.

use std::sync::OnceLock;

use serde_json::Value;

use super::document;
use super::plan::{self, Plan};
use super::run;
use super::{Normalisation, PackError, Verdict};
use crate::patterns::Patterns;
use crate::rulebook::CheckLayer;
use crate::violation::{Layer, Violation};

/// What a pack judges.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PackKind {
    /// One message by itself.
    Message,
    /// A message with those before it.
    History,
}

impl PackKind {
    /// The kind of pack that this file of a book holds; `None` when it holds no rules.
    pub(crate) fn of_file(file: &str) -> Option<PackKind> {
        let folder = |kind: &PackKind| kind.file().split_once('/').map(|(folder, _)| folder);
        [PackKind::Message, PackKind::History]
            .into_iter()
            .find(|kind| folder(kind) == file.split_once('/').map(|(f, _)| f))
    }

    pub(crate) fn file(self) -> &'static str {
        match self {
            PackKind::Message => "validations/index.yaml",
            PackKind::History => "history/index.yaml",
        }
    }

    pub(crate) fn layer(self) -> Layer {
        match self {
            PackKind::Message => Layer::Rule,
            PackKind::History => Layer::History,
        }
    }

    /// Of rules that do not say it themselves.
    pub(crate) fn check_layer(self) -> CheckLayer {
        match self {
            PackKind::Message => CheckLayer::Message,
            PackKind::History => CheckLayer::History,
        }
    }
}

/// The tests of one action and, once somebody asked, what they compile to.
#[derive(Debug)]
pub(crate) struct ActionRules {
    kind: PackKind,
    /// First part of the ids: `select`, `history/select`.
    prefix: String,
    tests: Value,
    patterns: Patterns,
    plan: OnceLock<Result<Plan, PackError>>,
}

impl ActionRules {
    /// `tests` is the list below the action in `_TESTS_`.
    pub(crate) fn new(kind: PackKind, action: &str, tests: Value, patterns: Patterns) -> ActionRules {
        let prefix = match kind {
            PackKind::Message => action.to_owned(),
            PackKind::History => format!("history/{action}"),
        };
        ActionRules { kind, prefix, tests, patterns, plan: OnceLock::new() }
    }

    pub(crate) fn tests(&self) -> &Value {
        &self.tests
    }

    pub(crate) fn prefix(&self) -> &str {
        &self.prefix
    }

    pub(crate) fn plan(&self) -> Result<&Plan, &PackError> {
        let compile = || {
            let tests = document::read(&self.tests, &self.prefix).map_err(PackError::document)?;
            plan::compile(tests, &self.prefix, self.kind, &self.patterns)
        };
        self.plan.get_or_init(compile).as_ref()
    }

    /// Rules that do not compile refuse everything: nobody could say what they would have said.
    pub(crate) fn judge(&self, payload: &Value, normalisation: Normalisation) -> Verdict {
        match self.plan() {
            Ok(plan) => run::run(plan, payload, normalisation),
            Err(error) => {
                let message = format!("the law cannot be read: {error}");
                let violation = Violation::new(format!("{}/UNREADABLE", self.prefix), self.kind.layer(), "", message);
                Verdict { violations: vec![violation], ..Verdict::default() }
            }
        }
    }
}
