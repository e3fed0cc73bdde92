//! The list of actions of version 2.0.0: it travels whole each time and only grows at its end.

use specs::{Action, Code};

use crate::check::issue::complaint::{Complaint, issue};
use crate::check::payload::Part;
use crate::check::say::Say;
use crate::finding::Found;
use crate::view::Step;

const CODE: &str = "/descriptor/code";

/// Against the message before, and each new action against those before it.
pub(super) fn check(complaint: &Complaint<'_>, at: usize, out: &mut Vec<Found>) {
    let step = &complaint.steps[at];
    let Some(now) = issue(step).filter(|issue| issue.at("/actions").is_some()) else { return };
    let actions = now.list("/actions");
    let known = complaint.fullest(at).and_then(|before| appended(step, &now, before, out));
    last_action(step, &now, &actions, out);
    status(step, &now, &actions, out);
    times(step, &actions, out);
    for place in known.unwrap_or_default()..actions.len() {
        added(step, &actions, place, out);
    }
}

/// The actions of the fullest message before stand at the beginning, unchanged. Gives how many these are, when they do.
fn appended(step: &Step<'_>, now: &Part<'_>, before: &Step<'_>, out: &mut Vec<Found>) -> Option<usize> {
    let (here, there) = (now.list("/actions"), issue(before)?.list("/actions"));
    if here.len() < there.len() {
        let text = format!("{} actions; the {} before had {}", here.len(), before.action, there.len());
        let found = step.found("issue/ACTIONS_APPENDED", now.place("/actions"), text);
        let first_lost = there.get(here.len()).map(|part| before.place(part.pointer.clone()));
        out.push(Found { contradicts: first_lost, ..found.wants(format!("at least {}", there.len())).has(here.len()) });
        return None;
    }
    for (new, old) in here.iter().zip(&there) {
        let differs = ["/id", CODE, "/action_by", "/updated_at"]
            .into_iter()
            .find(|path| new.at(path).map(|part| part.value) != old.at(path).map(|part| part.value));
        if let Some(path) = differs {
            let (is, was) = (new.word(path).unwrap_or_default(), old.word(path).unwrap_or_default());
            let text = format!(
                "an action that was there before changed: {} is {is:?}, was {was:?}",
                path.trim_start_matches('/')
            );
            let found = step.found("issue/ACTION_CHANGED", new.place(path), text);
            out.push(found.wants(was).has(is).against(before.place(old.place(path))));
        }
    }
    if here.len() == there.len() && matches!(step.action, Action::Issue | Action::OnIssue) {
        let text = format!("{} adds no action to those of the {} before", step.action, before.action);
        out.push(
            step.found("issue/ACTION_ADDED", now.place("/actions"), text).wants("one action more").has(here.len()),
        );
    }
    Some(there.len())
}

/// `last_action_id` is the id of the last action.
fn last_action(step: &Step<'_>, now: &Part<'_>, actions: &[Part<'_>], out: &mut Vec<Found>) {
    let Some(last) = actions.last().and_then(|action| action.text("/id")) else { return };
    let said = now.text("/last_action_id").unwrap_or_default();
    if said != last {
        let text = format!("last_action_id is {said:?}, the last action is {last:?}");
        let found = step.found("issue/LAST_ACTION", now.place("/last_action_id"), text);
        out.push(found.wants(last).has(said).mend(&last.into()));
    }
}

/// The status is that of the last action.
fn status(step: &Step<'_>, now: &Part<'_>, actions: &[Part<'_>], out: &mut Vec<Found>) {
    let (Some(status), Some(last)) = (now.text("/status"), actions.last()) else { return };
    let Some(code) = last.text(CODE).and_then(|code| law(step, code)) else { return };
    let fits = code.texts("status");
    if !fits.is_empty() && !fits.contains(&status) {
        let text = format!("the complaint is {status} and its last action is {}", code.code);
        let found = step.found("issue/STATUS_FITS", now.place("/status"), text);
        out.push(found.wants(fits.join(" or ")).has(status).against(step.place(last.place(CODE))));
    } else if status == "OPEN" && actions.len() > 1 && code.code != "ESCALATED" {
        let text = format!("the complaint is still OPEN after {}", code.code);
        out.push(step.found("issue/STATUS_BEHIND", now.place("/status"), text).wants("PROCESSING").has(status));
    }
}

/// Actions stand in the order of their times.
fn times(step: &Step<'_>, actions: &[Part<'_>], out: &mut Vec<Found>) {
    for pair in actions.windows(2) {
        if let (Some(first), Some(second)) = (pair[0].time("/updated_at"), pair[1].time("/updated_at"))
            && second < first
        {
            let text = format!("an action of {second} stands behind one of {first}");
            let found = step.found("issue/ACTION_TIMES", pair[1].place("/updated_at"), text);
            out.push(
                found.wants(format!("{first} or later")).has(second).against(step.place(pair[0].place("/updated_at"))),
            );
        }
    }
}

/// A new action belongs to the side that sends it, answers something, and does not follow the end.
fn added(step: &Step<'_>, actions: &[Part<'_>], at: usize, out: &mut Vec<Found>) {
    let action = &actions[at];
    let earlier = &actions[..at];
    let Some(code) = action.text(CODE).and_then(|code| law(step, code)) else { return };
    let place = action.place(CODE);
    let side = match step.action {
        Action::Issue => "complainant",
        _ => "respondent",
    };
    let by = code.texts("used_by");
    // Only the actions that this message itself adds tell its sender; a first message may tell a longer story.
    let own = at + 1 == actions.len() && matches!(step.action, Action::Issue | Action::OnIssue);
    if own && !by.is_empty() && !by.contains(&side) {
        let text = format!("{} adds {}, which only the {} does", step.action, code.code, by.join(" or "));
        out.push(
            step.found("issue/ADDED_BY_SENDER", place.clone(), text)
                .wants(format!("an action of the {side}"))
                .has(&code.code),
        );
    }
    let after = code.texts("after");
    let answers = earlier.iter().any(|other| other.text(CODE).is_some_and(|code| after.contains(&code)));
    if !after.is_empty() && !answers {
        let text = format!("{} without {} before it", code.code, after.join(" or "));
        out.push(step.found("issue/ACTION_ANSWERS", place.clone(), text).wants(after.join(" or ")).has(&code.code));
    }
    let end = earlier
        .iter()
        .find(|other| other.text(CODE).and_then(|code| law(step, code)).is_some_and(|code| code.flag("final")));
    if let Some(end) = end {
        let text = format!("{} follows an action that closed the complaint", code.code);
        out.push(
            step.found("issue/AFTER_CLOSED", place, text)
                .wants("a new complaint")
                .has(&code.code)
                .against(step.place(end.place(CODE))),
        );
    }
}

/// What the law says of an action.
fn law<'a>(step: &Step<'a>, code: &str) -> Option<&'a Code> {
    step.book?.codes("issue_action")?.get(code)
}
