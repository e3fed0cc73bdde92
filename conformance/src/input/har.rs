//! HTTP archives (HAR 1.2): the bodies of requests in both directions, with headers, answers and times.

use std::ops::Range;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use super::envelope::{Entries, Envelope, entries, headers, named, unquoted, value};
use super::message::{action_in_name, mentions_message};
use super::sheet::{Reader, Source, below, entries_at};
use crate::recording::level::{Level, range_in};
use crate::recording::{Answer, wire_time};

pub(super) fn is_archive(found: &Entries<'_>) -> bool {
    let list =
        named(found, &["log"]).and_then(|log| named(&entries(log), &["entries"]).map(|list| list.starts_with('[')));
    list.unwrap_or(false)
}

pub(super) fn read(reader: &mut Reader<'_>, source: &Source, pointer: &str, found: &Entries<'_>) {
    let Some(list) = named(found, &["log"]).and_then(|log| named(&entries(log), &["entries"])) else { return };
    let pointer = below(&below(pointer, "log"), "entries");
    let Some(Level::Array(items)) = Level::of(list) else { return };
    for (number, item) in items.into_iter().enumerate() {
        entry(reader, source, &range_in(&source.whole, item), &format!("{pointer}/{number}"));
    }
}

fn entry(reader: &mut Reader<'_>, source: &Source, range: &Range<usize>, pointer: &str) {
    let found = entries_at(source, range);
    let part = |name: &str| named(&found, &[name]).map(entries).unwrap_or_default();
    let (request, response) = (part("request"), part("response"));
    let url = named(&request, &["url"]).map(value).unwrap_or_default();
    let step = url.as_str().and_then(|url| url.split('?').next()?.rsplit('/').next()).map(str::to_owned);
    let envelope = Envelope {
        step: step.filter(|step| action_in_name(step).is_some()),
        headers: named(&request, &["headers"]).map(|list| headers(&value(list))).unwrap_or_default(),
        answer: answer(&response, named(&found, &["time"])),
        at: named(&found, &["starteddatetime"]).and_then(|at| wire_time::read(&value(at))),
    };
    let body = |of: &Entries<'_>, holder: &str| {
        let text = named(&entries(named(of, &[holder])?), &["text"]).map(|text| range_in(&source.whole, text))?;
        Some((value(&source.whole[text.clone()]).as_str()?.to_owned(), text))
    };
    if let Some((text, range)) = body(&request, "postdata").filter(|(text, _)| mentions_message(text)) {
        reader.quoted(source, range, text, &format!("{pointer}/request/postData/text"), &envelope, 1);
    }
    // A node that answers with the callback at once: no network law, but seen in logs of development.
    if let Some((text, range)) = body(&response, "content").filter(|(text, _)| mentions_message(text)) {
        let own = named(&response, &["headers"]).map(|list| headers(&value(list))).unwrap_or_default();
        let envelope = Envelope { step: None, headers: own, answer: None, at: envelope.at };
        reader.quoted(source, range, text, &format!("{pointer}/response/content/text"), &envelope, 1);
    }
}

fn answer(response: &Entries<'_>, time: Option<&str>) -> Option<Answer> {
    let status = named(response, &["status"]).map(value)?.as_u64().and_then(|status| u16::try_from(status).ok());
    let content = named(response, &["content"]).map(value).unwrap_or_default();
    let text = content["text"].as_str().unwrap_or_default();
    let bytes = match content["encoding"].as_str() {
        Some("base64") => STANDARD.decode(text).unwrap_or_default(),
        Some(_) | None => text.as_bytes().to_vec(),
    };
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let body = if text.is_empty() { Value::Null } else { unquoted(Value::String(text)) };
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // saturates
    let took_ms = time.map(value).and_then(|time| time.as_f64()).filter(|time| *time >= 0.0).map(|time| time as u64);
    // Status 0: no answer came.
    Some(Answer { status: status.filter(|status| *status > 0), body, took_ms })
}
