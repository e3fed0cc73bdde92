//! One flow against the law.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};

use serde_json::Value;
use specs::{Book, Layer, Specs, Violation};

use super::collapse::{Collapsed, collapse};
use super::coverage::Exercised;
use super::echo::without_echoes;
use super::model::{FlowReport, FlowTotals, MessageReport, Options, Verdict};
use super::verdict::counted;
use super::words::Words;
use super::{answer, history, kind, layers, party};
use crate::check;
use crate::finding::{Finding, Found};
use crate::recording::{Recorded, RecordedFlow};
use crate::view::{FlowView, Step};

/// A judged flow and what else the report needs of it. Verdict and totals come after the excuses.
#[derive(Debug)]
pub(super) struct Judged {
    pub(super) report: FlowReport,
    pub(super) exercised: Exercised,
    pub(super) words: Words,
    /// Checks of ours that broke.
    pub(super) faults: Vec<String>,
}

pub(super) fn judge(specs: &Specs, flow: &RecordedFlow, options: &Options) -> Judged {
    let mut view = FlowView::new(flow, specs);
    force(&mut view, specs, options);
    let mut faults = Vec::new();
    let found = without_echoes(&view, evidence(&view, &mut faults));
    let messages: Vec<MessageReport> =
        flow.messages.iter().enumerate().map(|(index, recorded)| message(&view, index, recorded)).collect();
    let mut words = Words::default();
    let mut findings: Vec<Finding> =
        collapse(found).into_iter().map(|one| finding(&view, &messages, &mut words, one)).collect();
    findings.sort_by(|a, b| {
        let key = |f: &Finding| (f.message, f.severity, f.layer);
        key(a).cmp(&key(b)).then_with(|| a.rule.cmp(&b.rule)).then_with(|| a.place.cmp(&b.place))
    });
    let (domain, version) = contract(&view, flow);
    let report = FlowReport {
        source: flow.source.clone(),
        domain,
        version,
        flow: kind::kind(&view),
        role: options.role,
        verdict: Verdict::NotEvaluated,
        reason: String::new(),
        guesses: flow.guesses.iter().cloned().chain(divided(&view)).collect(),
        layers: layers::layers(&view, &findings),
        messages,
        findings,
        totals: FlowTotals::default(),
    };
    Judged { report, exercised: Exercised::of(&view), words, faults }
}

/// The user's domain and version go before what the messages say.
fn force<'a>(view: &mut FlowView<'a>, specs: &'a Specs, options: &Options) {
    if options.domain.is_none() && options.version.is_none() {
        return;
    }
    for step in &mut view.steps {
        let (domain, version) = contract_of(step.payload);
        let domain = options.domain.as_deref().or(domain).unwrap_or_default();
        let version = options.version.as_deref().or(version).unwrap_or_default();
        step.book = specs.book(domain, version);
    }
    view.settle_thread_books();
}

/// Everything that is wrong, by every check. A check that breaks is a fault of ours and stops no other.
fn evidence(view: &FlowView<'_>, faults: &mut Vec<String>) -> Vec<Found> {
    let mut found = unknown_actions(view);
    for step in &view.steps {
        found.extend(single(step));
    }
    found.extend(unknown_books(view));
    found.extend(history::check(view));
    for (at, check) in check::ALL.iter().enumerate() {
        let mut more = Vec::new();
        match catch_unwind(AssertUnwindSafe(|| check(view, &mut more))) {
            Ok(()) => found.extend(more),
            Err(_) => faults.push(format!("check {at} of check::ALL broke on {}", view.flow.source)),
        }
    }
    found
}

fn unknown_actions(view: &FlowView<'_>) -> Vec<Found> {
    let known = |index: &usize| view.steps.iter().any(|step| step.index == *index);
    let unknown = (0..view.flow.messages.len()).filter(|index| !known(index));
    let found = |index: usize| {
        let action = text(&view.flow.messages[index].payload["context"]["action"]);
        Found {
            rule: "message/KNOWN_ACTION".to_owned(),
            message: Some(index),
            pointer: "/context/action".to_owned(),
            text: format!("{action:?} is no action of the network"),
            expected: Some("search, on_search, select, on_select, …".to_owned()),
            actual: Some(action),
            ..Found::default()
        }
    };
    unknown.map(found).collect()
}

