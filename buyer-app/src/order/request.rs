//! What a shopper may ask for, checked before a message leaves: cheaper than a NACK, and with better words.

use super::decide::{CancelAsked, Refusal, Rules};
use super::record::{Order, ReturnAsked};
use super::state::{FulfilmentKind, OrderState, ReturnState};

/// A whole order while it is on its way; a Return fulfilment until it is picked (NETWORK-SPEC 10 and 11).
pub fn may_cancel(order: &Order, ask: &CancelAsked, rules: &Rules) -> Result<(), Refusal> {
    if let Some(id) = &ask.fulfilment_id {
        return may_cancel_return(order, id);
    }
    if order.state.is_terminal() {
        return Err(Refusal::new(
            "50001",
            "order_id",
            format!("the order is {} and can no longer be cancelled", order.state.name()),
        ));
    }
    if !rules.cancel_reasons.is_empty() && !rules.cancel_reasons.contains(&ask.reason_id) {
        let message = format!(
            "`{}` is not a reason a buyer may give; use one of {}",
            ask.reason_id,
            rules.cancel_reasons.join(", ")
        );
        return Err(Refusal::new("22502", "reason_id", message));
    }
    Ok(())
}

fn may_cancel_return(order: &Order, id: &str) -> Result<(), Refusal> {
    let Some(fulfilment) = order.fulfilment(id) else {
        return Err(Refusal::new("50007", "fulfillment_id", format!("the order has no fulfilment `{id}`")));
    };
    let early =
        matches!(ReturnState::from_wire(&fulfilment.state), Some(ReturnState::Initiated | ReturnState::Approved));
    if fulfilment.kind == FulfilmentKind::Return && early {
        return Ok(());
    }
    Err(Refusal::new(
        "50008",
        "fulfillment_id",
        format!("fulfilment `{id}` is {} and cannot be cancelled", fulfilment.state),
    ))
}

/// A delivered order, a returnable item, no more pieces than the shopper still has and has not asked to return.
pub fn may_return(order: &Order, ask: &ReturnAsked, rules: &Rules) -> Result<(), Refusal> {
    let refuse = |path: &str, message: String| Err(Refusal::new("30005", path, message));
    if order.state != OrderState::Completed {
        return refuse(
            "order_id",
            format!("the order is {}; only a delivered order can be returned", order.state.name()),
        );
    }
    let Some(line) = order.ordered.iter().find(|l| l.item_id == ask.item_id) else {
        return refuse("item_id", format!("`{}` was not ordered", ask.item_id));
    };
    if line.returnable == Some(false) {
        return refuse("item_id", format!("`{}` cannot be returned", line.title));
    }
    if order.returns_asked.iter().any(|r| r.return_id == ask.return_id) {
        return refuse("return_id", format!("return `{}` was asked for already", ask.return_id));
    }
    let left = order.forward_count(&ask.item_id).saturating_sub(open_returns(order, &ask.item_id));
    if ask.count == 0 || ask.count > left {
        return refuse("count", format!("{left} of `{}` can be returned", line.title));
    }
    if !rules.return_reasons.is_empty() && !rules.return_reasons.contains(&ask.reason_id) {
        return refuse(
            "reason_id",
            format!("`{}` is not a return reason; use one of {}", ask.reason_id, rules.return_reasons.join(", ")),
        );
    }
    Ok(())
}

/// Pieces in returns that are asked for and not decided: they still stand on the forward fulfilment.
fn open_returns(order: &Order, item_id: &str) -> u32 {
    let open = |id: &str| match order.fulfilment(id) {
        None => true,
        Some(fulfilment) => matches!(
            ReturnState::from_wire(&fulfilment.state),
            Some(ReturnState::Initiated | ReturnState::Approved | ReturnState::PickFailed)
        ),
    };
    order.returns_asked.iter().filter(|r| r.item_id == item_id && open(&r.return_id)).map(|r| r.count).sum()
}
