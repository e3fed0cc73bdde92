//! What happens when: a queue of events in simulated time. Events of one moment keep the order in which they were planned.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// Something that will happen.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Event {
    /// A shopper fills a cart: the number of the cart.
    Shop(usize),
    /// A shopper pays.
    Pay(usize),
    /// A business sends an order in: its number.
    Trade(usize),
    /// The partner looks at a new order.
    Accept(usize),
    /// The partner takes the goods from the shelf.
    Pick(usize),
    /// The rider has the parcel.
    HandOver(usize),
    GoOut(usize),
    Deliver(usize),
    /// The node's own workers have their turn.
    Workers,
}

/// Times are Unix milliseconds.
#[derive(Debug, Default)]
pub struct Clockwork {
    waiting: BinaryHeap<Reverse<(i64, u64, Event)>>,
    planned: u64,
}

impl Clockwork {
    pub fn plan(&mut self, at_ms: i64, event: Event) {
        self.planned += 1;
        self.waiting.push(Reverse((at_ms, self.planned, event)));
    }

    pub fn pop(&mut self) -> Option<(i64, Event)> {
        self.waiting.pop().map(|Reverse((at_ms, _, event))| (at_ms, event))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_come_by_time_and_those_of_one_moment_as_they_were_planned() {
        let mut clockwork = Clockwork::default();
        clockwork.plan(20, Event::Shop(1));
        clockwork.plan(10, Event::Pick(9));
        clockwork.plan(10, Event::Accept(1));
        let order: Vec<_> = std::iter::from_fn(|| clockwork.pop()).collect();
        assert_eq!(order, [(10, Event::Pick(9)), (10, Event::Accept(1)), (20, Event::Shop(1))]);
    }
}
