//! Settings of the registry. `defaults.toml` beside this file documents each of them.

use node::config::{ConfigError, NodeConfig};
use protocol::participant::Status;
use serde::{Deserialize, Serialize};

/// Defaults of the registry's own settings; they come after the node's.
pub const DEFAULTS: &str = include_str!("defaults.toml");

/// What the registry can be told.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct RegistryConfig {
    #[serde(flatten)]
    pub node: NodeConfig,
    pub approve: Approve,
    pub require_whitelist: bool,
    pub timestamp_window_s: i64,
    pub key_validity_days_max: i64,
    pub subscribe_per_minute: u32,
    pub subscribe_in_flight: usize,
    pub proof_timeout_s: u64,
    pub client_address_header: String,
    pub open_lookup: bool,
    pub lookup_statuses: Vec<Status>,
    pub lookup_per_minute: u32,
    pub lookup_cache_ms: u64,
    pub lookup_cache_bytes_max: u64,
    pub refusals_kept: i64,
    pub feed_waiters_max: usize,
}

/// What happens once a participant has proved domain and keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Approve {
    Automatic,
    /// An operator decides.
    Manual,
}

impl RegistryConfig {
    /// The documented defaults; a start for tests and for the sandbox.
    ///
    /// # Errors
    /// Only when the embedded defaults are broken.
    pub fn defaults() -> Result<Self, ConfigError> {
        node::config::load(&[node::config::DEFAULTS, DEFAULTS], None, "", &[])
    }

    /// Refuses settings with which the registry could not work.
    ///
    /// # Errors
    /// The first such setting, by name.
    pub fn check(&self) -> Result<(), ConfigError> {
        self.node.check()?;
        let positive = [
            ("subscribe_in_flight", self.subscribe_in_flight),
            ("proof_timeout_s", usize::try_from(self.proof_timeout_s).unwrap_or(usize::MAX)),
            ("lookup_statuses", self.lookup_statuses.len()),
            ("timestamp_window_s", usize::try_from(self.timestamp_window_s).unwrap_or(0)),
            ("key_validity_days_max", usize::try_from(self.key_validity_days_max).unwrap_or(0)),
        ];
        match positive.into_iter().find(|(_, value)| *value == 0) {
            Some((key, _)) => Err(ConfigError::Zero { key }),
            None => Ok(()),
        }
    }
}
