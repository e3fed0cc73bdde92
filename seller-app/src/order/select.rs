//! `select`: a quote, or why there is none (NETWORK-SPEC 5).

use jiff::Timestamp;
use serde_json::{Value, json};

use super::decide::Desk;
use super::options::{self, Offered};
use super::quoting::{self, Basket};
use super::refusal::code;
use super::{Decision, Effect, FinderFee, Order, OrderEvent, OrderState, Payment, PaymentMethod, Refusal, Select};
use crate::catalogue::serviceability::{NotServed, serves_all};
use crate::catalogue::{Partner, Period};
use crate::fulfilment::{Mode, Promise};
use crate::inventory::rules::Scarce;
use crate::inventory::{Shortage, StockMove};
use crate::money::Money;
use crate::network::translate::render;
use crate::partners::service::work_time;

pub(super) fn decide(desk: &mut Desk<'_, '_>, select: Select) -> Result<Decision, Refusal> {
    let before = desk.view.order;
    if let Some(order) = before {
        order.state.next(OrderEvent::Select).map_err(|_| {
            Refusal::new(code::INVALID_REQUEST, "this transaction is confirmed already: start a new one")
        })?;
    }
    let partner = provider(desk, &select.provider_id, &select.location_id)?;
    no_offers(&select.offers)?;
    let method = method(select.payment_type.as_deref())?.unwrap_or(PaymentMethod::Prepaid);
    let opens = work_time(partner, desk.now).map(|time| time.starts);
    let categories = desk.view.categories(select.items.iter().map(|item| item.id.as_str()));
    let served = serves_all(partner, categories, &select.destination);
    // The lines' fulfilment is set when a way is chosen.
    let basket = quoting::quote(desk.view, &desk.rules.currency, partner, &select, "")?;
    pays_at_the_door(desk, method, &basket)?;
    let offered = options::offer(desk, partner, &basket.lines, served.is_ok(), opens);
    let fetched = offered.iter().any(|one| one.fulfilment.choice.mode() != Mode::Delivery);
    let not_served = served.err().filter(|_| !fetched);
    let serviceable = not_served.is_none() && opens.is_some() && partner.service.capabilities.reaches_buyers();

    let problem = problem(not_served, opens, partner, &basket);
    let mut draft = draft(desk, &select, partner, &basket, method);
    choose_first(&mut draft, offered, serviceable);
    first_promise(desk, &mut draft);
    // A shortage may be ordered as quoted; the other problems may not.
    draft.blocked = problem.clone().filter(|refusal| refusal.code != code::QUANTITY_UNAVAILABLE);
    let scarce = if problem.is_none() { scarce(desk, &draft) } else { Vec::new() };
    let message = render::on_select(&draft, serviceable);
    let mut effects = vec![Effect::Reply { message, error: problem.map(|refusal| refusal.network_error()) }];
    if let Some(initialised) = before.filter(|order| order.state == OrderState::Initialised) {
        effects.push(Effect::Release { lines: held(initialised) });
        effects.push(Effect::Republish { partner_id: initialised.partner_id.clone() });
    }
    // A hold replaces the one before, also with nothing.
    let Scarce { below, hold_s } = desk.view.seller.scarce;
    if !scarce.is_empty() || (below > 0 && before.is_some_and(|order| order.state == OrderState::Selected)) {
        effects.push(Effect::Hold { lines: scarce, until: Period::of_seconds(hold_s).after(desk.now) });
    }
    Ok(Decision { next: draft, effects })
}

/// What of the cart is so scarce that it is kept while the buyer makes up its mind.
fn scarce(desk: &Desk<'_, '_>, draft: &Order) -> Vec<StockMove> {
    let below = desk.view.seller.scarce.below;
    let mut lines = held(draft);
    lines.retain(|line| desk.view.available(&line.sku).saturating_sub(line.count) < below);
    lines
}

/// The partner, when it is the one that is named and it takes orders. An order names one location, and its items may stand
/// in several zones: any zone of the partner is the same place, with the same stock.
pub(super) fn provider<'v>(desk: &Desk<'_, 'v>, id: &str, location_id: &str) -> Result<&'v Partner, Refusal> {
    let partner = desk.view.partner.filter(|partner| partner.id == id).ok_or_else(|| {
        Refusal::new(code::PROVIDER_NOT_FOUND, format!("provider {id} is not known")).at("$.message.order.provider.id")
    })?;
    if !partner.has_location(location_id) {
        return Err(Refusal::new(code::LOCATION_NOT_FOUND, format!("provider {id} has no location {location_id}"))
            .at("$.message.order.provider.locations[0].id"));
    }
    if !partner.active {
        return Err(Refusal::new(code::MERCHANT_INACTIVE, format!("provider {id} takes no orders")));
    }
    Ok(partner)
}

/// This seller publishes no offers, so none can be applied.
pub(super) fn no_offers(offers: &[String]) -> Result<(), Refusal> {
    match offers.first() {
        None => Ok(()),
        Some(id) => {
            Err(Refusal::new(code::OFFER_INVALID, format!("offer {id} is not known")).at("$.message.order.offers"))
        }
    }
}

