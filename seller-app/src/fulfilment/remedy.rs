//! One to three safe things to do about an exception, worked out before anybody asks. Pure.

use super::watch::WatchKind;
use super::{DeliveryEvent, DeliveryState, Fulfilment, Mode};
use crate::order::troubled::lost_reason;
use crate::order::{Order, OrderState, RejectCause, Rules};

/// A button: an action of the desk with the input that it needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remedy {
    pub action: &'static str,
    pub label: String,
    /// Id of the network's list; empty when the action needs none.
    pub reason: &'static str,
    /// What it does to the buyer and to the stock.
    pub effect: &'static str,
    /// The first choice.
    pub best: bool,
}

/// The remedies, the best first.
pub fn remedies(kind: WatchKind, order: &Order, rules: &Rules) -> Vec<Remedy> {
    let mut found = match kind {
        WatchKind::NotAccepted => vec![accept(), cancel("no answer", RejectCause::NoAnswer.reason(rules))],
        WatchKind::Rejected => {
            let cause = order.rejection.as_ref().map_or(RejectCause::NoAnswer, |rejection| rejection.cause);
            let (why, reason) = (cause.title().to_lowercase(), cause.reason(rules));
            let again = if order.state == OrderState::Created { vec![accept()] } else { Vec::new() };
            [vec![cancel(&why, reason)], again].concat()
        }
        WatchKind::LatePack => {
            vec![
                plain("pack", "Packed", "the buyer is told"),
                later(),
                cancel("too busy", RejectCause::TooBusy.reason(rules)),
            ]
        }
        WatchKind::PromiseAtRisk => next_step(order).into_iter().chain([later()]).collect(),
        WatchKind::Lost | WatchKind::Damaged => {
            let label = if kind == WatchKind::Lost { "It is found" } else { "It can be delivered" };
            let whole = Remedy {
                effect: "the buyer is refunded; the goods are written off",
                ..cancel(kind.as_str(), lost_reason(rules))
            };
            vec![whole, plain("found", label, "the ticket is closed")]
        }
        WatchKind::Estimate => Vec::new(),
    };
    found.truncate(3);
    if let Some(first) = found.first_mut() {
        first.best = true;
    }
    found
}

/// What usually comes next and needs no input.
fn next_step(order: &Order) -> Option<Remedy> {
    use DeliveryState as S;
    let delivery = order.delivery()?;
    let (event, label) = match (delivery.delivery()?, delivery.choice.mode()) {
        (S::Pending, _) => (DeliveryEvent::Pack, "Packed"),
        (S::Packed | S::AgentAssigned | S::AtPickup | S::OutForPickup | S::PickupFailed, Mode::Delivery) => {
            (DeliveryEvent::PickUp, "Picked up")
        }
        (S::AtDestinationHub | S::OrderPickedUp, Mode::Delivery) if goes_out(delivery) => {
            (DeliveryEvent::GoOut, "Out for delivery")
        }
        (S::InTransit, Mode::Delivery) => (DeliveryEvent::ReachHub, "At the hub"),
        (S::OrderPickedUp | S::AtDelivery | S::OutForDelivery | S::DeliveryFailed, Mode::Delivery) => {
            (DeliveryEvent::Deliver, "Delivered")
        }
        (S::OrderDelivered | S::Cancelled | S::AtDestinationHub, Mode::Delivery)
        | (
            S::Packed
            | S::AgentAssigned
            | S::AtPickup
            | S::OutForPickup
            | S::PickupFailed
            | S::OrderPickedUp
            | S::InTransit
            | S::AtDestinationHub
            | S::OutForDelivery
            | S::AtDelivery
            | S::DeliveryFailed
            | S::OrderDelivered
            | S::Cancelled,
            Mode::SelfPickup | Mode::BuyerDelivery,
        ) => return None,
    };
    Some(plain(event.action(), label, "the buyer is told"))
}

fn goes_out(delivery: &Fulfilment) -> bool {
    delivery.delivery().is_some_and(|state| state.next(DeliveryEvent::GoOut, delivery.way()).is_ok())
}

fn plain(action: &'static str, label: &str, effect: &'static str) -> Remedy {
    Remedy { action, label: label.to_owned(), reason: "", effect, best: false }
}

fn accept() -> Remedy {
    plain("accept", "Accept", "times are promised to the buyer")
}

fn later() -> Remedy {
    plain("revise", "Tell a later estimate", "the buyer is told before it asks")
}

fn cancel(why: &str, reason: &'static str) -> Remedy {
    let label = format!("Cancel: {why}");
    let effect = "the buyer is refunded; the stock is free again";
    Remedy { action: "cancel", label, reason, effect, best: false }
}
