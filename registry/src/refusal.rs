//! Why a subscription is refused, in the registry's own words (ONDC onboarding: codes 129 to 132, texts as participants know them).
//!
//! The codes overlap between reasons, so participants match the beginning of the text; what follows it is our hint.

use protocol::ack::{ErrorType, NetworkError};
use protocol::ids::SubscriberId;
use protocol::keys::KeyTextError;

use crate::address::AddressError;
use crate::participant_state::NotNow;

/// Every way a subscription can fail.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The body is not a subscription.
    #[error("JSON Request Invalid format: {hint}")]
    Malformed { path: String, hint: String },
    /// 3 and 5 were for sellers on record, which the network has given up; the rest never existed.
    #[error("ops_no {0} is not accepted: use 1 (buyer app), 2 (seller app) or 4 (both)")]
    Operation(i64),
    /// An entry's type does not fit ops_no.
    #[error("Please provide valid Network Participant [{index}] Type : {hint}")]
    ParticipantType { index: usize, hint: &'static str },
    /// Sellers on record are gone.
    #[error(
        "Please provide valid Network Participant [{0}] msn : sellers on record are no longer accepted, send false"
    )]
    SellerOnRecord(usize),
    #[error(
        "Network Participant [{index}] repeats domain {domain} for the same type: send one entry with all its cities"
    )]
    Repeated { index: usize, domain: String },
    #[error("Timestamp is invalid : it must lie within {window_s} s of this server's time {now}")]
    Timestamp { now: String, window_s: i64 },
    #[error("Subscriber Id is not whitelisted : ask the network's operator for {domain} as {role}")]
    NotWhitelisted { domain: String, role: &'static str },
    #[error("subscriber_id {id} : {error}")]
    SubscriberId { id: SubscriberId, error: AddressError },
    #[error("{member} : {error}")]
    Url { member: String, error: AddressError },
    #[error("{member} cannot be used : {error}")]
    Key { member: &'static str, error: KeyTextError },
    #[error("valid_from and valid_until are invalid : {0}")]
    Validity(&'static str),
    #[error(
        "the signing key is registered already, under another participant or another unique_key_id: make a new key pair"
    )]
    KeyTaken,
    #[error(
        "Subscriber id already exists : unique_key_id {0} is registered with other keys; choose a new unique_key_id for new keys"
    )]
    KeyIdTaken(String),
    #[error("unique_key_id {0} was retired: make a new key pair under a new unique_key_id")]
    KeyRetired(String),
    #[error("Subscriber id already exists : sign the request with a current key (Authorization) to add a key{0}")]
    Unsigned(String),
    #[error("Subscriber id already exists with country {0}")]
    Country(String),
    #[error("request_id was used before : send a new one")]
    RequestReused,
    #[error("Subscriber Id cannot subscribe to {domain} : {why}")]
    State { domain: String, why: NotNow },
    #[error("{url} : Domain verification is failed : {why}")]
    Domain { url: String, why: String },
    #[error("ondc-site-verification file is not found : {url} answered HTTP {status}")]
    SiteMissing { url: String, status: u16 },
    #[error("Domain verification is failed : {url} : {why}")]
    SiteProof { url: String, why: String },
    #[error("{url} : Encryption verification is failed : {why}")]
    Encryption { url: String, why: String },
    #[error("too many subscriptions are being proved: try again in a minute")]
    Busy,
    #[error("the registry could not store it: try again")]
    Store,
}

