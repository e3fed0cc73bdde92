//! The rows of a lookup: one for each entry and key. What the caller may see of them is decided in [`crate::directory`].

use jiff::Timestamp;
use node::database::Database;
use node::read;
use protocol::ids::{SubscriberId, UniqueKeyId};
use protocol::participant::{Participant, Status};
use protocol::registry_client::Filter;

use super::membership::{read_role, read_status};
use super::{time, unreadable};

/// One entry with one key, as it is stored.
#[derive(Clone, Debug)]
pub struct Record {
    /// The status in here is that of the entry; the key's validity is in `valid_from` and `valid_until`.
    pub participant: Participant,
    /// The key was taken out of use.
    pub retired: bool,
}

impl Record {
    /// The status of entry and key together.
    pub fn status(&self, now: Timestamp) -> Status {
        match self.participant.status {
            Status::Subscribed if self.retired => Status::Unsubscribed,
            Status::Subscribed if now > self.participant.valid_until => Status::Expired,
            Status::Subscribed if now < self.participant.valid_from => Status::Initiated,
            status => status,
        }
    }
}

#[derive(Debug, sqlx::FromRow)]
struct Row {
    subscriber_id: String,
    unique_key_id: String,
    domain: String,
    role: String,
    status: String,
    subscriber_url: Option<String>,
    cities: String,
    created_ms: i64,
    updated_ms: i64,
    country: String,
    signing_public_key: String,
    encr_public_key: String,
    valid_from_ms: i64,
    valid_until_ms: i64,
    retired_ms: Option<i64>,
}

macro_rules! select_records {
    ($rest:literal) => {
        concat!(
            "select e.subscriber_id, k.unique_key_id, e.domain, e.role, e.status, e.subscriber_url, e.cities, e.created_ms, e.updated_ms, ",
            "s.country, k.signing_public_key, k.encr_public_key, k.valid_from_ms, k.valid_until_ms, k.retired_ms ",
            "from registry_entry e join registry_subscriber s on s.subscriber_id = e.subscriber_id ",
            "join registry_key k on k.subscriber_id = e.subscriber_id ",
            $rest
        )
    };
}

// Newest keys first: some peers take the first record that they get.
const BY_SUBSCRIBER: &str =
    select_records!("where e.subscriber_id = $1 order by k.valid_from_ms desc, k.unique_key_id, e.domain, e.role");
const BY_DOMAIN: &str =
    select_records!("where e.domain = $1 order by e.subscriber_id, k.valid_from_ms desc, k.unique_key_id, e.role");
const ALL: &str = select_records!("order by e.subscriber_id, k.valid_from_ms desc, k.unique_key_id, e.domain, e.role");

/// All rows that can answer the question, whatever their status. The narrowest index is used; the rest is sieved here.
pub async fn matching(db: &Database, filter: &Filter) -> Result<Vec<Record>, sqlx::Error> {
    let rows: Vec<Row> = match (&filter.subscriber_id, &filter.domain) {
        (Some(id), _) => read!(db, |c| sqlx::query_as(BY_SUBSCRIBER).bind(id.as_str()).fetch_all(c).await)?,
        (None, Some(domain)) => read!(db, |c| sqlx::query_as(BY_DOMAIN).bind(domain).fetch_all(c).await)?,
        (None, None) => read!(db, |c| sqlx::query_as(ALL).fetch_all(c).await)?,
    };
    // A question for one key is not about a city.
    let key = filter.subscriber_id.is_some() && filter.unique_key_id.is_some();
    let filter = Filter { city: filter.city.clone().filter(|_| !key), ..filter.clone() };
    let records = rows.into_iter().map(record).collect::<Result<Vec<_>, _>>()?;
    Ok(records.into_iter().filter(|one| filter.matches(&one.participant)).collect())
}

fn record(row: Row) -> Result<Record, sqlx::Error> {
    let participant = Participant {
        subscriber_id: SubscriberId::parse(row.subscriber_id).map_err(|error| unreadable("registry_entry", error))?,
        unique_key_id: UniqueKeyId::parse(row.unique_key_id).map_err(|error| unreadable("registry_key", error))?,
        role: read_role(&row.role)?,
        domain: row.domain,
        country: row.country,
        city: row.cities.split(',').filter(|city| !city.is_empty()).map(str::to_owned).collect(),
        subscriber_url: row.subscriber_url,
        signing_public_key: row.signing_public_key,
        encr_public_key: row.encr_public_key,
        valid_from: time(row.valid_from_ms),
        valid_until: time(row.valid_until_ms),
        status: read_status(&row.status)?,
        created: Some(time(row.created_ms)),
        updated: Some(time(row.updated_ms)),
    };
    Ok(Record { participant, retired: row.retired_ms.is_some() })
}
