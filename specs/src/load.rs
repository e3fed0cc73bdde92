//! Reads spec folders into compiled books.
//!
//! ```text
//!  folder of books            network.yaml  errors.yaml  RET10-1.2.5/config/…  RET10-1.2.0/config/…
//!  one published folder       config/index.yaml, actions, errors, flows, validations
//! ```

mod assemble;
mod difference;
mod documents;
mod source;

use std::path::{Path, PathBuf};

use include_dir::{Dir, include_dir};

use self::documents::Documents;
use self::source::Source;
use crate::Law;
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
    /// A difference names a base that is not in the folder, or is based on itself.
    #[error("{file}: based_on {base:?} is no other book of this folder")]
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

/// The law that is compiled into the program.
pub(crate) fn builtin() -> Result<Law, LoadError> {
    law(&Source::Embedded(&BUILTIN))
}

/// The law of a folder on disk.
pub(crate) fn folder(folder: &Path) -> Result<Law, LoadError> {
    law(&Source::Folder(folder.to_owned()))
}

fn law(source: &Source) -> Result<Law, LoadError> {
    let names: Vec<String> = match source.read("config/index.yaml")? {
        Some(_) => vec![String::new()],
        None => source.folders()?,
    };
    let mut documents = Vec::new();
    for name in names {
        if let Some(book) = Documents::read(source, &name)? {
            documents.push(book);
        }
    }
    if documents.is_empty() {
        return Err(LoadError::NoBook(source.path("")));
    }
    let documents = difference::apply_all(documents)?;
    assemble::law(source, documents)
}
