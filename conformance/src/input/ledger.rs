//! The export of our nodes' ledger: one entry a line, `{at, from, to, action, direction, verdict, code, http_status,
//! took_us, attempt, headers, body}`, with the exact body as a text. What the receiver said is told by `verdict`; its
//! words are not kept.

use serde_json::{Value, json};

use super::envelope::{Entries, Envelope, headers, named, value};
use super::message::{action_in_name, mentions_message};
use super::sheet::{Reader, Source, below};
use crate::recording::level::range_in;
use crate::recording::{Answer, wire_time};

pub(super) fn is_entry(found: &Entries<'_>) -> bool {
    ["direction", "verdict", "took_us", "body"].iter().all(|name| named(found, &[name]).is_some())
}

pub(super) fn read(reader: &mut Reader<'_>, source: &Source, pointer: &str, found: &Entries<'_>) {
    let field = |name: &str| named(found, &[name]).map(value).unwrap_or_default();
    let envelope = Envelope {
        step: field("action").as_str().filter(|action| action_in_name(action).is_some()).map(str::to_owned),
        headers: headers(&field("headers")),
        answer: answer(&field("verdict"), &field("code"), &field("http_status"), &field("took_us")),
        at: wire_time::read(&field("at")),
    };
    let Some(body) = named(found, &["body"]) else { return };
    let (range, pointer) = (range_in(&source.whole, body), below(pointer, "body"));
    match value(body) {
        Value::String(text) if mentions_message(&text) => reader.quoted(source, range, text, &pointer, &envelope, 1),
        _ => reader.search(source, range, &pointer, &envelope, 1),
    }
}

fn answer(verdict: &Value, code: &Value, status: &Value, took_us: &Value) -> Option<Answer> {
    let body = match verdict.as_str()? {
        "ack" => json!({"message": {"ack": {"status": "ACK"}}}),
        "nack" if code.is_null() => json!({"message": {"ack": {"status": "NACK"}}}),
        "nack" => json!({"message": {"ack": {"status": "NACK"}}, "error": {"code": code}}),
        _ => Value::Null,
    };
    let status = status.as_u64().and_then(|status| u16::try_from(status).ok()).filter(|status| *status > 0);
    Some(Answer { status, body, took_ms: took_us.as_u64().map(|us| us / 1_000) })
}
