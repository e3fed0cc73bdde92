//! From files to flows: what people have is found, read with patience, and put in order.
//!
//! ```text
//!  paths ──walk──▶ files ──decode──▶ text ──document──▶ JSON ──sheet──▶ messages ──group, order──▶ flows
//!      (archive)                            (mend)            (request, har, ledger, envelope)
//! ```
//!
//! What is tolerated is told in [`RecordedFlow::guesses`](crate::recording::RecordedFlow::guesses); every file ends in
//! a flow, in `unread` or in `without_message`.

use std::path::{Path, PathBuf};

use crate::recording::{Recording, Unread};

mod archive;
mod decode;
mod document;
mod envelope;
mod group;
mod har;
mod ledger;
pub(crate) mod mend;
pub(crate) mod message;
mod order;
mod progress;
mod request;
mod sheet;
mod walk;

pub use progress::{Progress, ProgressLine};

/// A larger file is refused: its text is held in memory as long as its flow.
const FILE_BYTES_MAX: u64 = 512 * 1024 * 1024;

/// All archives of one reading, unpacked.
const ZIP_BYTES_MAX: u64 = 1024 * 1024 * 1024;

/// Reads files, and folders and zip archives with all in them, to flows. `progress` is told of each file.
pub fn read(paths: &[PathBuf], progress: &mut dyn FnMut(Progress)) -> Recording {
    read_within(paths, ZIP_BYTES_MAX, progress)
}

/// As [`read`]; all archives together unpack to `zip_bytes_max` at most.
pub fn read_within(paths: &[PathBuf], zip_bytes_max: u64, progress: &mut dyn FnMut(Progress)) -> Recording {
    let walk::Walk { items, unread, others, .. } = walk::Walk::below(paths, zip_bytes_max);
    let mut recording = Recording { unread, without_message: others, ..Recording::default() };
    let mut groups = group::Groups::default();
    let mut so_far = Progress { files: items.len(), ..Progress::default() };
    for item in items {
        progress(so_far);
        so_far.bytes += read_file(&item, &mut groups, &mut recording);
        so_far.files_read += 1;
    }
    progress(so_far);
    groups.finish(&mut recording);
    recording
}

/// Reads one file and tells its size.
fn read_file(item: &walk::Item, groups: &mut group::Groups, recording: &mut Recording) -> u64 {
    let path = item.path.display().to_string();
    let refuse = |reason: String| Unread { path: path.clone(), reason, named: item.named };
    let bytes = match bytes_of(item) {
        Ok(bytes) => bytes,
        Err(reason) => {
            recording.unread.push(refuse(reason));
            return 0;
        }
    };
    let size = bytes.len() as u64;
    // A file that promises messages must hold some; any other may be a note.
    let strict = item.named || walk::promises_json(&item.path);
    let empty = bytes.iter().all(u8::is_ascii_whitespace);
    let Some(decoded) = decode::decode(bytes).filter(|_| !empty) else {
        match strict {
            true => recording.unread.push(refuse(if empty { "it is empty" } else { "it is no text" }.to_owned())),
            false => recording.without_message.push(path),
        }
        return size;
    };
    let speaks = decoded.text.contains("context") && decoded.text.contains('{');
    let mut sheet = sheet::Reader::read(&path, decoded.text, &step_of(&item.path), is_log(&item.path));
    sheet.guesses.extend(decoded.guesses);
    let holds = !(sheet.messages.is_empty() && sheet.requests.is_empty() && sheet.reports.is_empty());
    if strict || speaks {
        recording.unread.extend(sheet.unread.drain(..).map(&refuse));
    }
    let told = recording.unread.last().is_some_and(|unread| unread.path == path);
    if holds {
        let folder = item.path.parent().map_or_else(String::new, |folder| folder.display().to_string());
        groups.add(&path, if folder.is_empty() { "." } else { &folder }, item.named, sheet);
    } else if !told {
        match (item.named, sheet.documents) {
            (true, _) => recording.unread.push(refuse(NO_MESSAGE.to_owned())),
            (false, 0) if strict => recording.unread.push(refuse("there is no JSON in it".to_owned())),
            (false, _) => recording.without_message.push(path),
        }
    }
    size
}

const NO_MESSAGE: &str = "no message in it: expected an object with a context that has an action";

fn bytes_of(item: &walk::Item) -> Result<Vec<u8>, String> {
    let path = match &item.packed {
        Some(packed) => return packed.read().map_err(|error| error.to_string()),
        None => &item.path,
    };
    let size = std::fs::metadata(path).map_err(|error| error.to_string())?.len();
    if size > FILE_BYTES_MAX {
        return Err(format!("{size} bytes, more than {FILE_BYTES_MAX}"));
    }
    std::fs::read(path).map_err(|error| error.to_string())
}

/// What the name of a file tells of the step: `03_on_select.json` is `on_select`.
fn step_of(path: &Path) -> String {
    let stem = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
    let step = stem.trim_start_matches(|c: char| c.is_ascii_digit() || "._- ()".contains(c));
    if step.is_empty() { stem } else { step.to_owned() }
}

/// Endings of files in which each line is what passed by.
fn is_log(path: &Path) -> bool {
    path.extension().is_some_and(|ending| ["ndjson", "jsonl", "log"].iter().any(|log| ending.eq_ignore_ascii_case(log)))
}
