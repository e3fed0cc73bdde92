//! The pick list: each piece is scanned, and a wrong one is told by its name.

use super::decide::Desk;
use super::progress::{confirmed, delivery_mut, misplaced};
use super::refusal::code;
use super::{Decision, Order, Refusal};
use crate::catalogue::Item;
use crate::fulfilment::{DeliveryState, Fulfilment};
use crate::inventory::demand;
use crate::state_table::Misfit;

/// Pieces of one item that belong into the parcel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    pub item_id: String,
    pub count: u32,
    /// Scanned so far.
    pub picked: u32,
}

/// What must be picked for the delivery, by item.
pub fn list(order: &Order) -> Vec<Wanted> {
    let Some(delivery) = order.delivery() else { return Vec::new() };
    let lines = order.lines.iter().filter(|line| line.fulfilment_id == delivery.id && line.count > 0);
    let wanted = demand(lines.map(|line| (line.item_id.as_str(), line.count)));
    let picked = |id: &str| delivery.picked.get(id).copied().unwrap_or(0);
    wanted.into_iter().map(|(item_id, count)| Wanted { picked: picked(&item_id), item_id, count }).collect()
}

/// True when a barcode is this item's. Scanners write an EAN with or without leading zeros.
pub fn has_barcode(item: &Item, scanned: &str) -> bool {
    let own = item.code.split_once(':').map_or(item.code.as_str(), |(_, digits)| digits);
    let plain = |code: &str| code.trim().trim_start_matches('0').to_owned();
    !plain(own).is_empty() && plain(own) == plain(scanned)
}

/// One piece is scanned. The buyer app is not told, so `updated_at` stays.
pub(super) fn scan(desk: &mut Desk<'_, '_>, scanned: &str) -> Result<Decision, Refusal> {
    let mut order = confirmed(desk)?.clone();
    let state = order.delivery().and_then(Fulfilment::delivery);
    if state != Some(DeliveryState::Pending) {
        return Err(misplaced(Misfit::TooLate, state.map_or("", DeliveryState::as_str)));
    }
    let found = desk.view.shelf.iter().map(|on_shelf| on_shelf.item).find(|item| has_barcode(item, scanned));
    let Some(item) = found else {
        return Err(Refusal::new(code::ITEM_NOT_FOUND, format!("no item has the barcode {}", scanned.trim())));
    };
    let Some(wanted) = list(&order).into_iter().find(|wanted| wanted.item_id == item.sku) else {
        let problem = format!("wrong item: {} is not in this order", item.name);
        return Err(Refusal::new(code::ITEM_NOT_FOUND, problem));
    };
    if wanted.picked >= wanted.count {
        let problem = format!("enough: all {} of {} are picked", wanted.count, item.name);
        return Err(Refusal::new(code::ABOVE_MAXIMUM, problem));
    }
    *delivery_mut(&mut order)?.picked.entry(item.sku.clone()).or_default() += 1;
    Ok(Decision { next: order, effects: Vec::new() })
}

/// Packing needs the whole list when the policy says so, or when somebody began to scan.
pub(super) fn all_there(desk: &Desk<'_, '_>, order: &Order) -> Result<(), Refusal> {
    let list = list(order);
    let begun = list.iter().any(|wanted| wanted.picked > 0);
    if !begun && !desk.view.seller.fulfilment.scan_to_pack {
        return Ok(());
    }
    let Some(missing) = list.iter().find(|wanted| wanted.picked < wanted.count) else { return Ok(()) };
    let name = desk.view.item(&missing.item_id).map_or(missing.item_id.as_str(), |item| item.name.as_str());
    let problem =
        format!("{} of {} are scanned: {} × {name}", missing.picked, missing.count, missing.count - missing.picked);
    Err(Refusal::new(code::VALIDATION, format!("not everything is in the parcel: {problem} to go")))
}
