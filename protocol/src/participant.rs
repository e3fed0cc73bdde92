//! A participant as the registry tells it: the flat record of `/v2.0/lookup`.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::ids::{SubscriberId, UniqueKeyId};

pub mod read;

/// What a participant is on the network.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Role {
    /// Buyer app, BAP.
    #[serde(rename = "BAP", alias = "buyerApp", alias = "bap", alias = "buyer")]
    Buyer,
    /// Seller app, BPP.
    #[serde(rename = "BPP", alias = "sellerApp", alias = "bpp", alias = "seller")]
    Seller,
    /// Gateway, BG.
    #[serde(rename = "BG", alias = "gateway", alias = "bg")]
    Gateway,
}

impl Role {
    /// `BAP`, `BPP`, `BG`: the `type` of `/v2.0/lookup`.
    pub const fn wire(self) -> &'static str {
        match self {
            Role::Buyer => "BAP",
            Role::Seller => "BPP",
            Role::Gateway => "BG",
        }
    }

    /// `buyerApp`, `sellerApp`, `gateway`: the `type` of `/subscribe` and `vlookup`.
    pub const fn long(self) -> &'static str {
        match self {
            Role::Buyer => "buyerApp",
            Role::Seller => "sellerApp",
            Role::Gateway => "gateway",
        }
    }

    /// Reads either spelling.
    pub fn read(text: &str) -> Option<Role> {
        [Role::Buyer, Role::Seller, Role::Gateway]
            .into_iter()
            .find(|role| text.eq_ignore_ascii_case(role.wire()) || text.eq_ignore_ascii_case(role.long()))
    }
}

impl From<specs::Side> for Role {
    fn from(side: specs::Side) -> Role {
        match side {
            specs::Side::Buyer => Role::Buyer,
            specs::Side::Seller => Role::Seller,
        }
    }
}

/// Where a subscription stands (Beckn registry; ONDC's `WHITELISTED` besides). Only `Subscribed` may talk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Status {
    /// Asked for, nothing proven yet.
    Initiated,
    /// Allowed to subscribe by the operator.
    Whitelisted,
    /// Proof is under way.
    UnderSubscription,
    /// Proven and live.
    Subscribed,
    /// Its time is over.
    Expired,
    /// It left, or was put out.
    Unsubscribed,
    /// Its certificate failed.
    InvalidSsl,
}

impl Status {
    /// Every status.
    pub const ALL: [Status; 7] = [
        Status::Initiated,
        Status::Whitelisted,
        Status::UnderSubscription,
        Status::Subscribed,
        Status::Expired,
        Status::Unsubscribed,
        Status::InvalidSsl,
    ];

    /// The text on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Status::Initiated => "INITIATED",
            Status::Whitelisted => "WHITELISTED",
            Status::UnderSubscription => "UNDER_SUBSCRIPTION",
            Status::Subscribed => "SUBSCRIBED",
            Status::Expired => "EXPIRED",
            Status::Unsubscribed => "UNSUBSCRIBED",
            Status::InvalidSsl => "INVALID_SSL",
        }
    }

    /// Reads any case.
    pub fn read(text: &str) -> Option<Status> {
        Status::ALL.into_iter().find(|status| text.eq_ignore_ascii_case(status.as_str()))
    }
}

/// One row of the registry: one subscriber, one key, one domain, one role.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Participant {
    /// Who.
    pub subscriber_id: SubscriberId,
    /// Which of its keys.
    #[serde(rename = "ukId")]
    pub unique_key_id: UniqueKeyId,
    /// What it is in this domain.
    #[serde(rename = "type")]
    pub role: Role,
    /// `ONDC:RET10`; empty when the registry does not say.
    pub domain: String,
    /// ISO 3166 alpha-3.
    pub country: String,
    /// City codes it serves, `*` for all. One comma-joined text on the wire.
    #[serde(serialize_with = "join_cities")]
    pub city: Vec<String>,
    /// Base URL of its network calls; `None` while it is only whitelisted.
    pub subscriber_url: Option<String>,
    /// Ed25519, raw 32 bytes, base64. Kept as text: decoded and judged when it is used.
    pub signing_public_key: String,
    /// X25519, raw or DER, base64.
    pub encr_public_key: String,
    /// The key is good from here …
    #[serde(serialize_with = "write_time")]
    pub valid_from: Timestamp,
    /// … to here, both included.
    #[serde(serialize_with = "write_time")]
    pub valid_until: Timestamp,
    /// Where the subscription stands.
    pub status: Status,
    /// When the row was made.
    #[serde(serialize_with = "write_time_option", skip_serializing_if = "Option::is_none")]
    pub created: Option<Timestamp>,
    /// When the row last changed.
    #[serde(serialize_with = "write_time_option", skip_serializing_if = "Option::is_none")]
    pub updated: Option<Timestamp>,
}

/// Why a registered participant may not talk now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unusable {
    /// The registry says something else than SUBSCRIBED.
    #[error("its status is {}, not SUBSCRIBED", .0.as_str())]
    Status(Status),
    /// `valid_from` lies ahead.
    #[error("its key is not valid before {0}")]
    NotYetValid(Timestamp),
    /// `valid_until` has passed.
    #[error("its key expired at {0}")]
    Expired(Timestamp),
}

impl Participant {
    /// May this key be used now? SUBSCRIBED and within its validity.
    ///
    /// # Errors
    /// The first reason why not.
    pub fn usable(&self, now: Timestamp) -> Result<(), Unusable> {
        if self.status != Status::Subscribed {
            return Err(Unusable::Status(self.status));
        }
        if now < self.valid_from {
            return Err(Unusable::NotYetValid(self.valid_from));
        }
        if now > self.valid_until {
            return Err(Unusable::Expired(self.valid_until));
        }
        Ok(())
    }

    /// Does it serve `city`? `*` on its side serves all; a search for `*` asks everyone.
    pub fn serves_city(&self, city: &str) -> bool {
        city == "*" || self.city.iter().any(|own| own == "*" || own == city)
    }

    /// Is the row about `domain`? A row that does not say speaks for all.
    pub fn serves_domain(&self, domain: &str) -> bool {
        self.domain.is_empty() || self.domain == "*" || self.domain == domain
    }

    /// Base URL without a trailing slash; a relative one lies under `https://{subscriber_id}`. `None` while it has none.
    pub fn url(&self) -> Option<String> {
        let url = self.subscriber_url.as_deref()?.trim();
        let url = if url.starts_with("http://") || url.starts_with("https://") {
            url.to_owned()
        } else {
            format!("https://{}/{}", self.subscriber_id, url.trim_start_matches('/'))
        };
        Some(url.trim_end_matches('/').to_owned())
    }
}

fn join_cities<S: serde::Serializer>(cities: &[String], out: S) -> Result<S::Ok, S::Error> {
    out.serialize_str(&cities.join(","))
}

fn write_time<S: serde::Serializer>(t: &Timestamp, out: S) -> Result<S::Ok, S::Error> {
    out.serialize_str(&crate::clock::wire_timestamp(*t))
}

fn write_time_option<S: serde::Serializer>(t: &Option<Timestamp>, out: S) -> Result<S::Ok, S::Error> {
    match t {
        Some(t) => write_time(t, out),
        None => out.serialize_none(),
    }
}
