//! For the terminal: by flow, by message, the worst first.

use std::borrow::Cow;
use std::collections::HashSet;
use std::io::{self, Write};

use specs::{Severity, Side};

use super::where_it_is::{contract, elsewhere, other, place};
use crate::excuse::WaiverState;
use crate::finding::Finding;
use crate::judge::{BySeverity, FlowReport, Party, Report, Verdict, counted, role_name};

pub(super) fn text(report: &Report, color: bool, out: &mut impl Write) -> io::Result<()> {
    let mut printer = Printer { paint: Paint(color), hinted: HashSet::new(), out };
    for flow in &report.flows {
        printer.flow(flow)?;
    }
    printer.files(report)?;
    printer.excuses(report)?;
    printer.end(report)
}

/// The last line of the text: verdict and counts.
pub fn outcome(report: &Report, color: bool, out: &mut impl Write) -> io::Result<()> {
    Printer { paint: Paint(color), hinted: HashSet::new(), out }.end(report)
}

/// Text from a log, for the terminal: a message may not move the cursor or change colours.
fn shown(text: &str) -> Cow<'_, str> {
    match text.chars().any(char::is_control) {
        false => Cow::Borrowed(text),
        true => Cow::Owned(text.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect()),
    }
}

/// Colour is an addition: every line says the same without it.
#[derive(Clone, Copy)]
struct Paint(bool);

impl Paint {
    fn with(self, code: &str, text: &str) -> String {
        if self.0 { format!("\x1b[{code}m{text}\x1b[0m") } else { text.to_owned() }
    }

    fn bold(self, text: &str) -> String {
        self.with("1", text)
    }

    fn faint(self, text: &str) -> String {
        self.with("2", text)
    }

    fn severity(self, severity: Severity) -> String {
        match severity {
            Severity::Error => self.with("1;31", "error"),
            Severity::Warning => self.with("33", "warning"),
            Severity::Note => self.with("36", "note"),
        }
    }

    fn verdict(self, verdict: Verdict) -> String {
        let code = match verdict {
            Verdict::Clean => "1;32",
            Verdict::Findings => "1;31",
            Verdict::NotEvaluated => "1;33",
        };
        self.with(code, verdict.words())
    }
}

struct Printer<'o, W: Write> {
    paint: Paint,
    /// Rules whose hint was printed already.
    hinted: HashSet<String>,
    out: &'o mut W,
}

