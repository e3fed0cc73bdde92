//! Ledger and queue rows as the pages show them.

use jiff::Timestamp;

use crate::inbox::DeadMessage;
use crate::ledger::{Direction, LedgerEntry, Verdict};
use crate::outbox::OutboxRow;
use crate::pages::url_encode;

pub(super) struct RowView {
    pub id: String,
    pub iso: String,
    pub day: String,
    pub clock: String,
    pub way: &'static str,
    pub way_word: &'static str,
    pub peer: String,
    pub action: String,
    pub verdict: &'static str,
    pub tone: &'static str,
    pub code: Option<String>,
    pub detail: Option<String>,
    pub ms: String,
    pub bytes: String,
    pub attempt: u32,
    pub repeats: u32,
    pub http_status: u16,
    pub transaction_id: String,
    pub transaction_url: String,
    pub transaction_short: String,
    pub message_id: String,
    pub url: Option<String>,
}

impl From<LedgerEntry> for RowView {
    fn from(entry: LedgerEntry) -> Self {
        let (iso, day, clock) = times(entry.at_ms);
        let (way, way_word) = match entry.direction {
            Direction::In => ("in", "received"),
            Direction::Out => ("out", "sent"),
        };
        let (verdict, tone) = match entry.verdict {
            Verdict::Ack => ("ACK", "ok"),
            Verdict::Nack => ("NACK", "bad"),
            Verdict::Failed => ("failed", "wait"),
        };
        Self {
            way,
            way_word,
            verdict,
            tone,
            ms: format!("{:.1}", entry.took_us as f64 / 1000.0),
            bytes: thousands(entry.bytes_len),
            transaction_url: url_encode(&entry.transaction_id),
            transaction_short: entry.transaction_id.chars().take(8).collect(),
            id: entry.id,
            iso,
            day,
            clock,
            peer: entry.peer,
            action: entry.action,
            code: entry.code,
            detail: entry.detail,
            attempt: entry.attempt,
            repeats: entry.repeats,
            http_status: entry.http_status,
            transaction_id: entry.transaction_id,
            message_id: entry.message_id,
            url: entry.url,
        }
    }
}

/// One arrow of the time line.
pub(super) struct StepView {
    pub row: RowView,
    pub from: String,
    pub to: String,
    /// The counterparty's lane; ours is 0.
    pub lane: usize,
    /// Time since the step before.
    pub after: String,
}

/// The participants of a transaction: we first, the others as they appear.
pub(super) fn lanes(own: &str, entries: &[LedgerEntry]) -> Vec<String> {
    let mut lanes = vec![own.to_owned()];
    for entry in entries {
        if !lanes.contains(&entry.peer) {
            lanes.push(entry.peer.clone());
        }
    }
    lanes
}

pub(super) fn steps(own: &str, lanes: &[String], entries: Vec<LedgerEntry>) -> Vec<StepView> {
    let mut before = None;
    let mut steps = Vec::with_capacity(entries.len());
    for entry in entries {
        let after = before.map_or_else(String::new, |then| pause(entry.at_ms - then));
        before = Some(entry.at_ms);
        let (from, to) = match entry.direction {
            Direction::In => (entry.peer.clone(), own.to_owned()),
            Direction::Out => (own.to_owned(), entry.peer.clone()),
        };
        // A message to ourselves stays in the first gap.
        let lane = lanes.iter().position(|lane| *lane == entry.peer).unwrap_or_default().max(1);
        steps.push(StepView { row: RowView::from(entry), from, to, lane, after });
    }
    steps
}

pub(super) struct OutboxView {
    pub id: String,
    pub to: String,
    pub action: String,
    pub transaction_id: String,
    pub transaction_url: String,
    pub state: &'static str,
    pub tone: &'static str,
    pub attempts: i64,
    pub due: String,
    pub why: String,
}

impl From<OutboxRow> for OutboxView {
    fn from(row: OutboxRow) -> Self {
        let (state, tone) = match row.state.as_str() {
            "pending" => ("waiting", "wait"),
            "claimed" => ("on its way", "info"),
            "acked" => ("delivered", "ok"),
            "refused" => ("refused", "bad"),
            _ => ("given up", "bad"),
        };
        let (_, day, clock) = times(row.due_ms);
        let due = if tone == "wait" { format!("{day} {clock}") } else { "–".to_owned() };
        Self {
            transaction_url: url_encode(&row.transaction_id),
            id: row.id,
            to: row.to_id,
            action: row.action,
            transaction_id: row.transaction_id,
            state,
            tone,
            attempts: row.attempts,
            due,
            why: row.last_error.unwrap_or_default(),
        }
    }
}

pub(super) struct DeadView {
    pub id: String,
    pub sender: String,
    pub action: String,
    pub transaction_id: String,
    pub attempts: i64,
    pub why: String,
}

impl From<DeadMessage> for DeadView {
    fn from(dead: DeadMessage) -> Self {
        Self {
            id: dead.id,
            sender: dead.sender,
            action: dead.action,
            transaction_id: dead.transaction_id,
            attempts: dead.attempts,
            why: dead.last_error.unwrap_or_default(),
        }
    }
}

/// ISO form, day, and time of day with milliseconds, in UTC.
fn times(at_ms: i64) -> (String, String, String) {
    let iso = Timestamp::from_millisecond(at_ms).map(protocol::clock::wire_timestamp).unwrap_or_default();
    let (day, clock) = iso.split_once('T').unwrap_or_default();
    let (day, clock) = (day.to_owned(), clock.trim_end_matches('Z').to_owned());
    (iso, day, clock)
}

/// `+12 ms`, `+3.4 s`, `+5 min`.
fn pause(ms: i64) -> String {
    match ms {
        ..1_000 => format!("+{} ms", ms.max(0)),
        1_000..60_000 => format!("+{:.1} s", ms as f64 / 1_000.0),
        60_000..7_200_000 => format!("+{} min", ms / 60_000),
        7_200_000.. => format!("+{} h", ms / 3_600_000),
    }
}

/// `1234567` → `1 234 567`, with narrow spaces.
fn thousands(number: i64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() * 2);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push('\u{202f}');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_and_numbers_read_well() {
        assert_eq!([0, 999, 3_400, 300_000, 9_000_000].map(pause), ["+0 ms", "+999 ms", "+3.4 s", "+5 min", "+2 h"]);
        assert_eq!([7, 123, 1_234, 1_234_567].map(thousands), ["7", "123", "1\u{202f}234", "1\u{202f}234\u{202f}567"]);
        assert_eq!(times(0).2, "00:00:00.000");
    }
}
