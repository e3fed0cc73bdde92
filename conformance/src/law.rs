//! The law that applies: ours, or a folder's books over it; and its digest, so that two reports can be compared.

mod digest;

use std::path::Path;

use anyhow::Context;
use specs::Specs;

use crate::judge::LawReport;

/// Loads the law.
///
/// # Errors
/// When the folder cannot be read or is no law; the error names the file.
pub fn load(folder: Option<&Path>) -> anyhow::Result<(Specs, LawReport)> {
    let ours = env!("LAW_DIGEST");
    let (specs, origin, digest) = match folder {
        None => (Specs::builtin().context("the built-in law cannot be used")?, "built in".to_owned(), ours.to_owned()),
        Some(folder) => {
            let unusable = || format!("the law in {} cannot be used", folder.display());
            let specs = Specs::builtin().and_then(|ours| ours.load_over(folder)).with_context(unusable)?;
            let theirs = digest::digest(folder).with_context(unusable)?;
            (specs, folder.display().to_string(), format!("{ours}+{theirs}"))
        }
    };
    let books = specs.books().iter().map(|book| format!("{} {}", book.domain(), book.version())).collect();
    Ok((specs, LawReport { origin, digest, books }))
}
