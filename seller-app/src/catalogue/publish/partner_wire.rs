//! A partner as a provider of the catalogue.

use jiff::Timestamp;
use protocol::clock::wire_timestamp;
use serde_json::{Value, json};

use super::item_wire;
use super::{Change, Shop};
use crate::catalogue::{Partner, Seller};
use crate::network::translate::render::tag::tag;
use crate::order::Rules;

/// Every provider delivers; the catalogue's fulfilment ids have nothing to do with those of orders.
pub(super) const DELIVERY_ID: &str = "D1";
/// How long a buyer app may show the catalogue before it asks again.
const CATALOGUE_TTL: &str = "P1D";
/// Holidays are told at most this many days ahead, and only future ones.
const HOLIDAYS_MAX: usize = 30;

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
    let items: Vec<Value> = shop
        .items
        .iter()
        .map(|(item, in_stock)| item_wire::item(item, partner, seller, *in_stock, rules, now))
        .collect();
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
        "fulfillments": [{
            "id": DELIVERY_ID,
            "type": "Delivery",
            "contact": { "phone": partner.phone, "email": partner.email },
        }],
        "locations": [location(partner, now)],
        "items": items,
        "tags": tags(shop),
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
        Change::Items { partner, items } => {
            let items: Vec<Value> = items
                .iter()
                .map(|(item, in_stock)| item_wire::item(item, partner, seller, *in_stock, rules, now))
                .collect();
            json!({ "id": partner.id, "items": items })
        }
        Change::PartnerDisabled { partner_id } => json!({ "id": partner_id, "time": time(false, now) }),
        Change::PartnerEnabled { partner_id } => json!({ "id": partner_id, "time": time(true, now) }),
        Change::StoreClosed { partner, from, to } => {
            let range = json!({ "start": wire_timestamp(*from), "end": wire_timestamp(*to) });
            let time = json!({ "label": "close", "timestamp": wire_timestamp(now), "range": range });
            json!({ "id": partner.id, "locations": [{ "id": partner.location_id(), "time": time }] })
        }
        Change::StoreOpened { partner } => {
            let time = json!({ "label": "open", "timestamp": wire_timestamp(now) });
            json!({ "id": partner.id, "locations": [{ "id": partner.location_id(), "time": time }] })
        }
    }
}

/// Puts a later change of the same provider onto an earlier one. A disabled provider carries no items.
pub(super) fn merge(known: &mut Value, next: Value) {
    let Value::Object(next) = next else { return };
    for (name, value) in next {
        match (known.get_mut(&name), value) {
            (Some(Value::Array(old)), Value::Array(new)) => {
                for element in new {
                    match old.iter_mut().find(|before| before["id"] == element["id"]) {
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
    }
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

fn location(partner: &Partner, now: Timestamp) -> Value {
    let today = partner.hours.today(now);
    let holidays: Vec<String> =
        partner.holidays.iter().filter(|day| **day > today).take(HOLIDAYS_MAX).map(ToString::to_string).collect();
    let mut time = time(partner.active, now);
    time["days"] = json!(partner.hours.days_text());
    time["range"] = json!({ "start": partner.hours.opens, "end": partner.hours.closes });
    time["schedule"] = json!({ "holidays": holidays });
    let mut wire = json!({
        "id": partner.location_id(),
        "gps": partner.gps,
        "address": {
            "street": partner.address.street,
            "locality": partner.address.locality,
            "city": partner.address.city,
            "area_code": partner.area_code,
            "state": partner.address.state,
        },
        "time": time,
    });
    if let Some(km) = partner.radius_km {
        wire["circle"] = json!({ "gps": partner.gps, "radius": { "unit": "km", "value": km.to_string() } });
    }
    wire
}

fn tags(shop: &Shop<'_>) -> Vec<Value> {
    let partner = shop.partner;
    let mut tags = Vec::new();
    // Orders are taken at any hour; the promise counts from the next opening.
    for (kind, opens, closes) in
        [("Order", "0000", "2359"), ("Delivery", partner.hours.opens.as_str(), partner.hours.closes.as_str())]
    {
        tags.extend(runs(&partner.hours.days).into_iter().map(|(from, to)| {
            let entries = [
                ("type", Some(kind.to_owned())),
                ("location", Some(partner.location_id())),
                ("day_from", Some(from.to_string())),
                ("day_to", Some(to.to_string())),
                ("time_from", Some(opens.to_owned())),
                ("time_to", Some(closes.to_owned())),
            ];
            tag("timing", entries)
        }));
    }
    let mut categories: Vec<&str> = shop.items.iter().map(|(item, _)| item.category.as_str()).collect();
    categories.sort_unstable();
    categories.dedup();
    tags.extend(categories.iter().map(|category| serviceability(partner, category)));
    if !partner.order_value_min.is_zero() {
        tags.push(tag("order_value", [("min_value", Some(partner.order_value_min.wire()))]));
    }
    tags
}

/// Where a category is delivered: the list of postal codes, or a radius when there is no list.
fn serviceability(partner: &Partner, category: &str) -> Value {
    let codes = if partner.serves.is_empty() { vec![partner.area_code.clone()] } else { partner.serves.clone() };
    let (kind, value, unit) = match partner.radius_km {
        Some(km) if partner.serves.is_empty() => ("10", km.to_string(), "km"),
        Some(_) | None => ("11", codes.join(","), "pincode"),
    };
    let entries = [
        ("location", Some(partner.location_id())),
        ("category", Some(category.to_owned())),
        ("type", Some(kind.to_owned())),
        ("val", Some(value)),
        ("unit", Some(unit.to_owned())),
    ];
    tag("serviceability", entries)
}

/// Days as runs, because a timing has a first and a last day: 1,2,3,5 → (1,3), (5,5).
fn runs(days: &[u8]) -> Vec<(u8, u8)> {
    let mut sorted = days.to_vec();
    sorted.sort_unstable();
    let mut runs: Vec<(u8, u8)> = Vec::new();
    for day in sorted {
        match runs.last_mut() {
            Some((_, last)) if *last + 1 == day => *last = day,
            _ => runs.push((day, day)),
        }
    }
    runs
}
