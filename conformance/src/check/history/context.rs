//! The context: one transaction, one city, ids that pair a callback with its request, times that move on.

use std::collections::BTreeMap;

use specs::Action;

use crate::check::payload::Part;
use crate::check::say::{Say, changed};
use crate::check::thread::{LIFE, Thread, answers, is_retail, order_id, threads};
use crate::finding::Found;
use crate::view::{FlowView, Step};

/// What the contexts of one order must agree on.
pub(crate) fn check(view: &FlowView<'_>, out: &mut Vec<Found>) {
    message_ids(view, out);
    discovery(view, out);
    for thread in threads(view) {
        transaction(&thread, out);
        parties(&thread, out);
        city(view, &thread, out);
        for at in 0..thread.steps.len() {
            echoed(&thread, at, out);
            later(&thread, at, out);
        }
    }
}

/// The transaction id does not change from `select` on. Messages whose ids say that they belong together prove a change.
fn transaction(thread: &Thread<'_>, out: &mut Vec<Found>) {
    const PLACE: &str = "/context/transaction_id";
    let Some(first) = thread.steps.first() else { return };
    let Some(then) = Part::of(first, PLACE) else { return };
    for step in &thread.steps[1..] {
        let Some(now) = Part::of(step, PLACE).filter(|now| now.value != then.value) else { continue };
        // A change under one order id is a rule of the books; before there is an order id, only the story tells.
        if matches!(step.action, Action::Init | Action::OnInit) && order_id(step).is_none() {
            out.push(changed("history/TRANSACTION_KEPT", step, &now, first, &then, "transaction_id"));
        }
    }
}

/// Both participants keep their addresses. That their names stay is a rule of the books.
fn parties(thread: &Thread<'_>, out: &mut Vec<Found>) {
    let Some(first) = thread.steps.first() else { return };
    for (rule, key) in [("history/BUYER_URI_KEPT", "bap_uri"), ("history/SELLER_URI_KEPT", "bpp_uri")] {
        let place = format!("/context/{key}");
        let Some(then) = Part::of(first, &place) else { continue };
        for step in &thread.steps[1..] {
            let Some(now) = Part::of(step, &place) else { continue };
            let same = |text: &str| text.trim_end_matches('/').to_ascii_lowercase();
            let (was, is) = (then.text("").unwrap_or_default(), now.text("").unwrap_or_default());
            if same(was) != same(is) {
                out.push(changed(rule, step, &now, first, &then, key));
            }
        }
    }
}

/// The city is that of the search; an answer repeats the city of its request.
fn city(view: &FlowView<'_>, thread: &Thread<'_>, out: &mut Vec<Found>) {
    const PLACE: &str = "/context/city";
    let Some(first) = thread.steps.first() else { return };
    let named = |step: &&Step<'_>| step.text(PLACE).is_some_and(|city| city != "*" && !city.is_empty());
    let transaction = first.text("/context/transaction_id");
    let searches = || view.all(Action::Search).filter(|step| is_retail(step)).filter(named);
    let own = searches().find(|step| step.text("/context/transaction_id") == transaction);
    let only = searches().next().filter(|_| searches().count() == 1);
    let Some(base) = own.or(only).or_else(|| thread.steps.iter().find(named)) else { return };
    let Some(then) = Part::of(base, PLACE) else { return };
    for step in thread.steps.iter().filter(|step| step.index != base.index) {
        let Some(now) = Part::of(step, PLACE).filter(|now| now.value != then.value) else { continue };
        let repeated = thread.request_of(step).is_some_and(|request| request.value(PLACE) == Some(now.value));
        if !repeated {
            out.push(changed("history/CITY_KEPT", step, &now, base, &then, "city"));
        }
    }
}

/// An answer has the message id of its request.
fn echoed(thread: &Thread<'_>, at: usize, out: &mut Vec<Found>) {
    let step = &thread.steps[at];
    if thread.request_of(step).is_some() {
        return;
    }
    let request = match step.action {
        Action::OnSelect | Action::OnInit | Action::OnConfirm | Action::OnTrack => {
            step.action.request().and_then(|action| thread.last(at, action))
        }
        // A seller may cancel unasked; the buyer's name on it says that it was asked.
        Action::OnCancel => thread.last(at, Action::Cancel).filter(|_| cancelled_by_buyer(step)),
        _ => None,
    };
    let Some(request) = request else { return };
    let answered = thread.before(at).any(|other| answers(other, request));
    if let (Some(now), Some(then)) = (Part::of(step, "/context/message_id"), Part::of(request, "/context/message_id"))
        && !answered
    {
        out.push(changed("history/MESSAGE_ID_ECHOED", step, &now, request, &then, "message_id"));
    }
}