/// The schema and the rules of one message by itself; of a large catalogue, one part after the other.
fn single(step: &Step<'_>) -> Vec<Found> {
    let Some(book) = step.book else { return Vec::new() };
    let mut found = Vec::new();
    for part in step.recorded.parts() {
        for violation in book.check(step.action, &part.payload) {
            // What concerns a whole provider cannot be judged by some of its items.
            if part.has_whole_providers() || violation.layer == Layer::Schema || violation.path.contains("/items/") {
                found.push(Found { pointer: part.pointer(&violation.path), ..of_violation(step, violation) });
            }
        }
    }
    found.extend(repeated_items(step, &found));
    found
}

/// Says where less was judged than the rules ask for: what is left out must not look as if it had passed.
fn divided(view: &FlowView<'_>) -> Vec<String> {
    let in_parts = |step: &&Step<'_>| step.recorded.split.as_ref().is_some_and(|split| split.divides_a_provider());
    let sentence = |step: &Step<'_>| {
        format!(
            "message {} ({}): a provider has more items than are held at once; rules that need all of its items together are not \
             evaluated, but for ids that stand twice",
            step.index + 1,
            step.action.as_str()
        )
    };
    view.steps.iter().filter(in_parts).map(sentence).collect()
}

const ITEM_IDS_ONCE: &str = "on_search/PROVIDER/ITEM_IDS_ONCE";

/// What no part of a divided provider can show: an item in one of them, and its id again in another.
fn repeated_items(step: &Step<'_>, known: &[Found]) -> Vec<Found> {
    let has_rule = step.book.is_some_and(|book| book.rules(step.action).any(|rule| rule.id == ITEM_IDS_ONCE));
    let Some(split) = step.recorded.split.as_ref().filter(|_| has_rule) else { return Vec::new() };
    let is_new = |pointer: &str| !known.iter().any(|one| one.rule == ITEM_IDS_ONCE && one.pointer == pointer);
    let repeated = split.repeated_items().into_iter().filter(|(pointer, _)| is_new(pointer));
    let found = |(pointer, first): (String, String)| Found {
        rule: ITEM_IDS_ONCE.to_owned(),
        message: Some(step.index),
        pointer,
        text: "an item id stands twice under one provider".to_owned(),
        expected: Some("an id of its own".to_owned()),
        contradicts: Some(step.place(first)),
        ..Found::default()
    };
    repeated.map(found).collect()
}

/// A violation of a book as a finding of a message.
pub(super) fn of_violation(step: &Step<'_>, violation: Violation) -> Found {
    Found {
        rule: violation.rule,
        message: Some(step.index),
        pointer: violation.path,
        text: violation.message,
        expected: violation.expected,
        actual: violation.actual,
        ..Found::default()
    }
}

