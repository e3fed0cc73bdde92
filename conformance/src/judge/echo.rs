//! A value that was wrong in one message and is right again in a later one: the later one is not to blame.
//!
//! `confirm` says 299, `on_confirm` says 300 and is told so. `on_status` says 299 again; it contradicts `on_confirm`, and rightly.

use serde_json::Value;

use crate::finding::{Found, Place};
use crate::view::FlowView;

/// Leaves out what only says that a value went back to what it was before a message that is blamed for changing it.
pub(super) fn without_echoes(view: &FlowView<'_>, found: Vec<Found>) -> Vec<Found> {
    let echoes: Vec<bool> = found.iter().map(|one| is_echo(view, one, &found)).collect();
    found.into_iter().zip(echoes).filter(|(_, is_echo)| !is_echo).map(|(one, _)| one).collect()
}

fn is_echo(view: &FlowView<'_>, one: &Found, all: &[Found]) -> bool {
    let (Some(at), Some(against)) = (one.message, &one.contradicts) else { return false };
    let now = value(view, at, &one.pointer);
    if now.is_none() || now == standing(view, against) {
        return false;
    }
    let changed_there = |other: &&Found| {
        other.message == Some(against.message)
            && other.pointer == against.pointer
            && name(&other.rule) == name(&one.rule)
            && other.contradicts.as_ref().is_some_and(|before| before.message != at && standing(view, before) == now)
    };
    against.message < at && all.iter().any(|other| changed_there(&other))
}

/// A rule of a book has the action in its id; the rest says what it wants.
fn name(rule: &str) -> &str {
    rule.rsplit('/').next().unwrap_or(rule)
}

fn standing<'v>(view: &'v FlowView<'_>, place: &Place) -> Option<&'v Value> {
    value(view, place.message, &place.pointer)
}

fn value<'v>(view: &'v FlowView<'_>, message: usize, pointer: &str) -> Option<&'v Value> {
    view.flow.messages.get(message)?.payload.pointer(pointer)
}
