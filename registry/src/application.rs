//! A subscription as it is asked for (`POST /subscribe`, ONDC onboarding 2.x): read leniently, checked against nothing but itself.
//!
//! Tools differ: `msn` as text, a telephone number as number, members that the documents misspell. What we do not need is kept as it
//! came, for the operator to read.

use jiff::{SignedDuration, Timestamp};
use protocol::digest::digest;
use protocol::ids::{SubscriberId, UniqueKeyId};
use protocol::keys::{EncryptionPublicKey, VerifyingKey, parse_encryption_public, parse_signing_public};
use protocol::participant::Role;
use serde_json::Value;

use crate::address::Addresses;
use crate::refusal::Refusal;

mod wire;

/// Most entries in one request.
const ENTRIES_MAX: usize = 200;
/// Most cities of one entry.
const CITIES_MAX: usize = 2000;

/// Which participants a request registers (`ops_no`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operation {
    /// 1
    Buyer,
    /// 2
    Seller,
    /// 4
    BuyerAndSeller,
}

/// A well-formed request.
#[derive(Clone, Debug)]
pub struct Application {
    pub operation: Operation,
    pub request_id: String,
    pub timestamp: Timestamp,
    pub subscriber_id: SubscriberId,
    pub country: String,
    /// Path of `/on_subscribe` under the id, without a trailing slash.
    pub callback_path: String,
    pub key: OfferedKey,
    pub entries: Vec<OfferedEntry>,
    /// `message.entity` as it came.
    pub entity: Value,
    /// Of the whole body.
    pub digest: String,
}

/// The key pair that is to be registered; both halves are good keys.
#[derive(Clone, Debug)]
pub struct OfferedKey {
    pub unique_key_id: UniqueKeyId,
    pub signing_text: String,
    pub signing: VerifyingKey,
    pub encryption_text: String,
    pub encryption: EncryptionPublicKey,
    pub valid_from: Timestamp,
    pub valid_until: Timestamp,
}

/// One domain and role.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OfferedEntry {
    pub domain: String,
    pub role: Role,
    /// Full, under the participant's own host.
    pub url: String,
    pub cities: Vec<String>,
}

/// What a request is measured by.
#[derive(Clone, Copy, Debug)]
pub struct Rules {
    pub addresses: Addresses,
    pub timestamp_window_s: i64,
    pub key_validity_days_max: i64,
}

impl Application {
    /// Reads and checks a body: schema, operation, timestamp, id and URLs, keys.
    ///
    /// # Errors
    /// The first thing that is wrong, with its path.
    pub fn read(body: &[u8], now: Timestamp, rules: &Rules) -> Result<Application, Refusal> {
        let request = wire::Request::read(body)?;
        let operation = operation(request.context.operation.ops_no)?;
        let message = request.message;
        let timestamp = instant("message.timestamp", &message.timestamp)?;
        let window = SignedDuration::from_secs(rules.timestamp_window_s);
        if now.duration_since(timestamp).abs() > window {
            return Err(Refusal::Timestamp { now: now.to_string(), window_s: rules.timestamp_window_s });
        }
        let entity = message.entity;
        let id = "message.entity.subscriber_id";
        let subscriber_id =
            SubscriberId::parse(entity.subscriber_id.as_str()).map_err(|error| malformed(id, &error))?;
        let usable = rules.addresses.check(&subscriber_id);
        usable.map_err(|error| Refusal::SubscriberId { id: subscriber_id.clone(), error })?;
        let request_id = named("message.request_id", message.request_id, 128)?;
        let country = named("message.entity.country", entity.country, 3)?;
        let callback = rules.addresses.callback_path(&subscriber_id, &entity.callback_url);
        let callback_path =
            callback.map_err(|error| Refusal::Url { member: "entity.callback_url".to_owned(), error })?;
        Ok(Application {
            operation,
            request_id,
            timestamp,
            country,
            callback_path,
            key: offered_key(entity.unique_key_id, entity.key_pair, now, rules)?,
            entries: entries(message.network_participant, operation, &subscriber_id, rules)?,
            subscriber_id,
            entity: request.entity,
            digest: digest(body),
        })
    }
}

fn operation(ops_no: i64) -> Result<Operation, Refusal> {
    match ops_no {
        1 => Ok(Operation::Buyer),
        2 => Ok(Operation::Seller),
        4 => Ok(Operation::BuyerAndSeller),
        other => Err(Refusal::Operation(other)),
    }
}

