//! A partner as a provider of the catalogue.

use jiff::Timestamp;
use protocol::clock::wire_timestamp;
use serde_json::{Value, json};

use super::{Change, Shop};
use super::{item_wire, place_wire};
use crate::catalogue::{Listing, Partner, Seller};
use crate::fulfilment::Mode;
use crate::network::translate::render::tag::tag;
use crate::order::Rules;

/// Ids and types of fulfilment; the catalogue's ids have nothing to do with those of orders.
const WAYS: [(&str, Mode); 3] = [("D1", Mode::Delivery), ("D2", Mode::SelfPickup), ("D3", Mode::BuyerDelivery)];

/// How a partner hands goods over, the usual way first. One that can do nothing is shown as one that delivers.
pub(super) fn ways(partner: &Partner) -> Vec<(&'static str, Mode)> {
    let can = &partner.service.capabilities;
    let has = |mode: Mode| match mode {
        Mode::Delivery => can.delivers || !can.reaches_buyers(),
        Mode::SelfPickup => can.pickup_counter,
        Mode::BuyerDelivery => can.buyer_delivery,
    };
    WAYS.into_iter().filter(|(_, mode)| has(*mode)).collect()
}

/// The ways of all partners together.
pub(super) fn all_ways<'a>(partners: impl IntoIterator<Item = &'a Partner>) -> Vec<Value> {
    let used: Vec<Mode> = partners.into_iter().flat_map(ways).map(|(_, mode)| mode).collect();
    let shown = WAYS.into_iter().filter(|(_, mode)| used.contains(mode));
    shown.map(|(id, mode)| json!({ "id": id, "type": mode.as_str() })).collect()
}

/// How long a buyer app may show the catalogue before it asks again.
const CATALOGUE_TTL: &str = "P1D";

pub(super) fn descriptor(seller: &Seller) -> Value {
    let front = &seller.storefront;
    let terms = [
        ("np_type", Some(seller.terms.np_type.as_str().to_owned())),
        ("accept_bap_terms", Some("Y".to_owned())),
        ("collect_payment", Some("N".to_owned())),
    ];
    json!({
        "name": front.name,
        "symbol": front.symbol,
        "short_desc": front.short_desc,
        "long_desc": front.long_desc,
        "images": images(&front.images, seller),
        "tags": [tag("bpp_terms", terms)],
    })
}

/// The whole provider.
pub(super) fn provider(shop: &Shop<'_>, seller: &Seller, rules: &Rules, now: Timestamp) -> Value {
    let partner = shop.partner;
    let pictures = images(&partner.images, seller);
    let constructs = place_wire::whole_constructs(partner, &shop.items);
    let zones = place_wire::zones(partner, &shop.items, &constructs);
    let mut tags = place_wire::timings(partner, &zones);
    tags.extend(place_wire::serviceability(partner, &constructs, rules));
    if !partner.order_value_min.is_zero() {
        tags.push(tag("order_value", [("min_value", Some(partner.order_value_min.wire()))]));
    }
    let contact = json!({ "phone": partner.phone, "email": partner.email });
    let way = |(id, mode): (&str, Mode)| json!({ "id": id, "type": mode.as_str(), "contact": contact });
    let fulfilments: Vec<Value> = ways(partner).into_iter().map(way).collect();
    let mut wire = json!({
        "id": partner.id,
        "time": time(partner.active, now),
        "descriptor": {
            "name": partner.name,
            "symbol": pictures.first(),
            "short_desc": or(&partner.short_desc, &partner.name),
            "long_desc": or(&partner.long_desc, &partner.name),
            "images": pictures,
        },
        "ttl": CATALOGUE_TTL,
        "fulfillments": fulfilments,
        "locations": place_wire::locations(partner, &zones, now),
        "items": items(partner, &shop.items, seller, rules, now),
        "tags": tags,
    });
    if rules.version.rating {
        wire["rating"] = json!("");
    }
    if let Some(number) = &partner.fssai_license_no {
        wire["@ondc/org/fssai_license_no"] = json!(number);
    }
    wire
}

/// A provider of an incremental catalogue.
pub(super) fn changed(change: &Change<'_>, seller: &Seller, rules: &Rules, now: Timestamp) -> Value {
    match change {
        Change::Items { partner, items: listed, with_places } => {
            let mut wire = json!({ "id": partner.id, "items": items(partner, listed, seller, rules, now) });
            if *with_places {
                let constructs = place_wire::constructs(listed);
                let zones = place_wire::zones(partner, listed, &constructs);
                wire["locations"] = json!(place_wire::locations(partner, &zones, now));
                wire["tags"] = json!(place_wire::serviceability(partner, &constructs, rules));
            }
            wire
        }
        Change::PartnerDisabled { partner_id } => json!({ "id": partner_id, "time": time(false, now) }),
        Change::PartnerEnabled { partner_id } => json!({ "id": partner_id, "time": time(true, now) }),
        Change::StoreClosed { partner_id, location_ids, from, to } => {
            let range = json!({ "start": wire_timestamp(*from), "end": wire_timestamp(*to) });
            let time = json!({ "label": "close", "timestamp": wire_timestamp(now), "range": range });
            store(partner_id, location_ids, &time)
        }
        Change::StoreOpened { partner_id, location_ids } => {
            store(partner_id, location_ids, &json!({ "label": "open", "timestamp": wire_timestamp(now) }))
        }
    }
}

fn items(partner: &Partner, listed: &[Listing<'_>], seller: &Seller, rules: &Rules, now: Timestamp) -> Vec<Value> {
    let usual = ways(partner).first().map_or("D1", |(id, _)| *id);
    listed.iter().map(|listing| item_wire::item(listing, usual, seller, rules, now)).collect()
}

fn store(partner_id: &str, location_ids: &[String], time: &Value) -> Value {
    let locations: Vec<Value> = location_ids.iter().map(|id| json!({ "id": id, "time": time })).collect();
    json!({ "id": partner_id, "locations": locations })
}

/// Puts a later change of the same provider onto an earlier one. A disabled provider carries no items.
pub(super) fn merge(known: &mut Value, next: Value) {
    let Value::Object(next) = next else { return };
    for (name, value) in next {
        match (known.get_mut(&name), value) {
            (Some(Value::Array(old)), Value::Array(new)) => {
                for element in new {
                    match old.iter_mut().find(|before| same_thing(before, &element)) {
                        Some(before) => *before = element,
                        None => old.push(element),
                    }
                }
            }
            (_, value) => known[name.as_str()] = value,
        }
    }
    if known["time"]["label"] == "disable"
        && let Some(members) = known.as_object_mut()
    {
        members.remove("items");
        members.remove("locations");
        members.remove("tags");
    }
}

/// Tags have no id: two are the same thing when they say the same.
fn same_thing(one: &Value, other: &Value) -> bool {
    if one["id"].is_null() { one == other } else { one["id"] == other["id"] }
}

pub(super) fn time(enabled: bool, now: Timestamp) -> Value {
    json!({ "label": if enabled { "enable" } else { "disable" }, "timestamp": wire_timestamp(now) })
}

/// A picture is required everywhere: without one the seller's own symbol is shown.
pub(super) fn images(own: &[String], seller: &Seller) -> Vec<String> {
    if own.is_empty() { vec![seller.storefront.symbol.clone()] } else { own.to_vec() }
}

pub(super) fn or<'a>(text: &'a str, instead: &'a str) -> &'a str {
    if text.is_empty() { instead } else { text }
}