impl<W: Write> Printer<'_, W> {
    fn flow(&mut self, flow: &FlowReport) -> io::Result<()> {
        let paint = self.paint;
        let messages = counted(flow.messages.len(), "message");
        let head = format!("{}: {}", paint.bold(&shown(&flow.source)), paint.verdict(flow.verdict));
        let (reason, contract) = (shown(&flow.reason), contract(flow));
        writeln!(self.out, "{head} ({reason}; {}; {messages})", shown(&contract))?;
        for guess in &flow.guesses {
            writeln!(self.out, "  note: {}", shown(guess))?;
        }
        self.group(flow, Party::Own, "")?;
        let other = flow.role.map_or("", |role| role_name(role.other()));
        self.group(flow, Party::OtherSide, &format!("  at the fault of the {other}, not counted:"))?;
        self.group(flow, Party::Unclear, "  the log does not tell whose fault, not counted:")?;
        if flow.totals.excused.sum() > 0 {
            writeln!(self.out, "  {} excused", counted(flow.totals.excused.sum(), "finding"))?;
        }
        let blind: Vec<String> = flow
            .layers
            .iter()
            .filter(|layer| !layer.evaluated)
            .map(|layer| format!("{} ({})", layer.layer.as_str(), layer.why_not.as_deref().unwrap_or_default()))
            .collect();
        if !blind.is_empty() {
            writeln!(self.out, "{}", paint.faint(&format!("  not evaluated: {}", blind.join("; "))))?;
        }
        Ok(())
    }

    /// The findings of one party, by message.
    fn group(&mut self, flow: &FlowReport, party: Party, title: &str) -> io::Result<()> {
        let mut shown: Option<Option<usize>> = None;
        for finding in flow.findings.iter().filter(|finding| finding.party(flow.role) == party) {
            if shown.is_none() && !title.is_empty() {
                writeln!(self.out, "{title}")?;
            }
            if shown != Some(finding.message) {
                shown = Some(finding.message);
                self.message(flow, finding.message)?;
            }
            self.finding(flow, finding)?;
        }
        Ok(())
    }

    fn message(&mut self, flow: &FlowReport, index: Option<usize>) -> io::Result<()> {
        let Some(message) = index.and_then(|index| flow.messages.get(index)) else {
            return writeln!(self.out, "  {}", self.paint.bold("the flow as a whole"));
        };
        let sender = message.sender.map_or(String::new(), |side| format!(" from the {}", role_name(side)));
        let at = if message.pointer.is_empty() { String::new() } else { format!(" at {}", message.pointer) };
        let name = self.paint.bold(&shown(&message.name()));
        writeln!(self.out, "  {name}{sender}, {}{}", shown(&message.path), shown(&at))
    }

    fn finding(&mut self, flow: &FlowReport, finding: &Finding) -> io::Result<()> {
        let (severity, rule) = (self.paint.severity(finding.severity), self.paint.faint(&finding.rule));
        let line = finding.position.map(|at| format!(", line {}:{}", at.line, at.column)).unwrap_or_default();
        writeln!(self.out, "    {severity} {}  [{rule}]", shown(&finding.text))?;
        writeln!(self.out, "      at:       {}{line}", shown(&place(finding)))?;
        if let Some(expected) = &finding.expected {
            writeln!(self.out, "      expected: {}", shown(expected))?;
        }
        if finding.actual.is_some() || finding.expected.is_some() {
            writeln!(self.out, "      found:    {}", shown(finding.actual.as_deref().unwrap_or("nothing")))?;
        }
        for place in elsewhere(finding) {
            writeln!(self.out, "      also:     {}", shown(&place))?;
        }
        if let Some(place) = &finding.contradicts {
            writeln!(self.out, "      against:  {}", shown(&other(place, flow)))?;
        }
        if !finding.hint.is_empty() && self.hinted.insert(finding.rule.clone()) {
            writeln!(self.out, "      fix:      {}", finding.hint)?;
        }
        Ok(())
    }

    fn files(&mut self, report: &Report) -> io::Result<()> {
        for one in &report.unread {
            writeln!(self.out, "{}: cannot be read: {}", shown(&one.path), shown(&one.reason))?;
        }
        for fault in &report.faults {
            writeln!(self.out, "fault of this program: {fault}; the report is not complete")?;
        }
        Ok(())
    }

    fn excuses(&mut self, report: &Report) -> io::Result<()> {
        for one in &report.waivers {
            let (rule, owner, expires) = (&one.waiver.rule, &one.waiver.owner, one.waiver.expires);
            match one.state {
                WaiverState::Used => {}
                WaiverState::Unused => writeln!(self.out, "waiver of {rule} ({owner}) excuses nothing: take it out")?,
                WaiverState::Expired => {
                    let findings = counted(one.findings, "finding");
                    writeln!(self.out, "waiver of {rule} ({owner}) ended on {expires}: {findings} count again")?;
                }
            }
        }
        match report.baseline {
            Some(baseline) if baseline.gone > 0 => {
                let gone = counted(baseline.gone, "known finding");
                writeln!(self.out, "{gone} of the baseline no longer found: write it anew with --write-baseline")
            }
            _ => Ok(()),
        }
    }

    fn end(&mut self, report: &Report) -> io::Result<()> {
        let totals = &report.totals;
        let own = severities(totals.findings.own);
        write!(
            self.out,
            "{}: {} in {}, {} clean: {own}",
            self.paint.verdict(report.verdict),
            counted(totals.messages, "message"),
            counted(totals.flows, "flow"),
            totals.clean_flows,
        )?;
        let groups = [
            (totals.findings.other_side, side_words(report.options.role)),
            (totals.findings.unclear, "at nobody's clear fault".to_owned()),
            (totals.findings.excused, "excused".to_owned()),
        ];
        for (group, words) in groups.iter().filter(|(group, _)| group.sum() > 0) {
            write!(self.out, "; {} {words}", group.sum())?;
        }
        if totals.evaluated < totals.messages {
            write!(self.out, "; {} not evaluated", counted(totals.messages - totals.evaluated, "message"))?;
        }
        if !report.without_message.is_empty() {
            write!(self.out, "; {} without a message", counted(report.without_message.len(), "file"))?;
        }
        if !report.unread.is_empty() {
            write!(self.out, "; {} not readable", counted(report.unread.len(), "file"))?;
        }
        writeln!(self.out)
    }
}

fn side_words(role: Option<Side>) -> String {
    role.map_or(String::new(), |role| format!("at the fault of the {}", role_name(role.other())))
}

/// `2 errors, 1 warning`; `no findings`.
pub(super) fn severities(count: BySeverity) -> String {
    let words = [(count.error, "error"), (count.warning, "warning"), (count.note, "note")];
    let some: Vec<String> = words.iter().filter(|(n, _)| *n > 0).map(|(n, word)| counted(*n, word)).collect();
    if some.is_empty() { "no findings".to_owned() } else { some.join(", ") }
}
