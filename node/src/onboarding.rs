//! Joining the network (ONDC registry `/subscribe`): publish the site proof, ask the registry, answer its challenge.
//!
//! ```text
//!  us: POST {registry}/subscribe ─▶ registry: GET  https://{us}/ondc-site-verification.html   (request id, signed)
//!                                   registry: POST https://{us}/network/on_subscribe          (challenge → plaintext)
//!  us: ACK ◀─
//! ```
//!
//! The challenge is answered only while we are asking: else our endpoint would decrypt for anyone.

use std::sync::{Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};
use protocol::ack::{NetworkError, Reply};
use protocol::clock::wire_timestamp;
use protocol::keys::parse_encryption_public;
use protocol::registry_client::LookupError;
use serde_json::{Value, json};

use crate::node::Node;

/// Challenges that are answered for one subscription; the registry needs one.
const ANSWERS_MAX: u32 = 5;
/// Challenges are at most this long as base64; a UUID takes 64 characters.
const CHALLENGE_CHARS_MAX: usize = 512;
/// How long the keys that we register are valid.
const KEY_VALID_DAYS: i64 = 365 * 3;
/// Path below the subscriber id where the registry finds `/on_subscribe`.
const CALLBACK_URL: &str = "/network";

/// What a participant is in one domain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Buyer,
    Seller,
    Gateway,
}

impl Kind {
    fn wire(self) -> &'static str {
        match self {
            Self::Buyer => "buyerApp",
            Self::Seller => "sellerApp",
            Self::Gateway => "gateway",
        }
    }
}

/// One entry of the registry: a domain, what we are in it, and where.
#[derive(Clone, Debug)]
pub struct NetworkEntry {
    pub domain: String,
    pub kind: Kind,
    pub cities: Vec<String>,
}

/// Why we are not on the network.
#[derive(Debug, thiserror::Error)]
pub enum OnboardingError {
    #[error("the registry refused us: {0}")]
    Refused(NetworkError),
    #[error(transparent)]
    Registry(#[from] LookupError),
    #[error("no entry was given: name at least one domain")]
    NoEntry,
    #[error("another subscription is under way")]
    Busy,
    #[error("the request could not be written: {0}")]
    Form(#[from] serde_json::Error),
}

/// The subscription that is under way, and the last site proof.
#[derive(Debug, Default)]
pub(crate) struct Onboarding {
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    request_id: Option<String>,
    pending: bool,
    answered: u32,
    /// The registry's encryption keys as it gave them out itself; see [`learn_keys`].
    learned: Vec<String>,
}

/// Subscribes every entry and waits for the registry's word. The node must be serving: the registry calls back before it answers.
pub async fn subscribe(node: &Node, entries: &[NetworkEntry]) -> Result<(), OnboardingError> {
    if entries.is_empty() {
        return Err(OnboardingError::NoEntry);
    }
    learn_keys(node).await;
    let request_id = node.randomness.uuid_v4().to_string();
    let body = serde_json::to_vec(&request(node, entries, &request_id, node.clock.now()))?;
    node.onboarding.begin(&request_id)?;
    let answer = node.registry_client.subscribe(body.into()).await;
    node.onboarding.end();
    match answer? {
        Reply::Ack => {
            tracing::info!(subscriber_id = %node.identity.subscriber_id, unique_key_id = %node.identity.unique_key_id, "subscribed");
            Ok(())
        }
        Reply::Nack(error) => Err(OnboardingError::Refused(error)),
    }
}

/// On one machine, with no key in the settings, the registry's own word is taken for its keys (`/public-keys`). A network
/// whose addresses are public never does that: whoever answers in the registry's place could read our challenge.
async fn learn_keys(node: &Node) {
    if !node.config.registry_encryption_keys.is_empty() || !node.config.danger_allow_private_addresses {
        return;
    }
    let url = format!("{}/public-keys", node.config.registry_url.trim_end_matches('/'));
    let Ok(answer) = node.http.get(&url, &[]).await else { return };
    let told: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
    let keys = told["keys"].as_array().into_iter().flatten();
    let keys = keys.filter_map(|key| key["encr_public_key"].as_str().map(str::to_owned)).collect();
    node.onboarding.state.lock().unwrap_or_else(PoisonError::into_inner).learned = keys;
}

/// [`subscribe`], unless the registry already knows this key as usable for every entry.
pub async fn ensure_subscribed(node: &Node, entries: &[NetworkEntry]) -> Result<(), OnboardingError> {
    use protocol::registry_client::KeySource;
    let known = node
        .registry_client
        .lookup_key(&node.identity.subscriber_id, &node.identity.unique_key_id)
        .await
        .unwrap_or_default();
    let key = node.keys.active().signing.public_text();
    let now = node.clock.now();
    let covered = |entry: &NetworkEntry| {
        known.iter().any(|one| one.signing_public_key == key && one.domain == entry.domain && one.usable(now).is_ok())
    };
    if !entries.is_empty() && entries.iter().all(covered) {
        return Ok(());
    }
    subscribe(node, entries).await
}

/// The body of `/subscribe` (ONDC 2.x form).
fn request(node: &Node, entries: &[NetworkEntry], request_id: &str, now: Timestamp) -> Value {
    let keys = node.keys.active();
    let until = now.saturating_add(SignedDuration::from_hours(24 * KEY_VALID_DAYS)).unwrap_or(Timestamp::MAX);
    let participants: Vec<Value> = entries
        .iter()
        .map(|entry| {
            json!({ "subscriber_url": node.identity.url, "domain": entry.domain, "type": entry.kind.wire(), "msn": false,
                "city_code": entry.cities })
        })
        .collect();
    json!({
        "context": { "operation": { "ops_no": operation(entries) } },
        "message": {
            "request_id": request_id,
            "timestamp": wire_timestamp(now),
            "entity": {
                "gst": { "legal_entity_name": node.identity.subscriber_id, "business_address": "not given",
                    "city_code": node.config.cities, "gst_no": "00AAAAA0000A1Z0" },
                "pan": { "name_as_per_pan": node.identity.subscriber_id, "pan_no": "AAAAA0000A", "date_of_incorporation": "01/01/2020" },
                "name_of_authorised_signatory": "not given",
                "address_of_authorised_signatory": "not given",
                "email_id": format!("node@{}", node.identity.subscriber_id.as_str().split(':').next().unwrap_or_default()),
                "mobile_no": "9000000000",
                "country": node.config.country,
                "subscriber_id": node.identity.subscriber_id,
                "unique_key_id": keys.unique_key_id,
                "callback_url": CALLBACK_URL,
                "key_pair": {
                    "signing_public_key": keys.signing.public_text(),
                    "encryption_public_key": keys.encryption.public_text(),
                    "valid_from": wire_timestamp(now),
                    "valid_until": wire_timestamp(until),
                },
            },
            "network_participant": participants,
        },
    })
}

/// 1 buyer app (and gateway, which has no number of its own), 2 seller app, 4 both.
fn operation(entries: &[NetworkEntry]) -> u8 {
    let sells = entries.iter().any(|entry| entry.kind == Kind::Seller);
    let buys = entries.iter().any(|entry| entry.kind == Kind::Buyer);
    match (buys, sells) {
        (true, true) => 4,
        (false, true) => 2,
        (true | false, false) => 1,
    }
}

impl Onboarding {
    fn begin(&self, request_id: &str) -> Result<(), OnboardingError> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if state.pending {
            return Err(OnboardingError::Busy);
        }
        *state = State {
            request_id: Some(request_id.to_owned()),
            pending: true,
            answered: 0,
            learned: std::mem::take(&mut state.learned),
        };
        Ok(())
    }

    fn end(&self) {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).pending = false;
    }

