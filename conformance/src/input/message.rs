//! What is a message, and the making of one.

use std::sync::Arc;

use serde_json::Value;
use specs::Action;

use super::envelope::Envelope;
use crate::recording::level::{Level, property};
use crate::recording::{Origin, Recorded, Split, Text};

/// A larger catalogue is taken in parts.
const SPLIT_FROM: usize = 8 * 1024 * 1024;
/// A larger message that is no catalogue would take too much memory.
const WHOLE_MAX: usize = 64 * 1024 * 1024;

/// Parts of a message by which it is known when its context is missing.
const CONTENTS: [&str; 8] = ["order", "catalog", "intent", "order_id", "issue", "issue_id", "tracking", "ratings"];

/// Is this object a message? An acknowledgement is none, with a context or without.
pub(super) fn is_message(object: &str) -> bool {
    let Some(Level::Object(entries)) = Level::of(object) else { return false };
    let named = |key: &str| entries.iter().rev().find(|(name, _)| name == key).map(|(_, value)| *value);
    let has = |object: &str, keys: &[&str]| match Level::of(object) {
        Some(Level::Object(entries)) => entries.iter().any(|(name, _)| keys.contains(&name.as_ref())),
        Some(Level::Array(_) | Level::String(_) | Level::Plain) | None => false,
    };
    let message = named("message").filter(|message| message.starts_with('{'));
    if message.is_some_and(|message| has(message, &["ack"]) && !has(message, &CONTENTS)) {
        return false;
    }
    match named("context") {
        Some(context) => has(context, &["action", "transaction_id", "message_id", "bap_id"]),
        None => message.is_some_and(|message| has(message, &CONTENTS)),
    }
}

/// A place in a text that holds a message.
#[derive(Debug)]
pub(super) struct Place<'a> {
    pub path: &'a str,
    pub pointer: &'a str,
    pub text: Text,
    /// The text, if it holds nothing but the message, is exactly what was on the wire.
    pub exact: bool,
}

/// Reads a message; the error says in words why it cannot be read.
pub(super) fn record(place: Place<'_>, envelope: &Envelope) -> Result<Recorded, String> {
    let range = place.text.start..place.text.end;
    let slice = &place.text.whole[range.clone()];
    let split = if slice.len() > SPLIT_FROM { Split::new(&place.text.whole, range.clone()) } else { None };
    let payload = match &split {
        Some(split) => {
            split.first().ok_or("a catalogue with a part that cannot be read: too deep, or a number out of range")?
        }
        None if slice.len() > WHOLE_MAX => {
            return Err(format!("a message of {} bytes that is no catalogue; at most {WHOLE_MAX}", slice.len()));
        }
        None => parse(slice)?,
    };
    // Blanks around the message were signed with it.
    let whole = place.text.whole.as_bytes();
    let raw = (place.exact && whole.trim_ascii().len() == slice.len()).then(|| Arc::from(whole));
    let origin = Origin { path: place.path.to_owned(), pointer: place.pointer.to_owned(), text: Some(place.text) };
    Ok(Recorded {
        origin,
        step: envelope.step.clone(),
        payload,
        split: split.map(Arc::new),
        headers: envelope.headers.clone(),
        raw,
        answer: envelope.answer.clone(),
        at: envelope.at,
    })
}

fn parse(slice: &str) -> Result<Arc<Value>, String> {
    serde_json::from_str(slice).map(Arc::new).map_err(|error| format!("a message that cannot be read: {error}"))
}

/// The action that a name of a step or file tells: `03_on_search_inc_refresh` is an `on_search`.
pub(crate) fn action_in_name(name: &str) -> Option<Action> {
    let words = words(name);
    let named = |action: &Action| {
        let parts: Vec<&str> = action.as_str().split('_').collect();
        words.windows(parts.len()).any(|window| window == parts)
    };
    Action::ALL.into_iter().filter(named).max_by_key(|action| action.as_str().len())
}

fn words(name: &str) -> Vec<String> {
    let mut spaced = String::with_capacity(name.len());
    let mut last = ' ';
    for character in name.chars() {
        if character.is_uppercase() && last.is_lowercase() {
            spaced.push(' ');
        }
        spaced.push(character.to_ascii_lowercase());
        last = character;
    }
    spaced.split(|c: char| !c.is_alphabetic()).filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

/// The action of a message: from its context, else from the name of its step.
pub(crate) fn action(recorded: &Recorded) -> Option<Action> {
    match recorded.payload.pointer("/context/action") {
        Some(action) => action.as_str()?.parse().ok(),
        None => action_in_name(recorded.step.as_deref()?),
    }
}

/// Does the text of this object speak of a message somewhere?
pub(super) fn mentions_message(text: &str) -> bool {
    text.contains("context") && text.contains("action")
}

/// A saved report of the official validator, whose copy of the messages is no recording of its own.
pub(super) fn is_report(object: &str) -> bool {
    let inner = property(object, "response").unwrap_or(object);
    property(inner, "report").is_some() && property(inner, "payload").is_some_and(|payload| payload.starts_with('{'))
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case(r#"{"context": {"action": "search"}}"#, true)]
    #[case(r#"{"context": {"message_id": "m"}, "message": {}}"#, true)]
    #[case(r#"{"message": {"order": {}}}"#, true)]
    #[case(r#"{"context": {"action": "search"}, "message": {"ack": {"status": "ACK"}}}"#, false)]
    #[case(r#"{"message": {"ack": {"status": "ACK"}}}"#, false)]
    #[case(r#"{"message": "order", "level": "info"}"#, false)]
    #[case(r#"{"context": {"run": 1}}"#, false)]
    fn messages_are_known(#[case] object: &str, #[case] message: bool) {
        assert_eq!(is_message(object), message);
    }

    #[rstest]
    #[case("03_on_search_inc_refresh", Some(Action::OnSearch))]
    #[case("ret_on_issue_status_unsolicited", Some(Action::OnIssueStatus))]
    #[case("Flow 2/onConfirm (1)", Some(Action::OnConfirm))]
    #[case("catalog_rejection", Some(Action::CatalogRejection))]
    #[case("selection", None)]
    fn names_tell_actions(#[case] name: &str, #[case] action: Option<Action>) {
        assert_eq!(action_in_name(name), action);
    }
}