fn offered_key(
    unique_key_id: String,
    pair: wire::KeyPair,
    now: Timestamp,
    rules: &Rules,
) -> Result<OfferedKey, Refusal> {
    let name = UniqueKeyId::parse(unique_key_id).map_err(|error| malformed("message.entity.unique_key_id", &error))?;
    let bad = |member| move |error| Refusal::Key { member, error };
    let signing_text = pair.signing_public_key.trim().to_owned();
    let encryption_text = pair.encryption_public_key.trim().to_owned();
    let signing = parse_signing_public(&signing_text).map_err(bad("signing_public_key"))?;
    let encryption = parse_encryption_public(&encryption_text).map_err(bad("encryption_public_key"))?;
    let valid_from = instant("message.entity.key_pair.valid_from", &pair.valid_from)?;
    let valid_until = instant("message.entity.key_pair.valid_until", &pair.valid_until)?;
    let longest = SignedDuration::from_hours(rules.key_validity_days_max.saturating_mul(24));
    if valid_until <= valid_from {
        return Err(Refusal::Validity("the key ends before it begins"));
    }
    if valid_until <= now {
        return Err(Refusal::Validity("the key has expired"));
    }
    if valid_until.duration_since(valid_from) > longest {
        return Err(Refusal::Validity("the key lives too long"));
    }
    Ok(OfferedKey { unique_key_id: name, signing_text, signing, encryption_text, encryption, valid_from, valid_until })
}

fn entries(
    offered: Vec<wire::NetworkParticipant>,
    operation: Operation,
    id: &SubscriberId,
    rules: &Rules,
) -> Result<Vec<OfferedEntry>, Refusal> {
    if offered.is_empty() || offered.len() > ENTRIES_MAX {
        return Err(malformed("message.network_participant", &"from 1 to 200 entries are expected"));
    }
    let mut entries: Vec<OfferedEntry> = Vec::with_capacity(offered.len());
    for (index, one) in offered.into_iter().enumerate() {
        let at = |member: &str| format!("message.network_participant[{index}].{member}");
        let role =
            Role::read(&one.kind).ok_or(Refusal::ParticipantType { index, hint: "buyerApp, sellerApp or gateway" })?;
        fits(operation, role).map_err(|hint| Refusal::ParticipantType { index, hint })?;
        if one.msn {
            return Err(Refusal::SellerOnRecord(index));
        }
        let domain = named(&at("domain"), one.domain, 64)?;
        if entries.iter().any(|known| known.domain == domain && known.role == role) {
            return Err(Refusal::Repeated { index, domain });
        }
        let url = rules.addresses.own_url(id, &one.subscriber_url);
        let member = || format!("network_participant[{index}].subscriber_url");
        let url = url.map_err(|error| Refusal::Url { member: member(), error })?;
        entries.push(OfferedEntry { domain, role, url, cities: cities(&at("city_code"), one.city_code)? });
    }
    let both = |role| entries.iter().any(|one| one.role == role);
    if operation == Operation::BuyerAndSeller && !(both(Role::Buyer) && both(Role::Seller)) && !both(Role::Gateway) {
        return Err(Refusal::ParticipantType { index: 0, hint: "ops_no 4 registers a buyerApp and a sellerApp" });
    }
    Ok(entries)
}

/// A gateway has no operation of its own, so it may come with any.
fn fits(operation: Operation, role: Role) -> Result<(), &'static str> {
    match (operation, role) {
        (_, Role::Gateway) | (Operation::BuyerAndSeller, Role::Buyer | Role::Seller) => Ok(()),
        (Operation::Buyer, Role::Buyer) | (Operation::Seller, Role::Seller) => Ok(()),
        (Operation::Buyer, Role::Seller) => Err("ops_no 1 registers buyerApp entries"),
        (Operation::Seller, Role::Buyer) => Err("ops_no 2 registers sellerApp entries"),
    }
}

fn cities(path: &str, codes: Vec<String>) -> Result<Vec<String>, Refusal> {
    if codes.is_empty() || codes.len() > CITIES_MAX {
        return Err(malformed(path, &"from 1 to 2000 city codes are expected, \"*\" for all"));
    }
    let mut cities = Vec::with_capacity(codes.len());
    for code in codes {
        let code = named(path, code, 32)?;
        if code.contains(',') {
            return Err(malformed(path, &"one city code per item"));
        }
        if !cities.contains(&code) {
            cities.push(code);
        }
    }
    Ok(cities)
}

/// A name without blanks, of at most `max` bytes.
fn named(path: &str, text: String, max: usize) -> Result<String, Refusal> {
    let bad =
        text.is_empty() || text.len() > max || text.chars().any(|c| c.is_whitespace() || c.is_control() || c == '|');
    if bad { Err(malformed(path, &format!("1 to {max} characters without blanks are expected"))) } else { Ok(text) }
}

fn instant(path: &str, text: &str) -> Result<Timestamp, Refusal> {
    text.parse().map_err(|_| malformed(path, &"a time like 2025-10-09T08:53:20.000Z is expected"))
}

fn malformed(path: &str, hint: &dyn std::fmt::Display) -> Refusal {
    Refusal::Malformed { path: path.to_owned(), hint: hint.to_string() }
}

#[cfg(test)]
mod tests;
