//! `on_search`: the whole catalogue of a city, or only what changed (NETWORK-SPEC 4.1, 4.2).

use jiff::Timestamp;
use serde_json::{Value, json};

use super::{Listing, Partner, PartnerId, Seller};
use crate::order::Rules;

mod item_wire;
mod partner_wire;
mod place_wire;

/// What there is to publish.
#[derive(Clone, Debug)]
pub struct Publication<'a> {
    pub seller: &'a Seller,
    pub shops: Vec<Shop<'a>>,
}

/// A partner with its items.
#[derive(Clone, Debug)]
pub struct Shop<'a> {
    pub partner: &'a Partner,
    pub items: Vec<Listing<'a>>,
}

/// A change that buyers who subscribed are told.
#[derive(Clone, Debug)]
pub enum Change<'a> {
    /// Price, text, stock or zone of some items of a partner changed; each item is sent whole. `with_places` also sends
    /// the zones that they stand in and where those deliver, because the buyer may not know them yet.
    Items { partner: &'a Partner, items: Vec<Listing<'a>>, with_places: bool },
    /// The partner left the network for now.
    PartnerDisabled { partner_id: PartnerId },
    /// The partner is back.
    PartnerEnabled { partner_id: PartnerId },
    /// The store, under all ids that it has, is closed from one moment to another.
    StoreClosed { partner_id: PartnerId, location_ids: Vec<String>, from: Timestamp, to: Timestamp },
    /// The store takes orders again.
    StoreOpened { partner_id: PartnerId, location_ids: Vec<String> },
}

/// The message of `on_search` for one city (`*` is every city). `None` when the seller has nothing there:
/// then it does not answer at all.
pub fn full(publication: &Publication<'_>, city: &str, rules: &Rules, now: Timestamp) -> Option<Value> {
    let shops: Vec<&Shop<'_>> =
        publication.shops.iter().filter(|shop| city == "*" || shop.partner.city == city).collect();
    let providers: Vec<Value> =
        shops.iter().map(|shop| partner_wire::provider(shop, publication.seller, rules, now)).collect();
    if providers.is_empty() {
        return None;
    }
    Some(json!({ "catalog": {
        "bpp/descriptor": partner_wire::descriptor(publication.seller),
        "bpp/fulfillments": partner_wire::all_ways(shops.iter().map(|shop| shop.partner)),
        "bpp/providers": providers,
    }}))
}

/// The message of an unsolicited `on_search`: only what changed, changes of one partner together.
pub fn incremental(seller: &Seller, changes: &[Change<'_>], rules: &Rules, now: Timestamp) -> Value {
    let mut providers: Vec<Value> = Vec::new();
    for change in changes {
        let next = partner_wire::changed(change, seller, rules, now);
        match providers.iter_mut().find(|known| known["id"] == next["id"]) {
            Some(known) => partner_wire::merge(known, next),
            None => providers.push(next),
        }
    }
    json!({ "catalog": { "bpp/providers": providers } })
}

/// Changes in parts that one message can carry: at most so many items each. The parts may arrive in any order.
pub fn parts<'a>(changes: Vec<Change<'a>>, items_max: usize) -> Vec<Vec<Change<'a>>> {
    let mut parts: Vec<Vec<Change<'a>>> = Vec::new();
    let mut room = 0;
    for change in changes {
        let Change::Items { partner, items, with_places } = change else {
            match parts.last_mut() {
                Some(part) => part.push(change),
                None => parts.push(vec![change]),
            }
            continue;
        };
        let mut left = items.as_slice();
        while !left.is_empty() {
            if room == 0 {
                parts.push(Vec::new());
                room = items_max.max(1);
            }
            let (now, later) = left.split_at(room.min(left.len()));
            let change = Change::Items { partner, items: now.to_vec(), with_places };
            if let Some(part) = parts.last_mut() {
                part.push(change);
            }
            room -= now.len();
            left = later;
        }
    }
    parts
}
