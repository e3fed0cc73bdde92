//! From a failed rule to words: which value is wrong, where it stands, what was wanted.
//!
//! ```text
//!  rule, scopes ──walk──▶ values with their places (found) ──culprit──▶ the failed part ──words──▶ Blame ──▶ Violation
//!                                                                       former: what stood there before
//! ```
//!
//! Runs only for failures, so it walks the payload again, this time with pointers.

mod former;
mod found;
mod walk;
mod words;

use super::plan::{Check, PathId, Plan, Rule};
use super::view::{Node, View};
use crate::violation::Violation;
use walk::Walk;

/// A node of an open scope: the `at`-th that the path found.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Scope<'a> {
    pub(crate) path: PathId,
    pub(crate) at: usize,
    pub(crate) node: Node<'a>,
}

/// The parts of a violation that depend on the values.
struct Blame {
    path: String,
    message: String,
    expected: String,
    actual: Option<String>,
    against: Option<String>,
}

pub(crate) fn explain<'a>(
    rule: &'a Rule,
    check: &'a Check,
    view: &View<'a>,
    plan: &'a Plan,
    scopes: &[Scope<'a>],
) -> Vec<Violation> {
    let walk = Walk { view, plan, scopes };
    let culprit = walk.culprit(check);
    let mut blames = walk.changed_fields(culprit);
    if blames.is_empty() {
        let mut blame = walk.blame(culprit, &rule.info.expression);
        if !rule.evidence.is_empty() {
            walk.set_against(culprit, &mut blame);
        }
        blames.push(blame);
    }
    blames.into_iter().map(|blame| in_words(rule, plan, blame)).collect()
}

fn in_words(rule: &Rule, plan: &Plan, blame: Blame) -> Violation {
    let words = &rule.info.description;
    Violation {
        rule: rule.info.id.clone(),
        layer: plan.layer,
        severity: rule.info.severity,
        path: blame.path,
        message: if words.is_empty() { blame.message } else { words.clone() },
        expected: Some(blame.expected),
        actual: blame.actual,
        against: blame.against,
    }
}