fn cancelled_by_buyer(step: &Step<'_>) -> bool {
    let by = step.text("/message/order/cancellation/cancelled_by");
    by.is_some() && by == step.text("/context/bap_id")
}

/// A message id belongs to one request and its one answer.
fn message_ids(view: &FlowView<'_>, out: &mut Vec<Found>) {
    let mut seen: BTreeMap<&str, Vec<&Step<'_>>> = BTreeMap::new();
    for step in view.steps.iter().filter(|step| is_retail(step) && !is_issue(step.action)) {
        let Some(id) = step.text("/context/message_id").filter(|id| !id.is_empty()) else { continue };
        let before = seen.entry(id).or_default();
        let fits = |other: &&Step<'_>| {
            answers(step, other)
                || answers(other, step)
                || other.payload == step.payload
                // A catalogue may come in pages, and its rejection names the catalogue by the same id.
                || (step.action == other.action && step.action == Action::OnSearch)
                || step.action == Action::CatalogRejection
                || other.action == Action::CatalogRejection
        };
        // When the request had no id of its own, its answer is not to blame.
        let is_answer = before.iter().any(|other| answers(step, other));
        if let Some(other) = before.iter().find(|other| !is_answer && !fits(other)) {
            let text =
                format!("message_id was already used by {}; only the answer to a request repeats an id", other.action);
            let found = step.found("history/MESSAGE_ID_NEW", "/context/message_id", text).has(id);
            out.push(found.against(other.place("/context/message_id")));
        }
        before.push(step);
    }
}

fn is_issue(action: Action) -> bool {
    matches!(action, Action::Issue | Action::OnIssue | Action::IssueStatus | Action::OnIssueStatus)
}

/// Each message is later than the one that had to come before it.
fn later(thread: &Thread<'_>, at: usize, out: &mut Vec<Found>) {
    let step = &thread.steps[at];
    let Some(now) = step.at else { return };
    let place = LIFE.iter().position(|action| *action == step.action);
    let predecessor = thread.request_of(step).or_else(|| {
        let previous = match place {
            Some(0) => return None,
            Some(place) => LIFE[place - 1],
            None => Action::OnConfirm,
        };
        let known = if place.is_some() { &thread.steps[..] } else { &thread.steps[..at] };
        known.iter().rfind(|other| other.action == previous)
    });
    let equal = thread.steps[..at].iter().find(|other| other.at == Some(now) && other.payload != step.payload);
    let Some(before) = predecessor.filter(|other| other.at.is_some_and(|then| then >= now)).or(equal) else { return };
    let then = before.at.unwrap_or(now);
    if then == now && place.is_none() && thread.request_of(step).is_none() && before.sender != step.sender {
        return; // two clocks, and nothing says which of the two was first
    }
    if place.is_some()
        && thread.request_of(step).is_none()
        && thread.steps.iter().filter(|s| s.action == step.action).count() > 1
    {
        return; // selected twice: which of the baskets went on is not known
    }
    let text = format!("timestamp {now} is not later than {then} of {}", before.action);
    let found = step.found("history/TIMESTAMP_LATER", "/context/timestamp", text).wants(format!("later than {then}"));
    out.push(found.has(now).against(before.place("/context/timestamp")));
}

/// `on_search` follows its search, and what is selected was seen before.
fn discovery(view: &FlowView<'_>, out: &mut Vec<Found>) {
    for step in view.all(Action::OnSearch).filter(|step| is_retail(step)) {
        let request = view.all(Action::Search).find(|request| answers(step, request));
        let Some((request, now)) = request.zip(step.at) else { continue };
        if let Some(then) = request.at.filter(|then| *then >= now) {
            let text = format!("timestamp {now} is not later than {then} of search");
            let found =
                step.found("history/TIMESTAMP_LATER", "/context/timestamp", text).wants(format!("later than {then}"));
            out.push(found.has(now).against(request.place("/context/timestamp")));
        }
    }
    let Some(select) = view.all(Action::Select).find(|step| is_retail(step)) else { return };
    let same_seller = |step: &&Step<'_>| step.text("/context/bpp_id") == select.text("/context/bpp_id");
    let shown: Vec<&Step<'_>> = view.all(Action::OnSearch).filter(same_seller).collect();
    let after = |step: &&Step<'_>| step.at.zip(select.at).is_some_and(|(shown, selected)| shown >= selected);
    if let Some(first) = shown.first().filter(|_| shown.iter().all(after)) {
        let text = "what is selected was shown only later: the catalogue of this seller is not older than the select";
        let found = select.found("history/CATALOGUE_BEFORE_SELECT", "/context/timestamp", text);
        out.push(found.against(first.place("/context/timestamp")));
    }
}
