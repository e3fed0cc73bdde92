//! The files that stand beside the books: policy, error codes, words of rules.

use std::collections::BTreeMap;

use serde_json::Value;

use super::LoadError;
use super::content::shaped;
use super::source::Source;
use super::volume::Volume;
use crate::error_code::ErrorCode;
use crate::network_policy::NetworkPolicy;
use crate::rulebook::{Rule, RuleBook};
use crate::rules::check_path;

/// `network.yaml`; `None` when the source says nothing of the network as a whole.
pub(super) fn policy(source: &Source) -> Result<Option<NetworkPolicy>, LoadError> {
    const FILE: &str = "network.yaml";
    let Some(policy) = source.yaml(FILE)? else { return Ok(None) };
    let policy: NetworkPolicy = shaped(policy, || source.path(FILE))?;
    for path in policy.domain_aliases.iter().flat_map(|alias| alias.when.keys()) {
        check_path(path).map_err(|error| LoadError::Shape {
            file: source.path(FILE),
            reason: format!("domain_aliases: {error}"),
        })?;
    }
    Ok(Some(policy))
}

/// `errors.yaml`, or what the published books say.
pub(super) fn errors(source: &Source, volumes: &[std::sync::Arc<Volume>]) -> Result<Vec<ErrorCode>, LoadError> {
    if let Some(errors) = source.yaml("errors.yaml")? {
        return own_errors(errors, source);
    }
    let mut errors = Vec::new();
    for volume in volumes {
        errors.extend(published_errors(volume.whole()?.get("errors/index.yaml")));
    }
    Ok(errors)
}

/// `rulebook/*.yaml`: maps from id to the words of a rule.
pub(super) fn rulebook(source: &Source) -> Result<RuleBook, LoadError> {
    let mut book = RuleBook::default();
    for name in source.yaml_files("rulebook")? {
        let file = format!("rulebook/{name}");
        let Some(rules) = source.yaml(&file)? else { continue };
        let rules: BTreeMap<String, Rule> = shaped(rules, || source.path(&file))?;
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
    shaped(errors, || source.path("errors.yaml"))
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
