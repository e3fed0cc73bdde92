//! Printing what was found, for people and for programs.

use std::io::{self, Write};

use serde::Serialize;

use crate::judge::{FileReport, Finding, MessageReport, Summary};

#[derive(Serialize)]
struct Report<'a> {
    files: &'a [FileReport],
    summary: &'a Summary,
}

pub(crate) fn json(files: &[FileReport], summary: &Summary, out: &mut impl Write) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut *out, &Report { files, summary })?;
    writeln!(out)
}

pub(crate) fn text(files: &[FileReport], summary: &Summary, out: &mut impl Write) -> io::Result<()> {
    for file in files {
        if let Some(reason) = &file.unreadable {
            writeln!(out, "{}: cannot be read: {reason}", file.path)?;
        }
        for message in file.messages.iter().filter(|message| !message.findings.is_empty()) {
            message_text(&file.path, message, out)?;
        }
    }
    summary_text(summary, out)
}

fn message_text(path: &str, message: &MessageReport, out: &mut impl Write) -> io::Result<()> {
    let MessageReport { pointer, action, domain, version, findings } = message;
    let at = if pointer.is_empty() { String::new() } else { format!(" at {pointer}") };
    writeln!(out, "{path}{at}: {action}, {domain} {version}: {}", counted(findings.len(), "finding"))?;
    findings.iter().try_for_each(|finding| finding_text(finding, out))
}

fn finding_text(finding: &Finding, out: &mut impl Write) -> io::Result<()> {
    let place = if finding.path.is_empty() { "(whole message)" } else { &finding.path };
    writeln!(out, "  {place}")?;
    writeln!(out, "    {}", finding.message)?;
    if let Some(expected) = &finding.expected {
        writeln!(out, "    expected: {expected}")?;
    }
    writeln!(out, "    found:    {}", finding.actual.as_deref().unwrap_or("nothing"))?;
    writeln!(out, "    rule:     {}", finding.rule)
}

fn summary_text(summary: &Summary, out: &mut impl Write) -> io::Result<()> {
    let Summary { files, messages, clean, findings, unreadable, without_message } = *summary;
    write!(
        out,
        "{} in {}: {clean} clean, {} with {}",
        counted(messages, "message"),
        counted(files, "file"),
        messages - clean,
        counted(findings, "finding")
    )?;
    if without_message > 0 {
        write!(out, ", {} without a message", counted(without_message, "file"))?;
    }
    if unreadable > 0 {
        write!(out, ", {} not readable", counted(unreadable, "file"))?;
    }
    writeln!(out)
}

fn counted(count: usize, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}
