//! Whether something may be returned at all.

use jiff::Timestamp;

use crate::order::{Order, OrderState};
use crate::returns::ReturnRequest;
use crate::returns::policy::Ruling;

/// Why a return cannot even be started. All are error 30005 on the network.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotReturnable {
    #[error("the order is not delivered yet")]
    NotDelivered,
    #[error("item {0} is not in the order")]
    NotOrdered(String),
    #[error("item {0} cannot be returned")]
    NotReturnable(String),
    #[error("the time to return item {0} is over")]
    WindowOver(String),
    #[error("goods of this kind come back within {1} of delivery for reason {2}: the time for item {0} is over")]
    RuleWindowOver(String, String, String),
    #[error("{0}")]
    PhotosMissing(String),
    #[error("only {left} of item {item} can still be returned")]
    TooMany { item: String, left: u32 },
    #[error("return request {0} exists already")]
    Repeated(String),
}

/// Checks one request against the order as it is, and what the brand's policy says to it.
pub fn check(order: &Order, request: &ReturnRequest, ruling: &Ruling<'_>, now: Timestamp) -> Result<(), NotReturnable> {
    let delivered_at = match (order.state, order.delivered_at()) {
        (OrderState::Completed, Some(at)) => at,
        _ => return Err(NotReturnable::NotDelivered),
    };
    if order.fulfilments.iter().any(|fulfilment| fulfilment.id == request.id) {
        return Err(NotReturnable::Repeated(request.id.clone()));
    }
    let item = || request.item_id.clone();
    let line = forward_line(order, request).ok_or_else(|| NotReturnable::NotOrdered(item()))?;
    if !line.returnable {
        return Err(NotReturnable::NotReturnable(item()));
    }
    if now > line.return_window.after(delivered_at) {
        return Err(NotReturnable::WindowOver(item()));
    }
    if let Some(window) = ruling.window.filter(|window| now > window.after(delivered_at)) {
        return Err(NotReturnable::RuleWindowOver(item(), window.to_string(), request.reason_id.clone()));
    }
    if let Some(missing) = ruling.photos_missing(request) {
        return Err(NotReturnable::PhotosMissing(missing));
    }
    let left = line.count.saturating_sub(asked_already(order, request));
    if request.quantity == 0 || request.quantity > left {
        return Err(NotReturnable::TooMany { item: item(), left });
    }
    Ok(())
}

fn forward_line<'a>(order: &'a Order, request: &ReturnRequest) -> Option<&'a crate::order::OrderLine> {
    let delivery = order.delivery()?;
    order
        .lines
        .iter()
        .find(|line| line.fulfilment_id == delivery.id && line.is(&request.item_id, request.parent_item_id.as_deref()))
}

/// Pieces of the same item that other returns wait for: they are still on the forward line.
fn asked_already(order: &Order, request: &ReturnRequest) -> u32 {
    let mut sum = 0u32;
    for fulfilment in &order.fulfilments {
        let crate::fulfilment::Progress::Return(state) = fulfilment.progress else { continue };
        let Some(other) = &fulfilment.return_request else { continue };
        let same = other.item_id == request.item_id && other.parent_item_id == request.parent_item_id;
        if same && state.is_waiting() {
            sum = sum.saturating_add(other.quantity);
        }
    }
    sum
}
