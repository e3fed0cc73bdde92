//! The messages of one complaint between two participants, in the order of their times.

use specs::Action;

use crate::check::payload::Part;
use crate::view::{FlowView, Step};

/// Where a complaint stands in its messages.
pub(super) const ISSUE: &str = "/message/issue";

/// The messages of one complaint.
#[derive(Debug)]
pub(super) struct Complaint<'a> {
    /// In the order of their times, but no answer before its question.
    pub(super) steps: Vec<Step<'a>>,
}

/// Every complaint of a flow. A complaint that is passed on may keep its id: the participants are another pair then.
pub(super) fn complaints<'a>(view: &FlowView<'a>) -> Vec<Complaint<'a>> {
    let mut complaints: Vec<Complaint<'a>> = Vec::new();
    for step in view.steps.iter().filter(|step| step.action.is_complaint()) {
        let known = complaints.iter_mut().find(|known| known.steps.iter().any(|other| same(other, step)));
        match known {
            Some(complaint) => complaint.steps.push(*step),
            None => complaints.push(Complaint { steps: vec![*step] }),
        }
    }
    for complaint in &mut complaints {
        complaint.steps.sort_by_key(|step| (step.at, rank(step.action), step.index));
    }
    complaints
}

fn same(one: &Step<'_>, other: &Step<'_>) -> bool {
    let pair =
        |step: &Step<'_>| [step.text("/context/bap_id"), step.text("/context/bpp_id")].map(|id| id.map(str::to_owned));
    id(one).is_some() && id(one) == id(other) && pair(one) == pair(other)
}

/// The complaint that a message is about.
pub(super) fn id<'a>(step: &Step<'a>) -> Option<&'a str> {
    step.text("/message/issue/id").or_else(|| step.text("/message/issue_id")).filter(|id| !id.is_empty())
}

/// Of two messages of the same time, the question comes first.
fn rank(action: Action) -> u8 {
    u8::from(action.is_callback())
}

/// The complaint that a message carries; `issue_status` carries none.
pub(super) fn issue<'a>(step: &Step<'a>) -> Option<Part<'a>> {
    Part::of(step, ISSUE).filter(|part| part.value.is_object())
}

impl<'a> Complaint<'a> {
    /// Its id.
    pub(super) fn id(&self) -> Option<&'a str> {
        self.steps.first().and_then(id)
    }

    /// The last message before the one at `at` that carries the complaint.
    pub(super) fn before(&self, at: usize) -> Option<&Step<'a>> {
        self.steps[..at].iter().rev().find(|step| issue(step).is_some())
    }

    /// The message before the one at `at` with the longest list of actions, the last of them: what must not get shorter.
    pub(super) fn fullest(&self, at: usize) -> Option<&Step<'a>> {
        let length = |step: &Step<'_>| issue(step).map_or(0, |issue| issue.list("/actions").len());
        self.steps[..at].iter().filter(|step| length(step) > 0).max_by_key(|step| length(step))
    }

    /// The first message that carries the complaint.
    pub(super) fn first(&self) -> Option<&Step<'a>> {
        self.steps.iter().find(|step| issue(step).is_some())
    }

    /// The last message before the one at `at` for which `wanted` holds.
    pub(super) fn last(&self, at: usize, wanted: impl Fn(&Step<'a>) -> bool) -> Option<&Step<'a>> {
        self.steps[..at].iter().rev().find(|step| wanted(step))
    }
}