/// Said once for each domain and version that the law does not have, at their first message.
fn unknown_books(view: &FlowView<'_>) -> Vec<Found> {
    let mut missing: Vec<(&Step<'_>, usize)> = Vec::new();
    for step in view.steps.iter().filter(|step| step.book.is_none()) {
        let own = contract_of(step.payload);
        match missing.iter_mut().find(|(first, _)| contract_of(first.payload) == own) {
            Some((_, count)) => *count += 1,
            None => missing.push((step, 1)),
        }
    }
    missing.into_iter().map(|(first, count)| unknown_book(view.specs, first, count)).collect()
}

fn unknown_book(specs: &Specs, step: &Step<'_>, messages: usize) -> Found {
    let (domain, version) = contract_of(step.payload);
    let known: Vec<String> = specs.books().iter().map(title_of).collect();
    let named = |word: Option<&str>, what: &str| word.map_or_else(|| format!("no {what}"), str::to_owned);
    let own = format!("{}, {}", named(domain, "domain"), named(version, "version"));
    let text = format!(
        "{} not evaluated: the law has no book for {own}; name one with --domain and --version, or load one with --spec",
        counted(messages, "message")
    );
    Found {
        expected: Some(known.join(", ")),
        actual: Some(own),
        ..step.found("message/KNOWN_BOOK", "/context/domain", text)
    }
}

fn finding(view: &FlowView<'_>, messages: &[MessageReport], words: &mut Words, one: Collapsed) -> Finding {
    let Collapsed { first, place, count, also } = one;
    let book = view.steps.iter().find(|step| Some(step.index) == first.message).and_then(|step| step.thread_book);
    let rule = words.of(view.specs, book, &first.rule);
    let recorded = first.message.and_then(|index| view.flow.messages.get(index));
    let sender = first.message.and_then(|index| messages.get(index)).and_then(|message| message.sender);
    let fault = first.fault.unwrap_or(rule.fault);
    // The words of a book's rule hold the hint, which the finding tells by itself.
    let text = match first.text.strip_suffix(&format!("; {}", rule.hint)) {
        Some(title) if title == rule.title => title.to_owned(),
        _ => first.text,
    };
    Finding {
        layer: rule.layer,
        severity: rule.severity,
        fault,
        side: party::side(fault, sender),
        message: first.message,
        position: recorded.and_then(|recorded| recorded.origin.locate(&first.pointer)),
        pointer: first.pointer,
        place,
        text,
        expected: first.expected,
        actual: first.actual,
        contradicts: first.contradicts,
        hint: rule.hint.clone(),
        clause: rule.clause.clone(),
        patch: first.patch,
        count,
        also,
        excused: None,
        rule: first.rule,
    }
}

fn message(view: &FlowView<'_>, index: usize, recorded: &Recorded) -> MessageReport {
    let step = view.steps.iter().find(|step| step.index == index);
    let context = &recorded.payload["context"];
    MessageReport {
        index,
        step: recorded.step.clone(),
        action: text(&context["action"]),
        sender: step.map(|step| step.sender),
        timestamp: context["timestamp"].as_str().map(str::to_owned),
        path: recorded.origin.path.clone(),
        pointer: recorded.origin.pointer.clone(),
        line: recorded.origin.locate("").map(|position| position.line),
        bytes: recorded.split.as_ref().map_or_else(|| size(&recorded.payload), |split| split.bytes() as u64),
        evaluated: step.is_some_and(|step| step.book.is_some()),
        answer: recorded.answer.as_ref().and_then(answer::word),
    }
}

/// Domain and version of most messages; what the recording claims, when no message says any.
fn contract(view: &FlowView<'_>, flow: &RecordedFlow) -> (Option<String>, Option<String>) {
    let mut count: BTreeMap<(Option<&str>, Option<&str>), usize> = BTreeMap::new();
    for step in &view.steps {
        let own = match step.book {
            Some(book) => (Some(book.domain()), Some(book.version())),
            None => contract_of(step.payload),
        };
        *count.entry(own).or_default() += 1;
    }
    let (domain, version) = count.into_iter().max_by_key(|(_, count)| *count).map_or((None, None), |(own, _)| own);
    let or = |own: Option<&str>, claimed: &Option<String>| own.map(str::to_owned).or_else(|| claimed.clone());
    (or(domain, &flow.claim.domain), or(version, &flow.claim.version))
}

/// Domain and version as a message says them: retail writes `core_version`, newer domains `version`.
fn contract_of(payload: &Value) -> (Option<&str>, Option<&str>) {
    let context = &payload["context"];
    let version = context["core_version"].as_str().or_else(|| context["version"].as_str());
    (context["domain"].as_str(), version)
}

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// Bytes of a value as compact JSON, counted without writing it anywhere.
fn size(value: &Value) -> u64 {
    struct Count(u64);
    impl std::io::Write for Count {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0 += bytes.len() as u64;
            Ok(bytes.len())
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    let mut count = Count(0);
    match serde_json::to_writer(&mut count, value) {
        Ok(()) => count.0,
        Err(_) => 0,
    }
}

fn title_of(book: &Book) -> String {
    format!("{} {}", book.domain(), book.version())
}
