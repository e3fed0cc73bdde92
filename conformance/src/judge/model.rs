//! The report: one model from which every output is made. `report.schema.json` describes it as JSON.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use specs::{CheckLayer, Rule, Severity, Side};

use super::coverage::Coverage;
use crate::excuse::{BaselineReport, WaiverReport};
use crate::finding::Finding;

/// Name and number of the shape; another number when a reader of the old one would misread.
pub const FORMAT: &str = "conformance-report/1";

/// What the law says of a recording.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// [`FORMAT`].
    pub format: String,
    /// Version of this program.
    pub tool_version: String,
    /// The law that was applied.
    pub law: LawReport,
    /// When the check began. With `took_ms`, all that differs between two checks of the same files.
    pub started: Timestamp,
    /// How long it took.
    pub took_ms: u64,
    /// What was asked.
    pub options: Options,
    /// Over all flows: findings before not evaluated before clean.
    pub verdict: Verdict,
    /// Counts over all flows.
    pub totals: Totals,
    /// One for each flow of the recording, in its order.
    pub flows: Vec<FlowReport>,
    /// What could not be read.
    pub unread: Vec<UnreadFile>,
    /// Files that were read and hold no message.
    pub without_message: Vec<String>,
    /// The words of each rule that has a finding, by id.
    pub rules: Vec<Rule>,
    /// Which rules were exercised, by flow and role.
    pub coverage: Coverage,
    /// What became of each waiver.
    pub waivers: Vec<WaiverReport>,
    /// What became of the baseline, when one was given.
    pub baseline: Option<BaselineReport>,
    /// Checks of ours that broke: the report is not complete.
    pub faults: Vec<String>,
}

/// Which law was applied.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LawReport {
    /// `built in`, or the folder that was laid over it.
    pub origin: String,
    /// BLAKE2b-256 of the law's files, in hexadecimal: the same digest, the same law.
    pub digest: String,
    /// Domain and version of each book.
    pub books: Vec<String>,
}

/// What was asked.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Options {
    /// The side under test; without one, both are.
    pub role: Option<Side>,
    /// Judged by this domain, whatever the messages say.
    pub domain: Option<String>,
    /// Judged by this version, whatever the messages say.
    pub version: Option<String>,
    /// The folder whose books were laid over our law.
    pub spec: Option<String>,
    /// The file with findings that do not count because they are known.
    pub baseline: Option<String>,
    /// The file with findings that somebody agreed to tolerate.
    pub waivers: Option<String>,
}

/// The outcome of a flow, or of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Every message was evaluated and no error counts.
    Clean,
    /// At least one error counts.
    Findings,
    /// No error counts, but something could not be evaluated.
    NotEvaluated,
}

impl Verdict {
    /// As in the JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Verdict::Clean => "clean",
            Verdict::Findings => "findings",
            Verdict::NotEvaluated => "not_evaluated",
        }
    }

    /// For people.
    pub fn words(self) -> &'static str {
        match self {
            Verdict::Clean => "clean",
            Verdict::Findings => "findings",
            Verdict::NotEvaluated => "not evaluated",
        }
    }
}

/// What the law says of one flow.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FlowReport {
    /// Folder or file, as given or found.
    pub source: String,
    /// `context.domain` of most messages.
    pub domain: Option<String>,
    /// Version of the contract of most messages.
    pub version: Option<String>,
    /// Which flow of the network it is.
    pub flow: Option<FlowKind>,
    /// The side under test; `None` for both.
    pub role: Option<Side>,
    #[allow(missing_docs)]
    pub verdict: Verdict,
    /// In one sentence, why the verdict is what it is.
    pub reason: String,
    /// What was guessed while reading.
    pub guesses: Vec<String>,
    /// Each layer: evaluated, or why not.
    pub layers: Vec<LayerReport>,
    /// The messages in the order in which they were sent.
    pub messages: Vec<MessageReport>,
    /// By message (those about the whole flow first), then severity, rule and place.
    pub findings: Vec<Finding>,
    /// Counts over `findings`.
    pub totals: FlowTotals,
}

/// Which flow of the network a recording is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FlowKind {
    /// Id or number.
    pub id: String,
    /// For a person; empty when unknown.
    pub title: String,
    /// The recording says so; otherwise it was guessed from its messages.
    pub claimed: bool,
}

/// Whether a layer was looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LayerReport {
    #[allow(missing_docs)]
    pub layer: CheckLayer,
    /// There was evidence, and it was judged.
    pub evaluated: bool,
    /// What was missing.
    pub why_not: Option<String>,
}

/// One message of a flow.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MessageReport {
    /// Position in the flow, from 0; what findings name.
    pub index: usize,
    /// Name of the step in the recording.
    pub step: Option<String>,
    /// `context.action` as it stands there.
    pub action: String,
    /// The side that sent it; `None` when the action is not known.
    pub sender: Option<Side>,
    /// `context.timestamp` as it stands there.
    pub timestamp: Option<String>,
    /// The file.
    pub path: String,
    /// JSON pointer of the message in its file; empty when the file is the message.
    pub pointer: String,
    /// Where the message begins, when the text was kept.
    pub line: Option<u32>,
    /// Size of the message as compact JSON.
    pub bytes: u64,
    /// The law has a book for it.
    pub evaluated: bool,
    /// The synchronous answer: `ACK`, `NACK`, or the HTTP status.
    pub answer: Option<String>,
}

/// Something that could not be read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnreadFile {
    /// As given or found.
    pub path: String,
    /// Why, in words.
    pub reason: String,
    /// The user named this very file.
    pub named: bool,
}

/// Findings by severity.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct BySeverity {
    pub error: usize,
    pub warning: usize,
    pub note: usize,
}

impl BySeverity {
    pub(crate) fn add(&mut self, severity: Severity) {
        match severity {
            Severity::Error => self.error += 1,
            Severity::Warning => self.warning += 1,
            Severity::Note => self.note += 1,
        }
    }

    /// All.
    pub fn sum(self) -> usize {
        self.error + self.warning + self.note
    }
}

/// Counts over the findings of a flow. Each finding is in exactly one of the groups.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FlowTotals {
    /// At the fault of the side under test; of both sides when none is. Its errors make the verdict.
    pub own: BySeverity,
    /// At the fault of the other side.
    pub other_side: BySeverity,
    /// Nobody's fault that the log could tell; counts only when both sides are under test, and then as `own`.
    pub unclear: BySeverity,
    /// Waived, or known from the baseline.
    pub excused: BySeverity,
}

/// Counts over all flows.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Totals {
    #[allow(missing_docs)]
    pub flows: usize,
    #[allow(missing_docs)]
    pub messages: usize,
    /// Messages for which the law has a book.
    pub evaluated: usize,
    #[allow(missing_docs)]
    pub clean_flows: usize,
    /// Findings, by whose fault.
    pub findings: FlowTotals,
    /// Findings of every kind.
    pub by_severity: BySeverity,
    /// Findings in each layer that has some.
    pub by_layer: Vec<LayerTotal>,
    /// The rules with findings: errors first, then the most frequent.
    pub by_rule: Vec<RuleTotal>,
}

/// Findings in a layer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct LayerTotal {
    pub layer: CheckLayer,
    pub findings: usize,
}

/// Findings by a rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuleTotal {
    #[allow(missing_docs)]
    pub rule: String,
    #[allow(missing_docs)]
    pub severity: Severity,
    /// Kinds of places.
    pub findings: usize,
    /// Places.
    pub places: usize,
    /// Flows with such a finding.
    pub flows: usize,
}
