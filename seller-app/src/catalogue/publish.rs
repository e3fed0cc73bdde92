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
    let providers: Vec<Value> = publication
        .shops
        .iter()
        .filter(|shop| city == "*" || shop.partner.city == city)
        .map(|shop| partner_wire::provider(shop, publication.seller, rules, now))
        .collect();
    if providers.is_empty() {
        return None;
    }
    Some(json!({ "catalog": {
        "bpp/descriptor": partner_wire::descriptor(publication.seller),
        "bpp/fulfillments": [{ "id": partner_wire::DELIVERY_ID, "type": "Delivery" }],
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
