//! Settings of the buyer node. `defaults.toml` beside this file documents each of them.

use node::config::{ConfigError, NodeConfig};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::checkout::record::Place;
use crate::checkout::terms::FinderFee;

/// Defaults of the buyer's own settings; they come after the node's.
pub const DEFAULTS: &str = include_str!("defaults.toml");

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct BuyerConfig {
    #[serde(flatten)]
    pub node: NodeConfig,
    pub finder_fee_type: String,
    pub finder_fee_amount: String,
    pub static_terms_url: String,
    pub tax_number: String,
    pub settlement_basis: String,
    pub settlement_window: String,
    pub withholding_amount: String,
    pub settlement_type: String,
    pub settlement_upi_address: String,
    pub settlement_beneficiary: String,
    pub refund_type: String,
    pub catalogue_refresh_s: u64,
    pub catalogue_first_s: u64,
    pub catalogue_push: bool,
    pub shop_cities: Vec<String>,
    pub wait_s_max: u64,
    pub search_quiet_ms: u64,
    pub page_max: u32,
    pub confirm_give_up_s: u64,
    pub return_ttl_approval: String,
    pub return_ttl_pickup: String,
    pub force_cancel_ttl: String,
    pub refund_retry_s: Vec<u64>,
    pub events_keep_days: u64,
    pub shop: bool,
    pub shop_name: String,
    pub shop_language: String,
    pub shop_cash: bool,
    pub places: Vec<KnownPlace>,
}

/// A postal code with its position.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct KnownPlace {
    pub area_code: String,
    pub city: String,
    pub name: String,
    pub state: String,
    pub gps: String,
}

impl BuyerConfig {
    /// The documented defaults; a start for tests and for the sandbox.
    pub fn defaults() -> Result<BuyerConfig, ConfigError> {
        node::config::load(&[node::config::DEFAULTS, DEFAULTS], None, "", &[])
    }

    /// Refuses settings with which the node could not work.
    pub fn check(&self) -> Result<(), ConfigError> {
        self.node.check()?;
        let positive = [
            ("page_max", self.page_max as usize),
            ("refund_retry_s", self.refund_retry_s.len()),
            ("places", self.places.len()),
        ];
        match positive.into_iter().find(|(_, value)| *value == 0) {
            Some((key, _)) => Err(ConfigError::Zero { key }),
            None => Ok(()),
        }
    }

    pub fn finder_fee(&self) -> FinderFee {
        FinderFee { kind: self.finder_fee_type.clone(), amount: self.finder_fee_amount.clone() }
    }

    /// `settlement_details` of our own account.
    pub fn own_account(&self) -> Value {
        json!({"settlement_counterparty": "buyer-app", "settlement_phase": "sale-amount", "settlement_type": self.settlement_type,
            "upi_address": self.settlement_upi_address, "beneficiary_name": self.settlement_beneficiary})
    }

    /// The known place that is nearest by its code: the longest common beginning wins.
    pub fn known_place(&self, area_code: &str) -> Option<&KnownPlace> {
        let common =
            |place: &&KnownPlace| place.area_code.bytes().zip(area_code.bytes()).take_while(|(a, b)| a == b).count();
        self.places.iter().rev().max_by_key(common).filter(|place| common(place) > 0)
    }

    /// Position and postal code of a destination, None for a code far from every known place.
    pub fn place(&self, area_code: &str) -> Option<Place> {
        self.known_place(area_code).map(|known| Place { gps: known.gps.clone(), area_code: area_code.to_owned() })
    }

    /// The city whose catalogue serves a postal code.
    pub fn city_of(&self, area_code: &str) -> Option<&str> {
        self.known_place(area_code).map(|place| place.city.as_str())
    }
}
