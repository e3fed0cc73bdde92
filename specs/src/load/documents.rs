//! The files of one book, as values, before they are compiled.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde_json::Value;

use super::LoadError;
use super::source::Source;

/// Files that a book may have beside its schemas.
const FILES: [&str; 7] = [
    "index.yaml",
    "actions/index.yaml",
    "flows/index.yaml",
    "validations/index.yaml",
    "errors/index.yaml",
    "codes/index.yaml",
    "limits/index.yaml",
];

/// One book as files.
#[derive(Debug, Clone)]
pub(super) struct Documents {
    /// Name of the book's folder; empty when the book is the whole source.
    pub(super) name: String,
    /// `config/` of the book, for error messages.
    pub(super) config: PathBuf,
    /// By path below `config/`.
    pub(super) files: BTreeMap<String, Value>,
}

impl Documents {
    /// Reads a book; `None` when the folder has no `config/index.yaml`, so is no book.
    pub(super) fn read(source: &Source, name: &str) -> Result<Option<Documents>, LoadError> {
        let config = if name.is_empty() { "config".to_owned() } else { format!("{name}/config") };
        if source.read(&format!("{config}/index.yaml"))?.is_none() {
            return Ok(None);
        }
        let schemas = source.yaml_files(&format!("{config}/schemas"))?;
        let wanted =
            FILES.iter().map(|&file| file.to_owned()).chain(schemas.iter().map(|file| format!("schemas/{file}")));
        let mut files = BTreeMap::new();
        for file in wanted {
            if let Some(value) = source.yaml(&format!("{config}/{file}"))? {
                files.insert(file, value);
            }
        }
        Ok(Some(Documents { name: name.to_owned(), config: source.path(&config), files }))
    }

    pub(super) fn path(&self, file: &str) -> PathBuf {
        self.config.join(file)
    }

    pub(super) fn get(&self, file: &str) -> &Value {
        self.files.get(file).unwrap_or(&Value::Null)
    }

    /// The book that this one is a difference to.
    pub(super) fn based_on(&self) -> Option<&str> {
        self.get("index.yaml").get("based_on").and_then(Value::as_str)
    }

    /// `domain` or `version`, at the top (our shape) or below `info` (published).
    pub(super) fn identity(&self, key: &str) -> Result<String, LoadError> {
        let index = self.get("index.yaml");
        let value = index.get(key).or_else(|| index.get("info")?.get(key));
        let text = value.and_then(crate::text::as_text);
        text.ok_or_else(|| self.shape("index.yaml", format!("expected `{key}: …` at the top or below `info`")))
    }

    /// The schema files by file name.
    pub(super) fn schemas(&self) -> BTreeMap<String, Value> {
        let below = |file: &str| file.strip_prefix("schemas/").map(str::to_owned);
        self.files.iter().filter_map(|(file, schema)| Some((below(file)?, schema.clone()))).collect()
    }

    pub(super) fn shape(&self, file: &str, reason: String) -> LoadError {
        LoadError::Shape { file: self.path(file), reason }
    }
}
