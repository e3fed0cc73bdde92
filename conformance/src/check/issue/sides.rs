//! The two lists of actions of version 1.0.0: each side's list only grows, and its last action is the last change.

use crate::check::issue::complaint::{Complaint, issue};
use crate::check::payload::Part;
use crate::check::say::Say;
use crate::finding::Found;
use crate::view::Step;

/// The list of each side, and what its entries say was done.
const COMPLAINANT: (&str, &str) = ("/issue_actions/complainant_actions", "/complainant_action");
const RESPONDENT: (&str, &str) = ("/issue_actions/respondent_actions", "/respondent_action");

/// Each list against the last message that carried it.
pub(super) fn check(complaint: &Complaint<'_>, at: usize, out: &mut Vec<Found>) {
    let step = &complaint.steps[at];
    let Some(now) = issue(step).filter(|issue| issue.at("/issue_actions").is_some()) else { return };
    for (list, done) in [COMPLAINANT, RESPONDENT] {
        let carries = |other: &Step<'_>| issue(other).is_some_and(|issue| !issue.list(list).is_empty());
        if let Some(before) = complaint.last(at, carries).filter(|_| carries(step)) {
            appended(step, &now, before, list, done, out);
        }
    }
    last_change(step, &now, out);
}

fn appended(step: &Step<'_>, now: &Part<'_>, before: &Step<'_>, list: &str, done: &str, out: &mut Vec<Found>) {
    let (here, there) = (now.list(list), issue(before).map(|issue| issue.list(list)).unwrap_or_default());
    let lost =
        there.iter().enumerate().find(|(at, old)| here.get(*at).and_then(|new| new.text(done)) != old.text(done));
    if let Some((_, old)) = lost {
        let text =
            format!("the action {} of the {} before is not at its place", old.text(done).unwrap_or("?"), before.action);
        let found = step.found("issue/ACTIONS_APPENDED", now.place(list), text);
        out.push(
            found
                .wants(format!("at least {} actions", there.len()))
                .has(here.len())
                .against(before.place(old.pointer.clone())),
        );
    }
}

/// The complaint was last changed by the last action of a side: one that is passed on carries both lists.
fn last_change(step: &Step<'_>, now: &Part<'_>, out: &mut Vec<Found>) {
    let last: Vec<Part<'_>> = [COMPLAINANT, RESPONDENT].iter().filter_map(|(list, _)| now.list(list).pop()).collect();
    let Some(updated) = now.time("/updated_at") else { return };
    let times: Vec<_> = last.iter().filter_map(|action| action.time("/updated_at")).collect();
    if let (Some(acted), Some(action)) = (times.iter().max(), last.last())
        && !times.contains(&updated)
    {
        let text = format!("updated_at is {updated}, the last action is of {acted}");
        let found = step.found("issue/UPDATED_BY_ACTION", now.place("/updated_at"), text);
        out.push(found.wants(acted).has(updated).against(step.place(action.place("/updated_at"))));
    }
}
