//! Rows of the store as the pages show them.

use jiff::Timestamp;
use protocol::participant::Status;

use crate::participant_state::{Event, next};
use crate::registry::Registry;
use crate::store::history::Line;
use crate::store::overview::{EntryRow, KeyRow};
use crate::store::time;

/// Days before the end of a key when the pages warn.
const WARN_DAYS: i64 = 30;

/// What the frame of every page shows.
pub(super) struct Frame<'a> {
    pub subscriber_id: &'a str,
    pub here: &'a str,
    pub encryption_key: String,
}

impl<'a> Frame<'a> {
    pub fn of(registry: &'a Registry, here: &'a str) -> Self {
        let encryption_key = registry.node.keys.encryption().public_text();
        Self { subscriber_id: registry.node.identity.subscriber_id.as_str(), here, encryption_key }
    }
}

/// A status with the number of its entries.
pub(super) struct StatusCount {
    pub status: &'static str,
    pub entries: i64,
    pub chosen: bool,
}

/// All statuses that occur, and the chosen one.
pub(super) fn count_views(counts: &[(String, i64)], chosen: &str) -> Vec<StatusCount> {
    let count =
        |status: Status| counts.iter().find(|(text, _)| text == status.as_str()).map_or(0, |(_, entries)| *entries);
    let view = |status: Status| StatusCount {
        status: status.as_str(),
        entries: count(status),
        chosen: chosen == status.as_str(),
    };
    Status::ALL.into_iter().map(view).filter(|one| one.entries > 0 || one.chosen).collect()
}

/// One button.
pub(super) struct Choice {
    pub event: &'static str,
    pub word: &'static str,
    pub style: &'static str,
}

pub(super) struct EntryView {
    pub id: String,
    pub id_url: String,
    pub domain: String,
    pub role: String,
    pub status: String,
    pub tone: &'static str,
    pub url: String,
    pub cities: String,
    pub updated: String,
    pub keys_until: String,
    pub keys_tone: &'static str,
    pub choices: Vec<Choice>,
}

impl EntryView {
    pub fn of(row: EntryRow, now: Timestamp) -> Self {
        let status = Status::read(&row.status);
        let (keys_until, keys_tone) = match row.keys_until_ms {
            Some(until) => (date(until), end_tone(until, now)),
            None => ("no key".to_owned(), "quiet"),
        };
        Self {
            id_url: node::pages::url_encode(&row.subscriber_id),
            id: row.subscriber_id,
            domain: row.domain,
            role: row.role,
            tone: status.map_or("bad", tone),
            status: row.status,
            url: row.subscriber_url.unwrap_or_default(),
            cities: row.cities.replace(',', ", "),
            updated: minute(row.updated_ms),
            keys_until,
            keys_tone,
            choices: choices(status),
        }
    }
}

/// The decisions that the state table allows now and that change something.
fn choices(status: Option<Status>) -> Vec<Choice> {
    let offered = [
        (Event::Approve, "Approve", "primary"),
        (Event::Review, "Take for review", ""),
        (Event::Whitelist, "Whitelist", ""),
        (Event::Distrust, "Certificate is bad", "danger"),
        (Event::Suspend, "Suspend", "danger"),
    ];
    let changes = |event: Event| next(status, event).is_ok_and(|after| Some(after) != status);
    let chosen = offered.into_iter().filter(|(event, _, _)| changes(*event));
    chosen.map(|(event, word, style)| Choice { event: event.as_str(), word, style }).collect()
}

const fn tone(status: Status) -> &'static str {
    match status {
        Status::Subscribed => "ok",
        Status::Initiated | Status::UnderSubscription => "wait",
        Status::Whitelisted => "info",
        Status::Expired | Status::Unsubscribed | Status::InvalidSsl => "bad",
    }
}

pub(super) struct KeyView {
    pub unique_key_id: String,
    pub signing: String,
    pub encryption: String,
    pub from: String,
    pub until: String,
    pub state: &'static str,
    pub tone: &'static str,
    pub in_use: bool,
}

impl KeyView {
    pub fn of(row: KeyRow, now: Timestamp) -> Self {
        let (state, tone) = if row.retired_ms.is_some() {
            ("retired", "quiet")
        } else if now < time(row.valid_from_ms) {
            ("not valid yet", "info")
        } else if now > time(row.valid_until_ms) {
            ("expired", "bad")
        } else if end_tone(row.valid_until_ms, now) == "wait" {
            ("ends soon", "wait")
        } else {
            ("valid", "ok")
        };
        Self {
            unique_key_id: row.unique_key_id,
            signing: row.signing_public_key,
            encryption: row.encr_public_key,
            from: date(row.valid_from_ms),
            until: date(row.valid_until_ms),
            state,
            tone,
            in_use: row.retired_ms.is_none(),
        }
    }
}

pub(super) struct LineView {
    pub at: String,
    pub id: String,
    pub id_url: String,
    pub event: String,
    pub actor: String,
    pub tone: &'static str,
    pub detail: String,
}

impl LineView {
    pub fn of(line: Line) -> Self {
        let tone = if line.event == crate::store::history::REFUSED { "bad" } else { "quiet" };
        Self {
            at: minute(line.at_ms),
            id_url: node::pages::url_encode(&line.subscriber_id),
            id: line.subscriber_id,
            event: line.event,
            actor: line.actor,
            tone,
            detail: line.detail,
        }
    }
}

fn end_tone(until_ms: i64, now: Timestamp) -> &'static str {
    let left = time(until_ms).duration_since(now);
    if left.is_negative() {
        "bad"
    } else if left.as_hours() < WARN_DAYS * 24 {
        "wait"
    } else {
        "ok"
    }
}

fn date(ms: i64) -> String {
    time(ms).strftime("%Y-%m-%d").to_string()
}

fn minute(ms: i64) -> String {
    time(ms).strftime("%Y-%m-%d %H:%M:%S").to_string()
}
