//! SARIF 2.1.0, for code scanning: rules with their words, each finding with its file, line and pointer.

use std::collections::BTreeMap;
use std::io::{self, Write};

use serde_json::{Value, json};
use specs::{Rule, Severity};

use super::where_it_is::{message, other, place};
use crate::finding::{Finding, Place};
use crate::judge::{FlowReport, Report};

const SCHEMA: &str = "https://json.schemastore.org/sarif-2.1.0.json";

pub(super) fn sarif(report: &Report, out: &mut impl Write) -> io::Result<()> {
    let at: BTreeMap<&str, usize> = report.rules.iter().enumerate().map(|(at, rule)| (rule.id.as_str(), at)).collect();
    let results: Vec<Value> =
        report.flows.iter().flat_map(|flow| flow.findings.iter().map(|finding| result(flow, finding, &at))).collect();
    let unread = report.unread.iter().map(|one| notification(&one.path, &one.reason));
    let faults = report.faults.iter().map(|fault| json!({"level": "error", "message": {"text": fault}}));
    let notifications: Vec<Value> = unread.chain(faults).collect();
    let log = json!({
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": {
                "name": "conformance",
                "semanticVersion": report.tool_version,
                "properties": {"law": report.law.digest},
                "rules": report.rules.iter().map(rule).collect::<Vec<_>>(),
            }},
            "invocations": [{
                "executionSuccessful": notifications.is_empty(),
                "toolExecutionNotifications": notifications,
            }],
            "results": results,
            "columnKind": "unicodeCodePoints",
        }],
    });
    serde_json::to_writer_pretty(&mut *out, &log)?;
    writeln!(out)
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "note",
    }
}

fn rule(rule: &Rule) -> Value {
    let help = [("Why", &rule.rationale), ("Fix", &rule.hint), ("Clause", &rule.clause)];
    let lines: Vec<String> =
        help.iter().filter(|(_, text)| !text.is_empty()).map(|(word, text)| format!("{word}: {text}")).collect();
    let mut told = json!({
        "id": rule.id,
        "name": rule.id.rsplit('/').next().unwrap_or(&rule.id),
        "shortDescription": {"text": rule.title},
        "fullDescription": {"text": if rule.rationale.is_empty() { &rule.title } else { &rule.rationale }},
        "defaultConfiguration": {"level": level(rule.severity)},
        "properties": {"tags": [rule.layer.as_str()]},
    });
    if !lines.is_empty() {
        told["help"] = json!({"text": lines.join("\n")});
    }
    told
}

fn result(flow: &FlowReport, finding: &Finding, rules: &BTreeMap<&str, usize>) -> Value {
    let mut text = finding.text.clone();
    if let Some(expected) = &finding.expected {
        text.push_str(&format!(" Expected {expected}, found {}.", finding.actual.as_deref().unwrap_or("nothing")));
    }
    let mut told = json!({
        "ruleId": finding.rule,
        "level": if finding.counts(flow.role) { "error" } else if finding.severity == Severity::Error { "warning" } else { level(finding.severity) },
        "message": {"text": text},
        "locations": [location(flow, finding)],
        "partialFingerprints": {"conformanceFinding/v1": fingerprint(flow, finding)},
        "occurrenceCount": finding.count.max(1),
        "properties": {"flow": flow.source, "place": place(finding), "fault": finding.fault, "side": finding.side},
    });
    if let Some(at) = rules.get(finding.rule.as_str()) {
        told["ruleIndex"] = json!(at);
    }
    if let Some(place) = &finding.contradicts {
        told["relatedLocations"] = json!([related(flow, place)]);
    }
    if let Some(excuse) = &finding.excused {
        told["suppressions"] = json!([{"kind": "external", "status": "accepted", "justification": excuse}]);
    }
    told
}

fn location(flow: &FlowReport, finding: &Finding) -> Value {
    let path = message(finding, flow).map_or(flow.source.as_str(), |message| message.path.as_str());
    let mut physical = json!({"artifactLocation": {"uri": uri(path)}});
    if message(finding, flow).is_some() {
        let (line, column) = finding.position.map_or((1, 1), |at| (at.line, at.column));
        physical["region"] = json!({"startLine": line, "startColumn": column});
    }
    let pointer = if finding.pointer.is_empty() { "/" } else { &finding.pointer };
    json!({
        "physicalLocation": physical,
        "logicalLocations": [{"fullyQualifiedName": pointer, "kind": "member"}],
    })
}

fn related(flow: &FlowReport, at: &Place) -> Value {
    let path = flow.messages.get(at.message).map_or(flow.source.as_str(), |message| message.path.as_str());
    json!({
        "physicalLocation": {"artifactLocation": {"uri": uri(path)}},
        "logicalLocations": [{"fullyQualifiedName": at.pointer, "kind": "member"}],
        "message": {"text": other(at, flow)},
    })
}

fn notification(path: &str, reason: &str) -> Value {
    json!({
        "level": "error",
        "message": {"text": format!("{path}: {reason}")},
        "locations": [{"physicalLocation": {"artifactLocation": {"uri": uri(path)}}}],
    })
}

/// The same finding in the next run has the same: no line, no index, no value.
fn fingerprint(flow: &FlowReport, finding: &Finding) -> String {
    let action = message(finding, flow).map_or("", |message| message.action.as_str());
    format!("{}|{}|{action}|{}", flow.source.replace('\\', "/"), finding.rule, finding.place)
}

/// A path as a relative URI; what a URI may not hold is escaped.
fn uri(path: &str) -> String {
    let mut uri = String::with_capacity(path.len());
    for byte in path.replace('\\', "/").trim_start_matches("./").bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'-' | b'_' | b'.' | b'~' => uri.push(char::from(byte)),
            other => uri.push_str(&format!("%{other:02X}")),
        }
    }
    uri
}
