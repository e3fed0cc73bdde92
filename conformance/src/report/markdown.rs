//! For a comment under a pull request: the verdict, a table of flows, and what to mend, the most frequent first.

use std::io::{self, Write};

use specs::Severity;

use super::text::severities;
use super::where_it_is::{contract, elsewhere, file, place};
use crate::finding::Finding;
use crate::judge::{FlowReport, MessageReport, Report, Verdict, counted, role_name};

/// A comment that is longer is read by nobody; the rest is in the other outputs.
const FINDINGS_MAX: usize = 50;

pub(super) fn markdown(report: &Report, out: &mut impl Write) -> io::Result<()> {
    let totals = &report.totals;
    let role = report.options.role.map_or(String::new(), |role| format!(" of the {}", role_name(role)));
    writeln!(out, "## Conformance{role}: {}\n", report.verdict.words())?;
    writeln!(
        out,
        "{} in {}: {}.\n",
        counted(totals.messages, "message"),
        counted(totals.flows, "flow"),
        severities(totals.findings.own)
    )?;
    for one in &report.unread {
        writeln!(out, "- **not readable**: {}: {}", code(&one.path), plain(&one.reason))?;
    }
    for fault in &report.faults {
        writeln!(out, "- **fault of the check itself**: {}", plain(fault))?;
    }
    if !(report.unread.is_empty() && report.faults.is_empty()) {
        writeln!(out)?;
    }
    flows(report, out)?;
    let counting: Vec<(&FlowReport, &Finding)> = of(report, |flow, finding| finding.counts(flow.role));
    section(out, "To mend", &counting)?;
    let own = |flow: &FlowReport, finding: &Finding| {
        finding.severity != Severity::Error && finding.party(flow.role) == crate::judge::Party::Own
    };
    section(out, "Worth mending", &of(report, own))?;
    let other = of(report, |flow, f| f.party(flow.role) == crate::judge::Party::OtherSide);
    if let (Some(role), false) = (report.options.role, other.is_empty()) {
        section(out, &format!("At the fault of the {} (not counted)", role_name(role.other())), &other)?;
    }
    writeln!(
        out,
        "\n<sub>conformance {}, law {}</sub>",
        report.tool_version,
        report.law.digest.get(..12).unwrap_or_default()
    )
}

fn of(report: &Report, wanted: impl Fn(&FlowReport, &Finding) -> bool) -> Vec<(&FlowReport, &Finding)> {
    let all = report.flows.iter().flat_map(|flow| flow.findings.iter().map(move |finding| (flow, finding)));
    all.filter(|(flow, finding)| wanted(flow, finding)).collect()
}

fn flows(report: &Report, out: &mut impl Write) -> io::Result<()> {
    writeln!(out, "| flow | verdict | findings | not evaluated |\n|---|---|---|---|")?;
    for flow in &report.flows {
        let blind: Vec<&str> =
            flow.layers.iter().filter(|layer| !layer.evaluated).map(|layer| layer.layer.as_str()).collect();
        let sign = match flow.verdict {
            Verdict::Clean => "✅ clean",
            Verdict::Findings => "❌ findings",
            Verdict::NotEvaluated => "❔ not evaluated",
        };
        let (source, found) = (code(&flow.source), severities(flow.totals.own));
        writeln!(out, "| {source}<br>{} | {sign} | {found} | {} |", plain(&contract(flow)), blind.join(", "))?;
    }
    Ok(())
}

fn section(out: &mut impl Write, title: &str, findings: &[(&FlowReport, &Finding)]) -> io::Result<()> {
    if findings.is_empty() {
        return Ok(());
    }
    writeln!(
        out,
        "\n<details{}><summary>{title}: {}</summary>\n",
        if title == "To mend" { " open" } else { "" },
        findings.len()
    )?;
    for (flow, finding) in findings.iter().take(FINDINGS_MAX) {
        let message = finding.message.and_then(|at| flow.messages.get(at)).map(MessageReport::name);
        let whole = || format!("{}, the whole flow", flow.source);
        let at = file(finding, flow).unwrap_or_else(whole);
        writeln!(out, "- {} — {}  ", plain(&finding.text), code(&finding.rule))?;
        writeln!(out, "  {}, {} {}  ", plain(&message.unwrap_or_default()), code(&at), code(&place(finding)))?;
        if let Some(expected) = &finding.expected {
            let found = finding.actual.as_deref().map_or_else(|| "nothing".to_owned(), code);
            writeln!(out, "  expected {}, found {found}  ", code(expected))?;
        }
        for place in elsewhere(finding) {
            writeln!(out, "  also {}  ", code(&place))?;
        }
        if !finding.hint.is_empty() {
            writeln!(out, "  *{}*", plain(&finding.hint))?;
        }
    }
    if findings.len() > FINDINGS_MAX {
        writeln!(out, "- … and {} more", findings.len() - FINDINGS_MAX)?;
    }
    writeln!(out, "\n</details>")
}

/// Text from a message cannot become a link, an image, a mention or HTML.
fn plain(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '\n' | '\r' | '\t' => safe.push(' '),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '&' => safe.push_str("&amp;"),
            '@' => safe.push_str("&#64;"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '!' | '#' | '~' => {
                safe.push('\\');
                safe.push(character);
            }
            other => safe.push(other),
        }
    }
    safe
}

/// As code, which Markdown takes literally; a pipe would end the cell of a table, a backtick the code.
fn code(text: &str) -> String {
    let safe = text.chars().map(|character| match character {
        '`' => '\'',
        '|' => '¦',
        other if other.is_control() => ' ',
        other => other,
    });
    format!("`{}`", safe.collect::<String>())
}
