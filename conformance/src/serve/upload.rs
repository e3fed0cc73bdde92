//! What comes in: files of a form, or one document as the body. Written to the work folder under safe names.

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};

use actix_multipart::Multipart;
use actix_web::web::{Bytes, Payload};
use futures_util::StreamExt;
use specs::Side;

use super::problem::Problem;

/// Files in one upload.
const FILES_MAX: usize = 20_000;
/// Folders within folders.
const DEPTH_MAX: usize = 16;
/// Characters of one name.
const NAME_MAX: usize = 120;
/// A field that is no file.
const FIELD_BYTES_MAX: usize = 256;

/// What was uploaded.
#[derive(Debug, Default)]
pub(super) struct Upload {
    pub(super) files: usize,
    pub(super) role: Option<Side>,
    /// The form was sent by a page without JavaScript, which wants to be led to the report.
    pub(super) lead: bool,
}

/// Writes the files of a form. Fields: `files` (any number, each may name a path), `role`.
pub(super) async fn form(mut form: Multipart, folder: &Path, bytes_max: usize) -> Result<Upload, Problem> {
    let mut upload = Upload::default();
    let mut budget = bytes_max;
    while let Some(field) = form.next().await {
        let mut field = field.map_err(|error| Problem::bad(format!("the form cannot be read: {error}")))?;
        let disposition = field.content_disposition().cloned();
        let name = disposition.as_ref().and_then(|disposition| disposition.get_name()).unwrap_or_default().to_owned();
        let filename = disposition.as_ref().and_then(|disposition| disposition.get_filename()).map(str::to_owned);
        let Some(filename) = filename else {
            let value = text(&mut field).await?;
            upload.take(&name, &value)?;
            continue;
        };
        if upload.files == FILES_MAX {
            return Err(Problem::bad(format!("more than {FILES_MAX} files")));
        }
        let mut file = Target::create(folder, &filename, upload.files)?;
        let mut empty = filename.is_empty();
        while let Some(chunk) = field.next().await {
            let chunk = chunk.map_err(|error| Problem::bad(format!("the form cannot be read: {error}")))?;
            budget = budget.checked_sub(chunk.len()).ok_or_else(|| Problem::too_large(bytes_max))?;
            empty = false;
            file.write(chunk).await?;
        }
        // A form without a chosen file sends one without a name.
        if !empty {
            upload.files += 1;
        }
    }
    Ok(upload)
}

/// Writes the body as one document.
pub(super) async fn document(mut body: Payload, folder: &Path, bytes_max: usize) -> Result<Upload, Problem> {
    let mut file = Target::create(folder, "body.json", 0)?;
    let (mut budget, mut empty) = (bytes_max, true);
    while let Some(chunk) = body.next().await {
        let chunk = chunk.map_err(|error| Problem::bad(format!("the body cannot be read: {error}")))?;
        budget = budget.checked_sub(chunk.len()).ok_or_else(|| Problem::too_large(bytes_max))?;
        empty &= chunk.is_empty();
        file.write(chunk).await?;
    }
    Ok(Upload { files: usize::from(!empty), ..Upload::default() })
}

async fn text(field: &mut actix_multipart::Field) -> Result<String, Problem> {
    let mut value = Vec::new();
    while let Some(chunk) = field.next().await {
        value.extend_from_slice(&chunk.map_err(|error| Problem::bad(format!("the form cannot be read: {error}")))?);
        if value.len() > FIELD_BYTES_MAX {
            return Err(Problem::bad("a field is too long"));
        }
    }
    String::from_utf8(value).map_err(|_| Problem::bad("a field is no text"))
}

impl Upload {
    fn take(&mut self, name: &str, value: &str) -> Result<(), Problem> {
        match name {
            "role" => self.role = role(value)?,
            "lead" => self.lead = true,
            _ => return Err(Problem::bad(format!("the form has no field {name:?}; it has files and role"))),
        }
        Ok(())
    }
}

/// `buyer`, `seller`, or nothing for both.
pub(super) fn role(text: &str) -> Result<Option<Side>, Problem> {
    match text {
        "" => Ok(None),
        "buyer" => Ok(Some(Side::Buyer)),
        "seller" => Ok(Some(Side::Seller)),
        other => Err(Problem::bad(format!("{other:?} is no role; expected buyer, seller, or none"))),
    }
}

/// A file that is being written.
struct Target(File);

impl Target {
    fn create(folder: &Path, name: &str, number: usize) -> Result<Target, Problem> {
        let path = folder.join(safe(name, number));
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent).map_err(Problem::internal)?;
        }
        // Two files of one name are both kept.
        let path = if path.exists() { path.with_file_name(format!("{number}-{}", last(&path))) } else { path };
        File::create(&path).map(Target).map_err(Problem::internal)
    }

    async fn write(&mut self, chunk: Bytes) -> Result<(), Problem> {
        // Small writes to the local disk; a thread for each would cost more.
        self.0.write_all(&chunk).map_err(Problem::internal)
    }
}

fn last(path: &Path) -> String {
    path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

/// A relative path of plain names: no root, no parent, no control character, and not too deep.
fn safe(name: &str, number: usize) -> PathBuf {
    let plain = |part: &str| -> String {
        let kept = part.chars().filter(|c| !c.is_control() && !"<>:\"|?*".contains(*c));
        kept.take(NAME_MAX).collect::<String>().trim_matches([' ', '.']).to_owned()
    };
    let parts: Vec<String> = name.split(['/', '\\']).map(plain).filter(|part| !part.is_empty()).collect();
    let from = parts.len().saturating_sub(DEPTH_MAX);
    match parts.is_empty() {
        true => PathBuf::from(format!("file-{number}.json")),
        false => parts[from..].iter().collect(),
    }
}

#[cfg(test)]
mod tests {
    use std::path::Component;

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn names_stay_below_the_folder() {
        for (name, expected) in [
            ("logs/flow2/01_search.json", "logs/flow2/01_search.json"),
            ("../../etc/passwd", "etc/passwd"),
            ("/etc/passwd", "etc/passwd"),
            ("C:\\logs\\a.json", "C/logs/a.json"),
            ("a/./b//c.json", "a/b/c.json"),
            ("..", "file-3.json"),
            ("\u{0}", "file-3.json"),
        ] {
            assert_eq!(safe(name, 3), PathBuf::from(expected), "{name}");
        }
    }

    proptest! {
        #[test]
        fn no_name_escapes(name in "[a./\\\\: \u{0}]{0,40}") {
            let path = safe(&name, 0);
            prop_assert!(path.components().all(|part| matches!(part, Component::Normal(_))), "{path:?}");
        }
    }
}
