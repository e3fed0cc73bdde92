//! A whole group in a few statements over arrays (PostgreSQL): three round trips however many messages there are.

use std::collections::{HashMap, HashSet};

use super::{Arrival, Taken, postgres, repeated};
use crate::database::Database;
use crate::ledger::LedgerEntry;

const INSERT_INBOX: &str = "insert into node_inbox (id, sender, action, message_id, transaction_id, digest, body_id, auth_header, state, \
     attempts, due_ms, received_ms) \
     select n.id, n.sender, n.action, n.message_id, n.transaction_id, n.digest, n.id, n.auth_header, 'ready', 0, n.at_ms, n.at_ms \
     from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::bigint[]) \
     as n(id, sender, action, message_id, transaction_id, digest, auth_header, at_ms) \
     on conflict (sender, action, message_id) do nothing returning id";
const INSERT_BODIES: &str = "insert into node_body (id, bytes) select * from unnest($1::text[], $2::bytea[])";
const INSERT_LEDGER: &str = "insert into node_ledger (id, at_ms, direction, peer, action, transaction_id, message_id, verdict, code, detail, \
     http_status, took_us, bytes_len, body_id, headers, url, outbox_id, attempt, repeats) \
     select n.id, n.at_ms, n.direction, n.peer, n.action, n.transaction_id, n.message_id, n.verdict, n.code, n.detail, n.http_status, n.took_us, \
     n.bytes_len, n.body_id, n.headers, null, null, 1, 0 \
     from unnest($1::text[], $2::bigint[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[], $10::text[], \
     $11::bigint[], $12::bigint[], $13::bigint[], $14::text[], $15::text[]) \
     as n(id, at_ms, direction, peer, action, transaction_id, message_id, verdict, code, detail, http_status, took_us, bytes_len, body_id, headers)";

/// Writes the group in one transaction. The answers are in the order of the group.
pub(crate) async fn write_together(db: &Database, group: &[Arrival]) -> Result<Vec<Taken>, sqlx::Error> {
    let mut tx = db.begin().await?;
    let mut taken: HashMap<&str, Taken> = HashMap::with_capacity(group.len());
    if let Some(c) = postgres(&mut tx) {
        let fresh = insert_inbox(c, group).await?;
        let stored: Vec<&Arrival> =
            group.iter().filter(|one| one.work.is_none() || fresh.contains(&one.entry.entry.id)).collect();
        insert_bodies(c, &stored).await?;
        insert_ledger(c, &stored).await?;
        taken.extend(stored.iter().map(|one| (one.entry.entry.id.as_str(), Taken::Fresh)));
    }
    for one in group {
        if let Some(work) = &one.work
            && !taken.contains_key(one.entry.entry.id.as_str())
        {
            let verdict = repeated(&mut tx, one, &work.digest).await?;
            taken.insert(&one.entry.entry.id, verdict);
        }
    }
    tx.commit().await?;
    Ok(group.iter().map(|one| taken.get(one.entry.entry.id.as_str()).copied().unwrap_or(Taken::Fresh)).collect())
}

/// Inserts the messages to be worked on; the ids that were new come back.
async fn insert_inbox(c: &mut sqlx::PgConnection, group: &[Arrival]) -> Result<HashSet<String>, sqlx::Error> {
    let mut new: Vec<_> = group.iter().filter_map(|one| Some((&one.entry.entry, one.work.as_ref()?))).collect();
    if new.is_empty() {
        return Ok(HashSet::new());
    }
    // One order for every replica: two that insert the same keys wait for each other instead of dead-locking. Messages that
    // share a group were on their way at the same time, so there is no order between them to lose.
    new.sort_by(|(a, _), (b, _)| (&a.peer, &a.action, &a.message_id).cmp(&(&b.peer, &b.action, &b.message_id)));
    let text = |pick: fn(&LedgerEntry) -> &str| new.iter().map(|(entry, _)| pick(entry)).collect::<Vec<_>>();
    let fresh: Vec<(String,)> = sqlx::query_as(INSERT_INBOX)
        .bind(text(|entry| &entry.id))
        .bind(text(|entry| &entry.peer))
        .bind(text(|entry| &entry.action))
        .bind(text(|entry| &entry.message_id))
        .bind(text(|entry| &entry.transaction_id))
        .bind(new.iter().map(|(_, work)| work.digest.as_str()).collect::<Vec<_>>())
        .bind(new.iter().map(|(_, work)| work.auth_header.as_str()).collect::<Vec<_>>())
        .bind(new.iter().map(|(entry, _)| entry.at_ms).collect::<Vec<_>>())
        .fetch_all(c)
        .await?;
    Ok(fresh.into_iter().map(|(id,)| id).collect())
}

async fn insert_bodies(c: &mut sqlx::PgConnection, stored: &[&Arrival]) -> Result<(), sqlx::Error> {
    sqlx::query(INSERT_BODIES)
        .bind(stored.iter().map(|one| one.entry.entry.id.as_str()).collect::<Vec<_>>())
        .bind(stored.iter().map(|one| &one.bytes[..]).collect::<Vec<_>>())
        .execute(c)
        .await
        .map(|_| ())
}

async fn insert_ledger(c: &mut sqlx::PgConnection, stored: &[&Arrival]) -> Result<(), sqlx::Error> {
    let text = |pick: fn(&LedgerEntry) -> &str| stored.iter().map(|one| pick(&one.entry.entry)).collect::<Vec<_>>();
    let maybe =
        |pick: fn(&LedgerEntry) -> Option<&str>| stored.iter().map(|one| pick(&one.entry.entry)).collect::<Vec<_>>();
    let number = |pick: fn(&LedgerEntry) -> i64| stored.iter().map(|one| pick(&one.entry.entry)).collect::<Vec<_>>();
    sqlx::query(INSERT_LEDGER)
        .bind(text(|entry| &entry.id))
        .bind(number(|entry| entry.at_ms))
        .bind(text(|entry| entry.direction.as_str()))
        .bind(text(|entry| &entry.peer))
        .bind(text(|entry| &entry.action))
        .bind(text(|entry| &entry.transaction_id))
        .bind(text(|entry| &entry.message_id))
        .bind(text(|entry| entry.verdict.as_str()))
        .bind(maybe(|entry| entry.code.as_deref()))
        .bind(maybe(|entry| entry.detail.as_deref()))
        .bind(number(|entry| i64::from(entry.http_status)))
        .bind(number(|entry| entry.took_us))
        .bind(number(|entry| entry.bytes_len))
        .bind(stored.iter().map(|one| one.entry.body_id.as_deref()).collect::<Vec<_>>())
        .bind(stored.iter().map(|one| one.entry.headers.as_str()).collect::<Vec<_>>())
        .execute(c)
        .await
        .map(|_| ())
}
