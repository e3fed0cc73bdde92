//! `context` of a message (ONDC core, retail 1.2.x): who talks to whom about what. The flat 1.x form.
//!
//! Read leniently (unknown members are ignored, an empty optional member counts as absent), written exactly.

use std::time::Duration;

use jiff::{SpanRelativeTo, Timestamp};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use specs::{Action, Side};

use crate::clock::wire_timestamp;
use crate::ids::{MessageId, SubscriberId, TransactionId};

/// The typed view of `context`; members are written in this order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Context {
    /// `ONDC:RET10` and so on.
    pub domain: String,
    /// Equals the last part of the URL it is posted to.
    pub action: Action,
    /// ISO 3166 alpha-3, `IND`.
    pub country: String,
    /// `std:080`, or `*`.
    pub city: String,
    /// Version of the domain's specification, `1.2.5`.
    pub core_version: String,
    /// The buyer side's subscriber id.
    pub bap_id: SubscriberId,
    /// The buyer side's base URL as the sender states it. Never a destination: that comes from the registry.
    pub bap_uri: String,
    /// The seller side's subscriber id; absent in an open `search`.
    #[serde(default, deserialize_with = "optional_id", skip_serializing_if = "Option::is_none")]
    pub bpp_id: Option<SubscriberId>,
    /// The seller side's base URL as the sender states it.
    #[serde(default, deserialize_with = "optional_text", skip_serializing_if = "Option::is_none")]
    pub bpp_uri: Option<String>,
    /// One shopping session.
    pub transaction_id: TransactionId,
    /// One request and its solicited callback.
    pub message_id: MessageId,
    /// When the sender made it. Written with exactly three decimals.
    #[serde(serialize_with = "write_timestamp")]
    pub timestamp: Timestamp,
    /// How long the message is good for, ISO 8601 duration.
    #[serde(default, deserialize_with = "optional_text", skip_serializing_if = "Option::is_none")]
    pub ttl: Option<String>,
    /// The sender's public encryption key, where payloads are encrypted.
    #[serde(default, deserialize_with = "optional_text", skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
}

impl Context {
    /// Who must have signed: the buyer side for requests, the seller side for callbacks.
    pub fn sender(&self) -> Option<&SubscriberId> {
        self.party(self.action.sender())
    }

    /// Whom it is for; `None` in an open `search`.
    pub fn receiver(&self) -> Option<&SubscriberId> {
        self.party(self.action.sender().other())
    }

    /// The named participant of one side.
    pub fn party(&self, side: Side) -> Option<&SubscriberId> {
        match side {
            Side::Buyer => Some(&self.bap_id),
            Side::Seller => self.bpp_id.as_ref(),
        }
    }

    /// The context of the solicited callback: same ids, our name on our side. `None` when the action has no callback.
    pub fn reply(&self, own_id: &SubscriberId, own_uri: &str, now: Timestamp) -> Option<Context> {
        let action = self.action.callback()?;
        let mut reply = Context { action, timestamp: now, key: None, ..self.clone() };
        match action.sender() {
            Side::Seller => {
                reply.bpp_id = Some(own_id.clone());
                reply.bpp_uri = Some(own_uri.to_owned());
            }
            Side::Buyer => {
                reply.bap_id = own_id.clone();
                reply.bap_uri = own_uri.to_owned();
            }
        }
        Some(reply)
    }

    /// The context of a message in the same transaction that answers nothing: a new message id.
    pub fn unsolicited(&self, action: Action, message_id: MessageId, now: Timestamp) -> Context {
        Context { action, message_id, timestamp: now, key: None, ..self.clone() }
    }

    /// `ttl` as a length of time; `None` when absent, unreadable or negative. Days count 24 hours, months 30 days.
    pub fn ttl(&self) -> Option<Duration> {
        let span: jiff::Span = self.ttl.as_deref()?.parse().ok()?;
        let months = span.get_years() as i64 * 12 + i64::from(span.get_months());
        let rest = span.years(0).months(0);
        let rest = rest.to_duration(SpanRelativeTo::days_are_24_hours()).ok()?;
        let whole = rest.checked_add(jiff::SignedDuration::from_hours(months.checked_mul(30 * 24)?))?;
        Duration::try_from(whole).ok()
    }
}

fn write_timestamp<S: Serializer>(t: &Timestamp, out: S) -> Result<S::Ok, S::Error> {
    out.serialize_str(&wire_timestamp(*t))
}

fn optional_text<'de, D: Deserializer<'de>>(input: D) -> Result<Option<String>, D::Error> {
    Ok(Option::<String>::deserialize(input)?.filter(|text| !text.is_empty()))
}

fn optional_id<'de, D: Deserializer<'de>>(input: D) -> Result<Option<SubscriberId>, D::Error> {
    optional_text(input)?.map(SubscriberId::parse).transpose().map_err(serde::de::Error::custom)
}
