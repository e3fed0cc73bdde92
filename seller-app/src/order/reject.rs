//! The partner does not want an order, or never answers (NETWORK-SPEC 11: reasons of the seller's side).

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::decide::Desk;
use super::progress::{confirmed, misplaced};
use super::{Decision, Effect, LineRef, Order, OrderState, Refusal, Rules, cancel};
use crate::fulfilment::policy::Rejected;
use crate::fulfilment::{DeliveryState, Fulfilment};
use crate::inventory::{Correction, StockMove, demand};
use crate::state_table::Misfit;

/// Why not. The cause decides which reason the network is told, and what the stock number is worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RejectCause {
    OutOfStock,
    /// There are goods, but not fit to be sold.
    Damaged,
    Closed,
    TooBusy,
    Technical,
    CannotServe,
    /// Nobody answered in time.
    NoAnswer,
}

impl RejectCause {
    pub const ALL: [RejectCause; 7] = [
        RejectCause::OutOfStock,
        RejectCause::Damaged,
        RejectCause::Closed,
        RejectCause::TooBusy,
        RejectCause::Technical,
        RejectCause::CannotServe,
        RejectCause::NoAnswer,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            RejectCause::OutOfStock => "out-of-stock",
            RejectCause::Damaged => "damaged",
            RejectCause::Closed => "closed",
            RejectCause::TooBusy => "too-busy",
            RejectCause::Technical => "technical",
            RejectCause::CannotServe => "cannot-serve",
            RejectCause::NoAnswer => "no-answer",
        }
    }

    /// For people.
    pub fn title(self) -> &'static str {
        match self {
            RejectCause::OutOfStock => "Not in stock",
            RejectCause::Damaged => "Damaged or spoilt",
            RejectCause::Closed => "The store is closed",
            RejectCause::TooBusy => "Too busy",
            RejectCause::Technical => "Technical fault",
            RejectCause::CannotServe => "The place cannot be served",
            RejectCause::NoAnswer => "Nobody answered",
        }
    }

    pub fn parse(text: &str) -> Option<RejectCause> {
        Self::ALL.into_iter().find(|cause| cause.as_str() == text)
    }

    /// Reason ids that say it, the best first; versions have different lists. The cost of each is the seller's.
    fn reasons(self) -> &'static [&'static str] {
        match self {
            RejectCause::OutOfStock | RejectCause::Damaged => &["002"],
            RejectCause::Closed => &["023", "005"],
            RejectCause::TooBusy => &["024", "005"],
            RejectCause::Technical => &["022", "005"],
            RejectCause::CannotServe => &["018"],
            RejectCause::NoAnswer => &["021", "005"],
        }
    }

    /// The first of its reasons that the seller may give by these rules.
    pub fn reason(self, rules: &Rules) -> &'static str {
        let mut own = self.reasons().iter().copied();
        let usable = |id: &&str| rules.cancellation_reasons.get(*id).is_some_and(|reason| reason.seller);
        own.find(usable).unwrap_or("002")
    }
}

/// A rejection that waits for a person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rejection {
    pub cause: RejectCause,
    pub by: String,
    pub at: Timestamp,
}

/// `items` names what is missing; empty means the whole order.
pub(super) fn reject(
    desk: &mut Desk<'_, '_>,
    cause: RejectCause,
    by: &str,
    items: &[LineRef],
) -> Result<Decision, Refusal> {
    let order = confirmed(desk)?;
    still_to_pack(order)?;
    let corrections = corrections(order, cause, items);
    let mut decision = match desk.view.seller.fulfilment.rejected {
        Rejected::Cancel => {
            let reason = cause.reason(desk.rules);
            if items.is_empty() || covers(order, items) {
                cancel::by_seller(desk, reason)?
            } else {
                cancel::items_by_seller(desk, reason, items)?
            }
        }
        Rejected::Keep => {
            // Nothing is told yet, so `updated_at` stays.
            let mut next = order.clone();
            next.rejection = Some(Rejection { cause, by: by.to_owned(), at: desk.now });
            Decision { next, effects: Vec::new() }
        }
    };
    decision.effects.extend(corrections);
    Ok(decision)
}

/// What the rejection says about the numbers. None of an item was found: its shelf is empty. Some were, or they are damaged: so many
/// less. Every other cause says nothing. Of several items none of which is named nobody knows which is missing: each is
/// taken for as much less as was ordered.
fn corrections(order: &Order, cause: RejectCause, items: &[LineRef]) -> Vec<Effect> {
    let damaged = match cause {
        RejectCause::OutOfStock => false,
        RejectCause::Damaged => true,
        RejectCause::Closed
        | RejectCause::TooBusy
        | RejectCause::Technical
        | RejectCause::CannotServe
        | RejectCause::NoAnswer => return Vec::new(),
    };
    let ordered = order.delivery().map(|delivery| order.stock_on(&delivery.id)).unwrap_or_default();
    let missing = demand(items.iter().map(|item| (item.id.as_str(), item.count)));
    let correct = |line: &StockMove| {
        let less = if items.is_empty() { line.count } else { missing.get(&line.sku).copied()?.min(line.count) };
        let none_found = !damaged && less == line.count && (!items.is_empty() || ordered.len() == 1);
        let correction = if none_found { Correction::Empty } else { Correction::Less(less) };
        Some(Effect::Correct { partner_id: line.partner_id.clone(), sku: line.sku.clone(), correction })
    };
    ordered.iter().filter_map(correct).collect()
}

fn still_to_pack(order: &Order) -> Result<(), Refusal> {
    let state = order.delivery().and_then(Fulfilment::delivery);
    match order.state {
        OrderState::Created | OrderState::Accepted if state == Some(DeliveryState::Pending) => Ok(()),
        OrderState::Created
        | OrderState::Accepted
        | OrderState::InProgress
        | OrderState::Completed
        | OrderState::Cancelled
        | OrderState::Selected
        | OrderState::Initialised => Err(misplaced(Misfit::TooLate, order.state.as_str())),
    }
}

fn covers(order: &Order, items: &[LineRef]) -> bool {
    let wanted: u32 = order.lines.iter().map(|line| line.count).sum();
    items.iter().map(|item| item.count).sum::<u32>() >= wanted
}
