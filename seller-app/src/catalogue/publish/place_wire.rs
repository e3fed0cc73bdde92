//! Where a partner is and whom it serves from there: its zones as locations, their hours, their postal codes.
//!
//! All zones of a partner are one physical place, so they differ in nothing but the id and whom they serve.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::partner_wire::time;
use crate::catalogue::{Listing, Partner, Reach, Zone};
use crate::network::translate::render::tag::tag;
use crate::order::Rules;
use crate::partners::Area;

/// Holidays are told at most this many days ahead, and only future ones.
const HOLIDAYS_MAX: usize = 30;

/// Whom a provider serves from where: a category and a zone that its items are delivered from.
pub(super) type Construct<'a> = (&'a str, Zone);

/// What a whole catalogue says. A category of which other partners publish everything is said to be served from the whole
/// territory: the network wants an answer for each category, and none of its items stands there.
pub(super) fn whole_constructs<'a>(partner: &Partner, items: &[Listing<'a>]) -> Vec<Construct<'a>> {
    let mut all = constructs(items);
    let mut categories: Vec<&str> = items.iter().map(|listing| listing.item.category.as_str()).collect();
    categories.sort_unstable();
    categories.dedup();
    categories.retain(|category| all.iter().all(|(served, _)| served != category));
    all.extend(categories.into_iter().map(|category| (category, Zone::whole(partner))));
    all
}

/// Categories and the zones that their items are delivered from, each pair once.
pub(super) fn constructs<'a>(items: &[Listing<'a>]) -> Vec<Construct<'a>> {
    let delivered = items.iter().filter(|listing| !listing.zone.is_empty());
    let pairs: BTreeMap<(&str, &str), &Zone> = delivered
        .map(|listing| ((listing.item.category.as_str(), listing.zone.location_id.as_str()), listing.zone))
        .collect();
    pairs.into_iter().map(|((category, _), zone)| (category, zone.clone())).collect()
}

/// Every zone that an item stands in or that a construct names, the whole territory first.
pub(super) fn zones(partner: &Partner, items: &[Listing<'_>], constructs: &[Construct<'_>]) -> Vec<Zone> {
    let named = constructs.iter().map(|(_, zone)| zone);
    let used = items.iter().map(|listing| listing.zone).chain(named);
    // The id of the whole territory is the beginning of the others, so it comes first.
    let by_id: BTreeMap<&str, &Zone> = used.map(|zone| (zone.location_id.as_str(), zone)).collect();
    if by_id.is_empty() {
        return vec![Zone::whole(partner)];
    }
    by_id.into_values().cloned().collect()
}

pub(super) fn locations(partner: &Partner, zones: &[Zone], now: Timestamp) -> Vec<Value> {
    zones.iter().map(|zone| location(partner, zone, now)).collect()
}

/// Hours, for each zone. Orders are taken at any hour; the promise counts from the next opening.
pub(super) fn timings(partner: &Partner, zones: &[Zone]) -> Vec<Value> {
    let (opens, closes) = (partner.hours.opens.as_str(), partner.hours.closes.as_str());
    let mut kinds = vec![("Order", "0000", "2359")];
    kinds.extend(super::partner_wire::ways(partner).into_iter().map(|(_, mode)| (mode.as_str(), opens, closes)));
    let mut tags = Vec::new();
    for (zone, (kind, opens, closes)) in zones.iter().flat_map(|zone| kinds.iter().map(move |kind| (zone, *kind))) {
        tags.extend(runs(&partner.hours.days).into_iter().map(|(from, to)| {
            let entries = [
                ("type", Some(kind.to_owned())),
                ("location", Some(zone.location_id.clone())),
                ("day_from", Some(from.to_string())),
                ("day_to", Some(to.to_string())),
                ("time_from", Some(opens.to_owned())),
                ("time_to", Some(closes.to_owned())),
            ];
            tag("timing", entries)
        }));
    }
    tags
}

pub(super) fn serviceability(partner: &Partner, constructs: &[Construct<'_>], rules: &Rules) -> Vec<Value> {
    constructs.iter().map(|(category, zone)| construct(partner, category, zone, &rules.country)).collect()
}

/// Where a category is delivered from a zone, in the network's form for it.
fn construct(partner: &Partner, category: &str, zone: &Zone, country: &str) -> Value {
    let (kind, value, unit) = match &zone.reach {
        Reach::Codes(codes) => ("11", codes.join(","), "pincode"),
        Reach::Territory => match partner.area(category) {
            Area::Codes { codes, ranges } => {
                let parts: Vec<String> = codes.into_iter().chain(ranges.iter().map(ToString::to_string)).collect();
                ("11", parts.join(","), "pincode")
            }
            Area::Radius { km } => ("10", km.to_string(), "km"),
            Area::CountryWide => ("12", country.to_owned(), "country"),
            Area::Polygon(polygon) => ("13", polygon.geojson(), "geojson"),
            Area::Nowhere => ("11", String::new(), "pincode"),
        },
    };
    let entries = [
        ("location", Some(zone.location_id.clone())),
        ("category", Some(category.to_owned())),
        ("type", Some(kind.to_owned())),
        ("val", Some(value)),
        ("unit", Some(unit.to_owned())),
    ];
    tag("serviceability", entries)
}

fn location(partner: &Partner, zone: &Zone, now: Timestamp) -> Value {
    let today = partner.hours.today(now);
    let holidays: Vec<String> =
        partner.holidays.iter().filter(|day| **day > today).take(HOLIDAYS_MAX).map(ToString::to_string).collect();
    let mut time = time(partner.active, now);
    time["days"] = json!(partner.hours.days_text());
    time["range"] = json!({ "start": partner.hours.opens, "end": partner.hours.closes });
    time["schedule"] = json!({ "holidays": holidays });
    let mut wire = json!({
        "id": zone.location_id,
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
