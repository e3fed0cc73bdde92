//! The seller's settings. `defaults.toml` beside this file documents each of them.

use std::path::PathBuf;
use std::time::Duration;

use node::config::{ConfigError, NodeConfig};
use serde::{Deserialize, Serialize};

use crate::carriers::CarrierConfig;
use crate::catalogue::{Period, Seller, SettlementAccount, Storefront, TradeTerms};
use crate::fulfilment::Policy;
use crate::inventory::StockRules;
use crate::returns::ReturnPolicy;
use crate::routing::{self, PolicyError};

/// The documented defaults; they come after the node's own.
pub const DEFAULTS: &str = include_str!("defaults.toml");

/// Prefix of environment variables: `HAAT__LISTEN`.
pub const ENV_PREFIX: &str = "HAAT";

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct SellerConfig {
    #[serde(flatten)]
    pub node: NodeConfig,
    pub subscribe_at_start: bool,
    pub accept: Acceptance,
    pub quote_ttl: Period,
    pub hold_for: Period,
    pub hold_sweep_s: u64,
    pub cart_keep_hours: u32,
    pub b2b_parcels_max: usize,
    pub push_every_ms: u64,
    pub routing_policy: PathBuf,
    pub changes_keep_days: u32,
    pub partner_upkeep_s: u64,
    pub stock_fresh_hours: u32,
    pub cold_categories: Vec<String>,
    pub public_url: String,
    pub desk_utc_offset_min: i16,
    pub session_idle_min: u32,
    pub fulfilment: Policy,
    pub inventory: StockRules,
    #[serde(default)]
    pub returns: ReturnPolicy,
    pub carrier: CarrierConfig,
    pub brand: Brand,
    pub terms: TradeTerms,
    pub settlement: SettlementAccount,
}

/// Who accepts a confirmed order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Acceptance {
    Automatic,
    Manual,
}

/// How the brand shows itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Brand {
    pub name: String,
    pub short_desc: String,
    pub long_desc: String,
    pub symbol: String,
    pub phone: String,
    pub email: String,
}

/// Why the routing policy of the settings cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum PolicyFileError {
    #[error("{path}: {source}")]
    Unreadable { path: PathBuf, source: std::io::Error },
    #[error("{path}: {source}")]
    Policy { path: PathBuf, source: PolicyError },
}

impl SellerConfig {
    /// All documents of defaults, in the order in which they apply.
    pub const DEFAULTS: [&str; 2] = [node::config::DEFAULTS, DEFAULTS];

    /// The defaults alone; a start for tests and for the sandbox.
    ///
    /// # Errors
    /// Never for the defaults that are compiled in; a test holds that.
    pub fn defaults() -> Result<Self, ConfigError> {
        node::config::load(&Self::DEFAULTS, None, "", &[])
    }

    /// Refuses settings that contradict each other.
    ///
    /// # Errors
    /// Names the setting.
    pub fn check(&self) -> Result<(), ConfigError> {
        let positive = [
            ("hold_sweep_s", self.hold_sweep_s),
            ("push_every_ms", self.push_every_ms),
            ("partner_upkeep_s", self.partner_upkeep_s),
            ("session_idle_min", u64::from(self.session_idle_min)),
        ];
        if let Some((key, _)) = positive.into_iter().find(|(_, value)| *value == 0) {
            return Err(ConfigError::Zero { key });
        }
        if self.hold_for.seconds() == 0 {
            return Err(ConfigError::Zero { key: "hold_for" });
        }
        if self.quote_ttl.seconds() == 0 {
            return Err(ConfigError::Zero { key: "quote_ttl" });
        }
        self.node.check()
    }

    /// The routing policy of the file that is named; the one that is built in when none is.
    ///
    /// # Errors
    /// Names the file and what is wrong in it.
    pub fn routing_policy(&self) -> Result<routing::Policy, PolicyFileError> {
        let path = &self.routing_policy;
        let text = if path.as_os_str().is_empty() {
            routing::policy::DEFAULT.to_owned()
        } else {
            let text = std::fs::read_to_string(path);
            text.map_err(|source| PolicyFileError::Unreadable { path: path.clone(), source })?
        };
        routing::Policy::parse(&text).map_err(|source| PolicyFileError::Policy { path: path.clone(), source })
    }

    /// Base of public links, without a slash at the end.
    pub fn public_base(&self) -> String {
        if !self.public_url.is_empty() {
            return self.public_url.trim_end_matches('/').to_owned();
        }
        let url = self.node.subscriber_url.trim_end_matches('/');
        url.strip_suffix("/network").unwrap_or(url).to_owned()
    }

    pub fn hold_sweep(&self) -> Duration {
        Duration::from_secs(self.hold_sweep_s)
    }

    pub fn partner_upkeep(&self) -> Duration {
        Duration::from_secs(self.partner_upkeep_s)
    }

    pub fn push_every(&self) -> Duration {
        Duration::from_millis(self.push_every_ms)
    }

    /// The facts that go into catalogues and orders.
    pub fn seller(&self) -> Seller {
        let base = self.public_base();
        let symbol =
            if self.brand.symbol.is_empty() { format!("{base}/images/brand.svg") } else { self.brand.symbol.clone() };
        Seller {
            subscriber_id: self.node.subscriber_id.clone(),
            storefront: Storefront {
                name: self.brand.name.clone(),
                short_desc: self.brand.short_desc.clone(),
                long_desc: self.brand.long_desc.clone(),
                images: vec![symbol.clone()],
                symbol,
                phone: self.brand.phone.clone(),
                email: self.brand.email.clone(),
            },
            terms: self.terms.clone(),
            settlement: SettlementAccount {
                upi_address: self.settlement.upi_address.clone().filter(|address| !address.is_empty()),
                ..self.settlement.clone()
            },
            tracking_url: Some(format!("{base}/track")),
            invoice_url: format!("{base}/invoice"),
            quote_ttl: self.quote_ttl.clone(),
            hold_for: self.hold_for.clone(),
            fulfilment: Policy { utc_offset_min: self.desk_utc_offset_min, ..self.fulfilment.clone() },
            scarce: self.inventory.scarce,
            returns: self.returns.clone(),
            accept_at_once: self.accept == Acceptance::Automatic,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn defaults_are_whole_and_good() {
        let config = SellerConfig::defaults().unwrap();
        config.check().unwrap();
        assert_eq!(config.public_base(), "http://seller.localhost:8082");
        assert_eq!(config.seller().storefront.symbol, "http://seller.localhost:8082/images/brand.svg");
        assert!(config.seller().settlement.upi_address.is_none() && config.seller().accept_at_once);
    }
}
