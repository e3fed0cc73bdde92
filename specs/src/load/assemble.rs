//! From files to the compiled law.

use std::collections::{BTreeMap, HashMap};

use serde::de::DeserializeOwned;
use serde_json::Value;

use super::LoadError;
use super::documents::Documents;
use super::source::Source;
use crate::Law;
use crate::action::Action;
use crate::book::Book;
use crate::code_list::CodeList;
use crate::error_code::ErrorCode;
use crate::flow::Flow;
use crate::limits::Limits;
use crate::network_policy::NetworkPolicy;
use crate::rulebook::{Rule, RuleBook};
use crate::rules::RulePack;
use crate::schema::Schemas;
use crate::transitions::Transitions;

pub(super) fn law(source: &Source, documents: Vec<Documents>) -> Result<Law, LoadError> {
    let network = match source.yaml("network.yaml")? {
        Some(policy) => read(policy, || source.path("network.yaml"))?,
        None => NetworkPolicy::default(),
    };
    let errors = match source.yaml("errors.yaml")? {
        Some(errors) => own_errors(errors, source)?,
        None => documents.iter().flat_map(|book| published_errors(book.get("errors/index.yaml"))).collect(),
    };
    let mut books: Vec<Book> = Vec::with_capacity(documents.len());
    for documents in &documents {
        let book = book(documents)?;
        if books.iter().any(|other| other.domain() == book.domain() && other.version() == book.version()) {
            return Err(LoadError::Repeated(documents.config.clone(), book.domain, book.version));
        }
        books.push(book);
    }
    books.sort_by(|a, b| (a.domain(), a.version()).cmp(&(b.domain(), b.version())));
    Ok(Law { books, network, errors, rulebook: rulebook(source)? })
}

fn book(documents: &Documents) -> Result<Book, LoadError> {
    let domain = documents.identity("domain")?;
    let rules = match documents.files.get("validations/index.yaml") {
        Some(pack) => {
            RulePack::new(pack).map_err(|error| LoadError::Rules(documents.path("validations/index.yaml"), error))?
        }
        None => RulePack::default(),
    };
    let schemas = Schemas::compile(&domain, documents.schemas());
    let schemas =
        schemas.map_err(|e| LoadError::Schema { file: documents.path("schemas").join(e.file), reason: e.reason })?;
    let (codes, transitions) = codes(documents)?;
    let (limits, limits_default) = limits(documents)?;
    Ok(Book {
        version: documents.identity("version")?,
        domain,
        schemas,
        rules,
        codes,
        transitions,
        next_actions: next_actions(documents)?,
        flows: flows(documents)?,
        limits,
        limits_default,
    })
}

/// `rulebook/*.yaml`: maps from id to the words of a rule.
fn rulebook(source: &Source) -> Result<RuleBook, LoadError> {
    let mut book = RuleBook::default();
    for name in source.yaml_files("rulebook")? {
        let file = format!("rulebook/{name}");
        let Some(rules) = source.yaml(&file)? else { continue };
        let rules: BTreeMap<String, Rule> = read(rules, || source.path(&file))?;
        for (id, rule) in rules {
            if book.rules.contains_key(&id) {
                let reason = format!("{id} stands in two files; an id is used once");
                return Err(LoadError::Shape { file: source.path(&file), reason });
            }
            book.rules.insert(id.clone(), Rule { id, ..rule });
        }
    }
    Ok(book)
}

fn read<T: DeserializeOwned>(value: Value, file: impl FnOnce() -> std::path::PathBuf) -> Result<T, LoadError> {
    serde_json::from_value(value).map_err(|error| LoadError::Shape { file: file(), reason: error.to_string() })
}

/// Our shape: a list, or a map from code to the rest.
fn own_errors(errors: Value, source: &Source) -> Result<Vec<ErrorCode>, LoadError> {
    let errors = match errors {
        Value::Object(mut map) if map.contains_key("errors") => map.remove("errors").unwrap_or_default(),
        other => other,
    };
    let errors = match errors {
        Value::Object(map) => Value::Array(map.into_iter().map(|(code, about)| with_code(code, about)).collect()),
        list => list,
    };
    read(errors, || source.path("errors.yaml"))
}

