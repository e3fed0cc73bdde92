//! `decide(order, event, rules, now)`: what the order becomes and what must be done about it. Pure.

use super::fold;
use super::record::{Order, Refund, RefundState, ReturnAsked};
use super::refund;
use super::report::Report;
use super::request;
use super::state::{OrderState, Step};

/// Something that happened to an order.
#[derive(Clone, Debug)]
pub enum Event {
    Confirmed(Box<Report>, Told),
    StatusReported(Box<Report>, Told),
    Updated(Box<Report>, Told),
    CancelReported(Box<Report>, Told),
    /// The seller refused `confirm`, by NACK or by an `error` in on_confirm.
    ConfirmRefused {
        code: String,
        message: String,
    },
    /// Nobody answered `confirm`, nor the questions after it.
    ConfirmUnanswered {
        why: String,
    },
    CancelAsked(CancelAsked),
    ReturnAsked(ReturnAsked),
    RefundPaid {
        refund_id: String,
        reference: String,
    },
}

/// When the report was written: `context.timestamp` in ms.
#[derive(Clone, Copy, Debug)]
pub struct Told {
    pub at_ms: i64,
}

/// A cancel of the whole order, or of one Return fulfilment.
#[derive(Clone, Debug)]
pub struct CancelAsked {
    pub reason_id: String,
    pub fulfilment_id: Option<String>,
    /// Force cancel for a broken delivery promise.
    pub force: Option<bool>,
}

/// What the network's book says, as values (no `if version`).
#[derive(Clone, Debug, Default)]
pub struct Rules {
    /// Cancellation reason ids a buyer may use.
    pub cancel_reasons: Vec<String>,
    /// Return reason ids.
    pub return_reasons: Vec<String>,
}

/// Next record and what to do.
#[derive(Clone, Debug)]
pub struct Decision {
    pub next: Order,
    pub effects: Vec<Effect>,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// Pay this back and tell the seller by the settlement trail.
    Refund(Refund),
}

/// Why the event is not accepted. For a callback the code goes into the NACK.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{code} at {path}: {message}")]
pub struct Refusal {
    pub code: &'static str,
    pub path: String,
    pub message: String,
}

impl Refusal {
    pub fn new(code: &'static str, path: &str, message: impl Into<String>) -> Refusal {
        Refusal { code, path: path.to_owned(), message: message.into() }
    }
}

/// Applies one event. `now_ms` is only used for the timeline of our own actions.
pub fn decide(order: &Order, event: Event, rules: &Rules, now_ms: i64) -> Result<Decision, Refusal> {
    match event {
        Event::Confirmed(report, told) => confirmed(fold::confirmed(order, &report, told)?, now_ms),
        Event::StatusReported(report, told) => reported(fold::status(order, &report, told)?, now_ms),
        Event::Updated(report, told) => reported(fold::updated(order, &report, told)?, now_ms),
        Event::CancelReported(report, told) => reported(fold::cancelled(order, &report, told)?, now_ms),
        Event::ConfirmRefused { code, message } => failed(order, &format!("{code} {message}"), now_ms),
        Event::ConfirmUnanswered { why } => failed(order, &why, now_ms),
        Event::CancelAsked(ask) => {
            request::may_cancel(order, &ask, rules)?;
            let mut next = order.clone();
            next.note_event(now_ms, ask.fulfilment_id.as_deref().unwrap_or(""), "cancel-asked", &ask.reason_id);
            Ok(Decision { next, effects: Vec::new() })
        }
        Event::ReturnAsked(ask) => {
            request::may_return(order, &ask, rules)?;
            let mut next = order.clone();
            next.note_event(now_ms, &ask.return_id, "return-asked", &ask.reason_id);
            next.returns_asked.push(ask);
            Ok(Decision { next, effects: Vec::new() })
        }
        Event::RefundPaid { refund_id, reference } => refund_paid(order, &refund_id, &reference, now_ms),
    }
}

/// A seller that cancels in on_confirm never had the order: its quote says nothing, everything goes back.
fn confirmed(mut next: Order, now_ms: i64) -> Result<Decision, Refusal> {
    if next.state != OrderState::Cancelled {
        return reported(next, now_ms);
    }
    let due = refund::whole(&next);
    Ok(with_refunds(&mut next, due, now_ms))
}

/// Records the refunds that the folded report made due.
fn reported(mut next: Order, now_ms: i64) -> Result<Decision, Refusal> {
    let due = if next.state == OrderState::Cancelled && next.quote.breakup.is_empty() {
        refund::whole(&next)
    } else {
        refund::newly_due(&next)
    };
    Ok(with_refunds(&mut next, due, now_ms))
}

fn with_refunds(next: &mut Order, due: Vec<Refund>, now_ms: i64) -> Decision {
    for refund in &due {
        next.note_event(now_ms, &refund.fulfilment_id, "refund-due", &refund.amount.wire());
    }
    next.refunds.extend(due.iter().cloned());
    next.updated_ms = now_ms;
    Decision { next: next.clone(), effects: due.into_iter().map(Effect::Refund).collect() }
}

fn failed(order: &Order, why: &str, now_ms: i64) -> Result<Decision, Refusal> {
    match order.state.step(OrderState::Failed) {
        Step::Refused => {
            Err(Refusal::new("20008", "order.state", format!("the order is {} already", order.state.name())))
        }
        Step::Same => Ok(Decision { next: order.clone(), effects: Vec::new() }),
        Step::Forward => {
            let mut next = order.clone();
            next.state = OrderState::Failed;
            next.note_event(now_ms, "", "Failed", why);
            let due = refund::whole(&next);
            Ok(with_refunds(&mut next, due, now_ms))
        }
    }
}

fn refund_paid(order: &Order, refund_id: &str, reference: &str, now_ms: i64) -> Result<Decision, Refusal> {
    let mut next = order.clone();
    let Some(refund) = next.refunds.iter_mut().find(|r| r.id == refund_id) else {
        return Err(Refusal::new("20005", "refund", format!("the order has no refund `{refund_id}`")));
    };
    if refund.state == RefundState::Due {
        refund.state = RefundState::Paid;
        refund.reference = reference.to_owned();
        let (fulfilment, amount) = (refund.fulfilment_id.clone(), refund.amount.wire());
        next.note_event(now_ms, &fulfilment, "refund-paid", &amount);
        next.updated_ms = now_ms;
    }
    Ok(Decision { next, effects: Vec::new() })
}
