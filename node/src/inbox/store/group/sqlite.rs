//! A group on SQLite: a look, one statement for all new rows however many messages there are, one commit.
//!
//! Every statement is a journey to the connection's thread and back, so there are few of them. The texts hold a fixed number of rows
//! (a power of two) and stay prepared; rows that are left over are null and filtered out. Their placeholders are `?`: SQLite looks
//! numbered ones up by name, one after the other.

use std::sync::Arc;

use sqlx::query::Query;
use sqlx::sqlite::SqliteArguments;
use sqlx::{AssertSqlSafe, Sqlite};

use super::{Group, Known, Taken, Written, count_repeats, hash, number};
use crate::database::{Database, Engine, Tx};
use crate::ledger::{Body, NewEntry};

/// The number that was given last, and what is known of these names. Nobody else writes until our commit.
const LOOK: &str = "select seq, null as key, null as digest from sqlite_sequence where name = 'node_ledger' \
     union all select seq, key, digest from node_inbox where key in ";
const INBOX: &str = "insert into node_inbox (seq, key, digest, transaction_key, state, attempts, due_ms) \
     select column1, column2, column3, column4, 'ready', 0, column5 from ";
const INBOX_COLUMNS: usize = 5;
const LEDGER: &str = "insert into node_ledger (seq, at_ms, direction, peer, action, transaction_id, transaction_key, message_id, verdict, \
     code, detail, http_status, took_us, bytes_len, attempt, repeats, headers, bytes) \
     select column1, column2, 'in', column3, column4, column5, column6, column7, column8, column9, column10, column11, column12, column13, 1, 0, \
     column14, column15 from ";
const LEDGER_COLUMNS: usize = 15;
const FILLED: &str = " where column1 is not null";
const FINISH: &str = "update node_inbox set state = 'done', done_ms = $1, last_error = null \
     where seq in (select value from json_each($2)) and state in ('ready', 'claimed') returning seq";

type Row = (i64, Option<Vec<u8>>, Option<Vec<u8>>);
type Statement<'q> = Query<'q, Sqlite, SqliteArguments>;

/// The texts for 1, 2, 4… rows.
#[derive(Debug)]
pub(crate) struct Texts {
    sizes: Vec<Size>,
}

#[derive(Debug)]
struct Size {
    rows: usize,
    look: Arc<str>,
    /// Inbox and ledger at once.
    both: Arc<str>,
    ledger: Arc<str>,
}

impl Texts {
    /// For groups of up to `group_max` messages.
    pub fn new(group_max: usize) -> Self {
        let largest = group_max.max(1).next_power_of_two();
        let sizes = std::iter::successors(Some(1_usize), |rows| rows.checked_mul(2));
        Self { sizes: sizes.take_while(|rows| *rows <= largest).map(Size::new).collect() }
    }

    fn for_rows(&self, rows: usize) -> Option<&Size> {
        self.sizes.iter().find(|size| size.rows >= rows)
    }
}

impl Size {
    fn new(rows: usize) -> Self {
        let list = |columns: usize| format!("({})", vec!["?"; columns].join(","));
        let values = |columns: usize| format!("(values {})", vec![list(columns); rows].join(","));
        let ledger = format!("{LEDGER}{}{FILLED}", values(LEDGER_COLUMNS));
        Self {
            rows,
            look: format!("{LOOK}{}", list(rows)).into(),
            both: format!("{INBOX}{}{FILLED}; {ledger}", values(INBOX_COLUMNS)).into(),
            ledger: ledger.into(),
        }
    }
}

pub(super) async fn write(db: &Database, texts: &Texts, group: &Group, now_ms: i64) -> Result<Written, sqlx::Error> {
    let mut tx = db.begin().await?;
    let mut taken = Vec::new();
    if !group.arrivals.is_empty() {
        let size = texts.for_rows(group.arrivals.len()).ok_or(sqlx::Error::RowNotFound)?;
        let (last, known) = look(&mut tx, size, group).await?;
        taken = number(group, known, last);
        insert(&mut tx, size, group, &taken).await?;
        count_repeats(&mut tx, &taken).await?;
    }
    let finished = finish(&mut tx, group, now_ms).await?;
    tx.commit().await?;
    Ok(Written { taken, finished })
}

