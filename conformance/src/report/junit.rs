//! JUnit XML: a test suite for each flow; in it a test case for each clean message and for each finding.

use std::fmt::Write as _;
use std::io::{self, Write};

use specs::Severity;

use super::where_it_is::{elsewhere, file, message, other, place};
use crate::finding::Finding;
use crate::judge::{FlowReport, MessageReport, Report, Verdict};

/// One test case: name, class, and what is in it.
struct Case {
    name: String,
    class: String,
    file: Option<String>,
    body: String,
    kind: Kind,
}

#[derive(PartialEq, Eq)]
enum Kind {
    Passed,
    Failed,
    Skipped,
    /// Could not be judged.
    Broken,
}

pub(super) fn junit(report: &Report, out: &mut impl Write) -> io::Result<()> {
    let mut suites: Vec<(String, Vec<Case>)> =
        report.flows.iter().map(|flow| (flow.source.clone(), cases(flow))).collect();
    let files: Vec<Case> = report.unread.iter().map(|one| broken(&one.path, &one.reason)).collect();
    let faults = report.faults.iter().map(|fault| broken("conformance", fault));
    let input: Vec<Case> = files.into_iter().chain(faults).collect();
    if !input.is_empty() {
        suites.push(("input".to_owned(), input));
    }
    if suites.is_empty() {
        suites.push(("input".to_owned(), vec![broken("input", "no message was found")]));
    }
    writeln!(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>")?;
    let all = || suites.iter().flat_map(|(_, cases)| cases);
    writeln!(out, "<testsuites name=\"conformance\" {}>", counts(all()))?;
    for (name, cases) in &suites {
        let time = report.started.strftime("%Y-%m-%dT%H:%M:%S");
        writeln!(out, "  <testsuite name=\"{}\" timestamp=\"{time}\" {}>", escape(name), counts(cases.iter()))?;
        for case in cases {
            write_case(case, out)?;
        }
        writeln!(out, "  </testsuite>")?;
    }
    writeln!(out, "</testsuites>")
}

fn counts<'c>(cases: impl Iterator<Item = &'c Case>) -> String {
    let (mut tests, mut failed, mut broken, mut skipped) = (0, 0, 0, 0);
    for case in cases {
        tests += 1;
        match case.kind {
            Kind::Passed => {}
            Kind::Failed => failed += 1,
            Kind::Broken => broken += 1,
            Kind::Skipped => skipped += 1,
        }
    }
    format!("tests=\"{tests}\" failures=\"{failed}\" errors=\"{broken}\" skipped=\"{skipped}\"")
}

fn write_case(case: &Case, out: &mut impl Write) -> io::Result<()> {
    let file = case.file.as_ref().map_or(String::new(), |file| format!(" file=\"{}\"", escape(file)));
    write!(
        out,
        "    <testcase name=\"{}\" classname=\"{}\"{file} time=\"0\"",
        escape(&case.name),
        escape(&case.class)
    )?;
    if case.body.is_empty() {
        return writeln!(out, "/>");
    }
    writeln!(out, ">\n      {}\n    </testcase>", case.body)
}

fn broken(class: &str, reason: &str) -> Case {
    Case {
        name: class.to_owned(),
        class: class.to_owned(),
        file: None,
        body: format!("<error message=\"{}\"/>", escape(reason)),
        kind: Kind::Broken,
    }
}

fn cases(flow: &FlowReport) -> Vec<Case> {
    let mut cases: Vec<Case> = flow.findings.iter().map(|finding| case(flow, finding)).collect();
    let spoken = |message: &MessageReport| flow.findings.iter().any(|finding| finding.message == Some(message.index));
    for message in flow.messages.iter().filter(|message| message.evaluated && !spoken(message)) {
        cases.push(Case {
            name: format!("{} is clean", message.name()),
            class: flow.source.clone(),
            file: Some(message.path.clone()),
            body: String::new(),
            kind: Kind::Passed,
        });
    }
    for layer in flow.layers.iter().filter(|layer| !layer.evaluated) {
        let why = layer.why_not.as_deref().unwrap_or_default();
        cases.push(Case {
            name: format!("layer {}", layer.layer.as_str()),
            class: flow.source.clone(),
            file: None,
            body: format!("<skipped message=\"{}\"/>", escape(why)),
            kind: Kind::Skipped,
        });
    }
    if flow.verdict == Verdict::NotEvaluated {
        cases.push(Case { name: "verdict".to_owned(), ..broken(&flow.source, &flow.reason) });
    }
    cases
}

/// Only what makes the verdict fails; the rest is told in a case that passes.
fn case(flow: &FlowReport, finding: &Finding) -> Case {
    let name = message(finding, flow).map_or_else(|| "the flow".to_owned(), MessageReport::name);
    let counts = finding.counts(flow.role);
    let mut text = String::new();
    let mut line = |label: &str, value: &str| {
        if !value.is_empty() {
            let _ = writeln!(text, "{label}: {value}");
        }
    };
    line("at", &file(finding, flow).unwrap_or_default());
    line("place", &place(finding));
    line("expected", finding.expected.as_deref().unwrap_or("-"));
    line("found", finding.actual.as_deref().unwrap_or("nothing"));
    for place in elsewhere(finding) {
        line("also", &place);
    }
    if let Some(place) = &finding.contradicts {
        line("against", &other(place, flow));
    }
    if let Some(excuse) = &finding.excused {
        line("excused", excuse);
    }
    line("fix", &finding.hint);
    let kind = match finding.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "note",
    };
    let (words, text) = (escape(&finding.text), escape(&text));
    let body = match counts {
        true => format!("<failure type=\"{}\" message=\"{words}\">{text}</failure>", escape(&finding.rule)),
        false => format!("<system-out>{kind}, not counted: {words}\n{text}</system-out>"),
    };
    Case {
        name: format!("{name}: {} at {}", finding.rule, place(finding)),
        class: flow.source.clone(),
        file: message(finding, flow).map(|message| message.path.clone()),
        body,
        kind: if counts { Kind::Failed } else { Kind::Passed },
    }
}

/// For an attribute or text; characters that XML 1.0 cannot hold become a question mark.
fn escape(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\n' => safe.push_str("&#10;"),
            '\t' | '\r' => safe.push(' '),
            '\u{0}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => safe.push('?'),
            other => safe.push(other),
        }
    }
    safe
}
