//! What can go wrong with an order, from when on, and what it is worth to look at it first. Derived from the order alone, so
//! that it is never stale.

use jiff::Timestamp;

use super::{DeliveryState, Fulfilment, Policy};
use crate::order::promising::{first_promise, revisions_by_node};
use crate::order::{Order, OrderState};

/// The kinds of exception, and the estimate that the node revises by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum WatchKind {
    NotAccepted,
    Rejected,
    LatePack,
    PromiseAtRisk,
    Lost,
    Damaged,
    /// No exception: the node tells a later estimate.
    Estimate,
}

impl WatchKind {
    pub const ALL: [WatchKind; 7] = [
        WatchKind::NotAccepted,
        WatchKind::Rejected,
        WatchKind::LatePack,
        WatchKind::PromiseAtRisk,
        WatchKind::Lost,
        WatchKind::Damaged,
        WatchKind::Estimate,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            WatchKind::NotAccepted => "not-accepted",
            WatchKind::Rejected => "rejected",
            WatchKind::LatePack => "late-pack",
            WatchKind::PromiseAtRisk => "promise-at-risk",
            WatchKind::Lost => "lost",
            WatchKind::Damaged => "damaged",
            WatchKind::Estimate => "estimate",
        }
    }

    /// For people.
    pub fn title(self) -> &'static str {
        match self {
            WatchKind::NotAccepted => "Not accepted",
            WatchKind::Rejected => "Rejected by the partner",
            WatchKind::LatePack => "Packed late",
            WatchKind::PromiseAtRisk => "Promise at risk",
            WatchKind::Lost => "Lost",
            WatchKind::Damaged => "Damaged",
            WatchKind::Estimate => "Estimate",
        }
    }

    pub fn parse(text: &str) -> Option<WatchKind> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }
}

/// One thing to look at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Watch {
    pub kind: WatchKind,
    /// From then on.
    pub due: Timestamp,
    /// By then it is too late.
    pub until: Timestamp,
    /// For people.
    pub detail: String,
}

/// Everything to look at in an order, now or later.
pub fn watches(order: &Order, policy: &Policy) -> Vec<Watch> {
    let mut found = Vec::new();
    match order.state {
        OrderState::Created => not_accepted(order, policy, &mut found),
        OrderState::Accepted | OrderState::InProgress => {
            // What is lost is not late: no estimate is worth telling.
            let on_its_way = |delivery: &&Fulfilment| !delivery.is_kept() && delivery.trouble.is_none();
            if let Some(delivery) = order.delivery().filter(on_its_way) {
                promised(order, delivery, policy, &mut found);
            }
            troubled(order, &mut found);
        }
        OrderState::Selected | OrderState::Initialised | OrderState::Completed | OrderState::Cancelled => return found,
    }
    if let Some(rejection) = &order.rejection {
        let until = order.promised_by().unwrap_or(rejection.at);
        let detail = format!("{} says: {}", rejection.by, rejection.cause.title().to_lowercase());
        found.push(Watch { kind: WatchKind::Rejected, due: rejection.at, until, detail });
    }
    found
}

fn not_accepted(order: &Order, policy: &Policy, found: &mut Vec<Watch>) {
    let due = policy.accept_within.after(order.placed_at);
    let until = policy.accept_grace.after(due);
    let detail = format!("{} has not answered", order.partner_id);
    found.push(Watch { kind: WatchKind::NotAccepted, due, until, detail });
}

fn promised(order: &Order, delivery: &Fulfilment, policy: &Policy, found: &mut Vec<Watch>) {
    let Some(due) = delivery.due() else { return };
    // Of a short promise at most half: what takes ten minutes is not late when it is placed.
    let span = due.duration_since(order.placed_at).as_secs().max(0);
    let margin = policy.promise_margin.seconds().min(span / 2);
    let before = |at: Timestamp| at.checked_sub(jiff::SignedDuration::from_secs(margin)).unwrap_or(at);
    let state = delivery.progress.code();
    if let (Some(DeliveryState::Pending), Some(pack_by)) =
        (delivery.delivery(), delivery.start.as_ref().and_then(|start| start.range))
        && pack_by.end < due
    {
        let detail = "should be packed and on its way".to_owned();
        found.push(Watch { kind: WatchKind::LatePack, due: pack_by.end, until: due, detail });
    }
    let first = first_promise(order).unwrap_or(due);
    let detail =
        if due > first { format!("still {state}; a later estimate was told") } else { format!("still {state}") };
    found.push(Watch { kind: WatchKind::PromiseAtRisk, due: before(first), until: first, detail });
    if revisions_by_node(order) < usize::try_from(policy.revise_max).unwrap_or(usize::MAX) {
        // Told while there is still time to tell it, but not while there is time to keep it.
        let told = before(due).max(order.placed_at);
        found.push(Watch { kind: WatchKind::Estimate, due: told, until: due, detail: String::new() });
    }
}

fn troubled(order: &Order, found: &mut Vec<Watch>) {
    let Some(delivery) = order.delivery() else { return };
    let Some(trouble) = &delivery.trouble else { return };
    let kind = match trouble.kind {
        super::TroubleKind::Lost => WatchKind::Lost,
        super::TroubleKind::Damaged => WatchKind::Damaged,
    };
    let until = first_promise(order).unwrap_or(trouble.at);
    let detail = format!("{} says: {}", trouble.by, if trouble.note.is_empty() { "no word" } else { &trouble.note });
    found.push(Watch { kind, due: trouble.at, until, detail });
}

/// How much it matters to look at something now: its value in the smallest unit of money, the more the less time is left.
/// An order that is late counts as one with a minute left.
pub fn weight(value_minor: i64, left_ms: i64) -> i64 {
    const MINUTE_MS: i64 = 60_000;
    let minutes = (left_ms / MINUTE_MS).max(1);
    value_minor.saturating_mul(1_000) / minutes
}
