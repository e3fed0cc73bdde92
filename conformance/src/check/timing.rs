//! Time limits: how soon an answer comes, how long a request and a quote hold.

use jiff::Timestamp;
use specs::Action;

use crate::check::law::Law;
use crate::check::payload::{Part, duration_ms};
use crate::check::say::Say;
use crate::check::thread::{Thread, is_retail, threads};
use crate::finding::Found;
use crate::view::{FlowView, Step};

/// Answers in time, lives within the limit, quotes that still hold.
pub(crate) fn check(view: &FlowView<'_>, out: &mut Vec<Found>) {
    for step in view.steps.iter().filter(|step| is_retail(step) && !is_complaint(step.action)) {
        life(view, step, out);
    }
    for thread in threads(view) {
        for (at, step) in thread.steps.iter().enumerate() {
            if let Some(request) = thread.request_of(step) {
                soon(view, step, request, out);
                in_its_life(step, request, out);
            }
            quote_holds(&thread, at, out);
        }
    }
}

/// The certification wants answers within seconds. Clocks in messages are claims; only a recorder's clock proves.
fn soon(view: &FlowView<'_>, step: &Step<'_>, request: &Step<'_>, out: &mut Vec<Found>) {
    let Some(limit) = Law::of(view, step).book().and_then(|book| book.limits(request.action).callback_within_ms) else {
        return;
    };
    let measured = request.recorded.at.zip(step.recorded.at).map(|(from, to)| between_ms(from, to));
    let claimed = request.at.zip(step.at).map(|(from, to)| between_ms(from, to));
    let (rule, took, how) = match (measured, claimed) {
        (Some(took), _) => ("timing/CALLBACK_LATE", took, "by the recorder's clock"),
        (None, Some(took)) => ("timing/CALLBACK_LATE_CLAIMED", took, "by the timestamps in the messages"),
        (None, None) => return,
    };
    if took > limit {
        let text = format!("{} came {} s after its request, {how}", step.action, seconds(took));
        let found = step.found(rule, "/context/timestamp", text).wants(format!("within {} s", seconds(limit)));
        out.push(found.has(format!("{} s", seconds(took))).against(request.place("/context/timestamp")));
    }
}

/// An answer after timestamp + ttl of its request comes too late to be read.
fn in_its_life(step: &Step<'_>, request: &Step<'_>, out: &mut Vec<Found>) {
    let Some(ttl) = request.text("/context/ttl").and_then(duration_ms) else { return };
    let Some((sent, came)) = request.at.zip(step.at) else { return };
    let took = between_ms(sent, came);
    if took > ttl {
        let text = format!("{} came {} s after a request that lived {} s", step.action, seconds(took), seconds(ttl));
        let found =
            step.found("timing/TTL_PASSED", "/context/timestamp", text).wants(format!("within {} s", seconds(ttl)));
        out.push(found.has(format!("{} s", seconds(took))).against(request.place("/context/ttl")));
    }
}

/// No message may live longer than the action allows.
fn life(view: &FlowView<'_>, step: &Step<'_>, out: &mut Vec<Found>) {
    let Some(book) = Law::of(view, step).book() else { return };
    let (Some(text), max) = (step.text("/context/ttl"), book.limits(step.action).ttl_ms_max) else { return };
    if let Some(ttl) = duration_ms(text).filter(|ttl| *ttl > max) {
        let said =
            format!("ttl {text} is {} s, at most {} s are allowed for {}", seconds(ttl), seconds(max), step.action);
        out.push(step.found("timing/TTL_LIMIT", "/context/ttl", said).wants(format!("PT{}S", seconds(max))).has(text));
    }
}

/// A quote that has run out need not be honoured.
fn quote_holds(thread: &Thread<'_>, at: usize, out: &mut Vec<Found>) {
    let step = &thread.steps[at];
    let offer = match step.action {
        Action::Init => thread.last(at, Action::OnSelect),
        Action::Confirm => thread.last(at, Action::OnInit),
        _ => return,
    };
    let Some((offer, ttl)) =
        offer.and_then(|offer| Some((offer, Part::of(offer, "/message/order/quote")?.duration_ms("/ttl")?)))
    else {
        return;
    };
    let Some((from, to)) = offer.at.zip(step.at) else { return };
    let took = between_ms(from, to);
    if took > ttl {
        let text = format!("{} comes {} s after a quote that held for {} s", step.action, seconds(took), seconds(ttl));
        let found =
            step.found("timing/QUOTE_EXPIRED", "/context/timestamp", text).wants(format!("within {} s", seconds(ttl)));
        let found = found.has(format!("after {} s", seconds(took)));
        out.push(found.against(offer.place("/message/order/quote/ttl")));
    }
}

fn between_ms(from: Timestamp, to: Timestamp) -> i64 {
    to.as_millisecond() - from.as_millisecond()
}

/// Milliseconds as seconds for a person.
fn seconds(ms: i64) -> String {
    let (whole, rest) = (ms / 1000, ms % 1000);
    if rest == 0 { whole.to_string() } else { format!("{whole}.{rest:03}").trim_end_matches('0').to_owned() }
}

/// Complaints have limits of their own.
fn is_complaint(action: Action) -> bool {
    matches!(action, Action::Issue | Action::OnIssue | Action::IssueStatus | Action::OnIssueStatus)
}
