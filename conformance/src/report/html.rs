//! One page for people.

use std::io::{self, Write};

use crate::judge::Report;
use crate::recording::Recording;

/// Writes the page.
///
/// # Errors
/// When `out` cannot be written.
pub fn html(_report: &Report, _recording: &Recording, _out: &mut impl Write) -> io::Result<()> {
    Ok(())
}
