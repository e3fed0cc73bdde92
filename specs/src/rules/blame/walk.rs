//! Finds the values of an expression again, with their places, and the part of it that failed.

use super::Scope;
use super::found::Found;
use crate::pointer;
use crate::rules::operator;
use crate::rules::plan::{self, Check, Operand, PathId, Plan};
use crate::rules::view::{Node, Segment, View};

/// A failed rule's payload, plan and open scopes.
pub(super) struct Walk<'w, 'a> {
    pub(super) view: &'w View<'a>,
    pub(super) plan: &'a Plan,
    pub(super) scopes: &'w [Scope<'a>],
}

impl<'a> Walk<'_, 'a> {
    /// The part of the expression that made it fail.
    pub(super) fn culprit(&self, check: &'a Check) -> &'a Check {
        match check {
            Check::And(left, right) => self.culprit(if self.holds(left) { right } else { left }),
            Check::Or(left, _) => self.culprit(left),
            Check::Always(_) | Check::Not(_) | Check::Unary(..) | Check::Binary(..) | Check::Follow(..) => check,
        }
    }

    fn holds(&self, check: &'a Check) -> bool {
        match check {
            Check::Always(known) => *known,
            Check::And(left, right) => self.holds(left) && self.holds(right),
            Check::Or(left, right) => self.holds(left) || self.holds(right),
            Check::Not(inner) => !self.holds(inner),
            Check::Unary(operator, operand) => plan::unary(*operator, self.find(operand).list(operand)),
            Check::Binary(operator, left, right) => {
                plan::binary(*operator, self.find(left).list(left), self.find(right).list(right))
            }
            Check::Follow(left, patterns) => operator::follow(self.find(left).list(left), patterns),
        }
    }

    pub(super) fn find(&self, operand: &'a Operand) -> Found<'a> {
        match operand {
            Operand::Literals(_) => self.nothing(),
            Operand::Root(path) => self.walk(self.view.root(), String::new(), *path),
            Operand::Scoped { depth, path } => {
                let scope = self.scopes[*depth];
                let mut around = self.walk(self.view.root(), String::new(), scope.path);
                let pointer = if scope.at < around.pointers.len() {
                    around.pointers.swap_remove(scope.at)
                } else {
                    String::new()
                };
                self.walk(scope.node, pointer, *path)
            }
        }
    }

    pub(super) fn nothing(&self) -> Found<'a> {
        Found::nothing(self.plan.identity)
    }

    fn walk(&self, from: Node<'a>, pointer: String, path: PathId) -> Found<'a> {
        let mut found = Found { nodes: vec![from], pointers: vec![pointer], ..self.nothing() };
        let steps = self.plan.paths.steps(path);
        for (at, step) in steps.iter().enumerate() {
            let mut next = Found { around: found.around_of(step), ..self.nothing() };
            for (node, pointer) in found.nodes.iter().zip(&found.pointers) {
                self.view.step(*node, step, |child, segment| {
                    next.nodes.push(child);
                    next.pointers.push(match segment {
                        Segment::Key(key) => pointer::join(pointer, key),
                        Segment::Index(index) => format!("{pointer}/{index}"),
                    });
                });
            }
            if next.nodes.is_empty() {
                return found.ended(&steps[at..]);
            }
            found = next;
        }
        found
    }
}
