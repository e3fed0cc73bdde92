//! Settings of the gateway. `defaults.toml` beside this file documents each of them.

use node::config::{ConfigError, NodeConfig};
use serde::{Deserialize, Serialize};

/// Defaults of the gateway's own settings; they come after the node's.
pub const DEFAULTS: &str = include_str!("defaults.toml");

/// What the gateway can be told.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct GatewayConfig {
    #[serde(flatten)]
    pub node: NodeConfig,
    pub ttl_times: u32,
    pub audience_max: usize,
    pub searches_per_minute: u32,
    pub relay_on_search: bool,
    pub search_keep_hours: i64,
}

impl GatewayConfig {
    /// The documented defaults; a start for tests and for the sandbox.
    ///
    /// # Errors
    /// Only when the embedded defaults are broken.
    pub fn defaults() -> Result<Self, ConfigError> {
        node::config::load(&[node::config::DEFAULTS, DEFAULTS], None, "", &[])
    }

    /// Refuses settings with which the gateway could not work.
    ///
    /// # Errors
    /// The first such setting, by name.
    pub fn check(&self) -> Result<(), ConfigError> {
        self.node.check()?;
        let positive = [
            ("ttl_times", self.ttl_times as usize),
            ("audience_max", self.audience_max),
            ("search_keep_hours", usize::try_from(self.search_keep_hours).unwrap_or(0)),
            ("domains", self.node.domains.len()),
        ];
        match positive.into_iter().find(|(_, value)| *value == 0) {
            Some((key, _)) => Err(ConfigError::Zero { key }),
            None => Ok(()),
        }
    }
}
