//! Goods that are lost or damaged: a ticket is opened at once, before anybody asks. The buyer app is told when it is decided what
//! follows; until then `updated_at` stays what it was last told.

use super::decide::Desk;
use super::progress::{confirmed, delivery_mut};
use super::refusal::code;
use super::{Decision, Effect, OrderState, Refusal, Rules};
use crate::fulfilment::{Holder, Trouble, TroubleKind};

/// The reason of a cancellation for goods that are lost or damaged on the way; the carrier bears it where the list says so.
pub fn lost_reason(rules: &Rules) -> &'static str {
    const REASONS: [&str; 2] = ["020", "016"];
    let usable = |id: &&str| rules.cancellation_reasons.get(*id).is_some_and(|reason| reason.seller);
    REASONS.into_iter().find(usable).unwrap_or("018")
}

pub(super) fn report(desk: &mut Desk<'_, '_>, kind: TroubleKind, by: &str, note: &str) -> Result<Decision, Refusal> {
    let mut order = confirmed(desk)?.clone();
    if !matches!(order.state, OrderState::Accepted | OrderState::InProgress) {
        return Err(Refusal::new(code::VALIDATION, format!("the order is {}", order.state.as_str())));
    }
    let now = desk.now;
    let delivery = delivery_mut(&mut order)?;
    if let Some(known) = &delivery.trouble {
        return Err(Refusal::new(code::VALIDATION, format!("known already: the goods are {}", known.kind.as_str())));
    }
    delivery.trouble = Some(Trouble { kind, at: now, by: by.to_owned(), note: note.to_owned() });
    if kind == TroubleKind::Lost {
        delivery.hand_to(Holder::Nobody, "", now);
    }
    let fulfilment_id = delivery.id.clone();
    let ticket = Effect::OpenTicket { fulfilment_id, kind, by: by.to_owned(), note: note.to_owned() };
    Ok(Decision { next: order, effects: vec![ticket] })
}

/// The goods are found, or the damage was none.
pub(super) fn over(desk: &mut Desk<'_, '_>) -> Result<Decision, Refusal> {
    let mut order = confirmed(desk)?.clone();
    let now = desk.now;
    let delivery = delivery_mut(&mut order)?;
    if delivery.trouble.take().is_none() {
        return Err(Refusal::new(code::VALIDATION, "nothing is lost or damaged here"));
    }
    let had = delivery.custody.iter().rev().find(|leg| leg.holder != Holder::Nobody).cloned();
    if let Some(leg) = had.filter(|_| delivery.custody.last().is_some_and(|leg| leg.holder == Holder::Nobody)) {
        delivery.hand_to(leg.holder, leg.name, now);
    }
    Ok(Decision { next: order, effects: vec![Effect::CloseTickets { outcome: "found".to_owned() }] })
}
