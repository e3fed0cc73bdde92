//! Returned goods arrive: counted line by line, graded, put where they belong. The network is told that they are back.

use specs::Action;

use super::command::Received;
use super::decide::Desk;
use super::progress::{announce, confirmed};
use super::refusal::code;
use super::returning::{found, moved, put_back};
use super::{Decision, Effect, Order, Refusal};
use crate::fulfilment::Fulfilment;
use crate::inventory::StockMove;
use crate::returns::receipt::Count;
use crate::returns::{Disposition, Grade, Grading, Receipt, ReturnEvent, settle};

/// Everything is back and sound, and goes onto the shelf it came from: receipt and grade in one step.
pub(super) fn all_well(desk: &mut Desk<'_, '_>, id: &str) -> Result<Decision, Refusal> {
    let case = found(confirmed(desk)?, id)?;
    let expected = case.return_request.as_ref().map_or(0, |request| request.quantity);
    let received = Received {
        count: Count::all(expected),
        partner_id: None,
        note: String::new(),
        photo: String::new(),
        by: "desk".to_owned(),
    };
    let (mut order, mut case) = arrived(desk, id, &received)?;
    let grading = Grading {
        grade: Grade::A,
        disposition: Disposition::Restock,
        note: String::new(),
        photo: String::new(),
        by: "desk".to_owned(),
    };
    let effects = if case.case.is_some() {
        graded(&mut case, grading)
    } else {
        // A return from before there were cases.
        restock(order.stock_on(id))
    };
    put_back(&mut order, case);
    Ok(announce(order, Action::OnUpdate, effects))
}

/// What arrived is counted. It is nobody's to sell before it is graded.
pub(super) fn receive(desk: &mut Desk<'_, '_>, id: &str, received: &Received) -> Result<Decision, Refusal> {
    let (mut order, case) = arrived(desk, id, received)?;
    if case.case.is_none() {
        return Err(refused("this return is from before goods were counted: take it back as it is"));
    }
    put_back(&mut order, case);
    Ok(announce(order, Action::OnUpdate, Vec::new()))
}

/// What becomes of the sound pieces; the case is settled with it. The network is not told.
pub(super) fn grade(desk: &mut Desk<'_, '_>, id: &str, grading: Grading) -> Result<Decision, Refusal> {
    let mut order: Order = confirmed(desk)?.clone();
    let mut case = found(&order, id)?;
    let own = case.case.as_ref();
    if own.is_none_or(|own| own.receipt.is_none()) {
        return Err(refused("the goods are not here yet: count them first"));
    }
    if own.is_some_and(|own| own.grading.is_some()) {
        return Err(refused("the goods are graded already"));
    }
    grading.check().map_err(|bad| refused(&bad.to_string()))?;
    let effects = graded(&mut case, grading);
    put_back(&mut order, case);
    order.touch(desk.now);
    Ok(Decision { next: order, effects })
}

fn arrived(desk: &Desk<'_, '_>, id: &str, received: &Received) -> Result<(Order, Fulfilment), Refusal> {
    let (order, mut case) = moved(desk, confirmed(desk)?.clone(), id, ReturnEvent::Deliver)?;
    let request = case.return_request.as_ref();
    let (item_id, expected) = request.map(|one| (one.item_id.clone(), one.quantity)).unwrap_or_default();
    let Count { received: pieces, wrong, damaged } = received.count;
    received.count.check(expected).map_err(|bad| refused(&bad.to_string()))?;
    // Goods that were collected before their slot count as collected when it begins: they are never back before that.
    let picked = case.start.as_ref().and_then(|start| start.at);
    if let Some(end) = case.end.as_mut() {
        end.at = Some(picked.map_or(desk.now, |picked| picked.max(desk.now)));
    }
    if let Some(own) = case.case.as_mut() {
        own.receipt = Some(Receipt {
            partner_id: received.partner_id.clone().unwrap_or_else(|| order.partner_id.clone()),
            item_id,
            expected,
            received: pieces,
            wrong,
            damaged,
            note: received.note.clone(),
            photo: received.photo.clone(),
            by: received.by.clone(),
            at: desk.now,
        });
    }
    Ok((order, case))
}

/// The case is closed: who bears what is known, and what can be sold again goes onto the shelf where it is.
fn graded(case: &mut Fulfilment, grading: Grading) -> Vec<Effect> {
    let id = case.id.clone();
    let Some(mut own) = case.case.take() else { return Vec::new() };
    own.grading = Some(grading);
    own.shares = settle::shares(case, &own);
    let count = own.restocked();
    let mut effects = Vec::new();
    if let Some(receipt) = own.receipt.as_ref().filter(|_| count > 0) {
        let partner_id = receipt.partner_id.clone();
        effects = restock(vec![StockMove { partner_id, sku: receipt.item_id.clone(), count }]);
    }
    effects.push(Effect::SettleReturn { return_id: id });
    case.case = Some(own);
    effects
}

fn restock(lines: Vec<StockMove>) -> Vec<Effect> {
    let partners: Vec<_> = lines.iter().map(|line| line.partner_id.clone()).collect();
    let mut effects = vec![Effect::Restock { lines }];
    effects.extend(partners.into_iter().map(|partner_id| Effect::Republish { partner_id }));
    effects
}

fn refused(why: &str) -> Refusal {
    Refusal::new(code::VALIDATION, why)
}
