//! Reads what is known about one subscriber, and writes what an application changed, in one transaction.

use jiff::Timestamp;
use node::database::Tx;
use node::run;
use protocol::ids::UniqueKeyId;
use protocol::participant::{Role, Status};

use super::{ms, time, unreadable};
use crate::admission::{Known, KnownEntry, StoredKey};
use crate::application::Application;

const COUNTRY: &str = "select country from registry_subscriber where subscriber_id = $1";
const ENTRIES: &str = "select domain, role, status from registry_entry where subscriber_id = $1 order by domain, role";
const KEYS: &str = "select unique_key_id, signing_public_key, encr_public_key, valid_from_ms, valid_until_ms, retired_ms \
     from registry_key where subscriber_id = $1 order by created_ms, unique_key_id";
const HOLDER: &str = "select subscriber_id, unique_key_id from registry_key where signing_public_key = $1";
const GRANTED: &str = "select digest from registry_request where subscriber_id = $1 and request_id = $2";

type KeyRow = (String, String, String, i64, i64, Option<i64>);

/// What is known about a subscriber, for [`crate::admission::admit`].
pub async fn known(tx: &mut Tx, application: &Application) -> Result<Known, sqlx::Error> {
    let id = application.subscriber_id.as_str();
    let country: Option<(String,)> = run!(tx, |c| sqlx::query_as(COUNTRY).bind(id).fetch_optional(c).await)?;
    let holder = run!(tx, |c| sqlx::query_as(HOLDER).bind(&application.key.signing_text).fetch_optional(c).await)?;
    let granted: Option<(String,)> =
        run!(tx, |c| sqlx::query_as(GRANTED).bind(id).bind(&application.request_id).fetch_optional(c).await)?;
    Ok(Known {
        country: country.map(|(country,)| country),
        entries: entries(tx, id).await?,
        keys: keys(tx, id).await?,
        holder,
        granted: granted.map(|(digest,)| digest),
    })
}

/// All entries of a subscriber.
pub async fn entries(tx: &mut Tx, id: &str) -> Result<Vec<KnownEntry>, sqlx::Error> {
    let rows: Vec<(String, String, String)> = run!(tx, |c| sqlx::query_as(ENTRIES).bind(id).fetch_all(c).await)?;
    rows.into_iter()
        .map(|(domain, role, status)| Ok(KnownEntry { domain, role: read_role(&role)?, status: read_status(&status)? }))
        .collect()
}

/// All keys of a subscriber.
pub async fn keys(tx: &mut Tx, id: &str) -> Result<Vec<StoredKey>, sqlx::Error> {
    let rows: Vec<KeyRow> = run!(tx, |c| sqlx::query_as(KEYS).bind(id).fetch_all(c).await)?;
    rows.into_iter().map(stored_key).collect()
}

fn stored_key(
    (name, signing_public_key, encr_public_key, from, until, retired): KeyRow,
) -> Result<StoredKey, sqlx::Error> {
    Ok(StoredKey {
        unique_key_id: UniqueKeyId::parse(name).map_err(|error| unreadable("registry_key", error))?,
        signing_public_key,
        encr_public_key,
        valid_from: time(from),
        valid_until: time(until),
        retired: retired.is_some(),
    })
}

pub(crate) fn read_role(text: &str) -> Result<Role, sqlx::Error> {
    Role::read(text).ok_or_else(|| unreadable("registry_entry.role", text))
}

pub(crate) fn read_status(text: &str) -> Result<Status, sqlx::Error> {
    Status::read(text).ok_or_else(|| unreadable("registry_entry.status", text))
}

const LOCK: &str = "select pg_advisory_xact_lock(hashtextextended($1, 0))";

/// Two requests for one name, or for one signing key, are decided one after the other. SQLite has one writer anyway.
pub async fn lock(tx: &mut Tx, application: &Application) -> Result<(), sqlx::Error> {
    let sql = tx.sql("select $1", LOCK);
    let mut names = [application.subscriber_id.as_str(), application.key.signing_text.as_str()];
    names.sort_unstable(); // always in the same order, so that two requests never wait for each other
    for name in names {
        run!(tx, |c| sqlx::query(sql).bind(name).execute(c).await.map(|_| ()))?;
    }
    Ok(())
}

const PUT_SUBSCRIBER: &str = "insert into registry_subscriber (subscriber_id, country, callback_path, entity, created_ms, updated_ms) \
     values ($1, $2, $3, $4, $5, $5) on conflict (subscriber_id) do update set \
     callback_path = excluded.callback_path, entity = excluded.entity, updated_ms = excluded.updated_ms";
const PUT_KEY: &str = "insert into registry_key (subscriber_id, unique_key_id, signing_public_key, encr_public_key, valid_from_ms, \
     valid_until_ms, created_ms) values ($1, $2, $3, $4, $5, $6, $7) on conflict (subscriber_id, unique_key_id) do update set \
     valid_from_ms = excluded.valid_from_ms, valid_until_ms = excluded.valid_until_ms";
