//! A partner: one place with stock (distributor, large retailer), published as one provider. Its zones are locations at the
//! same place (zone.rs).

use std::collections::BTreeSet;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::{Address, Gps, Hours, Period};
use crate::money::Money;
use crate::partners::{Area, Service};

/// The partner's id; also the provider id on the network.
pub type PartnerId = String;

/// A partner as the network sees it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Partner {
    pub id: PartnerId,
    pub name: String,
    #[serde(default)]
    pub short_desc: String,
    #[serde(default)]
    pub long_desc: String,
    /// URLs; empty means the seller's own symbol is shown.
    #[serde(default)]
    pub images: Vec<String>,
    pub gps: Gps,
    pub address: Address,
    /// Postal code of the place itself.
    pub area_code: String,
    /// Ten or eleven digits.
    pub phone: String,
    pub email: String,
    /// Code of the city, such as `std:080`.
    pub city: String,
    /// Postal codes that are delivered to. Empty with a radius: distance alone decides.
    #[serde(default)]
    pub serves: Vec<String>,
    /// Delivery radius from `gps` in kilometres.
    #[serde(default)]
    pub radius_km: Option<u32>,
    #[serde(default)]
    pub hours: Hours,
    #[serde(default)]
    pub holidays: Vec<Date>,
    /// From order to handing over to the rider, when the item says nothing longer.
    pub time_to_ship: Period,
    /// From handing over to the buyer's door; more than zero.
    #[serde(default = "one_hour")]
    pub time_to_deliver: Period,
    #[serde(default)]
    pub packing_fee: Money,
    #[serde(default)]
    pub delivery_fee: Money,
    /// Orders whose items are worth less are refused (30023).
    #[serde(default)]
    pub order_value_min: Money,
    /// Fourteen digits, for food.
    #[serde(default)]
    pub fssai_license_no: Option<String>,
    /// Tax registration of the partner, printed on its invoices.
    #[serde(default)]
    pub tax_number: Option<String>,
    /// Equipment, further areas, capacity, cut-off.
    #[serde(default)]
    pub service: Service,
    /// Follows from the stage of its life (partners/life.rs). False takes the partner off the network: published as `disable`, new orders refused (30021).
    pub active: bool,
}

impl Partner {
    /// The id of its place, and of the zone that is its whole territory. Never equal to the provider id or a fulfilment id.
    pub fn location_id(&self) -> String {
        format!("{}-L1", self.id)
    }

    /// Postal codes that it delivers to, ascending; its own when it names nothing. Empty when something else decides: a
    /// circle, a polygon, a wide range or a country cannot be counted in postal codes.
    pub fn territory(&self) -> Vec<&str> {
        let more = &self.service.coverage;
        if !more.ranges.is_empty() {
            return Vec::new();
        }
        let mut codes: Vec<&str> = self.serves.iter().map(String::as_str).collect();
        if codes.is_empty() && self.radius_km.is_none() && more.polygon.is_none() && !more.country_wide {
            codes.push(&self.area_code);
        }
        codes.sort_unstable();
        codes.dedup();
        codes
    }

    /// Every postal code that it delivers something to, as far as they can be counted.
    pub fn codes(&self) -> BTreeSet<&str> {
        let own = self.service.coverage.categories.values().filter_map(Area::counted);
        self.territory().into_iter().chain(own.flatten().map(String::as_str)).collect()
    }

    /// Where it delivers a category. Postal codes come before a polygon, that before the whole country, that before a
    /// radius; with nothing said it is its own postal code.
    pub fn area(&self, category: &str) -> Area {
        let more = &self.service.coverage;
        if let Some(own) = more.categories.get(category) {
            return own.clone();
        }
        if !self.serves.is_empty() || !more.ranges.is_empty() {
            return Area::of_codes(self.serves.clone(), more.ranges.clone());
        }
        if let Some(polygon) = &more.polygon {
            return Area::Polygon(polygon.clone());
        }
        match (more.country_wide, self.radius_km) {
            (true, _) => Area::CountryWide,
            (false, Some(km)) => Area::Radius { km },
            (false, None) => Area::Codes { codes: vec![self.area_code.clone()], ranges: Vec::new() },
        }
    }

    /// Whether it sells goods of a category at all: some it delivers nowhere, some need a cold chain.
    pub fn carries(&self, category: &str, cold: &[String]) -> bool {
        let warm = !cold.iter().any(|one| one == category);
        let delivered = self.service.coverage.categories.get(category) != Some(&Area::Nowhere);
        delivered && (warm || self.service.capabilities.cold_chain)
    }

    /// The partner as a category sees it: its territory is where that category is delivered. `None` when it is as for
    /// the rest.
    pub fn for_category(&self, category: &str) -> Option<Partner> {
        let area = self.service.coverage.categories.get(category)?.clone();
        let mut seen = self.clone();
        seen.serves = Vec::new();
        seen.radius_km = None;
        seen.service.coverage.ranges = Vec::new();
        seen.service.coverage.polygon = None;
        seen.service.coverage.country_wide = false;
        match area {
            Area::Codes { codes, ranges } => (seen.serves, seen.service.coverage.ranges) = (codes, ranges),
            Area::Radius { km } => seen.radius_km = Some(km),
            Area::CountryWide => seen.service.coverage.country_wide = true,
            Area::Polygon(polygon) => seen.service.coverage.polygon = Some(polygon),
            // Nobody is within no distance.
            Area::Nowhere => seen.radius_km = Some(0),
        }
        Some(seen)
    }
}

fn one_hour() -> Period {
    Period::of_minutes(60)
}
