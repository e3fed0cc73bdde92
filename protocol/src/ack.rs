//! The synchronous answer: ACK or NACK (ONDC retail contract; BECKN-006 for the bare NACK). Bodies are snapshot-tested.

use bytes::Bytes;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

/// `error.type` on the wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
pub enum ErrorType {
    /// The envelope: addresses, ids, time, signature.
    #[serde(rename = "CONTEXT-ERROR")]
    Context,
    /// The transport or the node itself.
    #[serde(rename = "CORE-ERROR")]
    Core,
    /// The business of the domain.
    #[serde(rename = "DOMAIN-ERROR")]
    Domain,
    /// The payload's shape.
    #[serde(rename = "JSON-SCHEMA-ERROR")]
    JsonSchema,
    /// A rule of the network.
    #[serde(rename = "POLICY-ERROR")]
    Policy,
}

impl ErrorType {
    /// The text on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            ErrorType::Context => "CONTEXT-ERROR",
            ErrorType::Core => "CORE-ERROR",
            ErrorType::Domain => "DOMAIN-ERROR",
            ErrorType::JsonSchema => "JSON-SCHEMA-ERROR",
            ErrorType::Policy => "POLICY-ERROR",
        }
    }

    /// Reads what peers write, in any case and with `_` for `-`; anything else counts as [`ErrorType::Core`].
    pub fn read(text: &str) -> ErrorType {
        match text.trim().to_ascii_uppercase().replace('_', "-").trim_end_matches("-ERROR") {
            "CONTEXT" => ErrorType::Context,
            "DOMAIN" => ErrorType::Domain,
            "JSON-SCHEMA" => ErrorType::JsonSchema,
            "POLICY" => ErrorType::Policy,
            _ => ErrorType::Core,
        }
    }
}

/// The `error` object of a NACK or of a callback.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NetworkError {
    /// Which kind of thing went wrong.
    #[serde(rename = "type")]
    pub kind: ErrorType,
    /// Code of the error catalogue, always text.
    pub code: String,
    /// The field at fault, for schema and context errors.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// What is wrong and how to mend it, for a person.
    pub message: String,
}

impl NetworkError {
    /// An error without a path.
    pub fn new(kind: ErrorType, code: impl Into<String>, message: impl Into<String>) -> Self {
        Self { kind, code: code.into(), path: None, message: message.into() }
    }

    /// The same error, naming the field at fault.
    #[must_use]
    pub fn at(mut self, path: impl Into<String>) -> Self {
        self.path = Some(path.into());
        self
    }

    /// Reads an error object as peers write it: a missing type, a number as code, nulls, NULs (replaced). `None` when nothing is said at all.
    pub fn read(value: &Value) -> Option<NetworkError> {
        let value = value.as_array().map_or(value, |all| all.first().unwrap_or(&Value::Null));
        let text = |name: &str| match value.get(name) {
            // A NUL is no text for a database; a stranger's words must not stop us from writing them down.
            Some(Value::String(text)) if !text.is_empty() => Some(text.replace('\0', "\u{fffd}")),
            Some(Value::Number(number)) => Some(number.to_string()),
            _ => None,
        };
        let (kind, code, path, message) = (text("type"), text("code"), text("path"), text("message"));
        if kind.is_none() && code.is_none() && message.is_none() {
            return None;
        }
        let kind = kind.map_or(ErrorType::Core, |kind| ErrorType::read(&kind));
        Some(NetworkError { kind, code: code.unwrap_or_default(), path, message: message.unwrap_or_default() })
    }
}

impl std::fmt::Display for NetworkError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}: {}", self.kind.as_str(), self.code, self.message)?;
        self.path.as_ref().map_or(Ok(()), |path| write!(f, " (at {path})"))
    }
}

impl<'de> Deserialize<'de> for NetworkError {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        let value = Value::deserialize(input)?;
        NetworkError::read(&value).ok_or_else(|| serde::de::Error::custom("an error needs a code or a message"))
    }
}

/// The synchronous answer to a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reply {
    /// It is durably the receiver's.
    Ack,
    /// Refused, and why.
    Nack(NetworkError),
}

/// Why an answer is neither ACK nor NACK.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReplyError {
    /// No JSON.
    #[error(
        "the answer is not JSON: the peer's endpoint must answer {{\"message\":{{\"ack\":{{\"status\":\"ACK\"}}}}}}"
    )]
    NotJson,
    /// JSON without a status.
    #[error("the answer has no message.ack.status")]
    NoStatus,
    /// A status that is neither.
    #[error("message.ack.status is {0:?}: ACK or NACK is expected")]
    UnknownStatus(String),
}

impl Reply {
    /// The exact body.
    pub fn body(&self) -> Bytes {
        match self {
            Reply::Ack => Bytes::from_static(br#"{"message":{"ack":{"status":"ACK"}}}"#),
            Reply::Nack(error) => {
                let error = serde_json::to_string(error).unwrap_or_default(); // texts only: cannot fail
                Bytes::from(format!(r#"{{"message":{{"ack":{{"status":"NACK"}}}},"error":{error}}}"#))
            }
        }
    }

    /// Reads what peers answer: any case, an all-null `error` beside an ACK, an error inside `message`, Beckn 2's `message.status`.
    ///
    /// # Errors
    /// When it says neither ACK nor NACK.
    pub fn parse(body: &[u8]) -> Result<Reply, ReplyError> {
        let value: Value = serde_json::from_slice(body).map_err(|_| ReplyError::NotJson)?;
        let status = value.pointer("/message/ack/status").or_else(|| value.pointer("/message/status"));
        let status = status.and_then(Value::as_str).ok_or(ReplyError::NoStatus)?;
        if status.eq_ignore_ascii_case("ACK") {
            return Ok(Reply::Ack);
        }
        if !status.eq_ignore_ascii_case("NACK") {
            return Err(ReplyError::UnknownStatus(status.chars().take(40).collect()));
        }
        let error = value.get("error").and_then(NetworkError::read);
        let error = error.or_else(|| value.pointer("/message/error").and_then(NetworkError::read));
        Ok(Reply::Nack(error.unwrap_or_else(|| NetworkError::new(ErrorType::Core, "", "the peer gave no reason"))))
    }
}
