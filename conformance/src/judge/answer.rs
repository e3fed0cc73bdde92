//! The synchronous answer in one word.

use crate::recording::Answer;

/// `ACK` or `NACK` when the body says so, else the HTTP status; `None` when neither was recorded.
pub(super) fn word(answer: &Answer) -> Option<String> {
    let said = ["/message/ack/status", "/ack/status"].iter().find_map(|at| answer.body.pointer(at)?.as_str());
    match (said, answer.status) {
        (Some(word), _) => Some(word.to_uppercase()),
        (None, Some(status)) => Some(format!("HTTP {status}")),
        (None, None) => None,
    }
}
