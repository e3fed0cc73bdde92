//! The parts of the page that speak of the whole report.

use std::collections::BTreeMap;

use specs::{CheckLayer, Rule, Severity};

use crate::excuse::WaiverState;
use crate::finding::Finding;
use crate::judge::words::severity;
use crate::judge::{FlowReport, Party, Report, counted, role_name};

/// One rule in the list of what to mend first.
pub(super) struct RuleRow {
    pub(super) severity: &'static str,
    pub(super) title: String,
    pub(super) rule: String,
    pub(super) layer: &'static str,
    pub(super) party: String,
    pub(super) places: usize,
    pub(super) flows: usize,
    /// Anchor of its first finding.
    pub(super) first: String,
}

/// One flow and role of the coverage matrix.
pub(super) struct CoverageRow {
    pub(super) flow: String,
    pub(super) anchor: String,
    pub(super) role: &'static str,
    pub(super) messages: usize,
    pub(super) actions: String,
    pub(super) rules: usize,
    pub(super) failed: usize,
    pub(super) blind: String,
}

/// Anchor of a finding.
pub(super) fn anchor(flow: usize, finding: usize) -> String {
    format!("f{}-{}", flow + 1, finding + 1)
}

/// Anchor of a message.
pub(super) fn message_anchor(flow: usize, message: usize) -> String {
    format!("f{}-m{}", flow + 1, message + 1)
}

/// The words of a rule that has a finding.
pub(super) fn words<'r>(report: &'r Report, id: &str) -> Option<&'r Rule> {
    report.rules.iter().find(|rule| rule.id == id)
}

/// The name of the group in which a finding stands, for the filter and for people.
pub(super) fn party(flow: &FlowReport, finding: &Finding) -> &'static str {
    match finding.party(flow.role) {
        Party::Excused => "excused",
        Party::Own | Party::OtherSide | Party::Unclear => finding.side.map_or("unclear", role_name),
    }
}

/// The groups that occur.
pub(super) fn parties(report: &Report) -> Vec<&'static str> {
    let has = |wanted: &str| report.flows.iter().any(|flow| flow.findings.iter().any(|f| party(flow, f) == wanted));
    ["buyer", "seller", "unclear", "excused"].into_iter().filter(|party| has(party)).collect()
}

/// What counts, by rule: errors first, then the most frequent.
pub(super) fn rules(report: &Report) -> Vec<RuleRow> {
    struct Seen<'r> {
        finding: &'r Finding,
        party: BTreeMap<&'static str, ()>,
        places: usize,
        flows: Vec<usize>,
        first: String,
    }
    let mut seen: BTreeMap<&str, Seen<'_>> = BTreeMap::new();
    for (at, flow) in report.flows.iter().enumerate() {
        for (number, finding) in flow.findings.iter().enumerate().filter(|(_, f)| f.party(flow.role) == Party::Own) {
            let one = seen.entry(&finding.rule).or_insert_with(|| Seen {
                finding,
                party: BTreeMap::new(),
                places: 0,
                flows: Vec::new(),
                first: anchor(at, number),
            });
            one.party.insert(party(flow, finding), ());
            one.places += finding.count;
            if !one.flows.contains(&at) {
                one.flows.push(at);
            }
        }
    }
    let mut rows: Vec<(Severity, RuleRow)> = seen
        .into_iter()
        .map(|(rule, one)| {
            let title = words(report, rule).map_or(rule, |words| words.title.as_str());
            let row = RuleRow {
                severity: severity(one.finding.severity),
                title: if title == rule || one.finding.layer == CheckLayer::Schema {
                    one.finding.text.clone()
                } else {
                    title.to_owned()
                },
                rule: rule.to_owned(),
                layer: one.finding.layer.as_str(),
                party: one.party.into_keys().collect::<Vec<_>>().join(", "),
                places: one.places,
                flows: one.flows.len(),
                first: one.first,
            };
            (one.finding.severity, row)
        })
        .collect();
    rows.sort_by(|(a, left), (b, right)| (a, right.places, &left.rule).cmp(&(b, left.places, &right.rule)));
    rows.into_iter().map(|(_, row)| row).collect()
}

pub(super) fn coverage(report: &Report) -> Vec<CoverageRow> {
    let row = |one: &crate::judge::FlowCoverage| {
        let flow = &report.flows[one.flow];
        let blind: Vec<&str> = flow.layers.iter().filter(|l| !l.evaluated).map(|l| l.layer.as_str()).collect();
        CoverageRow {
            flow: flow.source.clone(),
            anchor: format!("f{}", one.flow + 1),
            role: role_name(one.role),
            messages: one.messages,
            actions: one.actions.join(", "),
            rules: one.rules,
            failed: one.failed,
            blind: blind.join(", "),
        }
    };
    report.coverage.flows.iter().map(row).collect()
}

/// What must be said before anything else.
pub(super) fn notices(report: &Report) -> Vec<String> {
    let mut notices: Vec<String> = Vec::new();
    notices.extend(
        report.faults.iter().map(|fault| format!("A check of ours broke, so this report is not complete: {fault}")),
    );
    notices.extend(report.unread.iter().map(|one| format!("{} cannot be read: {}", one.path, one.reason)));
    for one in &report.waivers {
        let (rule, owner, expires) = (&one.waiver.rule, &one.waiver.owner, one.waiver.expires);
        match one.state {
            WaiverState::Used => {}
            WaiverState::Unused => {
                notices.push(format!("The waiver of {rule} ({owner}) excuses nothing: take it out."))
            }
            WaiverState::Expired => notices.push(format!(
                "The waiver of {rule} ({owner}) ended on {expires}: {} count again.",
                counted(one.findings, "finding")
            )),
        }
    }
    if let Some(baseline) = report.baseline.filter(|baseline| baseline.gone > 0) {
        let gone = counted(baseline.gone, "known finding");
        notices.push(format!("{gone} of the baseline no longer found: write it anew."));
    }
    notices
}
