//! A rule pack compiled for running: paths in one tree without repeats, names resolved, constants folded.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use super::action_rules::PackKind;
use super::document::{Body, Test, Variable, Words};
use super::expression::{self, Binary, Expr, Unary};
use super::jsonpath;
pub(crate) use super::jsonpath::Step;
use super::list::{Identity, List, Literals};
use super::operator;
use super::pattern::Pattern;
use super::{PackError, RuleError};
use crate::book::RuleInfo;
use crate::patterns::Patterns;
use crate::violation::Layer;

/// A path as a place in the tree of paths: its parent path and one more step. Place 0 is `$`.
pub(crate) type PathId = u32;

#[derive(Debug)]
pub(crate) struct PathNode {
    pub(crate) parent: PathId,
    pub(crate) step: Step,
}

/// All paths of one action. Paths that begin alike share their beginning, so each prefix is walked once per payload.
#[derive(Debug, Default)]
pub(crate) struct Paths {
    nodes: Vec<PathNode>,
}

impl Paths {
    /// How many places, `$` included.
    pub(crate) fn len(&self) -> usize {
        self.nodes.len() + 1
    }

    /// The last step of a path and the path before it; `None` for `$`.
    pub(crate) fn last_step(&self, path: PathId) -> Option<&PathNode> {
        (path as usize).checked_sub(1).map(|at| &self.nodes[at])
    }

    /// All steps from `$` on.
    pub(crate) fn steps(&self, path: PathId) -> Vec<&Step> {
        let mut steps = Vec::new();
        let mut at = path;
        while let Some(node) = self.last_step(at) {
            steps.push(&node.step);
            at = node.parent;
        }
        steps.reverse();
        steps
    }
}

/// Where the values of an operand come from.
#[derive(Debug, Clone)]
pub(crate) enum Operand {
    Literals(Arc<Literals>),
    /// A path from the payload's root.
    Root(PathId),
    /// A path from the node of the enclosing scope of that depth.
    Scoped {
        depth: usize,
        path: PathId,
    },
}

/// A compiled expression.
#[derive(Debug)]
pub(crate) enum Check {
    /// Both sides were literals: known at load.
    Always(bool),
    And(Box<Check>, Box<Check>),
    Or(Box<Check>, Box<Check>),
    Not(Box<Check>),
    Unary(Unary, Operand),
    Binary(Binary, Operand, Operand),
    Follow(Operand, Vec<Arc<Pattern>>),
}

/// A compiled test.
#[derive(Debug)]
pub(crate) struct Rule {
    pub(crate) info: RuleInfo,
    /// Of a rule about history: the places of former messages without which there is nothing to compare. Empty: runs always.
    pub(crate) evidence: Vec<Operand>,
    /// `None` is the payload's root.
    pub(crate) scope: Option<PathId>,
    pub(crate) skip_if: Option<Check>,
    pub(crate) body: RuleBody,
}

#[derive(Debug)]
pub(crate) enum RuleBody {
    Leaf(Check),
    Group(Vec<Rule>),
}

/// The rules of one action.
#[derive(Debug)]
pub(crate) struct Plan {
    pub(crate) rules: Vec<Rule>,
    pub(crate) paths: Paths,
    pub(crate) layer: Layer,
    pub(crate) identity: Identity,
}

/// Where a document of [`PackKind::History`] keeps the former messages.
pub(crate) const BEFORE: &str = "_BEFORE_";

/// Compiles the tests of one action; `prefix` is the first part of their ids.
pub(crate) fn compile(tests: Vec<Test>, prefix: &str, kind: PackKind, patterns: &Patterns) -> Result<Plan, PackError> {
    let mut compiler = Compiler { kind, patterns, paths: Paths::default(), places: HashMap::new() };
    let rules = compiler.rules(tests, prefix, &[], &Words::default())?;
    let identity = match kind {
        PackKind::Message => Identity::Place,
        PackKind::History => Identity::Content,
    };
    Ok(Plan { rules, paths: compiler.paths, layer: kind.layer(), identity })
}

struct Compiler<'c> {
    kind: PackKind,
    patterns: &'c Patterns,
    paths: Paths,
    places: HashMap<(PathId, Step), PathId>,
}

/// The names of one test, and the depth and path of its scope: `None` for the root.
struct Frame {
    depth: Option<usize>,
    scope: Option<PathId>,
    names: HashMap<String, Operand>,
}

