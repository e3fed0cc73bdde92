//! What travelled with a message: the signature header, the bytes, the synchronous answer.
//!
//! Without the registry no key is known, so a signature can be read but not verified; that is said, never passed over.

use protocol::auth_header::{AuthHeader, AuthHeaderError};
use protocol::digest::digest;
use serde_json::Value;
use specs::{Fault, Layer, Side};

use crate::check::say::Say;
use crate::finding::Found;
use crate::view::{FlowView, Step};

/// Header, digest, answer: for the messages for which they were recorded.
pub(crate) fn check(view: &FlowView<'_>, out: &mut Vec<Found>) {
    for step in &view.steps {
        if !step.recorded.headers.is_empty() {
            signature(view, step, out);
            body_digest(step, out);
        }
        answer(step, out);
    }
}

fn header<'a>(step: &Step<'a>, name: &str) -> Option<&'a str> {
    step.recorded.headers.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
}

/// The header is there, can be read, names the sender, and its times make sense.
fn signature(view: &FlowView<'_>, step: &Step<'_>, out: &mut Vec<Found>) {
    let value = header(step, "authorization").unwrap_or_default();
    let read = match AuthHeader::parse(value) {
        Ok(read) => read,
        Err(AuthHeaderError::Missing) => {
            out.push(
                step.found(
                    "transport/AUTHORIZATION_MISSING",
                    "",
                    "the message was sent without an Authorization header",
                )
                .wants("Authorization: Signature keyId=…"),
            );
            return;
        }
        Err(error) => {
            out.push(
                step.found("transport/AUTHORIZATION_FORM", "", error.to_string())
                    .wants("Signature keyId=\"id|key|ed25519\",…"),
            );
            return;
        }
    };
    let place = match step.sender {
        Side::Buyer => "/context/bap_id",
        Side::Seller => "/context/bpp_id",
    };
    let signer = read.subscriber_id.as_str();
    // A subscriber may be registered with a path below its name.
    let is_own =
        |sender: &str| signer == sender || signer.strip_prefix(sender).is_some_and(|rest| rest.starts_with('/'));
    if let Some(sender) = step.text(place).filter(|sender| !is_own(sender)) {
        let text = format!("signed by {signer:?}, sent in the name of {sender:?}");
        out.push(step.found("transport/KEY_OF_SENDER", place, text).wants(signer).has(sender));
    }
    if read.expires <= read.created {
        let text = format!("the signature expires at {}, before or when it was made at {}", read.expires, read.created);
        out.push(step.found("transport/SIGNATURE_TIMES", "", text).wants("expires after created"));
    } else if let Some(at) = step.recorded.at.or(step.at) {
        let skew = view.specs.network().clock_skew_ms_max / 1000;
        let now = at.as_second();
        if read.created > now + skew || read.expires < now - skew {
            let text =
                format!("the signature holds from {} to {}, the message is of {now}", read.created, read.expires);
            out.push(step.found("transport/SIGNATURE_TIMES", "", text).wants("created ≤ now ≤ expires"));
        }
    }
    let said = out.iter().any(|found| found.rule == "transport/SIGNATURE_UNVERIFIED");
    if !said {
        let text = "signatures were read, not verified: the registry's keys are not at hand";
        out.push(Found {
            rule: "transport/SIGNATURE_UNVERIFIED".to_owned(),
            text: text.to_owned(),
            ..Found::default()
        });
    }
}

/// A Digest header is that of the bytes.
fn body_digest(step: &Step<'_>, out: &mut Vec<Found>) {
    let (Some(said), Some(raw)) = (header(step, "digest"), step.recorded.raw.as_deref()) else { return };
    let said = said.trim().trim_start_matches("BLAKE-512=");
    let is = digest(raw);
    if said != is {
        let text = "the digest in the header is not that of the bytes: they changed after signing";
        out.push(step.found("transport/DIGEST", "", text).wants(is).has(said));
    }
}

/// The answer is an ACK or a NACK in the network's form, and rightly so.
fn answer(step: &Step<'_>, out: &mut Vec<Found>) {
    let Some(answer) = &step.recorded.answer else { return };
    let mut say = |rule: &str, text: String, wanted: &str| {
        let mut found = step.found(rule, "", text).wants(wanted);
        found.fault = Some(Fault::Receiver);
        out.push(found);
    };
    let status = answer.body.pointer("/message/ack/status").and_then(Value::as_str);
    let error = answer.body.get("error").filter(|error| error.get("code").is_some_and(|code| !code.is_null()));
    match status {
        Some("ACK") => {
            if let Some(http) = answer.status.filter(|http| *http != 200) {
                say("transport/ANSWER_STATUS", format!("an ACK came with HTTP {http}"), "HTTP 200");
            }
            let broken = broken(step);
            if let Some(first) = broken.first() {
                let text = format!(
                    "the message breaks {} rules of its schema and was acknowledged; first: {first}",
                    broken.len()
                );
                say("transport/ACKED_BAD_MESSAGE", text, "NACK with the code and path of the first error");
            }
        }
        Some("NACK") => {
            let whole = error
                .is_some_and(|error| ["type", "code"].iter().all(|key| error.get(key).is_some_and(Value::is_string)));
            if !whole {
                say("transport/NACK_FORM", "a NACK does not say why".to_owned(), "error with type and code, both text");
            }
            let schema = error.and_then(|error| error["type"].as_str()) == Some("JSON-SCHEMA-ERROR");
            if schema && step.book.is_some() && broken(step).is_empty() {
                let text = "refused for its form, and nothing is wrong with its form";
                say("transport/NACKED_GOOD_MESSAGE", text.to_owned(), "ACK");
            }
        }
        Some(_) | None => say(
            "transport/ANSWER_FORM",
            "the answer is neither ACK nor NACK".to_owned(),
            "{\"message\":{\"ack\":{\"status\":\"ACK\"}}}",
        ),
    }
}

/// What the schema of the action says against the message.
fn broken(step: &Step<'_>) -> Vec<String> {
    let violations = step.book.map(|book| book.check(step.action, step.payload)).unwrap_or_default();
    violations.iter().filter(|violation| violation.layer == Layer::Schema).map(ToString::to_string).collect()
}