fn with_code(code: String, mut about: Value) -> Value {
    about["code"] = Value::String(code);
    about
}

/// The published shape: `code: [{code, Event, From, Description}]`.
fn published_errors(errors: &Value) -> Vec<ErrorCode> {
    let entries = errors.get("code").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let text = |entry: &Value, key: &str| entry.get(key).and_then(crate::text::as_text);
    let read = |entry: &Value| {
        Some(ErrorCode {
            code: text(entry, "code")?,
            sender: text(entry, "From").unwrap_or_default(),
            kind: String::new(),
            meaning: text(entry, "Event").unwrap_or_default(),
        })
    };
    entries.iter().filter_map(read).collect()
}

type Codes = (BTreeMap<String, CodeList>, Transitions);

fn codes(documents: &Documents) -> Result<Codes, LoadError> {
    const FILE: &str = "codes/index.yaml";
    let Some(lists) = documents.get(FILE).as_object() else { return Ok(Codes::default()) };
    let mut codes = BTreeMap::new();
    let mut transitions = Transitions::default();
    for (name, list) in lists {
        if name == "transitions" {
            transitions = read(list.clone(), || documents.path(FILE))?;
            continue;
        }
        let read = CodeList::from_value(list);
        let expected = "expected a list of codes, a list of {code, name, …} or a map from code to {name, …}";
        codes.insert(name.clone(), read.ok_or_else(|| documents.shape(FILE, format!("{name}: {expected}")))?);
    }
    Ok((codes, transitions))
}

fn limits(documents: &Documents) -> Result<(HashMap<Action, Limits>, Limits), LoadError> {
    const FILE: &str = "limits/index.yaml";
    let mut default = Limits::default();
    let mut limits = HashMap::new();
    for (name, entry) in documents.get(FILE).as_object().into_iter().flatten() {
        let entry: Limits = read(entry.clone(), || documents.path(FILE).join(name))?;
        match name.parse::<Action>() {
            Ok(action) => {
                limits.insert(action, entry);
            }
            Err(_) if name == "default" => default = entry,
            Err(error) => return Err(documents.shape(FILE, error.to_string())),
        }
    }
    Ok((limits, default))
}

/// Published shape: `supportedActions` from the last action, or `""` for the start, to what may follow.
fn next_actions(documents: &Documents) -> Result<HashMap<Option<Action>, Vec<Action>>, LoadError> {
    const FILE: &str = "actions/index.yaml";
    let table: BTreeMap<String, Vec<String>> = match documents.get(FILE).get("supportedActions") {
        Some(table) => read(table.clone(), || documents.path(FILE))?,
        None => BTreeMap::new(),
    };
    // Published folders of other domains have actions that are not ours (recon): they are left out.
    let known = |name: &String| name.parse::<Action>().ok();
    let start = |name: &str| name.is_empty() || name == "null";
    let rows = table.iter().filter_map(|(from, to)| {
        let from = if start(from) { None } else { Some(known(from)?) };
        Some((from, to.iter().filter_map(known).collect()))
    });
    Ok(rows.collect())
}

/// Our shape has steps; a published index only names the flows. Both stand below `flows`, or are the whole file.
fn flows(documents: &Documents) -> Result<Vec<Flow>, LoadError> {
    const FILE: &str = "flows/index.yaml";
    let file = documents.get(FILE);
    let flows = match file.get("flows").unwrap_or(file) {
        Value::Null => Value::Array(Vec::new()),
        flows => flows.clone(),
    };
    let mut flows: Vec<Flow> = read(flows, || documents.path(FILE))?;
    for step in flows.iter_mut().flat_map(|flow| &mut flow.steps).filter(|step| step.step.is_empty()) {
        step.step = step.action.as_str().to_owned();
    }
    Ok(flows)
}
