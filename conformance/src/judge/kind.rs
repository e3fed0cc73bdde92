//! Which flow of the network a recording is: as it claims, or as its messages tell.

use specs::{Action, Flow};

use super::model::FlowKind;
use crate::check;
use crate::view::FlowView;

/// Less than this share of common steps is no guess.
const SHARE_MIN: f64 = 0.6;

/// The claimed flow, else the one with the most steps in common; `None` when nothing fits.
pub(super) fn kind(view: &FlowView<'_>) -> Option<FlowKind> {
    let flows = || view.steps.iter().find_map(|step| step.book).map_or(&[][..], |book| book.flows());
    if let Some(id) = &view.flow.claim.flow {
        let title = flows().iter().find(|flow| &flow.id == id).map(|flow| flow.title.clone());
        let recognised =
            || check::flow::kind(view).filter(|(number, _)| number == id).map(|(_, title)| title.to_owned());
        let title = title.or_else(recognised).unwrap_or_default();
        return Some(FlowKind { id: id.clone(), title, claimed: true });
    }
    if let Some((id, title)) = check::flow::kind(view) {
        return Some(FlowKind { id: id.to_owned(), title: title.to_owned(), claimed: false });
    }
    let own: Vec<Action> = view.steps.iter().map(|step| step.action).collect();
    let scored = flows().iter().map(|flow| (likeness(&own, flow), flow));
    let best = scored.max_by(|(a, _), (b, _)| a.total_cmp(b));
    let (_, flow) = best.filter(|(score, _)| *score >= SHARE_MIN)?;
    Some(FlowKind { id: flow.id.clone(), title: flow.title.clone(), claimed: false })
}

/// Actions in common, in any order, as a share of all that either has.
fn likeness(own: &[Action], flow: &Flow) -> f64 {
    let mut wanted: Vec<Action> = flow.steps.iter().map(|step| step.action).collect();
    let of_flow = wanted.len();
    let mut common = 0;
    for action in own {
        if let Some(at) = wanted.iter().position(|one| one == action) {
            wanted.swap_remove(at);
            common += 1;
        }
    }
    let all = own.len() + of_flow - common;
    if all == 0 { 0.0 } else { common as f64 / all as f64 }
}
