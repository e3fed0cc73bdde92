//! From a failed rule to words: which value is wrong, where it stands, what was wanted.
//!
//! Runs only for failures, so it walks the payload again, this time with pointers.

use super::changed::Changed;
use super::expression::{Binary, Unary};
use super::jsonpath::Step;
use super::list::{Identity, List};
use super::operator;
use super::plan::{self, BEFORE, Check, Operand, PathId, Plan, Rule};
use super::view::{Node, Segment, View};
use crate::pointer;
use crate::violation::Violation;

/// A node of an open scope: the `at`-th that the path found.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Scope<'a> {
    pub(crate) path: PathId,
    pub(crate) at: usize,
    pub(crate) node: Node<'a>,
}

/// Values with their places.
struct Found<'a> {
    nodes: Vec<Node<'a>>,
    pointers: Vec<String>,
    /// Where the walk ended when nothing was found.
    missing_at: String,
    /// What the walk looked for there, when it is an entry of a list.
    missing_entry: Option<String>,
    identity: Identity,
}

/// The parts of a violation that depend on the values.
struct Blame {
    path: String,
    message: String,
    expected: String,
    actual: Option<String>,
    against: Option<String>,
}

/// Values named in `expected`; a longer list helps nobody.
const NAMED_MAX: usize = 12;

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

struct Walk<'w, 'a> {
    view: &'w View<'a>,
    plan: &'a Plan,
    scopes: &'w [Scope<'a>],
}

