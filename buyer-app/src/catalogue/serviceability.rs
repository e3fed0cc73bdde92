//! Where a seller delivers (NETWORK-SPEC 4.2, provider tag `serviceability`): 10 radius, 11 postal codes, 12 whole
//! country, 13 polygon. Other types are ignored: nobody publishes what they mean.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::geo::Point;
use crate::order::report::Tag;

/// One construct: a location serves an area for a category.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Serviceability {
    pub location_id: String,
    pub category: String,
    pub area: Area,
    /// Timestamp of the message that said so, ms; zero until it is kept.
    #[serde(default)]
    pub told_ms: i64,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Area {
    /// Type 10: within so many km of the location.
    RadiusKm(f64),
    /// Type 11: inclusive ranges of postal codes, as numbers.
    PostalCodes(Vec<(u64, u64)>),
    /// Type 12: ISO alpha-3 country.
    Country(String),
    /// Type 13: outer rings, `[lat, lng]`.
    Polygon(Vec<Vec<(f64, f64)>>),
}

/// Where the shopper is. Postal code and position may be unknown.
#[derive(Clone, Debug, Default)]
pub struct Destination {
    pub area_code: Option<u64>,
    pub point: Option<Point>,
    pub country: String,
}

/// Reads one `serviceability` tag; None when its type or value says nothing we understand.
pub fn read(tag: &Tag) -> Option<Serviceability> {
    let value = tag.value("val")?;
    let area = match tag.value("type")?.as_str() {
        "10" => Area::RadiusKm(value.trim().parse().ok()?),
        "11" => Area::PostalCodes(postal_codes(&value)),
        "12" => Area::Country(value.trim().to_owned()),
        "13" => Area::Polygon(rings(&value)?),
        _ => return None,
    };
    Some(Serviceability { location_id: tag.value("location")?, category: tag.value("category")?, area, told_ms: 0 })
}

impl Serviceability {
    /// Does this construct reach the destination from a location at `from`?
    pub fn reaches(&self, from: Option<Point>, to: &Destination) -> bool {
        match &self.area {
            Area::RadiusKm(km) => match (from, to.point) {
                (Some(from), Some(to)) => from.distance_km(to) <= *km,
                (None, _) | (_, None) => false,
            },
            Area::PostalCodes(ranges) => {
                to.area_code.is_some_and(|code| ranges.iter().any(|(a, b)| (*a..=*b).contains(&code)))
            }
            Area::Country(country) => country.eq_ignore_ascii_case(&to.country),
            Area::Polygon(rings) => to.point.is_some_and(|point| {
                rings.iter().any(|ring| {
                    point.inside(&ring.iter().map(|(lat, lng)| Point { lat: *lat, lng: *lng }).collect::<Vec<_>>())
                })
            }),
        }
    }
}

/// What is known after a message of `told_ms`: of each location and category the newer word counts. A whole catalogue also
/// ends what it does not name, unless that is newer than it.
pub fn merged(known: &[Serviceability], told: &[Serviceability], told_ms: i64, is_whole: bool) -> Vec<Serviceability> {
    let same = |a: &Serviceability, b: &Serviceability| a.location_id == b.location_id && a.category == b.category;
    let stands = |old: &&Serviceability| old.told_ms > told_ms || (!is_whole && !told.iter().any(|new| same(old, new)));
    let mut all: Vec<Serviceability> = known.iter().filter(stands).cloned().collect();
    let standing = all.len();
    for new in told {
        if !all[..standing].iter().any(|old| same(old, new)) {
            all.push(Serviceability { told_ms, ..new.clone() });
        }
    }
    all
}

/// A location delivers a category when any of its constructs for the category reaches. A provider that publishes no
/// construct for the pair is taken to deliver nothing there.
pub fn delivers(
    all: &[Serviceability],
    location_id: &str,
    category: &str,
    from: Option<Point>,
    to: &Destination,
) -> bool {
    all.iter().filter(|s| s.location_id == location_id && s.category == category).any(|s| s.reaches(from, to))
}

/// `560001-560099,561000`: ranges and single codes; what is no number is skipped.
fn postal_codes(text: &str) -> Vec<(u64, u64)> {
    let number = |text: &str| text.trim().parse::<u64>().ok();
    text.split(',')
        .filter_map(|part| match part.split_once('-') {
            Some((from, to)) => Some((number(from)?, number(to)?)),
            None => number(part).map(|code| (code, code)),
        })
        .collect()
}

/// Outer rings of every Polygon and MultiPolygon. GeoJSON says `[lng, lat]`.
fn rings(geojson: &str) -> Option<Vec<Vec<(f64, f64)>>> {
    let value: Value = serde_json::from_str(geojson).ok()?;
    let mut rings = Vec::new();
    collect_rings(&value, &mut rings);
    (!rings.is_empty()).then_some(rings)
}

fn collect_rings(value: &Value, out: &mut Vec<Vec<(f64, f64)>>) {
    let list = |field: &str| value.get(field).and_then(Value::as_array).into_iter().flatten();
    match value.get("type").and_then(Value::as_str) {
        Some("FeatureCollection") => list("features").for_each(|f| collect_rings(f, out)),
        Some("Feature") => {
            if let Some(geometry) = value.get("geometry") {
                collect_rings(geometry, out);
            }
        }
        Some("Polygon") => out.extend(list("coordinates").take(1).map(ring)),
        Some("MultiPolygon") => {
            out.extend(list("coordinates").filter_map(|p| p.as_array()?.first()).map(ring));
        }
        Some(_) | None => {}
    }
}

fn ring(corners: &Value) -> Vec<(f64, f64)> {
    let corner = |c: &Value| Some((c.get(1)?.as_f64()?, c.get(0)?.as_f64()?));
    corners.as_array().into_iter().flatten().filter_map(corner).collect()
}

#[cfg(test)]
#[path = "serviceability_tests.rs"]
mod tests;
