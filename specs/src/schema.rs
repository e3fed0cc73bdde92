//! JSON Schema 2020-12 of each action. The only file that knows the `jsonschema` crate.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, OnceLock};

use jsonschema::error::{TypeKind, ValidationErrorKind as Kind};
use jsonschema::{Draft, PatternCache, Registry, ValidationError, Validator};
use serde_json::Value;

use crate::action::Action;
use crate::patterns::Patterns;
use crate::pointer;
use crate::rulebook::Severity;
use crate::schema_wanted::wanted;
use crate::violation::{Layer, Violation};

/// Relative `$ref`s such as `shared.yaml#/$defs/Price` resolve against this; nothing is ever fetched.
const BASE: &str = "https://schemas.invalid/";
/// Where something is missing and the schema says no more of it.
const A_VALUE: &str = "a value";
/// More than this says nothing new of a message.
const VIOLATIONS_MAX: usize = 200;

/// Schemas of one book. That of an action is compiled when its first message comes: one takes milliseconds and up to a
/// megabyte, and nobody speaks all actions of all books.
#[derive(Debug, Default)]
pub(crate) struct Schemas {
    validators: HashMap<Action, OnceLock<Result<Validator, SchemaError>>>,
    documents: BTreeMap<String, Arc<Value>>,
    patterns: Patterns,
    prefix: String,
}

/// Patterns that were compiled for one schema and serve every other. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub(crate) struct SchemaPatterns(PatternCache);

/// A schema that does not compile: file name and reason.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{file}: {reason}")]
pub(crate) struct SchemaError {
    pub(crate) file: String,
    pub(crate) reason: String,
}

impl Schemas {
    /// `documents` by file name: `select.yaml` … and what they refer to, `shared.yaml`.
    pub(crate) fn new(domain: &str, documents: BTreeMap<String, Arc<Value>>, patterns: Patterns) -> Schemas {
        let actions = documents.keys().filter_map(|file| file.strip_suffix(".yaml")?.parse::<Action>().ok());
        let validators = actions.map(|action| (action, OnceLock::new())).collect();
        let prefix = domain.rsplit(':').next().unwrap_or(domain).to_owned();
        Schemas { validators, documents, patterns, prefix }
    }

    /// Compiles every action, to find mistakes; nothing is kept.
    pub(crate) fn compile_all(&self) -> Result<(), SchemaError> {
        let registry = self.registry(self.documents.keys().map(String::as_str).collect())?;
        self.validators.keys().try_for_each(|&action| self.compile(action, &registry).map(|_| ()))
    }

    /// Has the action a schema?
    pub(crate) fn knows(&self, action: Action) -> bool {
        self.validators.contains_key(&action)
    }

    /// One violation per real problem; empty when the payload is valid, or the action has no schema.
    pub(crate) fn check(&self, action: Action, payload: &Value) -> Vec<Violation> {
        let validator = match self.validators.get(&action).map(|cell| cell.get_or_init(|| self.of_action(action))) {
            None => return Vec::new(),
            Some(Ok(validator)) => validator,
            Some(Err(error)) => return vec![self.unreadable(action, error)],
        };
        if validator.is_valid(payload) {
            return Vec::new();
        }
        let mut problems = Vec::new();
        validator.iter_errors(payload).take(VIOLATIONS_MAX).for_each(|error| self.problems(&error, &mut problems));
        let prefix = format!("{}.{action}.schema", self.prefix);
        let mut problems = once_each(problems);
        for missing in problems.iter_mut().filter(|problem| problem.expected.as_deref() == Some(A_VALUE)) {
            let wanted = wanted(&self.documents, &format!("{action}.yaml"), &missing.path);
            missing.expected = wanted.or(missing.expected.take());
        }
        for problem in &mut problems {
            if let Some(tag) = tag_around(payload, &problem.path) {
                problem.message = format!("tag {tag}: {}", problem.message);
            }
        }
        problems.into_iter().map(|problem| problem.into_violation(&prefix)).collect()
    }

    /// A schema that does not compile refuses everything: nobody could say what it would have said.
    fn unreadable(&self, action: Action, error: &SchemaError) -> Violation {
        let rule = format!("{}.{action}.schema.unreadable", self.prefix);
        Violation::new(rule, Layer::Schema, "", format!("the law cannot be read: {error}"))
    }

    fn of_action(&self, action: Action) -> Result<Validator, SchemaError> {
        let registry = self.registry(self.reached_from(&format!("{action}.yaml")))?;
        self.compile(action, &registry)
    }

