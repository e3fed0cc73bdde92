//! Finding files, and messages in them.

use std::path::{Path, PathBuf};

use serde_json::Value;

/// Folders within folders; more is a circle of links.
const DEPTH_MAX: usize = 32;
/// A larger file is no message log that a person would check by hand.
const BYTES_MAX: u64 = 256 * 1024 * 1024;

/// A file and what could be read of it.
#[derive(Debug)]
pub struct Input {
    pub(crate) path: PathBuf,
    /// The content, or in words why there is none.
    pub(crate) content: Result<Value, String>,
    /// The user named this very file, so it must hold a message.
    pub(crate) named: bool,
}

/// A message within a document.
#[derive(Debug, Clone, PartialEq)]
pub struct Message<'a> {
    /// JSON pointer of the message in its document; empty when the document is the message.
    pub pointer: String,
    /// The message: `{context, message, …}`.
    pub payload: &'a Value,
}

/// The named files, and every `*.json` below the named folders, in order of name.
pub(crate) fn files(paths: &[PathBuf]) -> Vec<Input> {
    let mut inputs = Vec::new();
    for path in paths {
        gather(path, true, 0, &mut inputs);
    }
    inputs
}

fn gather(path: &Path, named: bool, depth: usize, inputs: &mut Vec<Input>) {
    if !path.is_dir() {
        inputs.push(Input { path: path.to_owned(), content: read(path), named });
        return;
    }
    let refuse = |reason: String| Input { path: path.to_owned(), content: Err(reason), named };
    if depth > DEPTH_MAX {
        inputs.push(refuse(format!("more than {DEPTH_MAX} folders deep")));
        return;
    }
    match std::fs::read_dir(path) {
        Err(error) => inputs.push(refuse(error.to_string())),
        Ok(entries) => {
            let mut inside: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
            inside.retain(|path| path.is_dir() || path.extension().is_some_and(|end| end.eq_ignore_ascii_case("json")));
            inside.sort();
            inside.iter().for_each(|path| gather(path, false, depth + 1, inputs));
        }
    }
}

fn read(path: &Path) -> Result<Value, String> {
    let size = std::fs::metadata(path).map_err(|error| error.to_string())?.len();
    if size > BYTES_MAX {
        return Err(format!("{size} bytes, more than {BYTES_MAX}"));
    }
    let bytes = std::fs::read(path).map_err(|error| error.to_string())?;
    let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes);
    serde_json::from_slice(text).map_err(|error| format!("no JSON: {error}"))
}

/// Every message of a document: each outermost object that has a `context` with an `action`.
pub fn messages(document: &Value) -> Vec<Message<'_>> {
    let mut found = Vec::new();
    search(document, String::new(), &mut found);
    found
}

fn search<'a>(value: &'a Value, pointer: String, found: &mut Vec<Message<'a>>) {
    match value {
        Value::Object(map) if map.get("context").is_some_and(|context| context.get("action").is_some()) => {
            found.push(Message { pointer, payload: value });
        }
        Value::Object(map) => map.iter().for_each(|(key, child)| {
            search(child, format!("{pointer}/{}", key.replace('~', "~0").replace('/', "~1")), found);
        }),
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(at, child)| search(child, format!("{pointer}/{at}"), found));
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}
