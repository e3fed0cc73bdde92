//! One book as files: read at load, parsed and completed from its bases only when somebody opens it.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

use serde_json::Value;

use super::LoadError;
use super::documents::Documents;
use super::source::{self, Source, Text};
use crate::patterns::Patterns;
use crate::rules::PackKind;
use crate::text::as_text;

/// Files that a book may have beside its rules and schemas.
const FILES: [&str; 5] =
    ["actions/index.yaml", "flows/index.yaml", "errors/index.yaml", "codes/index.yaml", "limits/index.yaml"];
/// Folders of which every YAML file is read.
const FOLDERS: [&str; 3] = ["schemas", "validations", "history"];

/// The files of one book as text, with the books that it is a difference to.
#[derive(Debug)]
pub(crate) struct Volume {
    /// Name of the book's folder; empty when the book is the whole source.
    name: String,
    /// `config/` of the book, for error messages.
    config: PathBuf,
    pub(crate) domain: String,
    pub(crate) version: String,
    texts: BTreeMap<String, Text>,
    bases: Vec<Arc<Volume>>,
    patterns: Patterns,
    whole: OnceLock<Documents>,
}

/// A volume whose bases are still names.
struct Unbound {
    name: String,
    config: PathBuf,
    domain: String,
    version: String,
    texts: BTreeMap<String, Text>,
    based_on: Vec<String>,
}

/// Every book of a source. A base is a book of the same source, or else one of `others`.
pub(super) fn read_all(source: &Source, others: &[Arc<Volume>]) -> Result<Vec<Arc<Volume>>, LoadError> {
    let mut unbound = Vec::new();
    for (name, config) in configs(source)? {
        if let Some(book) = Unbound::read(source, name, &config)? {
            unbound.push(book);
        }
    }
    if unbound.is_empty() {
        return Err(LoadError::NoBook(source.path("")));
    }
    let mut bound = BTreeMap::new();
    let patterns = others.first().map_or_else(Patterns::default, |other| other.patterns.clone());
    for book in &unbound {
        bind(book, &unbound, others, &patterns, &mut bound, &mut Vec::new())?;
    }
    Ok(bound.into_values().collect())
}

/// Name and `config` folder of each book that may be there.
fn configs(source: &Source) -> Result<Vec<(String, String)>, LoadError> {
    if source.read("config/index.yaml")?.is_some() {
        return Ok(vec![(String::new(), "config/".to_owned())]);
    }
    if source.read("index.yaml")?.is_some() {
        return Ok(vec![(String::new(), String::new())]);
    }
    Ok(source.folders()?.into_iter().map(|name| (name.clone(), format!("{name}/config/"))).collect())
}

fn bind(
    book: &Unbound,
    all: &[Unbound],
    others: &[Arc<Volume>],
    patterns: &Patterns,
    bound: &mut BTreeMap<String, Arc<Volume>>,
    open: &mut Vec<String>,
) -> Result<Arc<Volume>, LoadError> {
    if let Some(ready) = bound.get(&book.name) {
        return Ok(ready.clone());
    }
    open.push(book.name.clone());
    let mut bases = Vec::new();
    for base in &book.based_on {
        let unknown = || LoadError::Base { file: book.config.join("index.yaml"), base: base.clone() };
        bases.push(match all.iter().find(|other| other.name == *base) {
            Some(_) if open.contains(base) => return Err(unknown()),
            Some(other) => bind(other, all, others, patterns, bound, open)?,
            None => others.iter().find(|other| other.name == *base).cloned().ok_or_else(unknown)?,
        });
    }
    open.pop();
    let volume = Arc::new(Volume {
        name: book.name.clone(),
        config: book.config.clone(),
        domain: book.domain.clone(),
        version: book.version.clone(),
        texts: book.texts.clone(),
        bases,
        patterns: patterns.clone(),
        whole: OnceLock::new(),
    });
    bound.insert(book.name.clone(), volume.clone());
    Ok(volume)
}

