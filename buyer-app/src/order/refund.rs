//! What the shopper gets back. The rule is conservation: money taken at confirm = current total + refunds recorded,
//! so a seller that sends odd trails can neither keep money nor make us pay twice.

use super::record::{Order, Refund, RefundState};
use crate::money::Money;

/// Refunds that have become due and are not recorded yet, attributed to the fulfilments that caused them.
pub fn newly_due(order: &Order) -> Vec<Refund> {
    if !order.payment.paid {
        return Vec::new();
    }
    let mut remaining = order.confirmed_total - order.quote.price.value - order.refunds_recorded();
    let mut due = Vec::new();
    let adjusting: Vec<_> = order.fulfilments.iter().filter(|f| !f.kind.is_forward()).collect();
    for fulfilment in &adjusting {
        let trailed: Money = -fulfilment.trails.iter().map(|t| t.value).sum::<Money>();
        let amount = (trailed - recorded_for(order, &fulfilment.id)).min(remaining);
        if amount.is_positive() {
            due.push(refund(order, &fulfilment.id, amount, due.len()));
            remaining = remaining - amount;
        }
    }
    if remaining.is_positive() {
        // The total fell without a trail that says why: the shopper still gets it back.
        let cause = adjusting.last().map_or(order.id.as_str(), |f| f.id.as_str());
        due.push(refund(order, cause, remaining, due.len()));
    }
    due
}

/// Everything that was paid and not yet refunded, when there is no order after all.
pub fn whole(order: &Order) -> Vec<Refund> {
    let amount = order.confirmed_total - order.refunds_recorded();
    if !order.payment.paid || !amount.is_positive() {
        return Vec::new();
    }
    vec![refund(order, &order.id, amount, 0)]
}

fn recorded_for(order: &Order, fulfilment_id: &str) -> Money {
    order.refunds.iter().filter(|r| r.fulfilment_id == fulfilment_id).map(|r| r.amount).sum()
}

fn refund(order: &Order, fulfilment_id: &str, amount: Money, offset: usize) -> Refund {
    // The id is a function of the order, so that a replay of the same report makes the same refund.
    let id = format!("{}-refund-{}", order.id, order.refunds.len() + offset + 1);
    Refund { id, fulfilment_id: fulfilment_id.to_owned(), amount, state: RefundState::Due, reference: String::new() }
}

#[cfg(test)]
#[path = "refund_tests.rs"]
mod tests;
