//! Reads spec folders into compiled books.
//!
//! ```text
//!  folder of books            network.yaml  errors.yaml  RET10-1.2.5/config/…  RET10-1.2.0/config/…
//!  one published folder       config/index.yaml, actions, errors, flows, validations
//! ```

mod content;
mod difference;
mod documents;
mod network;
mod source;
mod volume;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use include_dir::{Dir, include_dir};

pub(crate) use self::content::read_content;
use self::source::Source;
pub(crate) use self::volume::Volume;
use crate::Law;
use crate::book::Book;
use crate::network_policy::NetworkPolicy;
use crate::rules::PackError;

static BUILTIN: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/data");

/// Why a spec folder could not be read. Each names the file and, where it helps, the place in it.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// The folder holds no book at all.
    #[error(
        "no book in {0}: expected folders with config/index.yaml (our shape), or one config/index.yaml (a published folder)"
    )]
    NoBook(PathBuf),
    /// A file is missing that must be there.
    #[error("{0} is missing")]
    Missing(PathBuf),
    /// A file could not be read.
    #[error("{0} cannot be read: {1}")]
    Unreadable(PathBuf, #[source] std::io::Error),
    /// A file is no YAML.
    #[error("{0} is not valid YAML: {1}")]
    Yaml(PathBuf, #[source] serde_yaml_ng::Error),
    /// A file is YAML of another shape than its name promises.
    #[error("{file}: {reason}")]
    Shape {
        /// The file.
        file: PathBuf,
        /// What was found and what was expected.
        reason: String,
    },
    /// A difference names a base that is not there, or is based on itself.
    #[error("{file}: based_on {base:?} is no other book of this folder, or leads back here")]
    Base {
        /// The index of the book.
        file: PathBuf,
        /// The name that was given.
        base: String,
    },
    /// A change to the rules names a place that the base does not have, or is no test.
    #[error("{file}: {rule}: {reason}")]
    RuleChange {
        /// The file.
        file: PathBuf,
        /// Slash path of the rule.
        rule: String,
        /// What is wrong.
        reason: &'static str,
    },
    /// The rules do not compile.
    #[error("{0}: {1}")]
    Rules(PathBuf, #[source] PackError),
    /// A schema does not compile.
    #[error("{file}: {reason}")]
    Schema {
        /// The schema file.
        file: PathBuf,
        /// What the schema compiler says.
        reason: String,
    },
    /// Two books claim the same domain and version.
    #[error("{0}: there is another book for {1} {2}")]
    Repeated(PathBuf, String, String),
}

/// The law that is compiled into the program. A test opens every book, so nobody waits for that at start.
pub(crate) fn builtin() -> Result<Law, LoadError> {
    law(&Source::Embedded(&BUILTIN), None)
}

/// The law of a folder on disk, all of it compiled once so that every mistake is found now.
pub(crate) fn folder(folder: &Path, beside: Option<&Law>) -> Result<Law, LoadError> {
    let law = law(&Source::Folder(folder.to_owned()), beside)?;
    law.books.iter().try_for_each(Book::compile_all)?;
    Ok(law)
}

/// The books of the source, and those `beside` it that it does not replace.
fn law(source: &Source, beside: Option<&Law>) -> Result<Law, LoadError> {
    let others: Vec<Arc<Volume>> = beside.iter().flat_map(|law| &law.books).map(|book| book.volume().clone()).collect();
    let volumes = volume::read_all(source, &others)?;
    let mut books: Vec<Book> = Vec::with_capacity(volumes.len() + others.len());
    for volume in &volumes {
        if books.iter().any(|other| other.domain() == volume.domain && other.version() == volume.version) {
            return Err(LoadError::Repeated(volume.path(""), volume.domain.clone(), volume.version.clone()));
        }
        books.push(Book::new(volume.clone()));
    }
    let mut law = Law {
        network: match network::policy(source)? {
            Some(policy) => policy,
            None => beside.map_or_else(NetworkPolicy::default, |law| law.network.clone()),
        },
        errors: network::errors(source, &volumes)?,
        rulebook: network::rulebook(source)?,
        books,
    };
    if let Some(beside) = beside {
        law.add(beside);
    }
    law.books.sort_by(|a, b| (a.domain(), a.version()).cmp(&(b.domain(), b.version())));
    Ok(law)
}

impl Law {
    /// Takes what it does not have yet.
    fn add(&mut self, other: &Law) {
        for book in &other.books {
            if !self.books.iter().any(|own| own.domain() == book.domain() && own.version() == book.version()) {
                self.books.push(book.clone());
            }
        }
        for error in &other.errors {
            if !self.errors.iter().any(|own| own.code == error.code) {
                self.errors.push(error.clone());
            }
        }
        for (id, rule) in &other.rulebook.rules {
            self.rulebook.rules.entry(id.clone()).or_insert_with(|| rule.clone());
        }
    }
}
