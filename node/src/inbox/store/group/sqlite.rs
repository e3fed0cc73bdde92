//! A group on SQLite: one call, from `begin` to `commit`.
//!
//! Every call is a journey to the connection's thread and back, which costs more than a row. The texts hold a fixed number of rows
//! (a power of two) and stay prepared; rows that are left over are null and filtered out. Their placeholders are `?`: SQLite looks
//! numbered ones up by name, one after the other.

use std::sync::Arc;

use futures_util::TryStreamExt;
use sqlx::query::Query;
use sqlx::sqlite::SqliteArguments;
use sqlx::{AssertSqlSafe, Sqlite, SqliteConnection};

use super::{Group, Known, KnownRow, Taken, Written, count_repeats, judge};
use crate::database::{Database, SqliteWriter};
use crate::inbox::arrival::Arrival;
use crate::ledger::{Body, Numbers};

// `or rollback`: a row that breaks a constraint ends the transaction, so SQLite need not keep a journal of each statement to undo it alone.

const BEGIN: &str = "begin immediate";
/// Takes the messages whose name is new; also the second one of a name within the group is known by then.
const INBOX: &str = "insert or rollback into node_inbox (seq, key, digest, transaction_key, state, attempts, due_ms) \
     select column1, column2, column3, column4, 'ready', 0, column5 from ";
const INBOX_COLUMNS: usize = 5;
const INBOX_NEW: &str = " where column1 is not null on conflict (key) do nothing";
/// Entries of the messages that were taken, and of those that were refused (they have no name in the inbox).
const LEDGER: &str = "insert or rollback into node_ledger (seq, at_ms, direction, peer, action, transaction_id, transaction_key, message_id, \
     verdict, code, detail, http_status, took_us, bytes_len, attempt, repeats, headers, bytes) \
     select column1, column2, 'in', column3, column4, column5, column6, column7, column8, column9, column10, column11, column12, column13, 1, 0, \
     column14, column15 from ";
const LEDGER_COLUMNS: usize = 16;
const LEDGER_NEW: &str = " where column1 is not null and (column16 = 0 or column1 in (select seq from node_inbox))";
const FINISH: &str = "update or rollback node_inbox set state = 'done', done_ms = ?, last_error = null \
     where seq in (select value from json_each(?)) and state = 'ready'";
const COMMIT: &str = "commit";
const KNOWN: &str = "select key, seq, digest from node_inbox where key in (select unhex(value) from json_each($1))";
const UNFINISHED: &str =
    "select value from json_each($1) where value not in (select seq from node_inbox where state = 'done')";

/// Places of the statements in a text.
const INBOX_AT: usize = 1;
const FINISH_AT_WITH_MESSAGES: usize = 3;
const FINISH_AT_ALONE: usize = 1;
type Statement<'q> = Query<'q, Sqlite, SqliteArguments>;

/// The texts for 1, 2, 4… rows.
#[derive(Debug)]
pub(crate) struct Texts {
    sizes: Vec<Size>,
    /// Without messages.
    finish: Arc<str>,
}

#[derive(Debug)]
struct Size {
    rows: usize,
    insert: Arc<str>,
    insert_and_finish: Arc<str>,
}

impl Texts {
    /// For groups of up to `group_max` messages.
    pub fn new(group_max: usize) -> Self {
        let largest = group_max.max(1).next_power_of_two();
        let sizes = std::iter::successors(Some(1_usize), |rows| rows.checked_mul(2));
        let sizes = sizes.take_while(|rows| *rows <= largest).map(Size::new).collect();
        Self { sizes, finish: format!("{BEGIN}; {FINISH}; {COMMIT}").into() }
    }

    fn for_rows(&self, rows: usize) -> Result<&Size, sqlx::Error> {
        self.sizes.iter().find(|size| size.rows >= rows).ok_or(sqlx::Error::RowNotFound)
    }
}

impl Size {
    fn new(rows: usize) -> Self {
        let values = |columns: usize| {
            let row = format!("({})", vec!["?"; columns].join(","));
            format!("(values {})", vec![row.as_str(); rows].join(","))
        };
        let (inbox, ledger) = (values(INBOX_COLUMNS), values(LEDGER_COLUMNS));
        let insert = format!("{BEGIN}; {INBOX}{inbox}{INBOX_NEW}; {LEDGER}{ledger}{LEDGER_NEW}");
        Self {
            rows,
            insert: format!("{insert}; {COMMIT}").into(),
            insert_and_finish: format!("{insert}; {FINISH}; {COMMIT}").into(),
        }
    }
}

