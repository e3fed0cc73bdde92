//! What happened to one order, as far as it says something about its partner.

use jiff::Timestamp;

use crate::fulfilment::{Progress, RtoState};
use crate::order::promising::first_promise;
use crate::order::{Order, OrderState};
use crate::returns::ReturnState;

/// One order in facts. Times are of the node's own clock.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrderFacts {
    /// `network`, or the name of another intake.
    pub channel: String,
    pub placed_at: Timestamp,
    /// Completed, cancelled, or still open.
    pub end: End,
    pub units_asked: u32,
    /// Units that reached the buyer; returned ones did.
    pub units_filled: u32,
    pub accepted_at: Option<Timestamp>,
    pub packed_at: Option<Timestamp>,
    pub pack_by: Option<Timestamp>,
    pub delivered_at: Option<Timestamp>,
    pub deliver_by: Option<Timestamp>,
    /// Reason ids of what the seller's side took off, one for each cancellation.
    pub cancelled_for: Vec<String>,
    /// Returns that were asked for and not refused.
    pub returns: u32,
}

/// How an order ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    Open,
    Delivered,
    /// The buyer changed its mind: nobody's fault at the partner.
    CancelledByBuyer,
    CancelledBySeller,
}

impl OrderFacts {
    /// Reads an order and the kinds and times of its events, oldest first.
    pub fn read(order: &Order, channel: &str, events: &[(String, Timestamp)]) -> OrderFacts {
        let at = |kind: &str| events.iter().find(|(word, _)| word == kind).map(|(_, at)| *at);
        let end = end(order);
        let mut facts = OrderFacts {
            channel: channel.to_owned(),
            placed_at: order.placed_at,
            end,
            units_asked: 0,
            units_filled: 0,
            // An order that nobody had to accept was accepted when it was placed.
            accepted_at: at("accept").or((order.state != OrderState::Created).then(|| at("confirm")).flatten()),
            packed_at: at("pack"),
            pack_by: pack_by(order),
            delivered_at: order.delivered_at(),
            deliver_by: deliver_by(order),
            cancelled_for: Vec::new(),
            returns: 0,
        };
        for fulfilment in &order.fulfilments {
            let units: u32 =
                order.lines.iter().filter(|line| line.fulfilment_id == fulfilment.id).map(|line| line.count).sum();
            facts.units_asked = facts.units_asked.saturating_add(units);
            match fulfilment.progress {
                Progress::Delivery(_) if end == End::Delivered => facts.units_filled += units,
                Progress::Delivery(_) | Progress::Rto(_) => {}
                Progress::Return(state) => {
                    facts.units_filled += units;
                    let came_to_nothing = matches!(state, ReturnState::Rejected | ReturnState::Failed);
                    facts.returns += u32::from(!came_to_nothing);
                }
                Progress::Cancel => {
                    let request = fulfilment.cancel_request.as_ref();
                    facts.cancelled_for.extend(request.map(|request| request.reason_id.clone()));
                }
            }
        }
        match (end, &order.cancellation) {
            (End::CancelledBySeller, Some(cancellation)) if facts.cancelled_for.is_empty() => {
                facts.cancelled_for.push(cancellation.reason_id.clone());
            }
            (End::CancelledByBuyer, _) => facts.cancelled_for.clear(),
            (End::Open | End::Delivered | End::CancelledBySeller, _) => {}
        }
        facts
    }

    /// Delivered whole, not later than first promised, and nothing came back.
    pub fn is_perfect(&self) -> bool {
        let in_time = match (self.delivered_at, self.deliver_by) {
            (Some(at), Some(by)) => at <= by,
            (Some(_), None) => true,
            (None, _) => false,
        };
        self.end == End::Delivered && in_time && self.units_filled == self.units_asked && self.returns == 0
    }
}

/// The first promise: an estimate that was moved later does not make a late order punctual.
fn deliver_by(order: &Order) -> Option<Timestamp> {
    let told = order.delivery()?.end.as_ref()?.range.map(|range| range.end);
    first_promise(order).or(told)
}

/// When it should have been packed as first promised: the ranges of the delivery move with each revision, their start does not.
fn pack_by(order: &Order) -> Option<Timestamp> {
    let range = order.delivery()?.start.as_ref()?.range?;
    let slowest = order.lines.iter().map(|line| &line.time_to_ship).max();
    let first = slowest.map_or(range.end, |slowest| slowest.after(range.start));
    Some(first.min(range.end))
}

fn end(order: &Order) -> End {
    let undelivered = order.fulfilments.iter().any(|one| matches!(one.progress, Progress::Rto(RtoState::Initiated)));
    match order.state {
        OrderState::Completed => End::Delivered,
        OrderState::Cancelled => match &order.cancellation {
            Some(cancellation) if cancellation.cancelled_by == order.bap_id => End::CancelledByBuyer,
            Some(_) | None => End::CancelledBySeller,
        },
        OrderState::Selected
        | OrderState::Initialised
        | OrderState::Created
        | OrderState::Accepted
        | OrderState::InProgress => {
            if undelivered {
                End::CancelledBySeller
            } else {
                End::Open
            }
        }
    }
}