    /// The file and all that it refers to, through others as well.
    fn reached_from<'s>(&'s self, file: &str) -> Vec<&'s str> {
        let mut reached: Vec<&str> = Vec::new();
        let mut waiting: Vec<&str> = vec![file];
        while let Some(next) = waiting.pop() {
            let Some((name, schema)) = self.documents.get_key_value(next) else { continue };
            if !reached.contains(&name.as_str()) {
                reached.push(name);
                each_reference(schema, &mut |file| waiting.push(file));
            }
        }
        reached
    }

    fn registry(&self, files: Vec<&str>) -> Result<Registry<'_>, SchemaError> {
        let resources = files.into_iter().map(|file| (format!("{BASE}{file}"), &*self.documents[file]));
        let registry =
            Registry::new().draft(Draft::Draft202012).extend(resources).and_then(|builder| builder.prepare());
        registry.map_err(|error| SchemaError { file: "*.yaml".to_owned(), reason: error.to_string() })
    }

    fn compile(&self, action: Action, registry: &Registry<'_>) -> Result<Validator, SchemaError> {
        let file = format!("{action}.yaml");
        let validator = jsonschema::options()
            .with_draft(Draft::Draft202012)
            .with_base_uri(format!("{BASE}{file}"))
            .with_registry(registry)
            .with_pattern_cache(self.patterns.of_schemas().0.clone())
            .should_validate_formats(true)
            .should_ignore_unknown_formats(false)
            .build(&self.documents[&file]);
        validator.map_err(|error| SchemaError { reason: format!("{error} at {}", error.instance_path()), file })
    }

    fn problems(&self, error: &ValidationError<'_>, problems: &mut Vec<Problem>) {
        match error.kind() {
            Kind::AnyOf { context } | Kind::OneOfNotValid { context } => self.nearest_branch(error, context, problems),
            Kind::AdditionalProperties { unexpected } | Kind::UnevaluatedProperties { unexpected } => {
                problems.extend(unexpected.iter().map(|name| unexpected_property(error, name)));
            }
            _ => problems.push(self.problem(error)),
        }
    }

    /// No branch fits: speak of the one that fits best, because the sender most likely meant that one.
    fn nearest_branch(
        &self,
        error: &ValidationError<'_>,
        branches: &[Vec<ValidationError<'static>>],
        problems: &mut Vec<Problem>,
    ) {
        let one_missing = |branch: &[ValidationError<'static>]| match branch {
            [only] if only.instance_path() == error.instance_path() => missing_property(only.kind()),
            _ => None,
        };
        let alternatives: Option<Vec<String>> = branches.iter().map(|branch| one_missing(branch)).collect();
        if let Some(names) = alternatives.filter(|names| !names.is_empty()) {
            let path = error.instance_path().as_str();
            let expected = names.join(" or ");
            let message = format!("{} needs {expected}", pointer::last(path));
            problems.push(Problem { expected: Some(expected), ..Problem::new("required", path, message) });
            return;
        }
        let best = branches.iter().min_by_key(|branch| {
            let at_the_top =
                branch.iter().filter(|e| e.instance_path() == error.instance_path() || is_choice(e.kind())).count();
            (at_the_top, branch.len())
        });
        match best {
            Some(branch) if !branch.is_empty() => branch.iter().for_each(|error| self.problems(error, problems)),
            _ => problems.push(self.problem(error)),
        }
    }

    fn problem(&self, error: &ValidationError<'_>) -> Problem {
        let path = error.instance_path().as_str();
        if let Some(name) = missing_property(error.kind()) {
            let path = pointer::join(path, &name);
            let message = format!("{} is missing", pointer::named(&path));
            return Problem { expected: Some(A_VALUE.to_owned()), ..Problem::new("required", &path, message) };
        }
        let (what, expected) = words(error);
        let mut message = format!("{} {what}", pointer::named(path));
        if let Some(description) = self.description(error) {
            message = format!("{message}: {description}");
        }
        let actual = Some(pointer::shortened(error.instance()));
        let scalar = !(error.instance().is_object() || error.instance().is_array());
        Problem { expected, actual, scalar, ..Problem::new(error.kind().keyword(), path, message) }
    }

    /// The `description` that stands beside the keyword that failed.
    fn description(&self, error: &ValidationError<'_>) -> Option<&str> {
        let location = error.absolute_keyword_location()?.as_str().strip_prefix(BASE)?;
        let (file, fragment) = location.split_once('#')?;
        let (parent, _keyword) = fragment.rsplit_once('/')?;
        let schema = self.documents.get(file)?.pointer(&parent.replace("%24", "$"))?;
        schema.get("description")?.as_str()
    }
}

