//! A group on PostgreSQL: one statement, which is its own transaction, so one journey to the server and one flush.

use std::collections::{HashMap, HashSet};

use sqlx::PgPool;

use super::{Group, Known, KnownRow, Taken, Written, count_repeats, judge, missing_keys};
use crate::database::Database;
use crate::inbox::arrival::Arrival;
use crate::ledger::{Body, LedgerEntry};

/// Numbers the messages, takes those whose name is new, writes their entries, closes what is finished. Names are taken in one order
/// by every replica: two that insert the same names wait for each other instead of dead-locking. Messages that share a group were on
/// their way at the same time, so there is no order between them to lose.
const WRITE: &str = "with numbered as ( \
       select nextval('node_ledger_seq_seq') as seq, n.* \
       from unnest($1::bigint[], $2::bytea[], $3::bytea[], $4::bigint[], $5::bigint[], $6::text[], $7::text[], $8::text[], $9::text[], $10::text[], \
         $11::text[], $12::text[], $13::bigint[], $14::bigint[], $15::bigint[], $16::text[], $17::bytea[]) \
       as n(place, key, digest, transaction_key, at_ms, peer, action, transaction_id, message_id, verdict, \
         code, detail, http_status, took_us, bytes_len, headers, bytes)), \
     fresh as ( \
       insert into node_inbox (seq, key, digest, transaction_key, state, attempts, due_ms) \
       select seq, key, digest, transaction_key, 'ready', 0, at_ms from numbered where key is not null order by key \
       on conflict (key) do nothing returning seq), \
     noted as ( \
       insert into node_ledger (seq, at_ms, direction, peer, action, transaction_id, transaction_key, message_id, verdict, code, detail, \
         http_status, took_us, bytes_len, attempt, repeats, headers, bytes) \
       select seq, at_ms, 'in', peer, action, transaction_id, transaction_key, message_id, verdict, code, detail, \
         http_status, took_us, bytes_len, 1, 0, headers, bytes \
       from numbered where key is null or seq in (select seq from fresh)), \
     finished as ( \
       update node_inbox set state = 'done', done_ms = $19, last_error = null, claimed_by = null, lease_ms = null \
       where seq = any($18) and state = 'ready' and (claimed_by is null or claimed_by = $20) returning seq) \
     select place, seq from numbered where key is null or seq in (select seq from fresh) \
     union all select -1, seq from finished";
const KNOWN: &str = "select key, seq, digest from node_inbox where key = any($1)";

pub(super) async fn write(
    db: &Database,
    pool: &PgPool,
    group: &Group,
    now_ms: i64,
    token: &str,
) -> Result<Written, sqlx::Error> {
    let finishes = group.finish_seqs();
    let rows = insert(pool, &firsts(group), &finishes, now_ms, token).await?;
    let finished: HashSet<i64> = rows.iter().filter(|(place, _)| *place < 0).map(|(_, seq)| *seq).collect();
    let stored: HashMap<usize, i64> =
        rows.iter().filter_map(|(place, seq)| Some((usize::try_from(*place).ok()?, *seq))).collect();
    Ok(Written {
        taken: answers(db, pool, group, &stored).await?,
        finished: finishes.iter().map(|seq| finished.contains(seq)).collect(),
    })
}

/// The messages with their places in the group; of several with one name only the first.
fn firsts(group: &Group) -> Vec<(usize, &Arrival)> {
    let mut names = HashSet::new();
    let arrivals = group.arrivals.iter().enumerate();
    arrivals.filter(|(_, arrival)| arrival.key().is_none_or(|key| names.insert(*key))).collect()
}

async fn insert(
    pool: &PgPool,
    firsts: &[(usize, &Arrival)],
    finishes: &[i64],
    now_ms: i64,
    token: &str,
) -> Result<Vec<(i64, i64)>, sqlx::Error> {
    fn all<'a, T>(firsts: &[(usize, &'a Arrival)], pick: impl Fn(&'a Arrival) -> T) -> Vec<T> {
        firsts.iter().map(|(_, one)| pick(one)).collect()
    }
    let text = |pick: fn(&LedgerEntry) -> &str| all(firsts, |one| pick(&one.entry.entry));
    let maybe = |pick: fn(&LedgerEntry) -> Option<&str>| all(firsts, |one| pick(&one.entry.entry));
    let number = |pick: fn(&LedgerEntry) -> i64| all(firsts, |one| pick(&one.entry.entry));
    sqlx::query_as(WRITE)
        .bind(firsts.iter().map(|(place, _)| i64::try_from(*place).unwrap_or(i64::MAX)).collect::<Vec<_>>())
        .bind(all(firsts, |one| one.work.as_ref().map(|work| &work.key[..])))
        .bind(all(firsts, |one| one.work.as_ref().map(|work| &work.digest[..])))
        .bind(all(firsts, |one| one.entry.transaction_key))
        .bind(number(|entry| entry.at_ms))
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
        .bind(all(firsts, |one| one.entry.headers.as_str()))
        .bind(all(firsts, bytes))
        .bind(finishes)
        .bind(now_ms)
        .bind(token)
        .fetch_all(pool)
        .await
}

fn bytes(arrival: &Arrival) -> Option<&[u8]> {
    match &arrival.entry.body {
        Body::Own(bytes) => Some(bytes),
        Body::Kept(_) => None,
    }
}

/// The answer to each message of the group; `stored` has the numbers of those that are new, by their places.
async fn answers(
    db: &Database,
    pool: &PgPool,
    group: &Group,
    stored: &HashMap<usize, i64>,
) -> Result<Vec<(Taken, i64)>, sqlx::Error> {
    let missing: Vec<&[u8]> = missing_keys(group, stored).into_iter().map(|key| &key[..]).collect();
    if missing.is_empty() {
        return judge(group, stored, &Known::new());
    }
    let rows: Vec<KnownRow> = sqlx::query_as(KNOWN).bind(missing).fetch_all(pool).await?;
    let taken = judge(group, stored, &super::known(&rows))?;
    let mut tx = db.begin().await?;
    count_repeats(&mut tx, &taken).await?;
    tx.commit().await?;
    Ok(taken)
}
