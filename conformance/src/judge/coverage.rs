//! What was exercised: flows × roles × rules.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use specs::{CheckLayer, Side};

use super::model::FlowReport;
use crate::view::FlowView;

/// The coverage matrix of a report.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Coverage {
    /// One row for each flow and role in it.
    pub flows: Vec<FlowCoverage>,
    /// One row for each rule that was exercised.
    pub rules: Vec<RuleCoverage>,
}

/// What one role of one flow exercised.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FlowCoverage {
    /// Index of the flow in the report.
    pub flow: usize,
    /// Who sent the messages.
    pub role: Side,
    /// Messages that this side sent.
    pub messages: usize,
    /// The actions among them, in the order of an order's life.
    pub actions: Vec<String>,
    /// Rules that these messages were put to (of books, and programs that found something).
    pub rules: usize,
    /// How many of them have a finding.
    pub failed: usize,
}

/// How a rule was exercised.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuleCoverage {
    /// Id; a schema counts as one rule, `RET10.select.schema`.
    pub rule: String,
    #[allow(missing_docs)]
    pub layer: CheckLayer,
    /// Messages put to it; `None` for programs, which look at what they find.
    pub evaluated: Option<usize>,
    /// Messages with a finding.
    pub failed: usize,
    /// Flows, by index, that exercised it.
    pub flows: Vec<usize>,
}

#[derive(Debug, Default)]
struct Tally {
    layer: Option<CheckLayer>,
    evaluated: Option<usize>,
    failed: usize,
    flows: BTreeSet<usize>,
}

/// What one flow exercised; joined into the matrix of the report.
#[derive(Debug, Default)]
pub(super) struct Exercised {
    /// Rule, who sent the message, layer; once for each message.
    put: Vec<(String, Side, CheckLayer)>,
}

impl Exercised {
    /// The rules of the books to which the messages of a flow were put.
    pub(super) fn of(view: &FlowView<'_>) -> Exercised {
        let mut put = Vec::new();
        for step in &view.steps {
            let between = step.thread_book.into_iter().flat_map(|book| book.history_rules(step.action));
            put.extend(between.map(|rule| (rule.id.clone(), step.sender, CheckLayer::History)));
            let Some(book) = step.book.filter(|book| book.knows(step.action)) else { continue };
            put.push((schema_of(book.domain(), step.action.as_str()), step.sender, CheckLayer::Schema));
            put.extend(book.rules(step.action).map(|rule| (rule.id.clone(), step.sender, CheckLayer::Message)));
        }
        Exercised { put }
    }
}

/// `RET10.select.schema`.
fn schema_of(domain: &str, action: &str) -> String {
    format!("{}.{action}.schema", domain.rsplit(':').next().unwrap_or(domain))
}

/// A finding of a schema counts for the schema: `RET10.select.schema.required` → `RET10.select.schema`.
fn row_of(rule: &str) -> &str {
    match rule.find(".schema.") {
        Some(at) => &rule[..at + ".schema".len()],
        None => rule,
    }
}

/// The matrix over all flows.
pub(super) fn matrix(flows: &[FlowReport], exercised: &[Exercised]) -> Coverage {
    let mut rules: BTreeMap<&str, Tally> = BTreeMap::new();
    for (at, one) in exercised.iter().enumerate() {
        for (rule, _, layer) in &one.put {
            let tally = rules.entry(rule).or_default();
            tally.layer = Some(*layer);
            *tally.evaluated.get_or_insert(0) += 1;
            tally.flows.insert(at);
        }
    }
    for (at, flow) in flows.iter().enumerate() {
        let failed: BTreeSet<_> = flow.findings.iter().map(|f| (row_of(&f.rule), f.message, f.layer)).collect();
        for (rule, _, layer) in failed {
            let tally = rules.entry(rule).or_default();
            tally.layer.get_or_insert(layer);
            tally.failed += 1;
            tally.flows.insert(at);
        }
    }
    let row = |(rule, tally): (&str, Tally)| RuleCoverage {
        rule: rule.to_owned(),
        layer: tally.layer.unwrap_or(CheckLayer::Message),
        evaluated: tally.evaluated,
        failed: tally.failed,
        flows: tally.flows.into_iter().collect(),
    };
    let by_flow = flows.iter().zip(exercised).enumerate();
    let of_flows =
        by_flow.flat_map(|(at, (flow, one))| [Side::Buyer, Side::Seller].map(|side| of_side(at, flow, one, side)));
    Coverage { flows: of_flows.filter(|row| row.messages > 0).collect(), rules: rules.into_iter().map(row).collect() }
}

fn of_side(at: usize, flow: &FlowReport, exercised: &Exercised, role: Side) -> FlowCoverage {
    let sent: Vec<_> = flow.messages.iter().filter(|message| message.sender == Some(role)).collect();
    let of_role = |message: Option<usize>| message.is_some_and(|index| sent.iter().any(|one| one.index == index));
    let failed: BTreeSet<&str> = flow.findings.iter().filter(|f| of_role(f.message)).map(|f| row_of(&f.rule)).collect();
    let put = exercised.put.iter().filter(|(_, sender, _)| *sender == role).map(|(rule, ..)| rule.as_str());
    let rules: BTreeSet<&str> = put.chain(failed.iter().copied()).collect();
    let mut actions: Vec<String> = Vec::new();
    for message in &sent {
        if !actions.contains(&message.action) {
            actions.push(message.action.clone());
        }
    }
    FlowCoverage { flow: at, role, messages: sent.len(), actions, rules: rules.len(), failed: failed.len() }
}
