//! The settings of a participant. `defaults.toml` beside this file documents each of them.

use std::net::SocketAddr;
use std::path::PathBuf;

use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

pub use crate::settings::{ConfigError, effective, load};

/// The documented defaults of every setting in [`NodeConfig`]; apps hand it to [`load`] before their own.
pub const DEFAULTS: &str = include_str!("defaults.toml");

/// What every participant can be told. An app's own config flattens this: `#[serde(flatten)] pub node: NodeConfig`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct NodeConfig {
    pub environment: Environment,
    pub listen: SocketAddr,
    #[serde(with = "empty_is_none")]
    pub admin_listen: Option<SocketAddr>,
    pub workers: usize,
    pub data_dir: PathBuf,
    pub database_url: String,
    pub database_connections: u32,
    pub subscriber_id: String,
    pub unique_key_id: String,
    pub subscriber_url: String,
    pub keys_file: PathBuf,
    pub domains: Vec<String>,
    pub cities: Vec<String>,
    pub country: String,
    pub core_versions: Vec<String>,
    pub registry_url: String,
    pub registry_encryption_keys: Vec<String>,
    pub registry_follow: bool,
    pub danger_allow_private_addresses: bool,
    pub danger_open_console: bool,
    pub console_token: Secret,
    pub console_session_hours: u64,
    #[serde(with = "empty_is_none")]
    pub spec_folder: Option<PathBuf>,
    pub validation: Validation,
    pub enforce_for: Vec<String>,
    pub warn_for: Vec<String>,
    pub require_gateway_on_search: bool,
    pub body_bytes_max: usize,
    pub catalogue_bytes_max: usize,
    pub clock_skew_s: i64,
    pub inbox_lanes: usize,
    pub inbox_attempt_max: u32,
    pub inbox_group_max: usize,
    pub lease_s: u64,
    pub inbox_keep_hours: u64,
    pub retry_schedule_s: Vec<u64>,
    pub give_up_after_s: u64,
    pub outbox_in_flight: usize,
    pub per_peer_in_flight: usize,
    pub outbox_keep_hours: u64,
    pub connect_timeout_ms: u64,
    pub send_timeout_ms: u64,
    pub response_bytes_max: usize,
    pub ledger_keep_days: u64,
    pub stop_grace_s: u64,
}

/// Where a participant runs. Production refuses every `danger_…` setting.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Environment {
    Development,
    Production,
}

/// What happens to a message that breaks a published rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Validation {
    /// NACK with the code and the path.
    Enforce,
    /// Accepted; counted and written to the log.
    Warn,
}

impl NodeConfig {
    /// The defaults alone; a start for tests and for the sandbox.
    pub fn defaults() -> Result<Self, ConfigError> {
        load(&[DEFAULTS], None, "", &[])
    }

    /// Refuses settings that contradict each other or that are not for production.
    pub fn check(&self) -> Result<(), ConfigError> {
        let dangers = [
            ("danger_allow_private_addresses", self.danger_allow_private_addresses),
            ("danger_open_console", self.danger_open_console),
        ];
        if self.environment == Environment::Production
            && let Some((key, _)) = dangers.into_iter().find(|(_, set)| *set)
        {
            return Err(ConfigError::Danger { key });
        }
        let positive = [
            ("inbox_lanes", self.inbox_lanes),
            ("inbox_group_max", self.inbox_group_max),
            ("outbox_in_flight", self.outbox_in_flight),
            ("per_peer_in_flight", self.per_peer_in_flight),
            ("body_bytes_max", self.body_bytes_max),
            ("retry_schedule_s", self.retry_schedule_s.len()),
            ("database_connections", self.database_connections as usize),
        ];
        match positive.into_iter().find(|(_, value)| *value == 0) {
            Some((key, _)) => Err(ConfigError::Zero { key }),
            None => Ok(()),
        }
    }

    /// How strict we are with this counterparty: the lists come before `validation`, and strictness before patience.
    pub fn validation_for(&self, subscriber_id: &str) -> Validation {
        let named = |list: &[String]| list.iter().any(|id| id == subscriber_id);
        match (named(&self.enforce_for), named(&self.warn_for)) {
            (true, _) => Validation::Enforce,
            (false, true) => Validation::Warn,
            (false, false) => self.validation,
        }
    }

    /// The database of the app `name`: the URL, or the SQLite file in the data folder.
    pub fn database_url(&self, name: &str) -> String {
        if self.database_url.is_empty() {
            format!("sqlite:{}", self.data_dir.join(format!("{name}.db")).display())
        } else {
            self.database_url.clone()
        }
    }

    /// The file of the private keys.
    pub fn keys_file(&self) -> PathBuf {
        if self.keys_file.as_os_str().is_empty() { self.data_dir.join("keys.json") } else { self.keys_file.clone() }
    }

    /// `http` where private addresses are allowed (one machine), else `https`.
    pub fn scheme(&self) -> &'static str {
        if self.danger_allow_private_addresses { "http" } else { "https" }
    }
}

/// A setting that is never shown: `Debug` and `Serialize` write stars.
#[derive(Clone, Debug, Default)]
pub struct Secret(SecretString);

impl Secret {
    pub fn new(text: impl Into<String>) -> Self {
        Self(SecretString::from(text.into()))
    }

    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }

    pub fn is_empty(&self) -> bool {
        self.expose().is_empty()
    }
}

impl Serialize for Secret {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(if self.is_empty() { "" } else { "********" })
    }
}

impl<'de> Deserialize<'de> for Secret {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        String::deserialize(from).map(Self::new)
    }
}

/// `""` in a settings file stands for "not set".
pub mod empty_is_none {
    use std::fmt::Display;
    use std::str::FromStr;

    use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};

    pub fn serialize<T: Serialize, S: Serializer>(value: &Option<T>, to: S) -> Result<S::Ok, S::Error> {
        match value {
            Some(value) => value.serialize(to),
            None => to.serialize_str(""),
        }
    }

    pub fn deserialize<'de, T, D>(from: D) -> Result<Option<T>, D::Error>
    where
        T: FromStr<Err: Display>,
        D: Deserializer<'de>,
    {
        let text = String::deserialize(from)?;
        if text.is_empty() { Ok(None) } else { text.parse().map(Some).map_err(D::Error::custom) }
    }
}