impl Compiler<'_> {
    fn rules(
        &mut self,
        tests: Vec<Test>,
        parent: &str,
        frames: &[&Frame],
        around: &Words,
    ) -> Result<Vec<Rule>, PackError> {
        let mut ids = std::collections::HashSet::new();
        tests
            .into_iter()
            .map(|test| {
                let id = format!("{parent}/{}", test.name);
                if !ids.insert(id.clone()) {
                    return Err(PackError { rule: id, error: RuleError::Repeated });
                }
                self.rule(test, id, frames, around)
            })
            .collect()
    }

    fn rule(&mut self, test: Test, id: String, frames: &[&Frame], around: &Words) -> Result<Rule, PackError> {
        let named = |error: RuleError| PackError { rule: id.clone(), error };
        let scope_text = test.scope.unwrap_or_else(|| "$".to_owned());
        let scope = Some(self.path(&scope_text).map_err(named)?).filter(|&path| path != 0);
        let depth = scope.map(|_| frames.iter().filter(|frame| frame.depth.is_some()).count());
        let names = self.names(test.variables, depth).map_err(named)?;
        let frame = Frame { depth, scope, names };
        let frames: Vec<&Frame> = frames.iter().copied().chain([&frame]).collect();
        let mut used = BTreeSet::new();
        let skip_if = match &test.skip_if {
            Some(text) => Some(self.expression(text, &frames, &mut used).map_err(named)?),
            None => None,
        };
        let words = test.words.or(around);
        let (body, evidence, expression) = match test.body {
            Body::Leaf(text) => {
                let check = self.expression(&text, &frames, &mut used).map_err(named)?;
                let evidence = self.evidence(&check, &frames);
                (RuleBody::Leaf(check), evidence, text)
            }
            Body::Group(tests) => {
                (RuleBody::Group(self.rules(tests, &id, &frames, &words)?), Vec::new(), String::new())
            }
        };
        let (title, hint) = title_and_hint(&test.description, words.hint);
        let info = RuleInfo {
            id,
            title,
            hint,
            description: test.description,
            layer: words.layer.unwrap_or(self.kind.check_layer()),
            severity: words.severity.unwrap_or_default(),
            fault: words.fault.unwrap_or_default(),
            clause: words.clause.unwrap_or_default(),
            rationale: words.rationale.unwrap_or_default(),
            expression,
            skip_if: test.skip_if.unwrap_or_default(),
            scope: scope_text,
            error_code: test.error_code,
            variables: self.meanings(&used, &frames),
        };
        Ok(Rule { info, evidence, scope, skip_if, body })
    }

    /// What a rule about history needs to find below [`BEFORE`].
    fn evidence(&self, check: &Check, frames: &[&Frame]) -> Vec<Operand> {
        let mut evidence = Vec::new();
        if self.kind == PackKind::History {
            check.each_operand(&mut |operand| {
                let start = match operand {
                    Operand::Literals(_) => None,
                    Operand::Root(path) => Some(*path),
                    Operand::Scoped { depth, .. } => {
                        frames.iter().find(|frame| frame.depth == Some(*depth)).and_then(|frame| frame.scope)
                    }
                };
                let first = start.and_then(|path| self.paths.steps(path).into_iter().next());
                if first.is_some_and(|step| matches!(step, Step::Key(key) if **key == *BEFORE)) {
                    evidence.push(operand.clone());
                }
            });
        }
        evidence
    }

    fn names(
        &mut self,
        variables: Vec<(String, Variable)>,
        depth: Option<usize>,
    ) -> Result<HashMap<String, Operand>, RuleError> {
        variables
            .into_iter()
            .map(|(name, variable)| {
                let operand = match (variable, depth) {
                    (Variable::Literals(values), _) => Operand::Literals(Arc::new(Literals::new(values))),
                    (Variable::Path(path), None) => Operand::Root(self.path(&path)?),
                    (Variable::Path(path), Some(depth)) => Operand::Scoped { depth, path: self.path(&path)? },
                };
                Ok((name, operand))
            })
            .collect()
    }

    fn path(&mut self, text: &str) -> Result<PathId, RuleError> {
        let steps = jsonpath::parse(text)?;
        Ok(steps.into_iter().fold(0, |parent, step| {
            let Compiler { paths, places, .. } = self;
            *places.entry((parent, step)).or_insert_with_key(|(parent, step)| {
                paths.nodes.push(PathNode { parent: *parent, step: step.clone() });
                paths.nodes.len() as PathId
            })
        }))
    }

    fn expression(&mut self, text: &str, frames: &[&Frame], used: &mut BTreeSet<String>) -> Result<Check, RuleError> {
        let expr = expression::parse(text)?;
        expr.each_name(&mut |name| {
            used.insert(name.to_owned());
        });
        self.check(&expr, frames)
    }

    /// The names that a rule uses, each with its path or its values, for a reader.
    fn meanings(&self, used: &BTreeSet<String>, frames: &[&Frame]) -> Vec<(String, String)> {
        let path = |start: &str, path: PathId| {
            self.paths.steps(path).iter().fold(start.to_owned(), |text, step| format!("{text}{step}"))
        };
        let meaning = |name: &String| match resolve(name, frames).ok()? {
            Operand::Literals(literals) => {
                let values: Vec<String> = literals.values().iter().filter_map(crate::text::as_text).collect();
                Some((name.clone(), values.join(", ")))
            }
            Operand::Root(root) => Some((name.clone(), path("$", root))),
            Operand::Scoped { path: scoped, .. } => Some((name.clone(), path("(each)", scoped))),
        };
        used.iter().filter_map(meaning).collect()
    }

    fn check(&mut self, expr: &Expr, frames: &[&Frame]) -> Result<Check, RuleError> {
        Ok(match expr {
            Expr::And(left, right) => {
                Check::And(Box::new(self.check(left, frames)?), Box::new(self.check(right, frames)?))
            }
            Expr::Or(left, right) => {
                Check::Or(Box::new(self.check(left, frames)?), Box::new(self.check(right, frames)?))
            }
            Expr::Not(inner) => match self.check(inner, frames)? {
                Check::Always(known) => Check::Always(!known),
                check => Check::Not(Box::new(check)),
            },
            Expr::Unary(operator, name) => fold_unary(*operator, resolve(name, frames)?),
            Expr::Binary(Binary::FollowRegex, left, right) => {
                Check::Follow(resolve(left, frames)?, self.patterns_of(resolve(right, frames)?, right)?)
            }
            Expr::Binary(operator, left, right) => {
                fold_binary(*operator, resolve(left, frames)?, resolve(right, frames)?)
            }
        })
    }

    /// Patterns are literals: one that a payload brought along would let a sender choose our work.
    fn patterns_of(&mut self, operand: Operand, name: &str) -> Result<Vec<Arc<Pattern>>, RuleError> {
        let Operand::Literals(literals) = operand else { return Err(RuleError::PatternFromPayload(name.to_owned())) };
        literals
            .values()
            .iter()
            .map(|value| {
                let text = crate::text::as_text(value).unwrap_or_default();
                Ok(self.patterns.of_rule(&text)?)
            })
            .collect()
    }
}

