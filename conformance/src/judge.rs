//! From what was recorded to a report: every check, with the words of the law, lines, and repetitions told once.
//!
//! ```text
//!  RecordedFlow ──FlowView──▶ book.check, book.check_history, check::ALL ──▶ Found
//!      Found ──collapse, words, party, Origin::locate──▶ Finding ──excuses, verdict──▶ FlowReport ──▶ Report
//! ```

mod answer;
pub(crate) mod collapse;
mod coverage;
mod echo;
mod flow;
mod history;
mod kind;
mod layers;
mod model;
mod party;
mod totals;
mod verdict;
pub(crate) mod words;

use std::collections::BTreeMap;
use std::num::NonZero;

use jiff::Timestamp;
use specs::{Rule, Specs};

pub use coverage::{Coverage, FlowCoverage, RuleCoverage};
pub use model::{
    BySeverity, FORMAT, FlowKind, FlowReport, FlowTotals, LawReport, LayerReport, LayerTotal, MessageReport, Options,
    Report, RuleTotal, Totals, UnreadFile, Verdict,
};
pub use party::Party;
pub(crate) use verdict::{counted, role_name};

use crate::excuse::Excuses;
use crate::recording::{RecordedFlow, Recording};
use flow::Judged;

/// What a check is asked, besides the recording.
#[derive(Debug)]
pub struct Ask {
    #[allow(missing_docs)]
    pub options: Options,
    #[allow(missing_docs)]
    pub law: LawReport,
    /// What need not count.
    pub excuses: Excuses,
    /// Goes into the report; waivers expire by it.
    pub started: Timestamp,
}

/// Judges every flow of a recording.
pub fn judge(specs: &Specs, recording: &Recording, ask: &Ask) -> Report {
    let judged = in_parallel(specs, &recording.flows, &ask.options);
    let mut rules: BTreeMap<String, Rule> = BTreeMap::new();
    let (mut flows, mut exercised, mut faults) = (Vec::new(), Vec::new(), Vec::new());
    for one in judged {
        rules.extend(one.words.into_rules().into_iter().map(|rule| (rule.id.clone(), rule)));
        flows.push(one.report);
        exercised.push(one.exercised);
        faults.extend(one.faults);
    }
    let (waivers, baseline) = ask.excuses.apply(&mut flows, ask.started);
    for flow in &mut flows {
        flow.totals = totals::of_flow(flow);
        (flow.verdict, flow.reason) = verdict::of_flow(&flow.messages, &flow.totals, flow.role);
    }
    let unread = recording.unread.iter().map(|one| UnreadFile {
        path: one.path.clone(),
        reason: one.reason.clone(),
        named: one.named,
    });
    Report {
        format: FORMAT.to_owned(),
        tool_version: env!("CARGO_PKG_VERSION").to_owned(),
        law: ask.law.clone(),
        started: ask.started,
        took_ms: 0,
        options: ask.options.clone(),
        verdict: verdict::of_all(flows.iter().map(|flow| flow.verdict)),
        totals: totals::of_all(&flows),
        coverage: coverage::matrix(&flows, &exercised),
        flows,
        unread: unread.collect(),
        without_message: recording.without_message.clone(),
        rules: rules.into_values().collect(),
        waivers,
        baseline,
        faults,
    }
}

/// The flows are independent of each other: each processor takes the next one. The order stays.
fn in_parallel(specs: &Specs, flows: &[RecordedFlow], options: &Options) -> Vec<Judged> {
    let next = std::sync::atomic::AtomicUsize::new(0);
    let work = || {
        let mut done = Vec::new();
        loop {
            let at = next.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            match flows.get(at) {
                Some(one) => done.push((at, flow::judge(specs, one, options))),
                None => return done,
            }
        }
    };
    let workers = std::thread::available_parallelism().map_or(1, NonZero::get).min(flows.len().max(1));
    let mut all: Vec<(usize, Judged)> = std::thread::scope(|scope| {
        let others: Vec<_> = (1..workers).map(|_| scope.spawn(work)).collect();
        let mut all = work();
        for other in others {
            match other.join() {
                Ok(done) => all.extend(done),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        all
    });
    all.sort_by_key(|(at, _)| *at);
    all.into_iter().map(|(_, judged)| judged).collect()
}
