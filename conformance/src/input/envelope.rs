//! What logs wrap around a message: headers, times, the synchronous answer.

use jiff::Timestamp;
use serde_json::Value;

use crate::recording::level::Level;
use crate::recording::{Answer, wire_time};

const HEADERS: [&str; 5] = ["headers", "header", "requestheaders", "request_headers", "req_headers"];
const ANSWERS: [&str; 8] =
    ["res", "resp", "response", "answer", "ack", "responsebody", "response_body", "sync_response"];
const TIMES: [&str; 8] = ["at", "time", "timestamp", "@timestamp", "ts", "starteddatetime", "createdat", "created_at"];
const STATUSES: [&str; 5] = ["status", "statuscode", "status_code", "http_status", "responsecode"];
const DURATIONS: [&str; 4] = ["took_ms", "duration_ms", "responsetime", "response_time"];

/// What is known of a message besides itself.
#[derive(Debug, Clone, Default)]
pub(super) struct Envelope {
    pub step: Option<String>,
    pub headers: Vec<(String, String)>,
    pub answer: Option<Answer>,
    pub at: Option<Timestamp>,
}

/// Entries of an object: names, and the text of each value.
pub(super) type Entries<'a> = [(std::borrow::Cow<'a, str>, &'a str)];

/// The value of the first of these names, whatever the case of its letters.
pub(super) fn named<'a>(entries: &Entries<'a>, names: &[&str]) -> Option<&'a str> {
    entries.iter().find(|(name, _)| names.contains(&name.to_ascii_lowercase().as_str())).map(|(_, value)| *value)
}

pub(super) fn value(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_default()
}

pub(super) fn is_answer(name: &str) -> bool {
    ANSWERS.contains(&name.to_ascii_lowercase().as_str())
}

impl Envelope {
    /// What this object adds to what is known from the objects around it.
    pub fn within(&self, entries: &Entries<'_>) -> Envelope {
        let mut inner = self.clone();
        if let Some(found) = named(entries, &HEADERS) {
            inner.headers = headers(&value(found));
        }
        if let Some(at) = named(entries, &TIMES).and_then(|time| wire_time::read(&value(time))) {
            inner.at = Some(at);
        }
        let signature = named(entries, &["signature", "authorization"]).map(value);
        let signature = signature.as_ref().and_then(Value::as_str).filter(|text| text.starts_with("Signature "));
        let known = inner.headers.iter().any(|(name, _)| name == "authorization");
        if let Some(signature) = signature.filter(|_| !known) {
            inner.headers.push(("authorization".to_owned(), signature.to_owned()));
        }
        inner
    }
}

/// Headers as an object, as a list of `{name, value}`, or as the lines of a request.
pub(super) fn headers(value: &Value) -> Vec<(String, String)> {
    let pair = |name: &str, value: &Value| Some((name.to_ascii_lowercase(), header_value(value)?));
    match value {
        Value::Object(map) => map.iter().filter_map(|(name, value)| pair(name, value)).collect(),
        Value::Array(items) => items
            .iter()
            .filter_map(|item| pair(item.get("name").or(item.get("key"))?.as_str()?, item.get("value")?))
            .collect(),
        Value::String(text) => {
            let line = |line: &str| {
                line.split_once(':').map(|(name, rest)| (name.trim().to_ascii_lowercase(), rest.trim().to_owned()))
            };
            text.lines().filter_map(line).collect()
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => Vec::new(),
    }
}

fn header_value(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Array(items) => {
            let texts: Vec<&str> = items.iter().filter_map(Value::as_str).collect();
            Some(texts.join(", ")).filter(|_| !texts.is_empty())
        }
        Value::Null | Value::Bool(_) | Value::Object(_) => None,
    }
}

/// The synchronous answer that an object tells beside its message: its body bare, in a text, or with a status of its own.
pub(super) fn answer(entries: &Entries<'_>) -> Option<Answer> {
    let found = named(entries, &ANSWERS).map(value)?;
    let object = found.as_object();
    let own = |names: &[&str]| object?.iter().find(|(name, _)| names.contains(&name.to_ascii_lowercase().as_str()));
    let number = |names: &[&str]| {
        let beside = named(entries, names).map(value);
        own(names).map(|(_, value)| value.clone()).or(beside).and_then(|value| value.as_f64())
    };
    let body = own(&["body", "data", "response", "content", "payload"]).map_or(&found, |(_, body)| body);
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // in range, as filtered
    let status = number(&STATUSES).filter(|status| (100.0..600.0).contains(status)).map(|status| status as u16);
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // saturates
    let took_ms = number(&DURATIONS).filter(|took| *took >= 0.0).map(|took| took as u64);
    let body = unquoted(body.clone());
    if body.is_null() && status.is_none() {
        return None;
    }
    Some(Answer { status, body, took_ms })
}

/// A body that was written as a text with JSON in it.
pub(super) fn unquoted(value: Value) -> Value {
    let inner = value.as_str().filter(|text| text.trim_start().starts_with(['{', '[']));
    inner.and_then(|text| serde_json::from_str(text).ok()).unwrap_or(value)
}

/// Entries of an object; none of anything else.
pub(super) fn entries(object: &str) -> Vec<(std::borrow::Cow<'_, str>, &str)> {
    match Level::of(object) {
        Some(Level::Object(entries)) => entries,
        Some(Level::Array(_) | Level::String(_) | Level::Plain) | None => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;
    use serde_json::json;

    use super::*;

    #[rstest]
    #[case(json!({"Digest": "x", "A": ["1", "2"], "n": 5}))]
    #[case(json!([{"name": "Digest", "value": "x"}, {"name": "a", "value": "1, 2"}, {"name": "N", "value": 5}]))]
    #[case(json!("POST / HTTP/1.1\r\nDigest: x\r\na: 1, 2\r\nN: 5\r\n"))]
    fn headers_are_read_in_every_form(#[case] value: Value) {
        let mut found = headers(&value);
        found.sort();
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        assert_eq!(found, [pair("a", "1, 2"), pair("digest", "x"), pair("n", "5")]);
    }

    #[rstest]
    #[case::bare(r#"{"res": {"message": {"ack": {"status": "ACK"}}}}"#, None)]
    #[case::within(r#"{"res": {"response": {"message": {"ack": {"status": "ACK"}}}}}"#, None)]
    #[case::status_inside(
        r#"{"response": {"status": 200, "body": {"message": {"ack": {"status": "ACK"}}}}}"#,
        Some(200)
    )]
    #[case::status_beside(
        r#"{"response": "{\"message\": {\"ack\": {\"status\": \"ACK\"}}}", "statusCode": 200}"#,
        Some(200)
    )]
    fn answers_are_read_in_every_form(#[case] object: &str, #[case] status: Option<u16>) {
        let body = json!({"message": {"ack": {"status": "ACK"}}});
        assert_eq!(answer(&entries(object)), Some(Answer { status, body, took_ms: None }));
    }
}
