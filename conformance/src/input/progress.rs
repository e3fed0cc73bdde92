//! How far the reading is.

use std::io::{IsTerminal, Write};
use std::time::{Duration, Instant};

/// How far the reading is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Progress {
    /// All files to be read.
    pub files: usize,
    /// Files that have been read.
    pub files_read: usize,
    /// Bytes that have been read.
    pub bytes: u64,
}

/// Shorter work needs no word.
const QUIET: Duration = Duration::from_millis(700);
const EVERY: Duration = Duration::from_millis(100);

/// One line on standard error that tells the progress of long work, where a person looks on.
#[derive(Debug)]
pub struct ProgressLine {
    next: Option<Instant>,
    shown: bool,
}

impl ProgressLine {
    /// Says something only when standard error is a terminal.
    #[allow(clippy::new_without_default)] // it looks at the terminal
    pub fn new() -> ProgressLine {
        ProgressLine { next: std::io::stderr().is_terminal().then(|| Instant::now() + QUIET), shown: false }
    }

    /// Shows where the work is, not more often than people read.
    pub fn tell(&mut self, progress: Progress) {
        let now = Instant::now();
        if self.next.is_some_and(|next| now >= next) {
            let Progress { files, files_read, bytes } = progress;
            let mb = bytes / 1_000_000;
            // Who cannot be told needs no progress.
            let _ = write!(std::io::stderr(), "\rread {files_read} of {files} files, {mb} MB ");
            (self.next, self.shown) = (Some(now + EVERY), true);
        }
    }
}

impl Drop for ProgressLine {
    fn drop(&mut self) {
        if self.shown {
            let _ = write!(std::io::stderr(), "\r\x1b[K");
        }
    }
}
