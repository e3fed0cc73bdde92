//! Questions that change nothing: status, track, rating, support (NETWORK-SPEC 9).

use serde_json::Value;

use super::decide::Desk;
use super::progress::confirmed;
use super::refusal::code;
use super::{Decision, Effect, Order, Rating, Refusal};
use crate::network::translate::render;

pub(super) fn status(desk: &mut Desk<'_, '_>) -> Result<Decision, Refusal> {
    let order = confirmed(desk)?;
    Ok(answer(order, render::order(order)))
}

pub(super) fn track(desk: &mut Desk<'_, '_>) -> Result<Decision, Refusal> {
    let order = confirmed(desk)?;
    let tracked = order.delivery().filter(|delivery| delivery.tracking && delivery.tracking_url.is_some());
    let delivery = tracked.ok_or_else(|| Refusal::new(code::NO_TRACKING, "this order cannot be tracked"))?;
    Ok(answer(order, render::service::on_track(delivery)))
}

pub(super) fn rating(desk: &mut Desk<'_, '_>, rating: &Rating) -> Result<Decision, Refusal> {
    let order = confirmed(desk)?;
    if !(1..=5).contains(&rating.value) {
        return Err(Refusal::new(code::RATING_VALUE, "a rating is a number from 1 to 5").at("$.message.value"));
    }
    Ok(answer(order, render::service::on_rating()))
}

pub(super) fn support(desk: &mut Desk<'_, '_>) -> Result<Decision, Refusal> {
    let order = confirmed(desk)?;
    Ok(answer(order, render::service::on_support(desk.view.seller)))
}

fn answer(order: &Order, message: Value) -> Decision {
    Decision { next: order.clone(), effects: vec![Effect::Reply { message, error: None }] }
}
