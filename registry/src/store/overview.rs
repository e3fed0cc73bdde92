//! What the operator sees: entries, counts, keys that end soon.

use jiff::{SignedDuration, Timestamp};
use node::database::Database;
use node::read;

use super::ms;

/// Most entries on one page.
pub const ENTRIES_MAX: i64 = 500;

/// One entry in the list.
#[derive(Clone, Debug, serde::Serialize, sqlx::FromRow)]
pub struct EntryRow {
    pub subscriber_id: String,
    pub domain: String,
    #[serde(rename = "type")]
    pub role: String,
    pub status: String,
    pub subscriber_url: Option<String>,
    pub cities: String,
    pub created_ms: i64,
    pub updated_ms: i64,
    /// When the last key in use ends; `None` without a key.
    pub keys_until_ms: Option<i64>,
}

/// One key.
#[derive(Clone, Debug, serde::Serialize, sqlx::FromRow)]
pub struct KeyRow {
    #[serde(rename = "ukId")]
    pub unique_key_id: String,
    pub signing_public_key: String,
    pub encr_public_key: String,
    pub valid_from_ms: i64,
    pub valid_until_ms: i64,
    pub retired_ms: Option<i64>,
    pub created_ms: i64,
}

/// A subscriber's own row.
#[derive(Clone, Debug, serde::Serialize, sqlx::FromRow)]
pub struct SubscriberRow {
    pub subscriber_id: String,
    pub country: String,
    pub callback_path: String,
    /// `message.entity` of its latest application, JSON.
    pub entity: String,
    pub created_ms: i64,
    pub updated_ms: i64,
}

macro_rules! select_entries {
    ($rest:literal) => {
        concat!(
            "select e.subscriber_id, e.domain, e.role, e.status, e.subscriber_url, e.cities, e.created_ms, e.updated_ms, ",
            "(select max(k.valid_until_ms) from registry_key k where k.subscriber_id = e.subscriber_id and k.retired_ms is null) ",
            "as keys_until_ms from registry_entry e ",
            $rest
        )
    };
}

const LIST: &str = select_entries!(
    "where (e.subscriber_id like $1 escape '!' or e.domain like $1 escape '!') and ($2 = '' or e.status = $2) \
     order by e.updated_ms desc, e.subscriber_id, e.domain limit $3"
);
const OF_ONE: &str = select_entries!("where e.subscriber_id = $1 order by e.domain, e.role");
const KEYS: &str = "select unique_key_id, signing_public_key, encr_public_key, valid_from_ms, valid_until_ms, retired_ms, created_ms \
     from registry_key where subscriber_id = $1 order by valid_from_ms desc, unique_key_id";
const SUBSCRIBER: &str = "select subscriber_id, country, callback_path, entity, created_ms, updated_ms from registry_subscriber \
     where subscriber_id = $1";
const COUNTS: &str = "select status, count(*) from registry_entry group by status order by status";
const ENDING: &str =
    "select count(*) from registry_key where retired_ms is null and valid_until_ms >= $1 and valid_until_ms < $2";

/// Entries whose id or domain contains `search`, of one status or ("") of any; the latest changes first.
pub async fn entries(db: &Database, search: &str, status: &str) -> Result<Vec<EntryRow>, sqlx::Error> {
    let escaped = search.trim().replace('!', "!!").replace('%', "!%").replace('_', "!_");
    let pattern = format!("%{escaped}%");
    read!(db, |c| sqlx::query_as(LIST).bind(&pattern).bind(status).bind(ENTRIES_MAX).fetch_all(c).await)
}

/// All entries of one subscriber.
pub async fn entries_of(db: &Database, id: &str) -> Result<Vec<EntryRow>, sqlx::Error> {
    read!(db, |c| sqlx::query_as(OF_ONE).bind(id).fetch_all(c).await)
}

/// All keys of one subscriber.
pub async fn keys_of(db: &Database, id: &str) -> Result<Vec<KeyRow>, sqlx::Error> {
    read!(db, |c| sqlx::query_as(KEYS).bind(id).fetch_all(c).await)
}

/// The subscriber, once it has proved itself.
pub async fn subscriber(db: &Database, id: &str) -> Result<Option<SubscriberRow>, sqlx::Error> {
    read!(db, |c| sqlx::query_as(SUBSCRIBER).bind(id).fetch_optional(c).await)
}

/// How many entries have which status.
pub async fn counts(db: &Database) -> Result<Vec<(String, i64)>, sqlx::Error> {
    read!(db, |c| sqlx::query_as(COUNTS).fetch_all(c).await)
}

/// Keys in use that end within so many days.
pub async fn keys_ending(db: &Database, now: Timestamp, days: u32) -> Result<i64, sqlx::Error> {
    let until = now.saturating_add(SignedDuration::from_hours(i64::from(days) * 24)).unwrap_or(Timestamp::MAX);
    let (keys,): (i64,) = read!(db, |c| sqlx::query_as(ENDING).bind(ms(now)).bind(ms(until)).fetch_one(c).await)?;
    Ok(keys)
}
