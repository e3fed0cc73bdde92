//! An item for sale. One item record serves every partner that stocks it.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::Period;
use crate::money::Money;

/// A product as the network sees it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Item {
    /// Stock keeping unit, also the item id on the network: letters, digits and hyphens, at most 32.
    pub sku: String,
    pub name: String,
    #[serde(default)]
    pub short_desc: String,
    #[serde(default)]
    pub long_desc: String,
    /// URLs, the first is the symbol; empty means the seller's own symbol is shown.
    #[serde(default)]
    pub images: Vec<String>,
    /// Category of the domain, from the specification's code list.
    pub category: String,
    /// Price of one piece, at most `mrp`.
    pub price: Money,
    /// Maximum retail price.
    pub mrp: Money,
    /// unit | dozen | gram | kilogram | tonne | litre | millilitre.
    pub unit: String,
    /// How much of `unit` is in one piece, more than zero.
    pub measure: Decimal,
    /// Article number with its kind: `1:` and 8 or 13 digits (EAN).
    pub code: String,
    /// Percent.
    #[serde(default)]
    pub tax_rate: Decimal,
    /// True when `price` has the tax in it; then no tax line is quoted.
    #[serde(default = "yes")]
    pub tax_included: bool,
    pub returnable: bool,
    pub cancellable: bool,
    /// Return is possible this long after delivery.
    pub return_window: Period,
    /// True when the seller collects a return at the buyer's door.
    #[serde(default = "yes")]
    pub seller_pickup_return: bool,
    pub time_to_ship: Period,
    #[serde(default)]
    pub available_on_cod: bool,
    /// Most pieces in one order; `None` is no limit.
    #[serde(default)]
    pub maximum_count: Option<u32>,
    /// Fewest pieces in one order.
    #[serde(default = "one")]
    pub minimum_count: u32,
    /// Country of origin, ISO 3166 alpha-3.
    pub origin: String,
    /// `veg`, `non_veg` or `egg`, for food.
    #[serde(default)]
    pub veg_nonveg: Option<String>,
    /// `name,email,phone` of consumer care.
    pub consumer_care: String,
    #[serde(default)]
    pub packaged_commodity: Option<PackagedCommodity>,
    #[serde(default)]
    pub prepackaged_food: Option<PrepackagedFood>,
    /// False takes the item off the network everywhere.
    #[serde(default = "yes")]
    pub active: bool,
}

/// What the law wants on the label of any packaged commodity.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PackagedCommodity {
    pub manufacturer_or_packer_name: String,
    pub manufacturer_or_packer_address: String,
    pub common_or_generic_name_of_commodity: String,
    /// `MM/YYYY`.
    pub month_year_of_manufacture_packing_import: String,
}

/// What the law wants on the label of packaged food.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PrepackagedFood {
    pub nutritional_info: String,
    pub additives_info: String,
    #[serde(rename = "brand_owner_FSSAI_license_no")]
    pub brand_owner_fssai_license_no: String,
    #[serde(rename = "other_FSSAI_license_no")]
    pub other_fssai_license_no: String,
    #[serde(rename = "importer_FSSAI_license_no")]
    pub importer_fssai_license_no: String,
}

impl Item {
    /// The most pieces one order may have, as the wire writes it: `99` is no limit.
    pub fn maximum_text(&self) -> String {
        self.maximum_count.map_or_else(|| "99".to_owned(), |count| count.to_string())
    }
}

fn yes() -> bool {
    true
}

fn one() -> u32 {
    1
}
