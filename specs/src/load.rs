//! Reads spec folders into compiled books.

use std::path::{Path, PathBuf};

/// Why a spec folder could not be read. Each names the file and, where it helps, the place in it.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// The folder holds no book at all.
    #[error("no book in {0}: expected folders with config/index.yaml (our shape) or one config/index.yaml (a published folder)")]
    NoBook(PathBuf),
    /// A file is missing that its book needs.
    #[error("{0} is missing")]
    Missing(PathBuf),
    /// A file could not be read.
    #[error("{0} cannot be read: {1}")]
    Unreadable(PathBuf, std::io::Error),
}

pub(crate) fn not_yet(folder: &Path) -> LoadError {
    LoadError::NoBook(folder.to_owned())
}
