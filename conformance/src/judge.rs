//! One file against the law.

use serde::Serialize;
use serde_json::Value;
use specs::{Action, Layer, Specs, Violation};

use crate::input::{Input, Message, messages};

/// What was found in one message.
pub type Finding = Violation;

/// Domain and version that the user wants, whatever the messages say.
#[derive(Debug, Clone, Default)]
pub struct Override {
    /// For example `ONDC:RET10`.
    pub domain: Option<String>,
    /// For example `1.2.5`.
    pub version: Option<String>,
}

/// What the law says of one file.
#[derive(Debug, Serialize)]
pub struct FileReport {
    /// The file as the user named it, or as it was found below a named folder.
    pub path: String,
    /// Why the file could not be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unreadable: Option<String>,
    /// One entry for each message; none when the file holds no message.
    pub messages: Vec<MessageReport>,
}

/// What the law says of one message.
#[derive(Debug, Serialize)]
pub struct MessageReport {
    /// JSON pointer of the message in its file; the pointers of findings begin below it.
    pub pointer: String,
    /// `context.action` as it stands there.
    pub action: String,
    /// The domain by which it was judged.
    pub domain: String,
    /// The version by which it was judged.
    pub version: String,
    /// Everything that is wrong; empty means clean.
    pub findings: Vec<Finding>,
}

/// Counts over all files.
#[derive(Debug, Default, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// Files looked at.
    pub files: usize,
    /// Messages judged.
    pub messages: usize,
    /// Messages without a finding.
    pub clean: usize,
    /// Findings in all messages.
    pub findings: usize,
    /// Files that could not be read.
    pub unreadable: usize,
    /// Files of a folder that hold JSON but no message.
    pub without_message: usize,
}

impl Summary {
    /// Counts.
    pub fn of(reports: &[FileReport]) -> Summary {
        let messages = || reports.iter().flat_map(|report| &report.messages);
        Summary {
            files: reports.len(),
            messages: messages().count(),
            clean: messages().filter(|message| message.findings.is_empty()).count(),
            findings: messages().map(|message| message.findings.len()).sum(),
            unreadable: reports.iter().filter(|report| report.unreadable.is_some()).count(),
            without_message: reports.iter().filter(|r| r.unreadable.is_none() && r.messages.is_empty()).count(),
        }
    }
}

/// Judges every message of a file, each by the book of its own domain and version unless `forced` says otherwise.
pub fn judge(specs: &Specs, forced: &Override, input: Input) -> FileReport {
    let path = input.path.display().to_string();
    let unreadable = |reason| FileReport { path: path.clone(), unreadable: Some(reason), messages: Vec::new() };
    let document = match input.content {
        Ok(document) => document,
        Err(reason) => return unreadable(reason),
    };
    let messages: Vec<MessageReport> =
        messages(&document).iter().map(|message| judge_message(specs, forced, message)).collect();
    if messages.is_empty() && input.named {
        return unreadable("no message in it: expected an object with a context that has an action".to_owned());
    }
    FileReport { path, unreadable: None, messages }
}

fn judge_message(specs: &Specs, forced: &Override, message: &Message<'_>) -> MessageReport {
    let context = &message.payload["context"];
    let domain = forced.domain.clone().unwrap_or_else(|| text(&context["domain"]));
    // Retail says `core_version`; the newer domains say `version`.
    let own_version = if context["core_version"].is_null() { &context["version"] } else { &context["core_version"] };
    let version = forced.version.clone().unwrap_or_else(|| text(own_version));
    let action = text(&context["action"]);
    let findings = match (specs.book(&domain, &version), action.parse::<Action>()) {
        (Some(book), Ok(action)) => book.check(action, message.payload),
        (Some(_), Err(error)) => {
            vec![finding("conformance.action", "/context/action", error.to_string(), None, &action)]
        }
        (None, _) => {
            let known: Vec<String> =
                specs.books().iter().map(|book| format!("{} {}", book.domain(), book.version())).collect();
            let message = format!(
                "no book for {domain:?} {version:?}: name one with --domain and --version, or load one with --spec"
            );
            vec![finding(
                "conformance.book",
                "/context/domain",
                message,
                Some(known.join(", ")),
                &format!("{domain} {version}"),
            )]
        }
    };
    MessageReport { pointer: message.pointer.clone(), action, domain, version, findings }
}

fn finding(rule: &str, path: &str, message: String, expected: Option<String>, actual: &str) -> Finding {
    Finding {
        rule: rule.to_owned(),
        layer: Layer::Schema,
        path: path.to_owned(),
        message,
        expected,
        actual: Some(actual.to_owned()),
    }
}

fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        other => other.to_string(),
    }
}
