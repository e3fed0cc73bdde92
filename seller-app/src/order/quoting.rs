//! A basket becomes lines and a quote: what is there is quoted, what is short is told.

use std::collections::BTreeMap;

use super::command::{Select, SelectItem};
use super::refusal::code;
use super::{Channel, LineKind, OrderLine, OrderView, Quote, QuoteLine, Refusal};
use crate::catalogue::{Item, Partner};
use crate::inventory::{Shortage, demand, shortages};
use crate::money::Money;

/// What was asked, as far as it can be sold.
pub(super) struct Basket {
    pub lines: Vec<OrderLine>,
    pub quote: Quote,
    pub short: Vec<Shortage>,
}

/// Quotes the basket from the shelf, without charges: those depend on the way that is chosen.
///
/// # Errors
/// 30002 for an item at a location that the partner does not have, 30004 for one that is not sold here, 40009 and 40012 for too many or too few pieces.
pub(super) fn quote(
    view: &OrderView<'_>,
    currency: &str,
    partner: &Partner,
    select: &Select,
    fulfilment_id: &str,
) -> Result<Basket, Refusal> {
    let asked = &select.items;
    known_locations(partner, asked)?;
    let wanted = demand(asked.iter().map(|item| (item.id.as_str(), item.count)));
    let mut on_shelf: BTreeMap<String, u32> = BTreeMap::new();
    for sku in wanted.keys() {
        on_shelf.insert(sku.clone(), view.available(sku));
    }
    let mut basket = Basket {
        lines: Vec::new(),
        quote: Quote { currency: currency.to_owned(), lines: Vec::new(), ttl: view.seller.quote_ttl.clone() },
        short: shortages(&wanted, |sku| view.available(sku)),
    };
    let mut taxes = Vec::new();
    for (at, line) in merged(asked).iter().enumerate() {
        let pieces = wanted.get(&line.id).copied().unwrap_or(0);
        let item = sold(view, line, at, pieces, select.party.channel())?;
        let left = on_shelf.entry(line.id.clone()).or_default();
        let count = line.count.min(*left);
        *left -= count;
        let in_stock = count == line.count;
        basket.lines.push(order_line(item, partner, line, count, (&select.location_id, fulfilment_id)));
        basket.quote.lines.push(item_line(item, line, count, in_stock));
        taxes.extend(tax_line(item, line, count));
    }
    basket.quote.lines.append(&mut taxes);
    Ok(basket)
}

/// The item, when this many pieces of it may be asked for.
fn sold<'a>(
    view: &OrderView<'a>,
    line: &SelectItem,
    at: usize,
    pieces: u32,
    channel: Channel,
) -> Result<&'a Item, Refusal> {
    let path = format!("$.message.order.items[{at}]");
    let item = view.item(&line.id).filter(|item| item.active);
    let item = item.ok_or_else(|| {
        Refusal::new(code::ITEM_NOT_FOUND, format!("item {} is not sold by this provider", line.id))
            .at(format!("{path}.id"))
    })?;
    let count_path = format!("{path}.quantity.count");
    if let Some(most) = item.maximum_count.filter(|&most| channel.has_item_maximum() && pieces > most) {
        let problem = format!("at most {most} of item {} in one order", line.id);
        return Err(Refusal::new(code::ABOVE_MAXIMUM, problem).at(count_path));
    }
    if pieces < item.minimum_count {
        let problem = format!("at least {} of item {} in one order", item.minimum_count, line.id);
        return Err(Refusal::new(code::BELOW_MINIMUM, problem).at(count_path));
    }
    Ok(item)
}

/// The same item of the same configuration becomes one line.
fn merged(asked: &[SelectItem]) -> Vec<SelectItem> {
    let mut lines: Vec<SelectItem> = Vec::new();
    for item in asked {
        match lines.iter_mut().find(|line| line.id == item.id && line.parent_item_id == item.parent_item_id) {
            Some(line) => line.count = line.count.saturating_add(item.count),
            None => lines.push(item.clone()),
        }
    }
    lines
}

/// Any zone of the partner is good: an item may have moved to another one since the buyer app saw it.
fn known_locations(partner: &Partner, asked: &[SelectItem]) -> Result<(), Refusal> {
    for (at, item) in asked.iter().enumerate() {
        if let Some(id) = item.location_id.as_deref().filter(|id| !partner.has_location(id)) {
            let problem = format!("provider {} has no location {id}", partner.id);
            return Err(
                Refusal::new(code::LOCATION_NOT_FOUND, problem).at(format!("$.message.order.items[{at}].location_id"))
            );
        }
    }
    Ok(())
}

/// `at` is the order's location and fulfilment.
fn order_line(item: &Item, partner: &Partner, line: &SelectItem, count: u32, at: (&str, &str)) -> OrderLine {
    let (location_id, fulfilment_id) = at;
    OrderLine {
        item_id: item.sku.clone(),
        parent_item_id: line.parent_item_id.clone(),
        fulfilment_id: fulfilment_id.to_owned(),
        location_id: line.location_id.clone().unwrap_or_else(|| location_id.to_owned()),
        count,
        returnable: item.returnable,
        cancellable: item.cancellable,
        return_window: item.return_window.clone(),
        time_to_ship: item.time_to_ship.clone().max(partner.time_to_ship.clone()),
    }
}

fn item_line(item: &Item, line: &SelectItem, count: u32, in_stock: bool) -> QuoteLine {
    QuoteLine {
        kind: LineKind::Item,
        id: item.sku.clone(),
        parent_item_id: line.parent_item_id.clone(),
        title: item.name.clone(),
        count: Some(count),
        unit_price: Some(item.price),
        price: item.price.times(count),
        in_stock,
        maximum: item.maximum_text(),
    }
}

fn tax_line(item: &Item, line: &SelectItem, count: u32) -> Option<QuoteLine> {
    let tax = item.price.times(count).percent(item.tax_rate);
    if item.tax_included || tax.is_zero() {
        return None;
    }
    Some(QuoteLine { parent_item_id: line.parent_item_id.clone(), ..charge(LineKind::Tax, &item.sku, "Tax", tax) })
}

pub(super) fn charge(kind: LineKind, id: &str, title: &str, price: Money) -> QuoteLine {
    QuoteLine {
        kind,
        id: id.to_owned(),
        parent_item_id: None,
        title: title.to_owned(),
        count: None,
        unit_price: None,
        price,
        in_stock: true,
        maximum: String::new(),
    }
}
