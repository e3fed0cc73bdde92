//! One flow on the page: its timeline, and each message with its findings.

use std::time::Duration;

use jiff::Timestamp;
use specs::Side;

use super::excerpt;
use super::finding::{self, FindingPart};
use super::top::message_anchor;
use crate::judge::{BySeverity, FlowReport, MessageReport, Report, role_name};
use crate::recording::RecordedFlow;
use crate::report::text::severities;
use crate::report::where_it_is::contract;

/// A flow.
pub(super) struct FlowPart {
    pub(super) anchor: String,
    pub(super) source: String,
    pub(super) verdict: &'static str,
    pub(super) verdict_class: &'static str,
    pub(super) reason: String,
    pub(super) contract: String,
    /// Title of the flow of the network.
    pub(super) title: String,
    pub(super) found: String,
    pub(super) guesses: Vec<String>,
    pub(super) evaluated: Vec<&'static str>,
    pub(super) blind: Vec<(&'static str, String)>,
    /// Findings about the flow as a whole.
    pub(super) whole: Vec<FindingPart>,
    pub(super) messages: Vec<MessagePart>,
}

/// A message of a flow.
pub(super) struct MessagePart {
    pub(super) anchor: String,
    pub(super) number: usize,
    pub(super) name: String,
    pub(super) action: String,
    /// `buyer`, `seller`, or empty.
    pub(super) sender: &'static str,
    pub(super) receiver: &'static str,
    pub(super) time: String,
    /// Since the message before.
    pub(super) later: String,
    pub(super) file: String,
    pub(super) size: String,
    pub(super) answer: String,
    pub(super) refused: bool,
    /// `2 errors, 1 warning`, of the side under test.
    pub(super) found: String,
    /// The worst severity among them; else `other` (only what does not count), `clean`, or `blind`.
    pub(super) class: &'static str,
    pub(super) own: Vec<FindingPart>,
    pub(super) apart: Vec<FindingPart>,
    /// The message as HTML; empty when it is not shown.
    pub(super) excerpt: String,
}

pub(super) fn part(at: usize, flow: &FlowReport, recorded: &RecordedFlow, report: &Report, whole: bool) -> FlowPart {
    let findings = |message: Option<usize>| -> Vec<FindingPart> {
        let numbered = flow.findings.iter().enumerate().filter(|(_, finding)| finding.message == message);
        numbered.zip(1..).map(|((number, one), label)| finding::part(at, (number, label), flow, one, report)).collect()
    };
    let mut before = None;
    let mut messages = Vec::new();
    for message in &flow.messages {
        let time = message.timestamp.as_deref().and_then(|text| text.parse::<Timestamp>().ok());
        let later = before.zip(time).map(|(before, time)| later(before, time)).unwrap_or_default();
        before = time.or(before);
        let (own, apart): (Vec<_>, Vec<_>) = findings(Some(message.index)).into_iter().partition(|one| one.own);
        let shown = whole || !own.is_empty() || !apart.is_empty();
        let excerpt = recorded.messages.get(message.index).filter(|_| shown);
        messages.push(MessagePart {
            excerpt: excerpt.map(|recorded| excerpt::html(at, flow, message.index, recorded)).unwrap_or_default(),
            time: time.map(|time| time.strftime("%Y-%m-%d %H:%M:%S").to_string()).unwrap_or_default(),
            later,
            ..message_part(at, message, own, apart)
        });
    }
    let layers = || flow.layers.iter();
    FlowPart {
        anchor: format!("f{}", at + 1),
        source: flow.source.clone(),
        verdict: flow.verdict.words(),
        verdict_class: flow.verdict.as_str(),
        reason: flow.reason.clone(),
        contract: contract(flow),
        title: flow.flow.as_ref().map(|kind| kind.title.clone()).unwrap_or_default(),
        found: severities(flow.totals.own),
        guesses: flow.guesses.clone(),
        evaluated: layers().filter(|layer| layer.evaluated).map(|layer| layer.layer.as_str()).collect(),
        blind: layers()
            .filter(|layer| !layer.evaluated)
            .map(|layer| (layer.layer.as_str(), layer.why_not.clone().unwrap_or_default()))
            .collect(),
        whole: findings(None),
        messages,
    }
}

fn message_part(at: usize, message: &MessageReport, own: Vec<FindingPart>, apart: Vec<FindingPart>) -> MessagePart {
    let mut count = BySeverity::default();
    for finding in &own {
        match finding.severity {
            "error" => count.error += 1,
            "warning" => count.warning += 1,
            _ => count.note += 1,
        }
    }
    let worst = own.first().map(|finding| finding.severity);
    let line = message.line.map(|line| format!(":{line}")).unwrap_or_default();
    let pointer = if message.pointer.is_empty() { String::new() } else { format!(" at {}", message.pointer) };
    MessagePart {
        anchor: message_anchor(at, message.index),
        number: message.index + 1,
        name: message.step.clone().unwrap_or_else(|| message.action.clone()),
        action: message.action.clone(),
        sender: message.sender.map_or("", role_name),
        receiver: message.sender.map(Side::other).map_or("", role_name),
        time: String::new(),
        later: String::new(),
        file: format!("{}{line}{pointer}", message.path),
        size: size(message.bytes),
        answer: message.answer.clone().unwrap_or_default(),
        refused: message.was_refused(),
        found: if own.is_empty() { String::new() } else { severities(count) },
        class: worst.unwrap_or(match (message.evaluated, apart.is_empty()) {
            (false, _) => "blind",
            (true, true) => "clean",
            (true, false) => "other",
        }),
        own,
        apart,
        excerpt: String::new(),
    }
}

fn size(bytes: u64) -> String {
    match bytes {
        0..1_000 => format!("{bytes} B"),
        1_000..1_000_000 => format!("{:.1} kB", bytes as f64 / 1e3),
        _ => format!("{:.1} MB", bytes as f64 / 1e6),
    }
}

/// `+2.1 s`, `+3 min`, `−5 h`.
fn later(before: Timestamp, now: Timestamp) -> String {
    let sign = if now < before { "−" } else { "+" };
    let span: Duration = now.duration_since(before).unsigned_abs();
    let seconds = span.as_secs_f64();
    let text = match seconds {
        s if s < 60.0 => format!("{s:.1} s"),
        s if s < 3_600.0 => format!("{:.0} min", s / 60.0),
        s if s < 172_800.0 => format!("{:.0} h", s / 3_600.0),
        s => format!("{:.0} days", s / 86_400.0),
    };
    format!("{sign}{text}")
}
