//! The order in which messages were sent.

use jiff::Timestamp;
use specs::Action;

use super::message::action;
use crate::recording::{Recorded, wire_time};

/// Sorts by `context.timestamp`; of equal times requests first; then as they were found, which is by name. A message
/// without a time stays behind the one found before it. A callback never stands before its own request: their clocks
/// differ, cause and effect do not.
pub(super) fn sort(messages: Vec<Recorded>) -> (Vec<Recorded>, Vec<String>) {
    let mut guesses = Vec::new();
    let mut last = Timestamp::MIN;
    let mut keyed: Vec<((Timestamp, bool), Recorded)> = Vec::with_capacity(messages.len());
    for message in messages {
        let at = sent(&message).unwrap_or(last);
        if sent(&message).is_none() {
            guesses.push(format!("{}: no time in its context; placed by its name", label(&message)));
        }
        last = at;
        keyed.push(((at, action(&message).is_some_and(Action::is_callback)), message));
    }
    keyed.sort_by_key(|(key, _)| *key);
    let mut sorted: Vec<Recorded> = keyed.into_iter().map(|(_, message)| message).collect();
    mend_causes(&mut sorted, &mut guesses);
    (sorted, guesses)
}

/// The time in the context; else of the recorder.
pub(super) fn sent(message: &Recorded) -> Option<Timestamp> {
    message.payload.pointer("/context/timestamp").and_then(wire_time::read).or(message.at)
}

fn mend_causes(messages: &mut Vec<Recorded>, guesses: &mut Vec<String>) {
    let mut at = 0;
    while at < messages.len() {
        match request_after(messages, at) {
            Some(request) => {
                let callback = messages.remove(at);
                guesses.push(format!(
                    "{}: its time is before that of its request {}; placed behind it",
                    label(&callback),
                    label(&messages[request - 1])
                ));
                messages.insert(request, callback);
            }
            None => at += 1,
        }
    }
}

/// The request of a callback, when it stands later and no earlier one has the same id.
fn request_after(messages: &[Recorded], at: usize) -> Option<usize> {
    let wanted = action(&messages[at])?.request()?;
    let id = message_id(&messages[at])?;
    let is_it = |message: &Recorded| message_id(message) == Some(id) && action(message) == Some(wanted);
    if messages[..at].iter().any(is_it) {
        return None;
    }
    messages[at + 1..].iter().position(is_it).map(|offset| at + 1 + offset)
}

fn message_id(message: &Recorded) -> Option<&str> {
    message.payload.pointer("/context/message_id")?.as_str()
}

/// A message in a sentence: its file without folders, and the place in it.
pub(super) fn label(message: &Recorded) -> String {
    let name = message.origin.path.rsplit(['/', '\\']).next().unwrap_or_default();
    if message.origin.pointer.is_empty() { name.to_owned() } else { format!("{name} at {}", message.origin.pointer) }
}
