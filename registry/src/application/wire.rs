//! The members of `/subscribe` that the registry needs. Everything else may be there.

use serde::de::Error as _;
use serde::{Deserialize, Deserializer};
use serde_json::Value;

use crate::refusal::Refusal;

#[derive(Debug, Deserialize)]
pub(super) struct Context {
    pub operation: OperationNumber,
}

#[derive(Debug, Deserialize)]
pub(super) struct OperationNumber {
    pub ops_no: i64,
}

#[derive(Debug, Deserialize)]
pub(super) struct Message {
    pub request_id: String,
    pub timestamp: String,
    pub entity: Entity,
    pub network_participant: Vec<NetworkParticipant>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Entity {
    pub country: String,
    pub subscriber_id: String,
    pub unique_key_id: String,
    #[serde(default)]
    pub callback_url: String,
    pub key_pair: KeyPair,
}

#[derive(Debug, Deserialize)]
pub(super) struct KeyPair {
    pub signing_public_key: String,
    #[serde(alias = "encr_public_key")]
    pub encryption_public_key: String,
    pub valid_from: String,
    pub valid_until: String,
}

#[derive(Debug, Deserialize)]
pub(super) struct NetworkParticipant {
    pub subscriber_url: String,
    pub domain: String,
    #[serde(rename = "type")]
    pub kind: String,
    #[serde(default, deserialize_with = "flag")]
    pub msn: bool,
    pub city_code: Vec<String>,
}

#[derive(Debug, Deserialize)]
struct Body {
    context: Context,
    message: Message,
}

#[derive(Debug, Deserialize)]
struct Whole {
    message: WholeMessage,
}

#[derive(Debug, Deserialize)]
struct WholeMessage {
    entity: Value,
}

#[derive(Debug)]
pub(super) struct Request {
    pub context: Context,
    pub message: Message,
    pub entity: Value,
}

impl Request {
    pub fn read(body: &[u8]) -> Result<Request, Refusal> {
        let mut reader = serde_json::Deserializer::from_slice(body);
        let read: Result<Body, _> = serde_path_to_error::deserialize(&mut reader);
        let Body { context, message } = read.map_err(|error| {
            let path = error.path().to_string();
            let path = if path == "." { String::new() } else { path };
            Refusal::Malformed { path, hint: error.into_inner().to_string() }
        })?;
        let whole = |error: serde_json::Error| Refusal::Malformed { path: String::new(), hint: error.to_string() };
        reader.end().map_err(whole)?;
        let Whole { message: WholeMessage { entity } } = serde_json::from_slice(body).map_err(whole)?;
        Ok(Request { context, message, entity })
    }
}

/// The published examples have `false` and `"false"`.
fn flag<'de, D: Deserializer<'de>>(input: D) -> Result<bool, D::Error> {
    match Value::deserialize(input)? {
        Value::Bool(flag) => Ok(flag),
        Value::String(text) if text.eq_ignore_ascii_case("true") => Ok(true),
        Value::String(text) if text.eq_ignore_ascii_case("false") || text.is_empty() => Ok(false),
        Value::Null => Ok(false),
        _ => Err(D::Error::custom("true or false is expected")),
    }
}
