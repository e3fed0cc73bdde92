//! Keys of sentences that follow from a state, an action, or a cause. Their tables are here, so that a test can ask for each.

use crate::desk::{Attention, Step};
use crate::fulfilment::DeliveryEvent;
use crate::order::{OrderState, RejectCause};
use crate::partners::statement::Entry;

/// Measures of a scorecard, in the order of the page.
pub const MEASURES: [&str; 8] =
    ["fill", "accept", "packed_on_time", "delivered_on_time", "perfect", "cancelled", "returned", "claims"];

/// Actions of the desk that are no station of a delivery.
const OTHER_ACTIONS: [&str; 16] = [
    "accept",
    "reject",
    "scan",
    "revise",
    "lost",
    "damaged",
    "found",
    "cancel-items",
    "rto",
    "rto-delivered",
    "rto-disposed",
    "return-approve",
    "return-reject",
    "return-liquidate",
    "return-pick",
    "return-deliver",
];

/// What somebody must do next.
pub fn waits(attention: Attention) -> String {
    format!("waits-{}", attention.as_str())
}

/// The button of a step.
pub fn action(step: &Step) -> String {
    // The action of a return has its id in it; the stable name has not.
    format!("do-{}", step.test_id.strip_prefix("advance-").unwrap_or(&step.test_id))
}

pub fn state(state: OrderState) -> String {
    format!("state-{}", state.as_str().to_lowercase())
}

pub fn cause(cause: RejectCause) -> String {
    format!("cause-{}", cause.as_str())
}

pub fn entry(entry: Entry) -> String {
    format!("entry-{}", entry.as_str())
}

pub fn measure(name: &str) -> String {
    format!("measure-{name}")
}

/// Every key that this file can make, and those of currencies.
pub fn all() -> Vec<String> {
    let states = [
        OrderState::Created,
        OrderState::Accepted,
        OrderState::InProgress,
        OrderState::Completed,
        OrderState::Cancelled,
    ];
    let causes = RejectCause::ALL.into_iter().filter(|one| *one != RejectCause::NoAnswer);
    let mut keys: Vec<String> = Attention::ALL.into_iter().map(waits).collect();
    keys.extend(DeliveryEvent::ALL.into_iter().map(|event| format!("do-{}", event.action())));
    keys.extend(OTHER_ACTIONS.into_iter().map(|name| format!("do-{name}")));
    keys.extend(states.into_iter().map(state));
    keys.extend(causes.map(cause));
    keys.extend(Entry::ALL.into_iter().map(entry));
    keys.extend(MEASURES.into_iter().map(measure));
    keys
}