pub(super) async fn write(
    db: &Database,
    writer: &SqliteWriter,
    texts: &Texts,
    numbers: &Numbers,
    group: &Group,
    now_ms: i64,
) -> Result<Written, sqlx::Error> {
    let finishes = group.finish_seqs();
    let list = serde_json::to_string(&finishes).unwrap_or_default();
    let mut turn = writer.turn().await?;
    let first = numbers.take(group.arrivals.len());
    let (query, finish_at) = match (group.arrivals.is_empty(), finishes.is_empty()) {
        (true, _) => (sqlx::query(AssertSqlSafe(texts.finish.clone())).bind(now_ms).bind(&list), FINISH_AT_ALONE),
        (false, true) => (bind_group(texts.for_rows(group.arrivals.len())?, group, first, false), usize::MAX),
        (false, false) => {
            let query = bind_group(texts.for_rows(group.arrivals.len())?, group, first, true);
            (query.bind(now_ms).bind(&list), FINISH_AT_WITH_MESSAGES)
        }
    };
    turn.begun();
    let affected = collect(query, &mut turn).await?;
    turn.ended();
    drop(turn);
    let count = |at: usize| affected.get(at).and_then(|count| usize::try_from(*count).ok());
    let finished = if finishes.is_empty() || count(finish_at) == Some(finishes.len()) {
        vec![true; finishes.len()]
    } else {
        finished(db, &finishes, &list).await?
    };
    let work = group.arrivals.iter().filter(|arrival| arrival.work.is_some()).count();
    let all_new = group.arrivals.is_empty() || count(INBOX_AT) == Some(work);
    Ok(Written { taken: answers(db, group, first, all_new).await?, finished })
}

/// Rows written by each statement of the call.
async fn collect(query: Statement<'_>, connection: &mut SqliteConnection) -> Result<Vec<u64>, sqlx::Error> {
    // The library's other ways add the counts up.
    #[allow(deprecated)]
    let results = query.execute_many(connection).await;
    results.map_ok(|done| done.rows_affected()).try_collect().await
}

fn bind_group<'q>(size: &Size, group: &'q Group, first: i64, finish: bool) -> Statement<'q> {
    let text = if finish { &size.insert_and_finish } else { &size.insert };
    let mut query = sqlx::query(AssertSqlSafe(text.clone()));
    let mut filled = 0;
    for (seq, arrival) in numbered(group, first) {
        if let Some(work) = &arrival.work {
            query = query.bind(seq).bind(&work.key[..]).bind(&work.digest[..]);
            query = query.bind(arrival.entry.transaction_key).bind(arrival.entry.entry.at_ms);
            filled += 1;
        }
    }
    query = bind_nulls(query, (size.rows - filled) * INBOX_COLUMNS);
    for (seq, arrival) in numbered(group, first) {
        query = bind_entry(query, seq, arrival);
    }
    if finish { bind_nulls(query, (size.rows - group.arrivals.len()) * LEDGER_COLUMNS) } else { query }
}

/// The values of the next statement come after all of this one's.
fn bind_nulls(query: Statement<'_>, count: usize) -> Statement<'_> {
    (0..count).fold(query, |query, _| query.bind(None::<i64>))
}

fn numbered(group: &Group, first: i64) -> impl Iterator<Item = (i64, &Arrival)> {
    (first..).zip(&group.arrivals)
}

fn bind_entry<'q>(query: Statement<'q>, seq: i64, arrival: &'q Arrival) -> Statement<'q> {
    let (new, entry) = (&arrival.entry, &arrival.entry.entry);
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
        .bind(i64::from(arrival.work.is_some()))
}

/// The answer to each message; when some were not new, all are looked up.
async fn answers(db: &Database, group: &Group, first: i64, all_new: bool) -> Result<Vec<(Taken, i64)>, sqlx::Error> {
    let places = |new: &dyn Fn(i64, &Arrival) -> bool| {
        let numbers = numbered(group, first).enumerate().filter(|(_, (seq, arrival))| new(*seq, arrival));
        numbers.map(|(place, (seq, _))| (place, seq)).collect()
    };
    if all_new {
        return judge(group, &places(&|_, _| true), &Known::new());
    }
    let hex = |key: &[u8; 16]| key.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    let keys: Vec<String> = group.arrivals.iter().filter_map(Arrival::key).map(hex).collect();
    let list = serde_json::to_string(&keys).unwrap_or_default();
    let mut tx = db.begin().await?;
    let rows: Vec<KnownRow> = crate::run!(tx, |c| sqlx::query_as(KNOWN).bind(&list).fetch_all(c).await?);
    let known = super::known(&rows);
    let new = |seq: i64, arrival: &Arrival| {
        arrival.key().is_none_or(|key| known.get(key).is_some_and(|(stored, _)| *stored == seq))
    };
    let taken = judge(group, &places(&new), &known)?;
    count_repeats(&mut tx, &taken).await?;
    tx.commit().await?;
    Ok(taken)
}

/// Which rows are done, when the update did not find all of them.
async fn finished(db: &Database, finishes: &[i64], list: &str) -> Result<Vec<bool>, sqlx::Error> {
    let missing: Vec<(i64,)> = crate::read!(db, |c| sqlx::query_as(UNFINISHED).bind(list).fetch_all(c).await?);
    Ok(finishes.iter().map(|seq| !missing.contains(&(*seq,))).collect())
}
