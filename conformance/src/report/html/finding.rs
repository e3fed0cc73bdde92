//! One finding on the page.

use specs::Severity;

use super::top::{anchor, message_anchor, party, words};
use crate::finding::{Elsewhere, Finding};
use crate::judge::words::severity;
use crate::judge::{FlowReport, Party, Report, role_name};
use crate::report::where_it_is;

/// What the page says of a finding.
pub(super) struct FindingPart {
    pub(super) anchor: String,
    /// Its number within its message, as the marks beside it have it.
    pub(super) label: usize,
    pub(super) severity: &'static str,
    pub(super) layer: &'static str,
    pub(super) party: &'static str,
    /// Whose it is, in words.
    pub(super) whose: String,
    /// Counts for the verdict, or at least belongs to the side under test.
    pub(super) own: bool,
    pub(super) text: String,
    pub(super) rule: String,
    /// The rule in one sentence, when it says more than the text.
    pub(super) title: String,
    pub(super) why: String,
    pub(super) clause: String,
    pub(super) hint: String,
    pub(super) place: String,
    pub(super) file: String,
    pub(super) has_values: bool,
    pub(super) expected: String,
    pub(super) found: String,
    pub(super) other: Option<OtherPlace>,
    pub(super) patch: String,
    pub(super) also: Vec<Elsewhere>,
    /// Places that are not named.
    pub(super) more: usize,
    pub(super) excused: String,
}

/// The place that a finding contradicts.
pub(super) struct OtherPlace {
    pub(super) anchor: String,
    pub(super) text: String,
}

/// `at` and `number` are the places of flow and finding; `label` is its number within its message.
pub(super) fn part(
    at: usize,
    (number, label): (usize, usize),
    flow: &FlowReport,
    finding: &Finding,
    report: &Report,
) -> FindingPart {
    let rule = words(report, &finding.rule);
    let title = rule.map(|rule| rule.title.clone()).filter(|title| *title != finding.rule && *title != finding.text);
    let other = finding
        .contradicts
        .as_ref()
        .map(|place| OtherPlace { anchor: message_anchor(at, place.message), text: where_it_is::other(place, flow) });
    FindingPart {
        anchor: anchor(at, number),
        label,
        severity: severity(finding.severity),
        layer: finding.layer.as_str(),
        party: party(flow, finding),
        whose: whose(flow, finding),
        own: finding.party(flow.role) == Party::Own,
        text: finding.text.clone(),
        rule: finding.rule.clone(),
        title: title.unwrap_or_default(),
        why: rule.map(|rule| rule.rationale.clone()).unwrap_or_default(),
        clause: finding.clause.clone(),
        hint: finding.hint.clone(),
        place: where_it_is::place(finding),
        file: where_it_is::file(finding, flow).unwrap_or_default(),
        has_values: finding.expected.is_some() || finding.actual.is_some(),
        expected: finding.expected.clone().unwrap_or_default(),
        found: finding.actual.clone().unwrap_or_else(|| "nothing".to_owned()),
        other,
        patch: finding.patch.as_ref().and_then(|patch| serde_json::to_string_pretty(patch).ok()).unwrap_or_default(),
        also: finding.also.clone(),
        more: finding.count.saturating_sub(finding.also.len() + 1),
        excused: finding.excused.clone().unwrap_or_default(),
    }
}

fn whose(flow: &FlowReport, finding: &Finding) -> String {
    let verb = match finding.severity {
        Severity::Error => "mends it",
        Severity::Warning | Severity::Note => "should look at it",
    };
    match (finding.party(flow.role), finding.side) {
        (Party::Excused, _) => "does not count".to_owned(),
        (Party::OtherSide, Some(side)) => format!("the {} {verb}; not counted", role_name(side)),
        (_, Some(side)) => format!("the {} {verb}", role_name(side)),
        (Party::Unclear, None) => "the log does not tell whose; not counted".to_owned(),
        (_, None) => "the log does not tell whose".to_owned(),
    }
}
