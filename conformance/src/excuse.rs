//! Findings that need not count: known ones (baseline) and tolerated ones (waivers).
//!
//! Both name a finding by rule, action and place, where a place is the JSON pointer with indices as `*`: it stays the same
//! when lines move or a list grows.

mod baseline;
mod pattern;
mod waiver;

use std::path::PathBuf;

use jiff::Timestamp;

pub use baseline::{Baseline, BaselineReport};
pub use waiver::{Waiver, WaiverReport, WaiverState};

use crate::judge::FlowReport;

/// What need not count.
#[derive(Debug, Default)]
pub struct Excuses {
    /// Agreed by somebody, for some time.
    pub waivers: Vec<Waiver>,
    /// Known from an earlier report.
    pub baseline: Option<Baseline>,
}

/// Why a file of excuses cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ExcuseError {
    /// It cannot be read or written.
    #[error("{0}: {1}")]
    File(PathBuf, #[source] std::io::Error),
    /// It is no waiver file.
    #[error("{0} is no list of waivers (rule, place?, source?, reason, owner, expires): {1}")]
    Waivers(PathBuf, #[source] serde_yaml_ng::Error),
    /// A waiver lacks what makes it one.
    #[error("{0}: waiver {1} of {2}: {3} is empty; say it")]
    Empty(PathBuf, usize, String, &'static str),
    /// It is no baseline.
    #[error("{0} is no baseline: {1}; write one with --write-baseline")]
    Baseline(PathBuf, #[source] serde_json::Error),
    /// It is a baseline of another program version.
    #[error("{0} is of format {1:?}, expected {2:?}; write it anew with --write-baseline")]
    Format(PathBuf, String, &'static str),
}

impl Excuses {
    /// Marks what need not count. A waiver speaks before the baseline; an expired one excuses nothing.
    pub(crate) fn apply(
        &self,
        flows: &mut [FlowReport],
        now: Timestamp,
    ) -> (Vec<WaiverReport>, Option<BaselineReport>) {
        let waivers = waiver::apply(&self.waivers, flows, now);
        let baseline = self.baseline.as_ref().map(|baseline| baseline.apply(flows));
        (waivers, baseline)
    }
}