impl Check {
    /// Hands every operand to `found`, from left to right.
    pub(crate) fn each_operand<'c>(&'c self, found: &mut impl FnMut(&'c Operand)) {
        match self {
            Check::Always(_) => {}
            Check::And(left, right) | Check::Or(left, right) => {
                left.each_operand(found);
                right.each_operand(found);
            }
            Check::Not(inner) => inner.each_operand(found),
            Check::Unary(_, operand) | Check::Follow(operand, _) => found(operand),
            Check::Binary(_, left, right) => {
                found(left);
                found(right);
            }
        }
    }
}

/// A description says what is wrong and, behind `; `, how to mend it.
fn title_and_hint(description: &str, hint: Option<String>) -> (String, String) {
    match (hint, description.split_once("; ")) {
        (Some(hint), _) => (description.to_owned(), hint),
        (None, Some((title, hint))) => (title.to_owned(), hint.to_owned()),
        (None, None) => (description.to_owned(), String::new()),
    }
}

/// The innermost test that knows the name.
fn resolve(name: &str, frames: &[&Frame]) -> Result<Operand, RuleError> {
    let known = frames.iter().rev().find_map(|frame| frame.names.get(name));
    known.cloned().ok_or_else(|| RuleError::UnknownName(name.to_owned()))
}

fn fold_unary(operator: Unary, operand: Operand) -> Check {
    match &operand {
        Operand::Literals(literals) => Check::Always(unary(operator, List::Literals(literals))),
        Operand::Root(_) | Operand::Scoped { .. } => Check::Unary(operator, operand),
    }
}

fn fold_binary(operator: Binary, left: Operand, right: Operand) -> Check {
    match (&left, &right) {
        (Operand::Literals(l), Operand::Literals(r)) => {
            Check::Always(binary(operator, List::Literals(l), List::Literals(r)))
        }
        _ => Check::Binary(operator, left, right),
    }
}

pub(crate) fn unary(operator: Unary, list: List<'_>) -> bool {
    match operator {
        Unary::Present => operator::present(list),
        Unary::Unique => operator::unique(list),
    }
}

pub(crate) fn binary(operator: Binary, left: List<'_>, right: List<'_>) -> bool {
    match operator {
        Binary::AllIn => operator::all_in(left, right),
        Binary::AnyIn => operator::any_in(left, right),
        Binary::NoneIn => operator::none_in(left, right),
        Binary::EqualTo => operator::equal_to(left, right),
        Binary::GreaterThan => operator::ordered(left, right, |a, b| a > b),
        Binary::LessThan => operator::ordered(left, right, |a, b| a < b),
        // Compiled to `Check::Follow`, whose patterns are ready.
        Binary::FollowRegex => false,
    }
}