impl Unbound {
    /// `None` when the folder has no index, so is no book.
    fn read(source: &Source, name: String, config: &str) -> Result<Option<Unbound>, LoadError> {
        let Some(index) = source.yaml(&format!("{config}index.yaml"))? else { return Ok(None) };
        let path = source.path(config);
        let shape = |reason: &str| LoadError::Shape { file: path.join("index.yaml"), reason: reason.to_owned() };
        // At the top (our shape) or below `info` (published).
        let identity = |key: &str| {
            let value = index.get(key).or_else(|| index.get("info")?.get(key)).and_then(as_text);
            value.ok_or_else(|| shape(&format!("expected `{key}: …` at the top or below `info`")))
        };
        let based_on = match index.get("based_on") {
            None | Some(Value::Null) => Vec::new(),
            Some(Value::String(base)) => vec![base.clone()],
            Some(Value::Array(bases)) => bases.iter().filter_map(as_text).collect(),
            Some(_) => return Err(shape("`based_on` is the name of a book's folder, or a list of them")),
        };
        let (domain, version) = (identity("domain")?, identity("version")?);
        let mut files: Vec<String> = FILES.iter().map(|&file| file.to_owned()).collect();
        for folder in FOLDERS {
            let inside = source.yaml_files(&format!("{config}{folder}"))?;
            files.extend(inside.into_iter().map(|file| format!("{folder}/{file}")));
        }
        let mut texts = BTreeMap::new();
        for file in files {
            if let Some(text) = source.read(&format!("{config}{file}"))? {
                texts.insert(file, text);
            }
        }
        Ok(Some(Unbound { name, config: path, domain, version, texts, based_on }))
    }
}

impl Volume {
    pub(crate) fn path(&self, file: &str) -> PathBuf {
        self.config.join(file)
    }

    /// Patterns are compiled once for all books of a law.
    pub(super) fn patterns(&self) -> &Patterns {
        &self.patterns
    }

    pub(super) fn shape(&self, file: &str, reason: String) -> LoadError {
        LoadError::Shape { file: self.path(file), reason }
    }

    /// The book with all that its bases say.
    pub(super) fn whole(&self) -> Result<&Documents, LoadError> {
        if let Some(whole) = self.whole.get() {
            return Ok(whole);
        }
        let whole = self.complete()?;
        Ok(self.whole.get_or_init(|| whole))
    }

    /// The first base is whole; each further one adds only how it differs from its own.
    fn complete(&self) -> Result<Documents, LoadError> {
        let Some((first, further)) = self.bases.split_first() else {
            let mut whole = self.own()?;
            self.supplement(&mut whole, true)?;
            return Ok(whole);
        };
        let mut whole = first.whole()?.clone();
        for base in further {
            whole.change(base, base.own()?, false)?;
            base.supplement(&mut whole, false)?;
        }
        whole.change(self, self.own()?, true)?;
        self.supplement(&mut whole, true)?;
        Ok(whole)
    }

    /// What stands in its own files.
    fn own(&self) -> Result<Documents, LoadError> {
        let mut documents = Documents::default();
        for (file, text) in self.texts.iter().filter(|(file, _)| !is_supplement(file)) {
            documents.put(self, file, self.parsed(file, text)?)?;
        }
        Ok(documents)
    }

    /// Files of rules beside `index.yaml`, in order of name: each a difference to what stands before it.
    fn supplement(&self, whole: &mut Documents, strict: bool) -> Result<(), LoadError> {
        for (file, text) in self.texts.iter().filter(|(file, _)| is_supplement(file)) {
            let mut difference = Documents::default();
            difference.put(self, file, self.parsed(file, text)?)?;
            whole.change(self, difference, strict)?;
        }
        Ok(())
    }

    fn parsed(&self, file: &str, text: &Text) -> Result<Value, LoadError> {
        source::yaml(text).map_err(|error| LoadError::Yaml(self.path(file), error))
    }
}

fn is_supplement(file: &str) -> bool {
    PackKind::of_file(file).is_some() && !file.ends_with("/index.yaml")
}
