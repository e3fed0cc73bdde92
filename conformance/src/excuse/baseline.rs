//! The baseline: findings of an earlier report. Only new ones count.

use std::collections::BTreeSet;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::ExcuseError;
use crate::judge::{FlowReport, Report};

const FORMAT: &str = "conformance-baseline/1";

/// Known findings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Baseline {
    format: String,
    findings: BTreeSet<Known>,
}

/// One known finding.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
struct Known {
    source: String,
    rule: String,
    /// `context.action`; empty for what is about the whole flow.
    action: String,
    place: String,
}

/// What became of a baseline.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct BaselineReport {
    /// Findings that it excuses.
    pub known: usize,
    /// Its findings that are there no more: write it anew.
    pub gone: usize,
}

impl Baseline {
    /// Everything that a report finds and no waiver excuses.
    pub fn of(report: &Report) -> Baseline {
        let waived = |excuse: &Option<String>| excuse.as_ref().is_some_and(|excuse| excuse != EXCUSE);
        let of_flow = |flow: &FlowReport| -> Vec<Known> {
            let kept = flow.findings.iter().filter(|finding| !waived(&finding.excused));
            kept.map(|finding| known(flow, finding)).collect()
        };
        Baseline { format: FORMAT.to_owned(), findings: report.flows.iter().flat_map(of_flow).collect() }
    }

    /// Reads a file that [`Baseline::write`] wrote.
    ///
    /// # Errors
    /// When it cannot be read or is none.
    pub fn read(file: &Path) -> Result<Baseline, ExcuseError> {
        let bytes = std::fs::read(file).map_err(|error| ExcuseError::File(file.to_owned(), error))?;
        let baseline: Baseline =
            serde_json::from_slice(&bytes).map_err(|error| ExcuseError::Baseline(file.to_owned(), error))?;
        if baseline.format != FORMAT {
            return Err(ExcuseError::Format(file.to_owned(), baseline.format, FORMAT));
        }
        Ok(baseline)
    }

    /// Writes it, sorted, so that two of them can be compared line by line.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn write(&self, file: &Path) -> Result<(), ExcuseError> {
        let mut text =
            serde_json::to_string_pretty(self).map_err(|error| ExcuseError::Baseline(file.to_owned(), error))?;
        text.push('\n');
        std::fs::write(file, text).map_err(|error| ExcuseError::File(file.to_owned(), error))
    }

    pub(super) fn apply(&self, flows: &mut [FlowReport]) -> BaselineReport {
        let mut seen: BTreeSet<Known> = BTreeSet::new();
        let mut count = 0;
        for flow in flows {
            let keys: Vec<Known> = flow.findings.iter().map(|finding| known(flow, finding)).collect();
            for (finding, key) in flow.findings.iter_mut().zip(keys) {
                if !self.findings.contains(&key) {
                    continue;
                }
                seen.insert(key);
                if finding.excused.is_none() {
                    finding.excused = Some(EXCUSE.to_owned());
                    count += 1;
                }
            }
        }
        BaselineReport { known: count, gone: self.findings.len() - seen.len() }
    }
}

/// What the baseline writes into a finding.
const EXCUSE: &str = "known: in the baseline";

fn known(flow: &FlowReport, finding: &crate::finding::Finding) -> Known {
    let action = finding.message.and_then(|index| flow.messages.get(index)).map(|message| message.action.clone());
    Known {
        source: source(&flow.source),
        rule: finding.rule.clone(),
        action: action.unwrap_or_default(),
        place: finding.place.clone(),
    }
}

/// The same folder, however it was written.
fn source(text: &str) -> String {
    let text = text.replace('\\', "/");
    text.strip_prefix("./").unwrap_or(&text).trim_end_matches('/').to_owned()
}