/// Hands the file of each `$ref` into another file to `found`.
fn each_reference<'s>(schema: &'s Value, found: &mut impl FnMut(&'s str)) {
    match schema {
        Value::Object(map) => {
            if let Some(Value::String(reference)) = map.get("$ref") {
                found(reference.split('#').next().unwrap_or_default());
            }
            map.values().for_each(|value| each_reference(value, found));
        }
        Value::Array(items) => items.iter().for_each(|item| each_reference(item, found)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// A problem before it has its rule id.
struct Problem {
    keyword: String,
    path: String,
    message: String,
    expected: Option<String>,
    actual: Option<String>,
    /// A single value can be wrong only once; a list or an object in several ways.
    scalar: bool,
}

impl Problem {
    fn new(keyword: &str, path: &str, message: String) -> Problem {
        Problem {
            keyword: keyword.to_owned(),
            path: path.to_owned(),
            message,
            expected: None,
            actual: None,
            scalar: false,
        }
    }

    fn into_violation(self, prefix: &str) -> Violation {
        Violation {
            rule: format!("{prefix}.{}", self.keyword),
            layer: Layer::Schema,
            severity: Severity::Error,
            path: self.path,
            message: self.message,
            expected: self.expected,
            actual: self.actual,
            against: None,
        }
    }
}

/// Several keywords stumble over the same value: the first one in the order of [`rank`] tells the story.
fn once_each(mut problems: Vec<Problem>) -> Vec<Problem> {
    problems.sort_by(|a, b| (&a.path, rank(&a.keyword)).cmp(&(&b.path, rank(&b.keyword))));
    problems.dedup_by(|next, kept| {
        next.path == kept.path && (next.scalar || (next.keyword == kept.keyword && next.expected == kept.expected))
    });
    problems
}

/// The code of the tag in whose list the place is.
fn tag_around<'v>(payload: &'v Value, path: &str) -> Option<&'v str> {
    let tag = &path[..path.rfind("/list")?];
    payload.pointer(tag)?.get("code")?.as_str()
}

fn rank(keyword: &str) -> usize {
    ["required", "type", "const", "enum", "pattern", "format"].iter().position(|known| *known == keyword).unwrap_or(9)
}

fn unexpected_property(error: &ValidationError<'_>, name: &str) -> Problem {
    let path = pointer::join(error.instance_path().as_str(), name);
    let actual = error.instance().get(name).map(pointer::shortened);
    Problem { actual, ..Problem::new("additionalProperties", &path, format!("{name} is not known here")) }
}

fn missing_property(kind: &Kind) -> Option<String> {
    match kind {
        Kind::Required { property } => Some(pointer::shortened(property)),
        _ => None,
    }
}

/// Keywords by which a schema tells one branch from another.
fn is_choice(kind: &Kind) -> bool {
    matches!(kind, Kind::Constant { .. } | Kind::Enum { .. })
}

/// What to say after the name of the field, and what the schema wanted.
fn words(error: &ValidationError<'_>) -> (&'static str, Option<String>) {
    match error.kind() {
        Kind::Type { kind } => ("has the wrong type", Some(type_names(kind))),
        Kind::Constant { expected_value } => ("is not the wanted value", Some(pointer::shortened(expected_value))),
        Kind::Enum { options } => ("is none of the allowed values", Some(named(options))),
        Kind::Pattern { pattern } => ("does not have the right form", Some(format!("text that matches {pattern}"))),
        Kind::Format { format } => ("does not have the right form", Some(format.clone())),
        Kind::MinLength { limit } => ("is too short", Some(format!("at least {limit} characters"))),
        Kind::MaxLength { limit } => ("is too long", Some(format!("at most {limit} characters"))),
        Kind::MinItems { limit } => ("has too few entries", Some(format!("at least {limit}"))),
        Kind::MaxItems { limit } => ("has too many entries", Some(format!("at most {limit}"))),
        Kind::MinProperties { limit } => ("has too few fields", Some(format!("at least {limit}"))),
        Kind::MaxProperties { limit } => ("has too many fields", Some(format!("at most {limit}"))),
        Kind::Minimum { limit } => ("is too small", Some(format!("at least {limit}"))),
        Kind::Maximum { limit } => ("is too large", Some(format!("at most {limit}"))),
        Kind::ExclusiveMinimum { limit } => ("is too small", Some(format!("more than {limit}"))),
        Kind::ExclusiveMaximum { limit } => ("is too large", Some(format!("less than {limit}"))),
        Kind::UniqueItems => ("has the same entry twice", Some("every entry once".to_owned())),
        Kind::Contains => ("lacks an entry that it must have", None),
        Kind::FalseSchema | Kind::Not { .. } => ("is not allowed here", None),
        Kind::OneOfMultipleValid { .. } => ("fits more than one form", Some("exactly one form".to_owned())),
        _ => ("is not valid", Some(error.to_string())),
    }
}

fn type_names(kind: &TypeKind) -> String {
    match kind {
        TypeKind::Single(one) => one.to_string(),
        TypeKind::Multiple(several) => several.iter().map(|one| one.to_string()).collect::<Vec<_>>().join(" or "),
    }
}

fn named(options: &Value) -> String {
    let texts = options.as_array().map(|options| options.iter().map(pointer::shortened).collect::<Vec<_>>());
    texts.unwrap_or_default().join(", ")
}