/// `None` when the message does not say.
pub(super) fn method(payment_type: Option<&str>) -> Result<Option<PaymentMethod>, Refusal> {
    match payment_type {
        None => Ok(None),
        Some("ON-ORDER") => Ok(Some(PaymentMethod::Prepaid)),
        Some("ON-FULFILLMENT") => Ok(Some(PaymentMethod::CashOnDelivery)),
        Some(other) => Err(Refusal::new(code::PAYMENT_TYPE, format!("payment type {other} is not possible"))
            .at("$.message.order.payment.type")),
    }
}

/// Cash on delivery needs every item to allow it, and a partner that takes cash.
pub(super) fn cash_allowed<'a>(desk: &Desk<'_, '_>, skus: impl IntoIterator<Item = &'a str>) -> Result<(), Refusal> {
    if desk.view.partner.is_some_and(|partner| !partner.service.capabilities.cod) {
        let problem = "this provider takes no cash at the door";
        return Err(Refusal::new(code::PAYMENT_TYPE, problem).at("$.message.order.payment.type"));
    }
    for sku in skus {
        if !desk.view.item(sku).is_some_and(|item| item.available_on_cod) {
            let problem = format!("item {sku} cannot be paid on delivery");
            return Err(Refusal::new(code::PAYMENT_TYPE, problem).at("$.message.order.payment.type"));
        }
    }
    Ok(())
}

fn pays_at_the_door(desk: &Desk<'_, '_>, method: PaymentMethod, basket: &Basket) -> Result<(), Refusal> {
    match method {
        PaymentMethod::Prepaid => Ok(()),
        PaymentMethod::CashOnDelivery => cash_allowed(desk, basket.lines.iter().map(|line| line.item_id.as_str())),
    }
}

/// What the draft holds in stock since `init`.
fn held(draft: &Order) -> Vec<StockMove> {
    draft.delivery().map(|delivery| draft.stock_on(&delivery.id)).unwrap_or_default()
}

/// The default way; the quote counts it alone. Nothing is charged for a place that is not served.
fn choose_first(draft: &mut Order, offered: Vec<Offered>, serviceable: bool) {
    let first = offered.first().map(|one| one.fulfilment.id.clone()).unwrap_or_default();
    draft.options = offered;
    if !serviceable {
        draft.options.iter_mut().for_each(|one| one.charges.clear());
    }
    draft.choose(&first);
}

/// The first line of the promise ledger.
fn first_promise(desk: &Desk<'_, '_>, draft: &mut Order) {
    if let Some(by) = draft.promised_by() {
        draft.promises.push(Promise { by, said_at: desk.now, who: "quote".to_owned(), cause: String::new() });
    }
}

/// The first thing that keeps the basket from being bought as asked.
fn problem(
    not_served: Option<NotServed>,
    opens: Option<Timestamp>,
    partner: &Partner,
    basket: &Basket,
) -> Option<Refusal> {
    match not_served {
        Some(NotServed::AreaCode) => {
            return Some(Refusal::new(code::NOT_SERVICEABLE, "this provider does not deliver to that postal code"));
        }
        Some(NotServed::TooFar) => {
            return Some(Refusal::new(code::TOO_FAR, "that place is too far from this provider"));
        }
        None => {}
    }
    if !partner.service.capabilities.reaches_buyers() {
        return Some(Refusal::new(code::NOT_SERVICEABLE, "this provider has no way to hand goods over"));
    }
    if opens.is_none() {
        return Some(Refusal::new(code::MERCHANT_UNAVAILABLE, "this provider is closed for the coming days"));
    }
    if !basket.short.is_empty() {
        return Some(short(&basket.short));
    }
    if basket.quote.items_value() < partner.order_value_min {
        let problem = format!("orders from this provider start at {}", partner.order_value_min);
        return Some(Refusal::new(code::BELOW_ORDER_VALUE, problem));
    }
    None
}

/// 40002; its message is a JSON array as text, one element for each item that is short.
pub(super) fn short(short: &[Shortage]) -> Refusal {
    let items: Vec<Value> =
        short.iter().map(|line| json!({ "item_id": line.sku, "error": code::QUANTITY_UNAVAILABLE })).collect();
    Refusal::new(code::QUANTITY_UNAVAILABLE, Value::Array(items).to_string())
}

fn draft(desk: &Desk<'_, '_>, select: &Select, partner: &Partner, basket: &Basket, method: PaymentMethod) -> Order {
    let party = &select.party;
    let fee = desk.view.finder_fee.clone().unwrap_or_else(FinderFee::none);
    Order {
        id: String::new(),
        transaction_id: party.transaction_id.clone(),
        bap_id: party.bap_id.clone(),
        bap_uri: party.bap_uri.clone(),
        domain: party.domain.clone(),
        core_version: party.core_version.clone(),
        city: party.city.clone(),
        partner_id: partner.id.clone(),
        location_id: select.location_id.clone(),
        state: OrderState::Selected,
        lines: basket.lines.clone(),
        fulfilments: Vec::new(),
        billing: Value::Null,
        quote: basket.quote.clone(),
        quoted_at: desk.now,
        blocked: None,
        payment: Payment {
            method,
            finder_fee: fee,
            amount: Money::ZERO,
            confirmed: Value::Null,
            refunds: Vec::new(),
            paid: false,
        },
        tags: Vec::new(),
        created_at: desk.now,
        placed_at: desk.now,
        updated_at: desk.now,
        documents: Vec::new(),
        cancellation: None,
        destination: select.destination.clone(),
        options: Vec::new(),
        promises: Vec::new(),
        rejection: None,
    }
}
