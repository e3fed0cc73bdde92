//! Counting.

use std::collections::{BTreeMap, BTreeSet};

use specs::{CheckLayer, Severity};

use super::model::{BySeverity, FlowReport, FlowTotals, LayerTotal, RuleTotal, Totals, Verdict};
use super::party::Party;

pub(super) fn of_flow(flow: &FlowReport) -> FlowTotals {
    let mut totals = FlowTotals::default();
    for finding in &flow.findings {
        let group = match finding.party(flow.role) {
            Party::Own => &mut totals.own,
            Party::OtherSide => &mut totals.other_side,
            Party::Unclear => &mut totals.unclear,
            Party::Excused => &mut totals.excused,
        };
        group.add(finding.severity);
    }
    totals
}

pub(super) fn of_all(flows: &[FlowReport]) -> Totals {
    let messages = || flows.iter().flat_map(|flow| &flow.messages);
    let mut totals = Totals {
        flows: flows.len(),
        messages: messages().count(),
        evaluated: messages().filter(|message| message.evaluated).count(),
        clean_flows: flows.iter().filter(|flow| flow.verdict == Verdict::Clean).count(),
        ..Totals::default()
    };
    let mut layers: BTreeMap<CheckLayer, usize> = BTreeMap::new();
    for flow in flows {
        totals.findings.join(&flow.totals);
        for finding in &flow.findings {
            totals.by_severity.add(finding.severity);
            *layers.entry(finding.layer).or_default() += 1;
        }
    }
    totals.by_layer = layers.into_iter().map(|(layer, findings)| LayerTotal { layer, findings }).collect();
    totals.by_rule = by_rule(flows);
    totals
}

impl FlowTotals {
    fn join(&mut self, other: &FlowTotals) {
        let join = |own: &mut BySeverity, other: BySeverity| {
            own.error += other.error;
            own.warning += other.warning;
            own.note += other.note;
        };
        join(&mut self.own, other.own);
        join(&mut self.other_side, other.other_side);
        join(&mut self.unclear, other.unclear);
        join(&mut self.excused, other.excused);
    }
}

fn by_rule(flows: &[FlowReport]) -> Vec<RuleTotal> {
    let mut rules: BTreeMap<&str, (Severity, usize, usize, BTreeSet<usize>)> = BTreeMap::new();
    for (at, flow) in flows.iter().enumerate() {
        for finding in &flow.findings {
            let (_, findings, places, of) =
                rules.entry(&finding.rule).or_insert((finding.severity, 0, 0, BTreeSet::new()));
            *findings += 1;
            *places += finding.count;
            of.insert(at);
        }
    }
    let total = |(rule, (severity, findings, places, of)): (&str, (Severity, usize, usize, BTreeSet<usize>))| {
        RuleTotal { rule: rule.to_owned(), severity, findings, places, flows: of.len() }
    };
    let mut all: Vec<RuleTotal> = rules.into_iter().map(total).collect();
    all.sort_by(|a, b| (a.severity, b.findings, &a.rule).cmp(&(b.severity, a.findings, &b.rule)));
    all
}
