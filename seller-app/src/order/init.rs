//! `init`: who pays where, on which terms; stock is held from here (NETWORK-SPEC 6).

use std::collections::BTreeMap;

use super::decide::Desk;
use super::refusal::code;
use super::select::{cash_allowed, method, no_offers, provider, short};
use super::{Decision, Effect, Init, InitFulfilment, LineKind, LineRef, Order, OrderEvent, PaymentMethod, Refusal};
use crate::catalogue::serviceability::serves_all;
use crate::fulfilment::{Mode, Progress, Stop};
use crate::inventory::{demand, shortages};
use crate::network::translate::render;

pub(super) fn decide(desk: &mut Desk<'_, '_>, init: Init) -> Result<Decision, Refusal> {
    let mut draft = quoted(desk)?;
    draft.state = draft
        .state
        .next(OrderEvent::Init)
        .map_err(|_| Refusal::new(code::INVALID_REQUEST, "this transaction is confirmed already: start a new one"))?;
    provider(desk, &init.provider_id, &init.location_id)?;
    same_partner(&draft, &init.provider_id)?;
    no_offers(&init.offers)?;
    drop_what_is_short(&mut draft);
    same_items(&draft, &init.items)?;
    if let [asked] = init.fulfilments.as_slice() {
        // Until confirm the buyer may choose again.
        draft.choose(&asked.id);
    }
    place(desk, &mut draft, &init.fulfilments)?;
    in_stock(desk, &draft)?;

    draft.payment.method = method(init.payment_type.as_deref())?.unwrap_or(draft.payment.method);
    if draft.payment.method == PaymentMethod::CashOnDelivery {
        cash_allowed(desk, draft.lines.iter().map(|line| line.item_id.as_str()))?;
    }
    finder_fee(desk, &mut draft, init.finder_fee)?;
    draft.location_id = init.location_id;
    draft.billing = init.billing;
    draft.touch(desk.now);

    let lines = draft.delivery().map(|delivery| draft.stock_on(&delivery.id)).unwrap_or_default();
    let message = render::on_init(&draft, desk.view.seller, desk.rules);
    let effects = vec![
        Effect::Hold { lines, until: desk.view.seller.hold_for.after(desk.now) },
        Effect::Reply { message, error: None },
        Effect::Republish { partner_id: draft.partner_id.clone() },
    ];
    Ok(Decision { next: draft, effects })
}

/// The draft, when there is a quote that still stands and can be bought.
pub(super) fn quoted(desk: &Desk<'_, '_>) -> Result<Order, Refusal> {
    let gone = |why: &str| Refusal::new(code::QUOTE_UNAVAILABLE, why);
    let draft = desk.view.order.ok_or_else(|| gone("no quote in this transaction: select first"))?;
    if draft.is_draft() && desk.now > draft.quote.ttl.after(draft.quoted_at) {
        return Err(gone("the quote has expired: select again"));
    }
    match &draft.blocked {
        Some(refusal) => Err(refusal.clone()),
        None => Ok(draft.clone()),
    }
}

pub(super) fn same_partner(draft: &Order, provider_id: &str) -> Result<(), Refusal> {
    if draft.partner_id == provider_id {
        return Ok(());
    }
    Err(Refusal::new(code::PROVIDER_NOT_FOUND, format!("the quote is from provider {}", draft.partner_id))
        .at("$.message.order.provider.id"))
}

/// The buyer gets what was quoted: nothing of what was not there.
fn drop_what_is_short(draft: &mut Order) {
    draft.lines.retain(|line| line.count > 0);
    draft.quote.lines.retain(|line| line.kind != LineKind::Item || line.count != Some(0));
}

/// Items and pieces must be those of the quote.
pub(super) fn same_items(draft: &Order, items: &[LineRef]) -> Result<(), Refusal> {
    let mut quoted: BTreeMap<(&str, Option<&str>), u32> = BTreeMap::new();
    for line in &draft.lines {
        *quoted.entry((line.item_id.as_str(), line.parent_item_id.as_deref())).or_default() += line.count;
    }
    let mut asked: BTreeMap<(&str, Option<&str>), u32> = BTreeMap::new();
    for item in items {
        let count = asked.entry((item.id.as_str(), item.parent_item_id.as_deref())).or_default();
        *count = count.saturating_add(item.count);
    }
    if asked == quoted {
        return Ok(());
    }
    Err(Refusal::new(code::QUANTITY_CHANGED, "items or pieces differ from the quote: select again")
        .at("$.message.order.items"))
}

/// One way, one of those that were quoted; what is brought goes to a place that is served.
pub(super) fn place(desk: &Desk<'_, '_>, draft: &mut Order, asked: &[InitFulfilment]) -> Result<(), Refusal> {
    let [asked] = asked else {
        return Err(
            Refusal::new(code::UNSUPPORTED, "exactly one fulfilment can be ordered").at("$.message.order.fulfillments")
        );
    };
    let Some(partner) = desk.view.partner else {
        return Err(Refusal::new(code::PROVIDER_NOT_FOUND, "the provider is not known any more"));
    };
    let categories = desk.view.categories(draft.lines.iter().map(|line| line.item_id.as_str()));
    let served = serves_all(partner, categories, &asked.destination);
    let forward = |progress: Progress| matches!(progress, Progress::Delivery(_));
    let found = draft.fulfilments.iter_mut().find(|f| f.id == asked.id && forward(f.progress));
    let Some(delivery) = found else {
        return Err(Refusal::new(code::FULFILMENT_NOT_FOUND, format!("fulfilment {} was not quoted", asked.id))
            .at("$.message.order.fulfillments[0].id"));
    };
    if delivery.kind() != asked.kind {
        let problem = format!("fulfilment {} is of type {}, not {}", asked.id, delivery.kind(), asked.kind);
        return Err(Refusal::new(code::UNSUPPORTED, problem).at("$.message.order.fulfillments[0].type"));
    }
    if delivery.choice.mode() == Mode::Delivery && served.is_err() {
        return Err(Refusal::new(code::NOT_SERVICEABLE, "this provider does not deliver to that place")
            .at("$.message.order.fulfillments[0].end.location"));
    }
    if asked.vehicle.is_some() {
        delivery.vehicle.clone_from(&asked.vehicle);
    }
    delivery.end = Some(Stop::at_place(asked.end.clone()));
    draft.destination = asked.destination.clone();
    Ok(())
}

/// Everything is still on the shelf for this transaction, its own hold included.
pub(super) fn in_stock(desk: &Desk<'_, '_>, draft: &Order) -> Result<(), Refusal> {
    let wanted = demand(draft.lines.iter().map(|line| (line.item_id.as_str(), line.count)));
    let missing = shortages(&wanted, |sku| desk.view.available(sku));
    if missing.is_empty() { Ok(()) } else { Err(short(&missing)) }
}

/// The fee of `search` may not change; when that search is not known, what `init` says counts.
fn finder_fee(desk: &Desk<'_, '_>, draft: &mut Order, said: Option<super::FinderFee>) -> Result<(), Refusal> {
    let Some(said) = said else { return Ok(()) };
    if desk.view.finder_fee.as_ref().is_some_and(|proposed| !proposed.same(&said)) {
        return Err(Refusal::new(code::FINDER_FEE, "the finder fee differs from the one in search")
            .at("$.message.order.payment"));
    }
    draft.payment.finder_fee = said;
    Ok(())
}