async fn look(tx: &mut Tx, size: &Size, group: &Group) -> Result<(i64, Known), sqlx::Error> {
    let mut query = sqlx::query_as(AssertSqlSafe(size.look.clone()));
    for key in group.arrivals.iter().filter_map(|arrival| arrival.key()) {
        query = query.bind(&key[..]);
    }
    let rows: Vec<Row> = query.fetch_all(connection(tx)?).await?;
    let (mut last, mut known) = (0, Known::new());
    for (seq, key, digest) in rows {
        match key.zip(digest) {
            Some((key, digest)) => {
                known.extend(hash(&key).zip(hash(&digest)).map(|(key, digest)| (key, (seq, digest))));
            }
            None => last = seq,
        }
    }
    Ok((last, known))
}

async fn insert(tx: &mut Tx, size: &Size, group: &Group, taken: &[(Taken, i64)]) -> Result<(), sqlx::Error> {
    let fresh = || group.arrivals.iter().zip(taken).filter(|(_, (taken, _))| *taken == Taken::Fresh);
    if fresh().next().is_none() {
        return Ok(());
    }
    let mut query = if fresh().any(|(arrival, _)| arrival.work.is_some()) {
        bind_inbox(sqlx::query(AssertSqlSafe(size.both.clone())), size.rows, group, taken)
    } else {
        sqlx::query(AssertSqlSafe(size.ledger.clone()))
    };
    for (arrival, (_, seq)) in fresh() {
        query = bind_entry(query, &arrival.entry, *seq);
    }
    query.execute(connection(tx)?).await.map(|_| ())
}

fn bind_inbox<'q>(mut query: Statement<'q>, rows: usize, group: &'q Group, taken: &[(Taken, i64)]) -> Statement<'q> {
    let mut filled = 0;
    for (arrival, (taken, seq)) in group.arrivals.iter().zip(taken) {
        if let (Some(work), Taken::Fresh) = (&arrival.work, taken) {
            query = query.bind(*seq).bind(&work.key[..]).bind(&work.digest[..]);
            query = query.bind(arrival.entry.transaction_key).bind(arrival.entry.entry.at_ms);
            filled += 1;
        }
    }
    // The values of the second statement come after all of the first one's.
    for _ in 0..(rows - filled) * INBOX_COLUMNS {
        query = query.bind(None::<i64>);
    }
    query
}

fn bind_entry<'q>(query: Statement<'q>, new: &'q NewEntry, seq: i64) -> Statement<'q> {
    let entry = &new.entry;
    let bytes = match &new.body {
        Body::Own(bytes) => Some(&bytes[..]),
        Body::Kept(_) => None,
    };
    query
        .bind(seq)
        .bind(entry.at_ms)
        .bind(&entry.peer)
        .bind(&entry.action)
        .bind(&entry.transaction_id)
        .bind(new.transaction_key)
        .bind(&entry.message_id)
        .bind(entry.verdict.as_str())
        .bind(entry.code.as_deref())
        .bind(entry.detail.as_deref())
        .bind(i64::from(entry.http_status))
        .bind(entry.took_us)
        .bind(entry.bytes_len)
        .bind(&new.headers)
        .bind(bytes)
}

async fn finish(tx: &mut Tx, group: &Group, now_ms: i64) -> Result<Vec<bool>, sqlx::Error> {
    if group.finishes.is_empty() {
        return Ok(Vec::new());
    }
    let wanted = group.finish_seqs();
    let list = serde_json::to_string(&wanted).unwrap_or_default();
    let found: Vec<(i64,)> = sqlx::query_as(FINISH).bind(now_ms).bind(&list).fetch_all(connection(tx)?).await?;
    Ok(wanted.iter().map(|seq| found.contains(&(*seq,))).collect())
}

fn connection(tx: &mut Tx) -> Result<&mut sqlx::SqliteConnection, sqlx::Error> {
    match tx.engine_mut() {
        Engine::Sqlite(tx) => Ok(&mut **tx),
        Engine::Postgres(_) => Err(sqlx::Error::RowNotFound),
    }
}
