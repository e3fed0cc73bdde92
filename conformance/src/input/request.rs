//! What the official validator is asked: `{domain, version, flow, bap_id, bpp_id, payload: {step: message}}`; and its
//! answer, which repeats it.

use super::envelope::{Entries, Envelope, entries, named, value};
use super::sheet::{Reader, Source, below};
use crate::recording::level::{Level, range_in};
use crate::recording::{Claim, Recorded};

pub(super) fn is_request(found: &Entries<'_>) -> bool {
    let payload = named(found, &["payload"])
        .is_some_and(|payload| payload.starts_with('{') && !super::message::is_message(payload));
    payload && ["flow", "version", "domain"].iter().any(|name| named(found, &[name]).is_some())
}

/// The claim and the steps of a request, or of a saved report that repeats one.
pub(super) fn read(
    reader: &mut Reader<'_>,
    source: &Source,
    pointer: &str,
    found: &Entries<'_>,
) -> (Claim, Vec<Recorded>) {
    let inner = named(found, &["response"]).filter(|_| named(found, &["payload"]).is_none());
    let inside = inner.map(entries);
    let (found, pointer) =
        inside.as_deref().map_or((found, pointer.to_owned()), |inside| (inside, below(pointer, "response")));
    let claim = Claim { flow: text(found, "flow"), domain: text(found, "domain"), version: text(found, "version") };
    let messages_before = reader.sheet.messages.len();
    let pointer = below(&pointer, "payload");
    for (step, message) in entries(named(found, &["payload"]).unwrap_or_default()) {
        let envelope = Envelope { step: Some(step.to_string()), ..Envelope::default() };
        reader.search(source, range_in(&source.whole, message), &below(&pointer, &step), &envelope, 1);
    }
    (claim, reader.sheet.messages.split_off(messages_before))
}

fn text(found: &Entries<'_>, name: &str) -> Option<String> {
    let text = named(found, &[name])?;
    match Level::of(text)? {
        Level::String(text) => Some(text).filter(|text| !text.is_empty()),
        Level::Plain => Some(value(text)).filter(|value| value.is_number()).map(|value| value.to_string()),
        Level::Object(_) | Level::Array(_) => None,
    }
}