    /// The request id of the latest subscription, for the site proof.
    pub(crate) fn request_id(&self) -> Option<String> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).request_id.clone()
    }

    fn learned(&self) -> Vec<String> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).learned.clone()
    }

    /// True while one more challenge may be answered.
    fn may_answer(&self) -> bool {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.answered += u32::from(state.pending);
        state.pending && state.answered <= ANSWERS_MAX
    }
}

/// Why a challenge was not answered.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum ChallengeError {
    #[error("no subscription is under way")]
    NotPending,
    #[error("the challenge is for another subscriber")]
    OtherSubscriber,
    #[error("the body has no challenge")]
    Form,
    #[error("the challenge could not be read with any of registry_encryption_keys")]
    Unreadable,
}

/// Decrypts the registry's challenge. Only a text in the form of a UUID is given out.
pub(crate) fn answer(node: &Node, body: &Value) -> Result<String, ChallengeError> {
    let challenge = body.get("challenge").and_then(Value::as_str).filter(|text| text.len() <= CHALLENGE_CHARS_MAX);
    let challenge = challenge.ok_or(ChallengeError::Form)?;
    let subscriber = body.get("subscriber_id").and_then(Value::as_str);
    if subscriber.is_some_and(|id| id != node.identity.subscriber_id.as_str()) {
        return Err(ChallengeError::OtherSubscriber);
    }
    if !node.onboarding.may_answer() {
        return Err(ChallengeError::NotPending);
    }
    let own = node.keys.encryption();
    let learned = node.onboarding.learned();
    let keys = node
        .config
        .registry_encryption_keys
        .iter()
        .chain(&learned)
        .filter_map(|text| parse_encryption_public(text).ok());
    keys.filter_map(|peer| protocol::challenge::decrypt(challenge, &own, &peer).ok())
        .find(|plain| uuid::Uuid::try_parse(plain).is_ok())
        .ok_or(ChallengeError::Unreadable)
}
