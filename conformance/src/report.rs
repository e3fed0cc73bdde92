//! The outputs, all from one model: [`Report`]. Only the HTML page also shows the messages themselves.

mod html;
mod junit;
mod markdown;
mod sarif;
pub(crate) mod text;
mod where_it_is;

use std::io::{self, Write};

use clap::ValueEnum;

use crate::judge::Report;
use crate::recording::Recording;

pub use html::html;
pub use text::outcome;

/// How to tell a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For the terminal.
    Text,
    /// Everything, for programs; `report.schema.json` describes it.
    Json,
    /// For CI: a test suite for each flow.
    Junit,
    /// For code scanning (SARIF 2.1.0).
    Sarif,
    /// For a comment under a pull request.
    Markdown,
    /// One page for people, complete in itself.
    Html,
}

impl Format {
    /// What a browser is told.
    pub fn media_type(self) -> &'static str {
        match self {
            Format::Text => "text/plain; charset=utf-8",
            Format::Json => "application/json",
            Format::Junit => "application/xml",
            Format::Sarif => "application/sarif+json",
            Format::Markdown => "text/markdown; charset=utf-8",
            Format::Html => "text/html; charset=utf-8",
        }
    }

    /// End of a file's name.
    pub fn extension(self) -> &'static str {
        match self {
            Format::Text => "txt",
            Format::Json => "json",
            Format::Junit => "xml",
            Format::Sarif => "sarif",
            Format::Markdown => "md",
            Format::Html => "html",
        }
    }
}

/// Writes a report. `color` is for the terminal only.
///
/// # Errors
/// When `out` cannot be written.
pub fn write(
    format: Format,
    report: &Report,
    recording: &Recording,
    color: bool,
    out: &mut impl Write,
) -> io::Result<()> {
    match format {
        Format::Text => text::text(report, color, out),
        Format::Json => json(report, out),
        Format::Junit => junit::junit(report, out),
        Format::Sarif => sarif::sarif(report, out),
        Format::Markdown => markdown::markdown(report, out),
        Format::Html => html(report, recording, out),
    }
}

fn json(report: &Report, out: &mut impl Write) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut *out, report)?;
    writeln!(out)
}
