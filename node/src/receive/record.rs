//! The ledger entry of a received message.

use std::time::Instant;

use protocol::ack::NetworkError;
use protocol::trust::Verified;

use super::headers::Headers;
use crate::ledger::{Body, Direction, LedgerEntry, NewEntry, Verdict};

/// An entry for an ACK, or for a NACK with its status and error.
pub(super) fn entry(
    verified: &Verified,
    headers: &Headers,
    refused: Option<(u16, &NetworkError)>,
    started: Instant,
) -> NewEntry {
    let context = &verified.context;
    let detail = |error: &NetworkError| match &error.path {
        Some(path) => format!("{} (at {path})", error.message),
        None => error.message.clone(),
    };
    let entry = LedgerEntry {
        at_ms: verified.at.as_millisecond(),
        direction: Direction::In,
        peer: verified.sender.subscriber_id.as_str().to_owned(),
        action: context.action.as_str().to_owned(),
        transaction_id: context.transaction_id.as_str().to_owned(),
        message_id: context.message_id.as_str().to_owned(),
        verdict: if refused.is_some() { Verdict::Nack } else { Verdict::Ack },
        code: refused.map(|(_, error)| without_nul(&error.code)),
        detail: refused.map(|(_, error)| without_nul(&detail(error))),
        http_status: refused.map_or(200, |(status, _)| status),
        took_us: i64::try_from(started.elapsed().as_micros()).unwrap_or(i64::MAX),
        bytes_len: i64::try_from(verified.raw.bytes.len()).unwrap_or(i64::MAX),
        attempt: 1,
        repeats: 0,
        url: None,
        outbox_id: None,
        id: String::new(), // it gets one when it is stored
    };
    NewEntry::new(entry, headers.to_json(), Body::Own(verified.raw.bytes.clone()))
}

/// PostgreSQL has no text with NUL in it; an error can quote one from the payload.
fn without_nul(text: &str) -> String {
    text.replace('\0', "\u{fffd}")
}
