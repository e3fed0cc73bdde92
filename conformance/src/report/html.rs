//! One page for people, complete in itself: verdict, what to mend first, each flow as a timeline, findings beside messages.
//!
//! It reads without JavaScript; the little there is filters and copies. `templates/report.*` has its looks.

mod excerpt;
mod finding;
mod flow;
mod fold;
mod top;

use std::io::{self, Write};

use askama::Template;

use crate::judge::{Report, Verdict, counted, role_name};
use crate::recording::Recording;
use flow::FlowPart;
use top::{CoverageRow, RuleRow};

/// Above this number of messages, the clean ones are listed without their content.
const WHOLE_MESSAGES_MAX: usize = 80;

#[derive(Template)]
#[template(path = "report.html")]
struct Page {
    verdict: &'static str,
    /// A word for the style: clean, findings, not_evaluated.
    verdict_class: &'static str,
    headline: String,
    tiles: Vec<Tile>,
    role: &'static str,
    started: String,
    took: String,
    version: String,
    law: String,
    digest: String,
    options: Vec<(&'static str, String)>,
    notices: Vec<String>,
    /// The first of them, and those that are folded away.
    rules: Vec<RuleRow>,
    more_rules: Vec<RuleRow>,
    flows: Vec<FlowPart>,
    coverage: Vec<CoverageRow>,
    rules_exercised: usize,
    without_message: Vec<String>,
    /// What the filter offers: those that occur.
    layers: Vec<&'static str>,
    parties: Vec<&'static str>,
}

/// Rules that are listed openly.
const RULES_MAX: usize = 15;

/// A number with its word, at the top.
struct Tile {
    number: usize,
    word: String,
    class: &'static str,
}

/// Writes the page. The recording must be the one that was judged.
///
/// # Errors
/// When `out` cannot be written.
pub fn html(report: &Report, recording: &Recording, out: &mut impl Write) -> io::Result<()> {
    let page = page(report, recording);
    page.write_into(out)
}

fn page(report: &Report, recording: &Recording) -> Page {
    let mut rules = top::rules(report);
    let more_rules = rules.split_off(rules.len().min(RULES_MAX));
    let whole = report.totals.messages <= WHOLE_MESSAGES_MAX;
    let flows: Vec<FlowPart> = report
        .flows
        .iter()
        .zip(&recording.flows)
        .enumerate()
        .map(|(at, (flow, recorded))| flow::part(at, flow, recorded, report, whole))
        .collect();
    Page {
        verdict: report.verdict.words(),
        verdict_class: report.verdict.as_str(),
        headline: headline(report),
        tiles: tiles(report),
        role: report.options.role.map_or("", role_name),
        started: report.started.strftime("%Y-%m-%d %H:%M UTC").to_string(),
        took: format!("{:.1} s", report.took_ms as f64 / 1000.0),
        version: report.tool_version.clone(),
        law: report.law.origin.clone(),
        digest: report.law.digest.chars().take(16).collect(),
        options: options(report),
        notices: top::notices(report),
        rules,
        more_rules,
        coverage: top::coverage(report),
        rules_exercised: report.coverage.rules.len(),
        without_message: report.without_message.clone(),
        layers: report.totals.by_layer.iter().map(|total| total.layer.as_str()).collect(),
        parties: top::parties(report),
        flows,
    }
}

/// The outcome in one sentence.
fn headline(report: &Report) -> String {
    let own = report.totals.findings.own;
    match report.verdict {
        Verdict::Clean => format!("Nothing to mend in {}.", counted(report.totals.messages, "message")),
        Verdict::Findings => format!("{} to mend.", counted(own.error, "error")),
        Verdict::NotEvaluated => match report.flows.iter().find(|flow| flow.verdict == Verdict::NotEvaluated) {
            Some(flow) => format!("No error that counts, but not everything could be judged: {}.", flow.reason),
            None => "No message was found, so nothing could be judged.".to_owned(),
        },
    }
}

fn tiles(report: &Report) -> Vec<Tile> {
    let totals = &report.totals;
    let tile = |number: usize, word: &str, class| Tile {
        number,
        word: format!("{word}{}", if number == 1 { "" } else { "s" }),
        class,
    };
    let mut tiles = vec![
        tile(totals.findings.own.error, "error", "error"),
        tile(totals.findings.own.warning, "warning", "warning"),
        tile(totals.findings.own.note, "note", "note"),
        tile(totals.messages, "message", "plain"),
        tile(totals.flows, "flow", "plain"),
    ];
    let apart = totals.findings.other_side.sum() + totals.findings.unclear.sum();
    if apart > 0 {
        tiles.push(Tile { number: apart, word: "not counted".to_owned(), class: "plain" });
    }
    if totals.findings.excused.sum() > 0 {
        tiles.push(Tile { number: totals.findings.excused.sum(), word: "excused".to_owned(), class: "plain" });
    }
    tiles
}

fn options(report: &Report) -> Vec<(&'static str, String)> {
    let options = &report.options;
    let all = [
        ("side under test", options.role.map(|role| role_name(role).to_owned())),
        ("domain", options.domain.clone()),
        ("version", options.version.clone()),
        ("law laid over ours", options.spec.clone()),
        ("baseline", options.baseline.clone()),
        ("waivers", options.waivers.clone()),
    ];
    all.into_iter().filter_map(|(name, value)| Some((name, value?))).collect()
}
