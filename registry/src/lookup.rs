//! The three forms of lookup (ONDC registry): `/v2.0/lookup` signed, `/lookup` open, `/vlookup` old. All answer the same flat records.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use protocol::ids::SubscriberId;
use protocol::keys::parse_signing_public;
use protocol::registry_cache::KeyError;
use protocol::registry_client::Filter;
use protocol::signature::{SignatureError, TimeLimits};
use protocol::trust::{TrustError, verify_bytes};
use protocol::vlookup::{VlookupError, VlookupRequest};

use crate::directory::Answer;
use crate::question::{self, QuestionError};
use crate::registry::Registry;

/// Why a lookup is refused.
#[derive(Debug, thiserror::Error)]
pub enum LookupRefusal {
    /// The caller is not proven.
    #[error("{0}")]
    Trust(#[from] TrustError),
    /// The question is none.
    #[error("{0}")]
    Question(#[from] QuestionError),
    /// The old form, badly signed.
    #[error("{0}")]
    Vlookup(#[from] VlookupError),
    /// The body of the old form cannot be read.
    #[error("the body is not a vlookup: {0}")]
    VlookupForm(String),
    /// The old form is not for replaying old questions.
    #[error("timestamp must lie within {window_s} s of this server's time {now}")]
    VlookupTime { now: Timestamp, window_s: i64 },
    /// Who asks is not on the network.
    #[error("{0} has no key in use")]
    UnknownSender(SubscriberId),
    /// `open_lookup = false`.
    #[error("this registry answers signed lookups only: use /v2.0/lookup")]
    Closed,
    #[error("too many lookups: try again in a minute")]
    TooMany,
    #[error("the registry could not read its records: try again")]
    Store(#[source] Arc<sqlx::Error>),
}

impl LookupRefusal {
    /// HTTP status, and the operator's code (1005 … 1100) that participants know.
    pub const fn status_and_code(&self) -> (u16, &'static str) {
        match self {
            LookupRefusal::Trust(error) => match error {
                TrustError::Header { error, .. } => (401, error.operator_code()),
                TrustError::Time { error, .. } => (401, time_code(error)),
                TrustError::Key { error, .. } => key_code(error),
                TrustError::Signature { .. } => (401, "1045"),
                TrustError::Envelope(_)
                | TrustError::Action { .. }
                | TrustError::MissingParty { .. }
                | TrustError::Identity { .. }
                | TrustError::Addressee { .. } => (401, "1015"),
            },
            LookupRefusal::Question(_) => (400, "1025"),
            LookupRefusal::VlookupForm(_) => (400, "1055"),
            LookupRefusal::Vlookup(VlookupError::Delimiter) => (400, "1025"),
            LookupRefusal::Vlookup(VlookupError::Signature) => (401, "1045"),
            LookupRefusal::VlookupTime { .. } => (401, "1035"),
            LookupRefusal::UnknownSender(_) => (401, "1000"),
            LookupRefusal::Closed => (401, "1020"),
            LookupRefusal::TooMany => (429, "1025"),
            LookupRefusal::Store(_) => (503, "1070"),
        }
    }
}

const fn time_code(error: &SignatureError) -> &'static str {
    match error {
        SignatureError::Expired { .. } | SignatureError::CreatedAhead { .. } => "1035",
        SignatureError::ExpiresBeforeCreated { .. } | SignatureError::LivesTooLong { .. } => "1015",
        SignatureError::Mismatch => "1045",
    }
}

const fn key_code(error: &KeyError) -> (u16, &'static str) {
    match error {
        KeyError::Unavailable(_) => (503, "1070"),
        KeyError::Unknown { .. }
        | KeyError::NotUsable(_)
        | KeyError::BadKey(_)
        | KeyError::Conflicting
        | KeyError::WrongRole { .. }
        | KeyError::NotInDomain { .. } => (401, "1005"),
    }
}

/// `/v2.0/lookup`.
///
/// # Errors
/// The caller is not proven, or the question is too wide.
pub async fn signed(
    registry: &Registry,
    body: &[u8],
    authorization: Option<&str>,
) -> Result<Arc<Answer>, LookupRefusal> {
    let now = registry.node.clock.now();
    let limits = TimeLimits { skew_s: registry.config.node.clock_skew_s, ..TimeLimits::default() };
    verify_bytes(body, authorization, &*registry.directory, now, &limits).await?;
    answer(registry, &question::read(body)?).await
}

/// `/lookup`.
///
/// # Errors
/// Switched off, or the question is too wide.
pub async fn open(registry: &Registry, body: &[u8]) -> Result<Arc<Answer>, LookupRefusal> {
    if !registry.config.open_lookup {
        return Err(LookupRefusal::Closed);
    }
    answer(registry, &question::read(body)?).await
}

/// `/vlookup`. Its header does not name a key, so each current key of the sender is tried.
///
/// # Errors
/// Incomplete, out of time, or not signed by the sender.
pub async fn old(registry: &Registry, body: &[u8]) -> Result<Arc<Answer>, LookupRefusal> {
    let request: VlookupRequest =
        serde_json::from_slice(body).map_err(|error| LookupRefusal::VlookupForm(error.to_string()))?;
    let filter = question::from_vlookup(&request.search_parameters)?;
    let now = registry.node.clock.now();
    let window_s = registry.config.timestamp_window_s;
    let sent: Timestamp =
        request.timestamp.parse().map_err(|error| LookupRefusal::VlookupForm(format!("timestamp: {error}")))?;
    if now.duration_since(sent).abs() > SignedDuration::from_secs(window_s) {
        return Err(LookupRefusal::VlookupTime { now, window_s });
    }
    let keys = registry.directory.keys_of(&request.sender_subscriber_id).await;
    let keys = keys.map_err(|error| LookupRefusal::Store(Arc::new(error)))?;
    if keys.is_empty() {
        return Err(LookupRefusal::UnknownSender(request.sender_subscriber_id));
    }
    let mut verdict = Err(VlookupError::Signature);
    for key in keys.iter().filter_map(|text| parse_signing_public(text).ok()) {
        verdict = request.verify(&key);
        match verdict {
            Ok(()) | Err(VlookupError::Delimiter) => break,
            Err(VlookupError::Signature) => {}
        }
    }
    verdict?;
    answer(registry, &filter).await
}

async fn answer(registry: &Registry, filter: &Filter) -> Result<Arc<Answer>, LookupRefusal> {
    registry.directory.answer(filter).await.map_err(LookupRefusal::Store)
}
