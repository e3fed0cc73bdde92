//! A product, a store and a provider as the shop needs them; stored as JSON beside the searchable columns.

use serde::{Deserialize, Serialize};

use super::geo::Point;
use super::serviceability::Serviceability;
use crate::money::Money;

/// Where a thing in the catalogue lives.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct SellerKey {
    pub domain: String,
    pub city: String,
    pub bpp_id: String,
    pub provider_id: String,
}

/// A product of one provider.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Item {
    pub id: String,
    pub location_id: String,
    pub fulfilment_id: String,
    pub parent_item_id: String,
    pub name: String,
    pub short_desc: String,
    pub long_desc: String,
    pub images: Vec<String>,
    pub category: String,
    pub price: Money,
    /// Price before the seller's discount.
    pub price_max: Money,
    pub currency: String,
    /// `1 kilogram` and the like; empty when the seller gives none.
    pub measure: String,
    pub available: bool,
    pub enabled: bool,
    /// Most pieces in one order; None is no limit ("99" on the wire).
    pub count_max: Option<u32>,
    pub returnable: bool,
    pub cancellable: bool,
    pub cash: bool,
    pub return_window: String,
    pub time_to_ship: String,
    pub rating: String,
    pub origin: String,
    /// veg, non_veg, egg or empty.
    pub diet: String,
    pub consumer_care: String,
}

/// A store of a provider.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Location {
    pub id: String,
    pub gps: String,
    pub city_name: String,
    pub area_code: String,
    pub locality: String,
    pub enabled: bool,
}

impl Location {
    pub fn point(&self) -> Option<Point> {
        Point::parse(&self.gps)
    }
}

/// A shop on the network.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Provider {
    pub id: String,
    pub name: String,
    pub short_desc: String,
    pub rating: String,
    pub enabled: bool,
    /// Least value of an order, when the provider sets one.
    pub order_value_min: Option<Money>,
    pub serviceability: Vec<Serviceability>,
}
