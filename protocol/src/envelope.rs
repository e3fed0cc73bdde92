//! A message is its bytes; the envelope is a view of them. Only `context` is typed, the rest stays as it came.

use bytes::Bytes;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use serde_json::value::RawValue;

use crate::ack::NetworkError;
use crate::context::Context;

/// The bytes of a message, exactly as they travelled. They are what is verified, stored, forwarded and replayed.
#[derive(Clone, PartialEq, Eq)]
pub struct RawMessage {
    /// The body.
    pub bytes: Bytes,
}

impl std::fmt::Debug for RawMessage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "RawMessage({} bytes)", self.bytes.len())
    }
}

impl From<Bytes> for RawMessage {
    fn from(bytes: Bytes) -> Self {
        Self { bytes }
    }
}

/// What of a message is read before it is trusted.
#[derive(Debug, Deserialize)]
pub struct Envelope<'a> {
    /// Typed and complete.
    pub context: Context,
    /// Untouched text of `message`; absent in `catalog_rejection`.
    #[serde(borrow, default)]
    pub message: Option<&'a RawValue>,
    /// The business outcome beside `message` in a callback.
    #[serde(default, deserialize_with = "lenient_error")]
    pub error: Option<NetworkError>,
}

/// Why a body is not an envelope.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}: {hint}", if path.is_empty() { "body" } else { path })]
pub struct EnvelopeError {
    /// Dotted path of the member at fault, empty when the body itself is.
    pub path: String,
    /// What is wrong and what is expected.
    pub hint: String,
}

impl<'a> Envelope<'a> {
    /// Reads the context and finds the bounds of the rest.
    ///
    /// # Errors
    /// Not UTF-8, not JSON, a member of `context` missing, twice there, or malformed.
    pub fn parse(raw: &'a RawMessage) -> Result<Envelope<'a>, EnvelopeError> {
        serde_json::from_slice(&raw.bytes).map_err(|_| explain(&raw.bytes))
    }
}

/// What is said back to a stranger is short.
const HINT_CHARS_MAX: usize = 300;

/// The slow second reading, for the words of a refusal only.
fn explain(bytes: &[u8]) -> EnvelopeError {
    if bytes.is_empty() {
        return EnvelopeError { path: String::new(), hint: "empty: send {\"context\":…,\"message\":…}".to_owned() };
    }
    if std::str::from_utf8(bytes).is_err() {
        return EnvelopeError { path: String::new(), hint: "not UTF-8: JSON on this network is UTF-8".to_owned() };
    }
    #[derive(Deserialize)]
    #[allow(dead_code)]
    struct Probe {
        context: Context,
        #[serde(default)]
        message: serde::de::IgnoredAny,
    }
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    match serde_path_to_error::deserialize::<_, Probe>(&mut reader) {
        Ok(_) => EnvelopeError {
            path: String::new(),
            hint: "not one JSON document: text follows it, or `message` is malformed".to_owned(),
        },
        Err(error) => {
            let path = error.path().to_string();
            let hint = error.into_inner().to_string().chars().take(HINT_CHARS_MAX).collect(); // it quotes the sender's text
            EnvelopeError { path: if path == "." { String::new() } else { path }, hint }
        }
    }
}

fn lenient_error<'de, D: serde::Deserializer<'de>>(input: D) -> Result<Option<NetworkError>, D::Error> {
    Ok(NetworkError::read(&Value::deserialize(input)?))
}

#[derive(Serialize)]
struct Rendered<'a> {
    context: &'a Context,
    message: &'a Value,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<&'a NetworkError>,
}

/// The bytes of a new message: compact JSON, context first. What is rendered is what is stored, signed and sent.
pub fn render(context: &Context, message: &Value, error: Option<&NetworkError>) -> Bytes {
    let rendered = serde_json::to_vec(&Rendered { context, message, error });
    Bytes::from(rendered.unwrap_or_default()) // texts and values only: cannot fail
}
