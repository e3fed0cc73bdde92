//! Reads a message's JSON without holding up the other tasks.

use bytes::Bytes;
use serde_json::Value;

/// Above this many bytes the work moves to a thread of its own: it takes milliseconds.
pub(crate) const LARGE_BYTES: usize = 128 * 1024;

/// The whole payload as a value.
pub(crate) async fn parse(bytes: Bytes) -> Result<Value, serde_json::Error> {
    if bytes.len() < LARGE_BYTES {
        return serde_json::from_slice(&bytes);
    }
    let read = tokio::task::spawn_blocking(move || serde_json::from_slice(&bytes)).await;
    read.unwrap_or_else(|error| Err(serde::de::Error::custom(error)))
}
