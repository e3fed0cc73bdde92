//! `confirm`: the buyer agrees; what it agrees to must be what was offered (NETWORK-SPEC 7).

use serde_json::{Value, json};
use specs::Action;

use super::decide::Desk;
use super::init::{in_stock, place, quoted, same_items, same_partner};
use super::refusal::code;
use super::select::provider;
use super::{Confirm, Decision, Effect, Order, OrderEvent, OrderState, Payment, PaymentMethod, Refusal, progress};
use crate::catalogue::{Partner, Seller};
use crate::fulfilment::{Choice, Fulfilment, Promise, Stop};
use crate::network::translate::read::Reader;
use crate::network::translate::render;

mod agreement;

pub(super) fn decide(desk: &mut Desk<'_, '_>, confirm: Confirm) -> Result<Decision, Refusal> {
    if let Some(order) = desk.view.order.filter(|order| !order.is_draft()) {
        return again(order, &confirm);
    }
    let mut order = quoted(desk)?;
    order.state = order
        .state
        .next(OrderEvent::Confirm)
        .map_err(|_| Refusal::new(code::INVALID_REQUEST, "init must come before confirm"))?;
    let partner = provider(desk, &confirm.provider_id, &confirm.location_id)?;
    same_partner(&order, &confirm.provider_id)?;
    same_items(&order, &confirm.items)?;
    agreement::same_clock(confirm.created_at, desk.now, desk.rules.clock_skew_ms_max)?;
    agreement::same_quote(&order.quote, &confirm.quote)?;
    agreement::same_promise(&order, &confirm.fulfilments)?;
    agreement::terms(desk.view.seller, &confirm.tags)?;
    agreement::payment(&order, &confirm.payment)?;
    place(desk, &mut order, &confirm.fulfilments)?;
    car_is_known(&order)?;
    in_stock(desk, &order)?;

    fill(desk, &mut order, confirm, partner);
    let mut effects = vec![Effect::Commit { lines: committed(&order) }];
    if desk.view.seller.accept_at_once {
        progress::accepted(desk, &mut order)?;
    }
    let message = render::order(&order);
    effects.push(Effect::Reply { message: message.clone(), error: None });
    if order.state == OrderState::Accepted {
        effects.push(Effect::Announce { action: Action::OnStatus, message });
    }
    effects.push(Effect::Republish { partner_id: order.partner_id.clone() });
    Ok(Decision { next: order, effects })
}

/// A buyer app that missed our answer confirms again: it gets the same order, nothing happens twice.
fn again(order: &Order, confirm: &Confirm) -> Result<Decision, Refusal> {
    if order.id != confirm.order_id {
        return Err(Refusal::new(code::INVALID_REQUEST, format!("this transaction is order {} already", order.id))
            .at("$.message.order.id"));
    }
    match order.state {
        OrderState::Created | OrderState::Accepted | OrderState::Cancelled => Ok(Decision {
            next: order.clone(),
            effects: vec![Effect::Reply { message: render::order(order), error: None }],
        }),
        OrderState::Selected | OrderState::Initialised | OrderState::InProgress | OrderState::Completed => {
            Err(Refusal::new(code::CONFIRM_ERROR, "the order is on its way already: ask for its status"))
        }
    }
}

/// Goods are brought to a car at the kerb: which one?
fn car_is_known(order: &Order) -> Result<(), Refusal> {
    let nobody_knows = |one: &Fulfilment| one.choice == Choice::Kerbside && one.vehicle.is_none();
    if order.delivery().is_some_and(nobody_knows) {
        return Err(Refusal::new(code::VALIDATION, "name the car that comes to the kerb")
            .at("$.message.order.fulfillments[0].vehicle.registration"));
    }
    Ok(())
}

fn committed(order: &Order) -> Vec<crate::inventory::StockMove> {
    order.delivery().map(|delivery| order.stock_on(&delivery.id)).unwrap_or_default()
}

fn fill(desk: &Desk<'_, '_>, order: &mut Order, confirm: Confirm, partner: &Partner) {
    order.id = confirm.order_id;
    order.location_id = confirm.location_id;
    order.billing = confirm.billing;
    order.payment.amount = order.quote.total();
    order.payment.paid = order.payment.method == PaymentMethod::Prepaid;
    order.payment.confirmed = confirm.payment;
    order.tags = agreed_terms(desk.view.seller, &confirm.tags);
    order.created_at = confirm.created_at;
    order.placed_at = desk.now;
    // Within the allowed skew the buyer app's clock may be ahead of ours.
    order.updated_at = desk.now.max(order.created_at);
    order.options.clear();
    if let Some(by) = order.promised_by() {
        order.promises.push(Promise { by, said_at: desk.now, who: "order".to_owned(), cause: String::new() });
    }
    for fulfilment in &mut order.fulfilments {
        fulfilment.start = Some(Stop::at_place(store(partner, &order.location_id)));
    }
}

/// Our terms with our consent, then the buyer app's as they came.
fn agreed_terms(seller: &Seller, tags: &[Value]) -> Vec<Value> {
    let theirs = tags.iter().filter(|tag| tag["code"] != "bpp_terms").cloned();
    std::iter::once(render::init::bpp_terms(seller, Some("Y"))).chain(theirs).collect()
}

/// The store as `start` shows it, by the id under which it was ordered from; constant from here on.
fn store(partner: &Partner, location_id: &str) -> Value {
    json!({
        "location": {
            "id": location_id,
            "descriptor": { "name": partner.name },
            "gps": partner.gps,
            "address": {
                "street": partner.address.street,
                "locality": partner.address.locality,
                "city": partner.address.city,
                "area_code": partner.area_code,
                "state": partner.address.state,
            },
        },
        "contact": { "phone": partner.phone, "email": partner.email },
    })
}
