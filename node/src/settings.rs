//! Where settings come from: documented defaults → file → environment → `--set`. The later one wins.
//!
//! A key that the defaults do not name is an error, so that a typing mistake never passes silently.

use std::path::{Path, PathBuf};

use serde::Serialize;
use serde::de::DeserializeOwned;
use toml::{Table, Value};

/// Why the settings were refused. Each text names the key.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    #[error("cannot read the settings file {path}: {source}")]
    File { path: PathBuf, source: std::io::Error },
    #[error("{origin} is not valid TOML: {source}")]
    Toml { origin: String, source: Box<toml::de::Error> },
    #[error("unknown setting `{key}` in {origin}{hint}")]
    Unknown { key: String, origin: String, hint: String },
    #[error("setting `{key}` in {origin}: `{text}` is not {expected}")]
    Type { key: String, origin: String, text: String, expected: &'static str },
    #[error("settings: {0}")]
    Shape(Box<toml::de::Error>),
    #[error("setting `{key}` is not allowed when environment = \"production\"")]
    Danger { key: &'static str },
    #[error("setting `{key}` must be more than zero")]
    Zero { key: &'static str },
    #[error("`--set {0}` must have the form key=value")]
    Override(String),
}

/// Reads settings: the documents in `defaults` (they name every key), then `file`, then the environment
/// (`<env_prefix>__KEY`, `__` between the parts of a nested key), then `overrides`.
pub fn load<T: DeserializeOwned>(
    defaults: &[&str],
    file: Option<&Path>,
    env_prefix: &str,
    overrides: &[(String, String)],
) -> Result<T, ConfigError> {
    let environment = if env_prefix.is_empty() { Vec::new() } else { variables(env_prefix, std::env::vars()) };
    load_from(defaults, file, &environment, overrides)
}

/// [`load`] with the environment given, as key and text.
pub(crate) fn load_from<T: DeserializeOwned>(
    defaults: &[&str],
    file: Option<&Path>,
    environment: &[(String, String)],
    overrides: &[(String, String)],
) -> Result<T, ConfigError> {
    let mut known = Table::new();
    for text in defaults {
        merge(&mut known, parse(text, "the defaults")?);
    }
    let mut settings = known.clone();
    if let Some(path) = file {
        let text = std::fs::read_to_string(path).map_err(|source| ConfigError::File { path: path.into(), source })?;
        let origin = path.display().to_string();
        let table = parse(&text, &origin)?;
        check_keys(&table, &known, "", &origin)?;
        merge(&mut settings, table);
    }
    for (key, text) in environment {
        set(&mut settings, &known, key, text, "the environment")?;
    }
    for (key, text) in overrides {
        set(&mut settings, &known, key, text, "--set")?;
    }
    settings.try_into().map_err(|error| ConfigError::Shape(Box::new(error)))
}

/// The settings as they are in effect, as TOML; secrets are stars.
pub fn effective(settings: &impl Serialize) -> String {
    toml::to_string(settings).unwrap_or_else(|error| format!("# cannot be shown: {error}\n"))
}

/// Environment variables with the prefix, as keys: `HAAT__A__B` → `a.b`.
pub(crate) fn variables(prefix: &str, all: impl Iterator<Item = (String, String)>) -> Vec<(String, String)> {
    let prefix = format!("{prefix}__");
    let mut found: Vec<_> = all
        .filter_map(|(name, text)| Some((name.strip_prefix(&prefix)?.to_lowercase().replace("__", "."), text)))
        .collect();
    found.sort();
    found
}

fn parse(text: &str, origin: &str) -> Result<Table, ConfigError> {
    text.parse().map_err(|source| ConfigError::Toml { origin: origin.to_owned(), source: Box::new(source) })
}

/// Lays `over` on `base`; tables are merged, every other value replaces.
fn merge(base: &mut Table, over: Table) {
    for (key, value) in over {
        match (base.get_mut(&key), value) {
            (Some(Value::Table(inner)), Value::Table(over)) => merge(inner, over),
            (_, value) => {
                base.insert(key, value);
            }
        }
    }
}

/// Refuses keys that the defaults do not name, and values of another type than the default's.
fn check_keys(given: &Table, known: &Table, path: &str, origin: &str) -> Result<(), ConfigError> {
    for (key, value) in given {
        let full = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
        let default = known.get(key).ok_or_else(|| unknown(&full, known, origin))?;
        match (default, value) {
            // An empty table in the defaults takes any keys: a map whose keys are the operator's.
            (Value::Table(inner), Value::Table(_)) if inner.is_empty() => {}
            (Value::Table(inner), Value::Table(given)) => check_keys(given, inner, &full, origin)?,
            (Value::Float(_), Value::Integer(_)) => {}
            (default, value) if default.same_type(value) => {}
            (default, value) => {
                let (text, expected) = (value.to_string(), type_words(default));
                return Err(ConfigError::Type { key: full, origin: origin.to_owned(), text, expected });
            }
        }
    }
    Ok(())
}

fn type_words(default: &Value) -> &'static str {
    match default {
        Value::Integer(_) => "a whole number",
        Value::Float(_) => "a number",
        Value::Boolean(_) => "true or false",
        Value::Array(_) => "a list",
        Value::Table(_) => "a table",
        Value::String(_) | Value::Datetime(_) => "a text in quotes",
    }
}

fn unknown(key: &str, known: &Table, origin: &str) -> ConfigError {
    let last = key.rsplit('.').next().unwrap_or(key);
    let near = known.keys().map(|name| (distance(last, name), name)).min().filter(|(steps, _)| *steps <= 3);
    let hint = near.map(|(_, name)| format!("; did you mean `{name}`?")).unwrap_or_default();
    ConfigError::Unknown { key: key.to_owned(), origin: origin.to_owned(), hint }
}

/// Sets one key from text. The default tells which type it has.
fn set(settings: &mut Table, known: &Table, key: &str, text: &str, origin: &str) -> Result<(), ConfigError> {
    let mut known_here = known;
    let mut here = settings;
    let mut parts = key.split('.').peekable();
    while let Some(part) = parts.next() {
        let default = known_here.get(part).ok_or_else(|| unknown(key, known_here, origin))?;
        match (parts.peek(), default) {
            (None, default) => {
                let value = typed(key, text, default, origin)?;
                here.insert(part.to_owned(), value);
                return Ok(());
            }
            (Some(_), Value::Table(inner)) => {
                known_here = inner;
                let entry = here.entry(part.to_owned()).or_insert_with(|| Value::Table(Table::new()));
                let Value::Table(table) = entry else { return Err(unknown(key, known_here, origin)) };
                here = table;
            }
            (Some(_), _) => return Err(unknown(key, known_here, origin)),
        }
    }
    Err(unknown(key, known, origin))
}

fn typed(key: &str, text: &str, default: &Value, origin: &str) -> Result<Value, ConfigError> {
    let wrong = || {
        let expected = type_words(default);
        ConfigError::Type { key: key.to_owned(), origin: origin.to_owned(), text: text.to_owned(), expected }
    };
    Ok(match default {
        Value::Integer(_) => Value::Integer(text.trim().parse().map_err(|_| wrong())?),
        Value::Float(_) => Value::Float(text.trim().parse().map_err(|_| wrong())?),
        Value::Boolean(_) => Value::Boolean(text.trim().parse().map_err(|_| wrong())?),
        Value::Array(items) => {
            let item = |text: &str| match items.first() {
                Some(first) => typed(key, text, first, origin),
                None => Ok(Value::String(text.to_owned())),
            };
            let parts = text.split(',').map(str::trim).filter(|part| !part.is_empty());
            Value::Array(parts.map(item).collect::<Result<_, _>>()?)
        }
        Value::Table(_) => return Err(wrong()),
        Value::String(_) | Value::Datetime(_) => Value::String(text.to_owned()),
    })
}

/// Steps from one word to another (insert, remove, replace): the distance of Levenshtein.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, letter) in a.chars().enumerate() {
        let mut corner = row[0];
        row[0] = i + 1;
        for (j, other) in b.iter().enumerate() {
            let cost = corner + usize::from(letter != *other);
            corner = row[j + 1];
            row[j + 1] = cost.min(row[j] + 1).min(corner + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests;
