//! What a complaint keeps from its first message on: transaction, time of creation, subject, actors, solutions.

use specs::Action;

use crate::check::issue::complaint::{Complaint, ISSUE, issue};
use crate::check::payload::Part;
use crate::check::say::{Say, changed, dropped};
use crate::finding::Found;
use crate::view::Step;

/// Against the message before.
pub(super) fn check(complaint: &Complaint<'_>, at: usize, out: &mut Vec<Found>) {
    let step = &complaint.steps[at];
    transaction(complaint, at, out);
    new_id(complaint, at, out);
    let (Some(now), Some(before)) = (issue(step), complaint.before(at)) else { return };
    let Some(then) = issue(before) else { return };
    created(complaint, step, &now, out);
    updated(step, &now, before, &then, out);
    subject(step, &now, before, &then, out);
    listed(step, &now, before, &then, "/actors", "issue/ACTOR_KEPT", "the actor", out);
    listed(step, &now, before, &then, "/resolutions", "issue/RESOLUTION_KEPT", "the solution", out);
    references(step, &now, before, &then, out);
}

/// A complaint runs in the transaction of its order.
fn transaction(complaint: &Complaint<'_>, at: usize, out: &mut Vec<Found>) {
    const PLACE: &str = "/context/transaction_id";
    let (step, first) = (&complaint.steps[at], &complaint.steps[0]);
    if let (Some(now), Some(then)) = (Part::of(step, PLACE), Part::of(first, PLACE))
        && now.value != then.value
    {
        out.push(changed("issue/TRANSACTION_KEPT", step, &now, first, &then, "transaction_id"));
    }
}

/// Each call has a message_id of its own; only its answer repeats it.
fn new_id(complaint: &Complaint<'_>, at: usize, out: &mut Vec<Found>) {
    const PLACE: &str = "/context/message_id";
    let step = &complaint.steps[at];
    let Some(id) = step.text(PLACE).filter(|_| !step.action.is_callback()) else { return };
    let used = complaint.last(at, |other| !other.action.is_callback() && other.text(PLACE) == Some(id));
    if let Some(other) = used.filter(|other| other.payload != step.payload) {
        let text = format!("the {} before has the same message_id", other.action);
        out.push(
            step.found("issue/MESSAGE_ID_NEW", PLACE, text).wants("a new one").has(id).against(other.place(PLACE)),
        );
    }
}

fn created(complaint: &Complaint<'_>, step: &Step<'_>, now: &Part<'_>, out: &mut Vec<Found>) {
    let Some((first, then)) = complaint.first().and_then(|first| Some((first, issue(first)?))) else { return };
    if let (Some(is), Some(was)) = (now.at("/created_at"), then.at("/created_at"))
        && now.time("/created_at") != then.time("/created_at")
    {
        out.push(changed("issue/CREATED_AT_KEPT", step, &is, first, &was, "created_at"));
    }
}

fn updated(step: &Step<'_>, now: &Part<'_>, before: &Step<'_>, then: &Part<'_>, out: &mut Vec<Found>) {
    if let (Some(is), Some(was)) = (now.time("/updated_at"), then.time("/updated_at"))
        && is < was
    {
        let text = format!("updated_at went back: {is} after {was}");
        let found = step.found("issue/UPDATED_AT_MOVES", now.place("/updated_at"), text);
        out.push(found.wants(format!("{was} or later")).has(is).against(before.place(then.place("/updated_at"))));
    }
}

/// Who complains about what.
fn subject(step: &Step<'_>, now: &Part<'_>, before: &Step<'_>, then: &Part<'_>, out: &mut Vec<Found>) {
    const SUBJECT: [&str; 7] = [
        "/source_id",
        "/complainant_id",
        "/descriptor/code",
        "/category",
        "/sub_category",
        "/order_details/id",
        "/order_details/provider_id",
    ];
    for path in SUBJECT {
        // Answers of the older version carry their own part only.
        let (Some(is), Some(was)) = (now.at(path), then.at(path)) else { continue };
        if is.value != was.value {
            out.push(changed("issue/SUBJECT_KEPT", step, &is, before, &was, path.trim_start_matches('/')));
        }
    }
}

/// Entries of a list are added, never taken out.
#[allow(clippy::too_many_arguments)] // two messages with their parts, and the names of the list
fn listed(
    step: &Step<'_>,
    now: &Part<'_>,
    before: &Step<'_>,
    then: &Part<'_>,
    list: &str,
    rule: &str,
    what: &str,
    out: &mut Vec<Found>,
) {
    let here = now.list(list);
    for old in then.list(list) {
        let Some(id) = old.text("/id") else { continue };
        if here.iter().any(|new| new.text("/id") == Some(id)) {
            continue;
        }
        let named = format!("{what} {id:?}");
        out.extend(old.at("/id").map(|was| dropped(rule, step, now.place(list), before, &was, &named)));
    }
}

fn references(step: &Step<'_>, now: &Part<'_>, before: &Step<'_>, then: &Part<'_>, out: &mut Vec<Found>) {
    let key = |part: &Part<'_>| Some((part.text("/ref_type")?.to_owned(), part.text("/ref_id")?.to_owned()));
    let here: Vec<_> = now.list("/refs").iter().filter_map(key).collect();
    if step.action == Action::IssueStatus || here.is_empty() {
        return;
    }
    for old in then.list("/refs") {
        if let Some((kind, id)) = key(&old).filter(|known| !here.contains(known)) {
            let text = format!("the complaint was about {kind} {id:?}, and is not any more");
            let found = step.found("issue/SUBJECT_KEPT", format!("{ISSUE}/refs"), text);
            out.push(found.wants(format!("{kind} {id}")).against(before.place(old.pointer.clone())));
        }
    }
}