impl<'a> Walk<'_, 'a> {
    /// The part of the expression that made it fail.
    fn culprit(&self, check: &'a Check) -> &'a Check {
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

    fn blame(&self, check: &'a Check, expression: &str) -> Blame {
        match check {
            Check::Unary(operator, operand) => self.blame_unary(*operator, operand),
            Check::Binary(operator, left, right) => self.blame_binary(*operator, left, right),
            Check::Follow(left, patterns) => {
                let found = self.find(left);
                let (at, pattern) = operator::first_mismatch(found.list(left), patterns).unwrap_or_default();
                let pattern = patterns.get(pattern).map_or("", |pattern| pattern.text());
                found.blame(left, at, "does not have the right form", format!("text that matches {pattern}"))
            }
            Check::Not(inner) => {
                let first = first_operand(inner);
                let found = first.map_or_else(|| self.nothing(), |operand| self.find(operand));
                Blame {
                    path: found.pointers.first().cloned().unwrap_or(found.missing_at),
                    message: "is not allowed here".to_owned(),
                    expected: self.opposite(inner).unwrap_or_else(|| expression.to_owned()),
                    actual: found.nodes.first().map(|node| pointer::shortened(node.value)),
                    against: None,
                }
            }
            Check::Always(_) | Check::And(..) | Check::Or(..) => Blame {
                path: String::new(),
                message: "the rule can never hold".to_owned(),
                expected: expression.to_owned(),
                actual: None,
                against: None,
            },
        }
    }

    /// Of two objects that should have the same content, each field in which they differ.
    fn changed_fields(&self, check: &'a Check) -> Vec<Blame> {
        let Check::Binary(Binary::EqualTo, left, right) = check else { return Vec::new() };
        if self.plan.identity != Identity::Content {
            return Vec::new();
        }
        let (mut now, mut before) = (self.find(left), self.find(right));
        if now.pointers.iter().any(|place| is_former(place)) {
            std::mem::swap(&mut now, &mut before);
        }
        let ([value], [former]) = (now.nodes.as_slice(), before.nodes.as_slice()) else { return Vec::new() };
        if !(value.value.is_object() && former.value.is_object()) {
            return Vec::new();
        }
        let blame = |changed: &Changed<'a>| {
            let path = format!("{}{}", now.pointers[0], changed.below);
            let what = if changed.now.is_some() { "is not kept" } else { "is missing" };
            Blame {
                message: format!("{} {what}", pointer::last(&path)),
                path,
                expected: changed.before.map_or_else(|| "no such field".to_owned(), pointer::shortened),
                actual: changed.now.map(pointer::shortened),
                against: Some(format!("{}{}", before.pointers[0], changed.before.map_or("", |_| &changed.below))),
            }
        };
        Changed::fields(value.value, former.value).iter().take(NAMED_MAX).map(blame).collect()
    }

    /// What is wanted where this must not hold; `None` when only the expression can say it.
    fn opposite(&self, check: &'a Check) -> Option<String> {
        match check {
            Check::Binary(operator, _, right) => {
                let words = match operator {
                    Binary::GreaterThan => "at most",
                    Binary::LessThan => "at least",
                    Binary::EqualTo => "something else than",
                    Binary::AllIn | Binary::AnyIn => "none of",
                    Binary::NoneIn => "at least one of",
                    Binary::FollowRegex => return None,
                };
                let right = self.find(right).list_of(right);
                (!right.is_empty()).then(|| format!("{words} {right}"))
            }
            Check::Unary(Unary::Present, _) => Some("nothing".to_owned()),
            Check::Always(_)
            | Check::And(..)
            | Check::Or(..)
            | Check::Not(_)
            | Check::Unary(..)
            | Check::Follow(..) => None,
        }
    }

    /// Names the former value. A finding is about the message, so when the former value itself was blamed (it is not there any
    /// more), the place becomes that in the message where it should stand.
    fn set_against(&self, check: &'a Check, blame: &mut Blame) {
        let mut operands = Vec::new();
        check.each_operand(&mut |operand| operands.push(operand));
        let founds: Vec<Found<'a>> = operands.into_iter().map(|operand| self.find(operand)).collect();
        if is_former(&blame.path) {
            let now = founds.iter().map(Found::place).find(|place| !place.is_empty() && !is_former(place));
            if let Some(actual) = blame.actual.take() {
                blame.expected = actual;
                blame.message = format!("{} is not kept", pointer::last(&blame.path));
            }
            blame.against = Some(std::mem::replace(&mut blame.path, now.unwrap_or_default()));
        } else {
            blame.against = founds.iter().map(Found::place).find(|place| is_former(place));
        }
    }

    fn blame_unary(&self, operator: Unary, operand: &'a Operand) -> Blame {
        let found = self.find(operand);
        match operator {
            Unary::Present => {
                let at = operator::first_absent(found.list(operand)).unwrap_or_default();
                let expected = found.missing_entry.clone().unwrap_or_else(|| "a value".to_owned());
                Blame { actual: None, ..found.blame(operand, at, "is missing", expected) }
            }
            Unary::Unique => {
                let at = operator::first_repeated(found.list(operand)).unwrap_or_default();
                found.blame(operand, at, "stands there twice", "every value once".to_owned())
            }
        }
    }

    fn blame_binary(&self, operator: Binary, left: &'a Operand, right: &'a Operand) -> Blame {
        let (found, against) = (self.find(left), self.find(right));
        let (list, other) = (found.list(left), against.list(right));
        let outside = operator::first_outside(list, other).unwrap_or_default();
        let inside = list.iter().position(|item| other.contains(item)).unwrap_or_default();
        if let Operand::Literals(literals) = left {
            let lacking =
                literals.values().iter().zip(list.iter()).skip(outside).filter(|(_, item)| !other.contains(*item));
            let lacking: Vec<String> = lacking.map(|(value, _)| pointer::shortened(value)).collect();
            return against.lacks(Some(lacking.join(", ")).filter(|names| !names.is_empty()));
        }
        let named = named(other);
        match operator {
            Binary::AllIn => found.blame(left, outside, "is none of the allowed values", format!("one of {named}")),
            Binary::AnyIn => found.blame(left, 0, "has none of the wanted values", format!("at least one of {named}")),
            Binary::NoneIn => found.blame(left, inside, "is a forbidden value", format!("none of {named}")),
            Binary::EqualTo => found.blame(left, outside, "is not the wanted value", format!("exactly {named}")),
            Binary::GreaterThan => found.blame(left, 0, "is too small", format!("greater than {named}")),
            Binary::LessThan => found.blame(left, 0, "is too large", format!("less than {named}")),
            Binary::FollowRegex => found.blame(left, 0, "does not have the right form", named),
        }
    }

    fn find(&self, operand: &'a Operand) -> Found<'a> {
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

    fn nothing(&self) -> Found<'a> {
        Found::nothing(self.plan.identity)
    }

    fn walk(&self, from: Node<'a>, pointer: String, path: PathId) -> Found<'a> {
        let mut found = Found { nodes: vec![from], pointers: vec![pointer], ..self.nothing() };
        let steps = self.plan.paths.steps(path);
        for (at, step) in steps.iter().enumerate() {
            let mut next = self.nothing();
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

impl<'a> Found<'a> {
    fn nothing(identity: Identity) -> Found<'a> {
        Found { nodes: Vec::new(), pointers: Vec::new(), missing_at: String::new(), missing_entry: None, identity }
    }

    /// Nothing further was found: the missing thing should be at the first node reached, down the named keys.
    fn ended(self, missing: &[&Step]) -> Found<'a> {
        let mut place = self.pointers.into_iter().next().unwrap_or_default();
        let mut entry = None;
        for step in missing {
            match step {
                Step::Key(key) => place = pointer::join(&place, key),
                Step::Index(index) => place = format!("{place}/{index}"),
                Step::All => break,
                Step::Filter(conditions) => {
                    entry = conditions.first().map(|c| match &c.equals {
                        Some(value) => format!("an entry with {} {value:?}", c.field),
                        None => format!("an entry with {}", c.field),
                    });
                    break;
                }
            }
        }
        Found { missing_at: place, missing_entry: entry, ..Found::nothing(self.identity) }
    }

    /// The only place; what all have around them, when there are several; where the walk ended, when there is none.
    fn place(&self) -> String {
        match self.pointers.as_slice() {
            [] => self.missing_at.clone(),
            [first, rest @ ..] => rest.iter().fold(first.as_str(), |around, place| common(around, place)).to_owned(),
        }
    }

    fn list<'f>(&'f self, operand: &'f Operand) -> List<'f> {
        match operand {
            Operand::Literals(literals) => List::Literals(literals),
            Operand::Root(_) | Operand::Scoped { .. } => {
                let nulls_are_text = self.nodes.iter().all(|node| node.value.is_string() || node.value.is_null());
                List::Nodes { nodes: &self.nodes, nulls_are_text, identity: self.identity }
            }
        }
    }

    /// The values, for a sentence; empty when there are none.
    fn list_of(&self, operand: &Operand) -> String {
        let list = self.list(operand);
        if list.is_empty() { String::new() } else { named(list) }
    }

    fn blame(&self, operand: &Operand, at: usize, what: &str, expected: String) -> Blame {
        let path = self.pointers.get(at).unwrap_or(&self.missing_at).clone();
        let actual = match operand {
            Operand::Literals(literals) => literals.values().get(at),
            Operand::Root(_) | Operand::Scoped { .. } => self.nodes.get(at).map(|node| node.value),
        };
        let what = if actual.is_none() { "is missing" } else { what };
        Blame {
            message: format!("{} {what}", pointer::last(&path)),
            path,
            expected,
            actual: actual.map(pointer::shortened),
            against: None,
        }
    }
}

impl Found<'_> {
    /// The pack names the values and the message has to have them: the place is where they should stand.
    fn lacks(&self, wanted: Option<String>) -> Blame {
        let path = self.place();
        let wanted = wanted.unwrap_or_else(|| "a value".to_owned());
        let message = format!("{} lacks {wanted}", pointer::last(&path));
        Blame { path, message, expected: wanted, actual: None, against: None }
    }
}

/// What two pointers have in common from the beginning.
fn common<'p>(one: &'p str, other: &str) -> &'p str {
    let same = one.split('/').zip(other.split('/')).take_while(|(one, other)| one == other);
    let length: usize = same.map(|(part, _)| part.len() + 1).sum();
    &one[..length.saturating_sub(1)]
}

fn is_former(pointer: &str) -> bool {
    pointer.strip_prefix('/').and_then(|rest| rest.strip_prefix(BEFORE)).is_some_and(|rest| rest.starts_with('/'))
}

fn first_operand(check: &Check) -> Option<&Operand> {
    match check {
        Check::Always(_) => None,
        Check::And(left, right) | Check::Or(left, right) => first_operand(left).or_else(|| first_operand(right)),
        Check::Not(inner) => first_operand(inner),
        Check::Unary(_, operand) | Check::Binary(_, operand, _) | Check::Follow(operand, _) => Some(operand),
    }
}

fn named(list: List<'_>) -> String {
    let mut text: Vec<String> = list.iter().take(NAMED_MAX).map(|item| item.to_text().into_owned()).collect();
    if list.len() > NAMED_MAX {
        text.push(format!("… ({} in all)", list.len()));
    }
    if text.is_empty() { "(an empty list)".to_owned() } else { text.join(", ") }
}
