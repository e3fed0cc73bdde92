//! Running the rules of one action on one payload.

use serde_json::Value;

use super::blame::{self, Scope};
use super::expression::Binary;
use super::list::List;
use super::operator;
use super::plan::{self, Check, Operand, PathId, Plan, Rule, RuleBody};
use super::view::{Node, Normalisation, View};
use crate::violation::Violation;

/// What the rules said of one payload.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Verdict {
    /// Failed rules in the order in which they ran; at most [`VIOLATIONS_MAX`].
    pub violations: Vec<Violation>,
    /// How many leaf rules ran; a rule runs once per node of its scope.
    pub leaf_run: usize,
    /// How many times a rule or a group was skipped by its own condition.
    pub skipped: usize,
}

/// More than this says nothing new of a message.
pub const VIOLATIONS_MAX: usize = 200;

pub(crate) fn run<'a>(plan: &'a Plan, payload: &'a Value, normalisation: Normalisation) -> Verdict {
    let view = View::new(payload, normalisation);
    let mut run = Run {
        arena: Vec::with_capacity(256),
        slots: vec![Slot::UNKNOWN; plan.paths.len()],
        scopes: Vec::new(),
        verdict: Verdict::default(),
        plan,
        view,
    };
    run.arena.push(run.view.root());
    run.slots[0] = Slot { start: 0, end: 1, nulls_are_text: false };
    run.rules(&plan.rules);
    run.verdict
}

/// The nodes that a path found: a stretch of the arena.
#[derive(Debug, Clone, Copy)]
struct Slot {
    start: u32,
    end: u32,
    nulls_are_text: bool,
}

impl Slot {
    const UNKNOWN: Slot = Slot { start: u32::MAX, end: u32::MAX, nulls_are_text: false };
}

/// A scope that is open now: its node, and the paths already walked from it.
struct OpenScope<'a> {
    scope: Scope<'a>,
    slots: Vec<(PathId, Slot)>,
}

struct Run<'a> {
    plan: &'a Plan,
    view: View<'a>,
    arena: Vec<Node<'a>>,
    /// By path, from the root.
    slots: Vec<Slot>,
    scopes: Vec<OpenScope<'a>>,
    verdict: Verdict,
}

impl<'a> Run<'a> {
    fn rules(&mut self, rules: &'a [Rule]) {
        for rule in rules {
            self.rule(rule);
        }
    }

    fn rule(&mut self, rule: &'a Rule) {
        let Some(path) = rule.scope else {
            if self.arena[0].value.is_object() || self.arena[0].value.is_array() {
                self.on_node(rule);
            }
            return;
        };
        let slot = self.walk_from_root(path);
        for at in slot.start..slot.end {
            let node = self.arena[at as usize];
            if !(node.value.is_object() || node.value.is_array()) {
                continue;
            }
            let scope = Scope { path, at: (at - slot.start) as usize, node };
            self.scopes.push(OpenScope { scope, slots: Vec::new() });
            let passed = self.on_node(rule);
            self.scopes.pop();
            if !passed && matches!(rule.body, RuleBody::Leaf(_)) {
                return; // the first failing node ends a leaf
            }
        }
    }

    /// Runs the rule on the innermost open scope. False when a leaf failed.
    fn on_node(&mut self, rule: &'a Rule) -> bool {
        if !rule.evidence.is_empty() && rule.evidence.iter().all(|operand| !self.list(operand).has_values()) {
            self.verdict.skipped += 1;
            return true;
        }
        if let Some(skip_if) = &rule.skip_if
            && self.holds(skip_if)
        {
            self.verdict.skipped += 1;
            return true;
        }
        match &rule.body {
            RuleBody::Group(rules) => {
                self.rules(rules);
                true
            }
            RuleBody::Leaf(check) => {
                self.verdict.leaf_run += 1;
                let passed = self.holds(check);
                if !passed {
                    self.report(rule, check);
                }
                passed
            }
        }
    }

