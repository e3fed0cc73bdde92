//! Waivers: findings that a named person tolerates, for a reason, until a day.

use std::path::Path;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use super::ExcuseError;
use super::pattern::fits;
use crate::finding::Finding;
use crate::judge::FlowReport;

/// One entry of a waiver file. `*` in rule, place and source stands for any rest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Waiver {
    /// Id of the rule.
    pub rule: String,
    /// Only at this place; everywhere without one.
    #[serde(default)]
    pub place: Option<String>,
    /// Only in flows of this source; in all without one.
    #[serde(default)]
    pub source: Option<String>,
    /// Why it is tolerated.
    pub reason: String,
    /// Who answers for it.
    pub owner: String,
    /// The last day on which it holds (UTC).
    pub expires: Date,
}

/// What became of a waiver.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WaiverReport {
    #[allow(missing_docs)]
    pub waiver: Waiver,
    #[allow(missing_docs)]
    pub state: WaiverState,
    /// Findings that it excuses, or would if it had not expired.
    pub findings: usize,
}

/// See [`WaiverReport`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WaiverState {
    /// It excuses something.
    Used,
    /// Nothing fits it: take it out.
    Unused,
    /// Its day is over: what it excused counts again.
    Expired,
}

impl Waiver {
    /// Reads a waiver file (YAML, a list).
    ///
    /// # Errors
    /// When it cannot be read, or a waiver has no reason, owner or end.
    pub fn read(file: &Path) -> Result<Vec<Waiver>, ExcuseError> {
        let text = std::fs::read_to_string(file).map_err(|error| ExcuseError::File(file.to_owned(), error))?;
        let waivers: Vec<Waiver> =
            serde_yaml_ng::from_str(&text).map_err(|error| ExcuseError::Waivers(file.to_owned(), error))?;
        for (at, waiver) in waivers.iter().enumerate() {
            let empty = [("rule", &waiver.rule), ("reason", &waiver.reason), ("owner", &waiver.owner)];
            if let Some((name, _)) = empty.into_iter().find(|(_, text)| text.trim().is_empty()) {
                return Err(ExcuseError::Empty(file.to_owned(), at + 1, waiver.rule.clone(), name));
            }
        }
        Ok(waivers)
    }

    fn covers(&self, source: &str, finding: &Finding) -> bool {
        fits(&self.rule, &finding.rule)
            && self.place.as_deref().is_none_or(|place| fits(place, &finding.place))
            && self.source.as_deref().is_none_or(|pattern| fits(pattern, source))
    }

    fn has_expired(&self, now: Timestamp) -> bool {
        now.to_zoned(TimeZone::UTC).date() > self.expires
    }
}

pub(super) fn apply(waivers: &[Waiver], flows: &mut [FlowReport], now: Timestamp) -> Vec<WaiverReport> {
    waivers.iter().map(|waiver| apply_one(waiver, flows, now)).collect()
}

fn apply_one(waiver: &Waiver, flows: &mut [FlowReport], now: Timestamp) -> WaiverReport {
    let expired = waiver.has_expired(now);
    let mut findings = 0;
    for flow in flows {
        for finding in flow.findings.iter_mut().filter(|finding| finding.excused.is_none()) {
            if !waiver.covers(&flow.source, finding) {
                continue;
            }
            findings += 1;
            if !expired {
                let Waiver { reason, owner, expires, .. } = waiver;
                finding.excused = Some(format!("waived until {expires} by {owner}: {reason}"));
            }
        }
    }
    let state = match (expired, findings) {
        (true, _) => WaiverState::Expired,
        (false, 0) => WaiverState::Unused,
        (false, _) => WaiverState::Used,
    };
    WaiverReport { waiver: waiver.clone(), state, findings }
}