impl Refusal {
    /// A short word for metrics and history.
    pub const fn label(&self) -> &'static str {
        match self {
            Refusal::Malformed { .. } => "malformed",
            Refusal::Operation(_) => "operation",
            Refusal::ParticipantType { .. } => "participant_type",
            Refusal::SellerOnRecord(_) => "seller_on_record",
            Refusal::Repeated { .. } => "repeated_entry",
            Refusal::Timestamp { .. } => "timestamp",
            Refusal::NotWhitelisted { .. } => "not_whitelisted",
            Refusal::SubscriberId { .. } => "subscriber_id",
            Refusal::Url { .. } => "url",
            Refusal::Key { .. } => "bad_key",
            Refusal::Validity(_) => "validity",
            Refusal::KeyTaken => "key_taken",
            Refusal::KeyIdTaken(_) => "key_id_taken",
            Refusal::KeyRetired(_) => "key_retired",
            Refusal::Unsigned(_) => "unsigned",
            Refusal::Country(_) => "country",
            Refusal::RequestReused => "request_reused",
            Refusal::State { .. } => "state",
            Refusal::Domain { .. } => "domain",
            Refusal::SiteMissing { .. } => "site_missing",
            Refusal::SiteProof { .. } => "site_proof",
            Refusal::Encryption { .. } => "encryption",
            Refusal::Busy => "busy",
            Refusal::Store => "store",
        }
    }

    /// The `error` of the NACK.
    pub fn network_error(&self) -> NetworkError {
        let (kind, code) = match self {
            Refusal::Malformed { .. } => (ErrorType::JsonSchema, "1056"),
            Refusal::Domain { .. } => (ErrorType::Domain, "129"),
            Refusal::SiteProof { .. } => (ErrorType::Policy, "130"),
            Refusal::Encryption { .. } => (ErrorType::Core, "131"),
            Refusal::Busy => (ErrorType::Core, "1060"),
            Refusal::Store => (ErrorType::Core, "1070"),
            Refusal::Operation(_)
            | Refusal::ParticipantType { .. }
            | Refusal::SellerOnRecord(_)
            | Refusal::Repeated { .. }
            | Refusal::Timestamp { .. }
            | Refusal::NotWhitelisted { .. }
            | Refusal::SubscriberId { .. }
            | Refusal::Url { .. }
            | Refusal::Key { .. }
            | Refusal::Validity(_)
            | Refusal::KeyTaken
            | Refusal::KeyIdTaken(_)
            | Refusal::KeyRetired(_)
            | Refusal::Unsigned(_)
            | Refusal::Country(_)
            | Refusal::RequestReused
            | Refusal::State { .. }
            | Refusal::SiteMissing { .. } => (ErrorType::Policy, "132"),
        };
        let error = NetworkError::new(kind, code, self.to_string());
        match self.path() {
            Some(path) => error.at(path),
            None => error,
        }
    }

    fn path(&self) -> Option<String> {
        match self {
            Refusal::Malformed { path, .. } => (!path.is_empty()).then(|| path.clone()),
            Refusal::Operation(_) => Some("context.operation.ops_no".to_owned()),
            Refusal::ParticipantType { index, .. } => Some(format!("message.network_participant[{index}].type")),
            Refusal::SellerOnRecord(index) => Some(format!("message.network_participant[{index}].msn")),
            Refusal::Repeated { index, .. } => Some(format!("message.network_participant[{index}].domain")),
            Refusal::Timestamp { .. } => Some("message.timestamp".to_owned()),
            Refusal::SubscriberId { .. } => Some("message.entity.subscriber_id".to_owned()),
            Refusal::Url { member, .. } => Some(format!("message.{member}")),
            Refusal::Key { member, .. } => Some(format!("message.entity.key_pair.{member}")),
            Refusal::Validity(_) => Some("message.entity.key_pair".to_owned()),
            Refusal::KeyTaken => Some("message.entity.key_pair.signing_public_key".to_owned()),
            Refusal::KeyIdTaken(_) | Refusal::KeyRetired(_) => Some("message.entity.unique_key_id".to_owned()),
            Refusal::RequestReused => Some("message.request_id".to_owned()),
            Refusal::Country(_) => Some("message.entity.country".to_owned()),
            Refusal::NotWhitelisted { .. }
            | Refusal::Unsigned(_)
            | Refusal::State { .. }
            | Refusal::Domain { .. }
            | Refusal::SiteMissing { .. }
            | Refusal::SiteProof { .. }
            | Refusal::Encryption { .. }
            | Refusal::Busy
            | Refusal::Store => None,
        }
    }
}