    fn holds(&mut self, check: &'a Check) -> bool {
        match check {
            Check::Always(known) => *known,
            Check::And(left, right) => self.holds(left) && self.holds(right),
            Check::Or(left, right) => self.holds(left) || self.holds(right),
            Check::Not(inner) => !self.holds(inner),
            Check::Unary(operator, operand) => plan::unary(*operator, self.list(operand)),
            Check::Binary(operator, left, right) => self.compare(*operator, left, right),
            Check::Follow(left, patterns) => operator::follow(self.list(left), patterns),
        }
    }

    fn compare(&mut self, operator: Binary, left: &'a Operand, right: &'a Operand) -> bool {
        self.list(left); // walks the path, so that both sides can then be borrowed together
        self.list(right);
        plan::binary(operator, self.walked(left), self.walked(right))
    }

    fn list(&mut self, operand: &'a Operand) -> List<'_> {
        match operand {
            Operand::Literals(_) => {}
            Operand::Root(path) => {
                self.walk_from_root(*path);
            }
            Operand::Scoped { depth, path } => {
                self.walk_from_scope(*depth, *path);
            }
        }
        self.walked(operand)
    }

    /// The list of an operand whose path was walked before.
    fn walked<'s>(&'s self, operand: &'a Operand) -> List<'s> {
        let slot = match operand {
            Operand::Literals(literals) => return List::Literals(literals),
            Operand::Root(path) => self.slots[*path as usize],
            Operand::Scoped { depth, path } => known(&self.scopes[*depth].slots, *path).unwrap_or(Slot::UNKNOWN),
        };
        let nodes = self.arena.get(slot.start as usize..slot.end as usize).unwrap_or_default();
        List::Nodes { nodes, nulls_are_text: slot.nulls_are_text, identity: self.plan.identity }
    }

    fn walk_from_root(&mut self, path: PathId) -> Slot {
        let slot = self.slots[path as usize];
        if slot.start != u32::MAX {
            return slot;
        }
        let plan = self.plan;
        let Some(last) = plan.paths.last_step(path) else { return slot };
        let parent = self.walk_from_root(last.parent);
        let slot = self.step(parent, &last.step);
        self.slots[path as usize] = slot;
        slot
    }

    fn walk_from_scope(&mut self, depth: usize, path: PathId) -> Slot {
        if let Some(slot) = known(&self.scopes[depth].slots, path) {
            return slot;
        }
        let plan = self.plan;
        let slot = match plan.paths.last_step(path) {
            Some(last) => {
                let parent = self.walk_from_scope(depth, last.parent);
                self.step(parent, &last.step)
            }
            None => {
                self.arena.push(self.scopes[depth].scope.node);
                self.slot_from(self.arena.len() - 1)
            }
        };
        self.scopes[depth].slots.push((path, slot));
        slot
    }

    fn step(&mut self, parent: Slot, step: &'a plan::Step) -> Slot {
        let start = self.arena.len();
        for at in parent.start..parent.end {
            let node = self.arena[at as usize];
            self.view.step(node, step, |child, _| self.arena.push(child));
        }
        self.slot_from(start)
    }

    fn slot_from(&self, start: usize) -> Slot {
        let nulls_are_text = self.arena[start..].iter().all(|node| node.value.is_string() || node.value.is_null());
        Slot { start: start as u32, end: self.arena.len() as u32, nulls_are_text }
    }

    fn report(&mut self, rule: &'a Rule, check: &'a Check) {
        if self.verdict.violations.len() >= VIOLATIONS_MAX {
            return;
        }
        let scopes: Vec<Scope<'a>> = self.scopes.iter().map(|open| open.scope).collect();
        self.verdict.violations.extend(blame::explain(rule, check, &self.view, self.plan, &scopes));
    }
}

fn known(slots: &[(PathId, Slot)], path: PathId) -> Option<Slot> {
    slots.iter().find(|(known, _)| *known == path).map(|(_, slot)| *slot)
}
