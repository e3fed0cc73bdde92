//! Which files there are.

use std::cmp::Ordering;
use std::path::{Path, PathBuf};

use super::archive::{self, Archive, Packed};
use crate::recording::Unread;

/// Folders within folders; more is a circle of links.
const DEPTH_MAX: usize = 32;

/// Endings that may hold messages; others in a folder (pictures, documents) are not opened.
const ENDINGS: [&str; 12] =
    ["json", "ndjson", "jsonl", "har", "txt", "text", "log", "json5", "js", "curl", "http", "out"];

/// A file to be read.
#[derive(Debug)]
pub(super) struct Item {
    pub path: PathBuf,
    /// The user named this very file.
    pub named: bool,
    /// Where it lies, when it lies in an archive; the path is then that of the archive and the name in it.
    pub packed: Option<Packed>,
}

/// What lies below the named paths.
#[derive(Debug, Default)]
pub(super) struct Walk {
    pub items: Vec<Item>,
    pub unread: Vec<Unread>,
    /// Files that can hold no message, by their ending.
    pub others: Vec<String>,
    /// Bytes that archives may still unpack to.
    zip_bytes_left: u64,
}

impl Walk {
    /// Files by name, numbers by their value; names that begin with a dot are left out. All archives together may unpack to
    /// `zip_bytes_max`.
    pub fn below(paths: &[PathBuf], zip_bytes_max: u64) -> Walk {
        let mut walk = Walk { zip_bytes_left: zip_bytes_max, ..Walk::default() };
        for path in paths {
            if path.is_dir() {
                walk.folder(path, true, 0);
            } else {
                walk.file(path.clone(), true);
            }
        }
        walk
    }

    fn file(&mut self, path: PathBuf, named: bool) {
        if archive::is_zip(&path, named) {
            self.archive(&path, named);
        } else if named || may_hold_messages(&path) {
            self.items.push(Item { path, named, packed: None });
        } else {
            self.others.push(path.display().to_string());
        }
    }

    fn archive(&mut self, path: &Path, named: bool) {
        let shown = path.display().to_string();
        let refuse = |path: String, reason: String| Unread { path, reason, named };
        let (archive, mut entries) = match Archive::open(path, self.zip_bytes_left) {
            Ok(opened) => opened,
            Err(error) => return self.unread.push(refuse(shown, error.to_string())),
        };
        if entries.is_empty() && named {
            self.unread.push(refuse(shown, "there is no file in the zip".to_owned()));
        }
        entries.sort_by(|a, b| natural(&a.name, &b.name));
        for entry in entries {
            self.zip_bytes_left = self.zip_bytes_left.saturating_sub(entry.bytes);
            let inside = path.join(&entry.name);
            if entry.escapes {
                let place = format!("{}: {}", path.display(), entry.name);
                self.unread.push(refuse(place, "its name leads out of the zip; nothing of it is read".to_owned()));
            } else if archive::is_zip(&inside, false) {
                let reason = "a zip in a zip is not opened; unpack the outer one".to_owned();
                self.unread.push(refuse(inside.display().to_string(), reason));
            } else if may_hold_messages(&inside) {
                self.items.push(Item { path: inside, named: false, packed: Some(entry.packed(&archive)) });
            } else {
                self.others.push(inside.display().to_string());
            }
        }
    }

    fn folder(&mut self, path: &Path, named: bool, depth: usize) {
        let mut refuse = |reason: String| self.unread.push(Unread { path: path.display().to_string(), reason, named });
        if depth > DEPTH_MAX {
            return refuse(format!("more than {DEPTH_MAX} folders deep"));
        }
        let inside = match std::fs::read_dir(path) {
            Ok(inside) => inside,
            Err(error) => return refuse(error.to_string()),
        };
        let visible = |path: &PathBuf| !path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'));
        let mut inside: Vec<PathBuf> = inside.flatten().map(|entry| entry.path()).filter(visible).collect();
        inside.sort_by(|a, b| natural(&a.to_string_lossy(), &b.to_string_lossy()));
        let (folders, files): (Vec<_>, Vec<_>) = inside.into_iter().partition(|path| path.is_dir());
        files.into_iter().for_each(|path| self.file(path, false));
        folders.iter().for_each(|folder| self.folder(folder, false, depth + 1));
    }
}

fn may_hold_messages(path: &Path) -> bool {
    let Some(ending) = path.extension().map(|ending| ending.to_string_lossy().to_ascii_lowercase()) else {
        return true;
    };
    ENDINGS.contains(&ending.as_str()) || ending.starts_with("json") || !ending.chars().any(char::is_alphabetic)
}

/// True for endings that promise JSON: such a file without JSON is unreadable, not just something else.
pub(super) fn promises_json(path: &Path) -> bool {
    path.extension().is_some_and(|ending| {
        let ending = ending.to_string_lossy().to_ascii_lowercase();
        ending.contains("json") || ending == "har"
    })
}

/// Names as people order them: `2_select` before `10_on_status`.
pub(super) fn natural(a: &str, b: &str) -> Ordering {
    let (mut a, mut b) = (a, b);
    loop {
        let (number_a, number_b) = (digits(a), digits(b));
        let order = match (number_a.is_empty() || number_b.is_empty(), a.chars().next(), b.chars().next()) {
            (false, _, _) => {
                (a, b) = (&a[number_a.len()..], &b[number_b.len()..]);
                let (x, y) = (number_a.trim_start_matches('0'), number_b.trim_start_matches('0'));
                x.len().cmp(&y.len()).then_with(|| x.cmp(y))
            }
            (true, None, None) => return Ordering::Equal,
            (true, x, y) => {
                (a, b) = (&a[x.map_or(0, char::len_utf8)..], &b[y.map_or(0, char::len_utf8)..]);
                x.cmp(&y)
            }
        };
        if order != Ordering::Equal {
            return order;
        }
    }
}

fn digits(text: &str) -> &str {
    &text[..text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len())]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_ordered_as_people_do() {
        let mut names = ["10_b", "2_a", "2_b", "02", "flow", "flow2", "flow10", "é"];
        names.sort_by(|a, b| natural(a, b));
        assert_eq!(names, ["02", "2_a", "2_b", "10_b", "flow", "flow2", "flow10", "é"]);
    }

    #[test]
    fn endings_tell_what_to_open() {
        for name in ["a.json", "a.JSON", "a.ndjson", "on_search", "a.txt", "a.json copy", "flow.2"] {
            assert!(may_hold_messages(Path::new(name)), "{name}");
        }
        for name in ["README.md", "a.png", "a.pdf", "a.zip", "a.html"] {
            assert!(!may_hold_messages(Path::new(name)), "{name}");
        }
    }
}
