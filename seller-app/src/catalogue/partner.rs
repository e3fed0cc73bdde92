//! A partner: one place with stock (distributor, large retailer), published as one provider. Its zones are locations at the
//! same place (zone.rs).

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::{Address, Gps, Hours, Period};
use crate::money::Money;

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
    /// False takes the partner off the network: published as `disable`, new orders refused (30021).
    pub active: bool,
}

impl Partner {
    /// The id of its place, and of the zone that is its whole territory. Never equal to the provider id or a fulfilment id.
    pub fn location_id(&self) -> String {
        format!("{}-L1", self.id)
    }

    /// Postal codes that it delivers to, ascending; its own when it names nothing. Empty when a radius decides: a circle
    /// cannot be counted in postal codes.
    pub fn territory(&self) -> Vec<&str> {
        let mut codes: Vec<&str> = self.serves.iter().map(String::as_str).collect();
        if codes.is_empty() && self.radius_km.is_none() {
            codes.push(&self.area_code);
        }
        codes.sort_unstable();
        codes.dedup();
        codes
    }
}

fn one_hour() -> Period {
    Period::of_minutes(60)
}
