//! What the judge says of flows, and whether it is what a mutation should draw.

use std::fmt;

use conformance::excuse::Excuses;
use conformance::judge::{Ask, LawReport, Options, judge};
use conformance::recording::Recording;
use jiff::Timestamp;
use specs::Specs;

use crate::flow::Flow;
use crate::mutated::Mutation;

/// A finding: rule, message and places.
#[derive(Debug, Clone)]
pub struct Told {
    pub rule: String,
    /// Name of the message; empty for the flow as a whole.
    pub message: String,
    pub pointers: Vec<String>,
    pub text: String,
}

impl fmt::Display for Told {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "[{}] {}{}: {}", self.rule, self.message, self.pointers[0], self.text)
    }
}

/// Said of every flow with headers: there is no registry at hand.
const ALWAYS: &str = "transport/SIGNATURE_UNVERIFIED";

/// The findings of each flow, in one go.
pub fn judged(flows: &[Flow]) -> Vec<Vec<Told>> {
    let specs = Specs::builtin().unwrap();
    let recording = Recording { flows: flows.iter().map(Flow::recording).collect(), ..Recording::default() };
    let law = LawReport { origin: String::new(), digest: String::new(), books: Vec::new() };
    let ask = Ask { options: Options::default(), law, excuses: Excuses::default(), started: Timestamp::UNIX_EPOCH };
    let report = judge(&specs, &recording, &ask);
    assert_eq!(report.faults, Vec::<String>::new(), "no check breaks");
    let told = |flow: &Flow, report: &conformance::judge::FlowReport| {
        let findings = report.findings.iter().filter(|one| one.rule != ALWAYS);
        let told = findings.map(|one| Told {
            rule: one.rule.clone(),
            message: one.message.map_or_else(String::new, |at| flow.messages[at].name.clone()),
            pointers: std::iter::once(&one.pointer).chain(one.also.iter().map(|also| &also.pointer)).cloned().collect(),
            text: one.text.clone(),
        });
        told.collect()
    };
    flows.iter().zip(&report.flows).map(|(flow, report)| told(flow, report)).collect()
}

/// What is wrong with the findings of a mutation; `None` when they are as they should be.
pub fn wrong(mutation: &Mutation, found: &[Told]) -> Option<String> {
    let list = || found.iter().map(|one| format!("\n      {one}")).collect::<String>();
    let rule = mutation.rule.as_str();
    if !found.iter().any(|one| one.rule == rule && mutation.is_at(one)) {
        let place = format!("{}{}", mutation.message, mutation.place);
        return Some(format!("  {mutation}\n    {rule} is not told at {place}; told: {}", list()));
    }
    // Our node acknowledged the message as it was recorded.
    let is_malformed = |name: &str| found.iter().any(|one| one.message == name && one.rule.contains(".schema."));
    let is_related = |one: &Told| {
        let acked = one.rule == "transport/ACKED_BAD_MESSAGE" && is_malformed(&one.message);
        one.rule == rule || mutation.follows.contains(&one.rule) || acked
    };
    let unrelated: Vec<&Told> = found.iter().filter(|one| !is_related(one)).collect();
    if !unrelated.is_empty() {
        let list: String = unrelated.iter().map(|one| format!("\n      {one}")).collect();
        return Some(format!("  {mutation}\n    {rule} is told; unrelated: {list}"));
    }
    let idle: Vec<_> = mutation.follows.iter().filter(|rule| !found.iter().any(|one| one.rule == **rule)).collect();
    (!idle.is_empty()).then(|| format!("  {mutation}\n    does not follow: {idle:?}"))
}