const PUT_ENTRY: &str = "insert into registry_entry (subscriber_id, domain, role, status, subscriber_url, cities, created_ms, updated_ms) \
     values ($1, $2, $3, $4, $5, $6, $7, $7) on conflict (subscriber_id, domain, role) do update set \
     status = excluded.status, subscriber_url = excluded.subscriber_url, cities = excluded.cities, updated_ms = excluded.updated_ms";
const PUT_REQUEST: &str =
    "insert into registry_request (subscriber_id, request_id, digest, granted_ms) values ($1, $2, $3, $4)";

/// Writes a granted application; `statuses` are those of its entries, in their order.
pub async fn grant(
    tx: &mut Tx,
    application: &Application,
    statuses: &[Status],
    now: Timestamp,
) -> Result<(), sqlx::Error> {
    let id = application.subscriber_id.as_str();
    let now = ms(now);
    let entity = application.entity.to_string();
    run!(tx, |c| sqlx::query(PUT_SUBSCRIBER)
        .bind(id)
        .bind(&application.country)
        .bind(&application.callback_path)
        .bind(&entity)
        .bind(now)
        .execute(c)
        .await
        .map(|_| ()))?;
    let key = &application.key;
    run!(tx, |c| sqlx::query(PUT_KEY)
        .bind(id)
        .bind(key.unique_key_id.as_str())
        .bind(&key.signing_text)
        .bind(&key.encryption_text)
        .bind(ms(key.valid_from))
        .bind(ms(key.valid_until))
        .bind(now)
        .execute(c)
        .await
        .map(|_| ()))?;
    for (entry, status) in application.entries.iter().zip(statuses) {
        run!(tx, |c| sqlx::query(PUT_ENTRY)
            .bind(id)
            .bind(&entry.domain)
            .bind(entry.role.wire())
            .bind(status.as_str())
            .bind(&entry.url)
            .bind(entry.cities.join(","))
            .bind(now)
            .execute(c)
            .await
            .map(|_| ()))?;
    }
    run!(tx, |c| sqlx::query(PUT_REQUEST)
        .bind(id)
        .bind(&application.request_id)
        .bind(&application.digest)
        .bind(now)
        .execute(c)
        .await
        .map(|_| ()))
}

const PUT_STATUS: &str = "insert into registry_entry (subscriber_id, domain, role, status, cities, created_ms, updated_ms) \
     values ($1, $2, $3, $4, '', $5, $5) on conflict (subscriber_id, domain, role) do update set \
     status = excluded.status, updated_ms = excluded.updated_ms";
const ONE_STATUS: &str = "select status from registry_entry where subscriber_id = $1 and domain = $2 and role = $3";

/// The status of one entry.
pub async fn status(tx: &mut Tx, id: &str, domain: &str, role: Role) -> Result<Option<Status>, sqlx::Error> {
    let row: Option<(String,)> =
        run!(tx, |c| sqlx::query_as(ONE_STATUS).bind(id).bind(domain).bind(role.wire()).fetch_optional(c).await)?;
    row.map(|(status,)| read_status(&status)).transpose()
}

/// Sets the status of one entry; makes the entry when there is none (whitelisting).
pub async fn set_status(
    tx: &mut Tx,
    id: &str,
    domain: &str,
    role: Role,
    to: Status,
    now: Timestamp,
) -> Result<(), sqlx::Error> {
    run!(tx, |c| sqlx::query(PUT_STATUS)
        .bind(id)
        .bind(domain)
        .bind(role.wire())
        .bind(to.as_str())
        .bind(ms(now))
        .execute(c)
        .await
        .map(|_| ()))
}

const RETIRE: &str =
    "update registry_key set retired_ms = $3 where subscriber_id = $1 and unique_key_id = $2 and retired_ms is null";

/// Takes a key out of use for ever. False when there is no such key in use.
pub async fn retire_key(tx: &mut Tx, id: &str, unique_key_id: &str, now: Timestamp) -> Result<bool, sqlx::Error> {
    let done = run!(tx, |c| sqlx::query(RETIRE)
        .bind(id)
        .bind(unique_key_id)
        .bind(ms(now))
        .execute(c)
        .await
        .map(|done| done.rows_affected()))?;
    Ok(done > 0)
}

const WITHOUT_KEY: &str = "select e.subscriber_id, e.domain, e.role, e.status from registry_entry e \
     where e.status in ('SUBSCRIBED', 'INITIATED', 'UNDER_SUBSCRIPTION', 'INVALID_SSL') and not exists (select 1 from registry_key k \
     where k.subscriber_id = e.subscriber_id and k.retired_ms is null and k.valid_until_ms >= $1)";

/// Entries whose subscriber has no key left, with their statuses.
pub async fn without_key(tx: &mut Tx, now: Timestamp) -> Result<Vec<(String, String, Role, Status)>, sqlx::Error> {
    let rows: Vec<(String, String, String, String)> =
        run!(tx, |c| sqlx::query_as(WITHOUT_KEY).bind(ms(now)).fetch_all(c).await)?;
    let read = |(id, domain, role, status): (String, String, String, String)| {
        Ok((id, domain, read_role(&role)?, read_status(&status)?))
    };
    rows.into_iter().map(read).collect()
}
