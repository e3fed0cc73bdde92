//! Policy of the whole network (`network.yaml`): what an operator of another network would change first.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// When the fulfilling partner is chosen; see docs/adr/0005-strict-routing-profile.md.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RoutingProfile {
    /// At catalogue time; the provider never changes after `select`.
    #[default]
    Strict,
    /// At select time; an order may be split within the network's policy.
    Native,
}

/// The network as a whole.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct NetworkPolicy {
    /// Name of the network, for example `ondc`.
    pub id: String,
    /// `context.country`, for example `IND`.
    pub country: String,
    /// ISO 4217 code of every price.
    pub currency: String,
    /// BCP 47 languages in which the network shows text; the first is the default.
    pub languages: Vec<String>,
    /// Regular expression of a telephone number.
    pub phone_pattern: String,
    /// Regular expression of `address.area_code`.
    #[serde(alias = "postal_pattern")]
    pub postal_code_pattern: String,
    /// When the fulfilling partner is chosen.
    #[serde(alias = "routing")]
    pub routing_profile: RoutingProfile,
    /// `context.ttl` of our own requests, in milliseconds.
    #[serde(alias = "default_ttl_ms")]
    pub ttl_ms: i64,
    /// How far a counterparty's clock may be from ours, in milliseconds.
    #[serde(alias = "skew_ms_max", alias = "clock_skew_ms")]
    pub clock_skew_ms_max: i64,
    /// Which books judge complaints; `None` leaves them to the book of the order's domain.
    pub complaints: Option<Complaints>,
    /// Other names of domains, in the order in which they are tried.
    pub domain_aliases: Vec<DomainAlias>,
    /// Everything else that the file says.
    #[serde(flatten)]
    pub attributes: Map<String, Value>,
}

impl Default for NetworkPolicy {
    /// Used for a published folder, which says nothing of the network as a whole.
    fn default() -> NetworkPolicy {
        NetworkPolicy {
            id: String::new(),
            country: "IND".to_owned(),
            currency: "INR".to_owned(),
            languages: vec!["en".to_owned()],
            phone_pattern: String::new(),
            postal_code_pattern: String::new(),
            routing_profile: RoutingProfile::Strict,
            ttl_ms: 30_000,
            clock_skew_ms_max: 5_000,
            complaints: None,
            domain_aliases: Vec::new(),
            attributes: Map::new(),
        }
    }
}

/// The protocol of complaints, which has books of its own and serves every domain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Complaints {
    /// Domain of its books, for example `ONDC:IGM`.
    pub domain: String,
    /// Its versions. The last is meant when a message does not tell.
    pub versions: Vec<ComplaintVersion>,
}

/// How to tell a version of a complaint: its context carries the version of the order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ComplaintVersion {
    /// Version of the book.
    pub version: String,
    /// Fields of `message.issue` that only this version has.
    #[serde(default)]
    pub told_by: Vec<String>,
}

/// A domain whose messages are judged by the book of another, in the same version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DomainAlias {
    /// As in the context, for example `nic2004:60232`.
    pub domain: String,
    /// The domain of the book.
    pub book: String,
    /// JSONPaths into the message, each with values: one value found makes the alias fit. Empty fits every message.
    #[serde(default)]
    pub when: BTreeMap<String, Vec<String>>,
}
