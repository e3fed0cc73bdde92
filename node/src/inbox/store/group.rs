//! One commit for a whole group: what it takes, what comes back.

use std::collections::HashMap;

use crate::database::{Database, Tx};
use crate::inbox::Inner;
use crate::inbox::arrival::{Arrival, Finish, Taken};
use crate::ledger;

mod postgres;
mod sqlite;

pub(crate) use sqlite::Texts;

/// What shares a commit.
#[derive(Debug, Default)]
pub(crate) struct Group {
    pub arrivals: Vec<Arrival>,
    pub finishes: Vec<Finish>,
}

/// What became of a group, in its order.
#[derive(Debug)]
pub(crate) struct Written {
    /// The answer, and the number of the message: of the one that came first when it is repeated.
    pub taken: Vec<(Taken, i64)>,
    /// Which finishes found their row.
    pub finished: Vec<bool>,
}

/// Number and digest of messages that were known before.
type Known = HashMap<[u8; 16], (i64, [u8; 16])>;
/// Key, number, digest.
type KnownRow = (Vec<u8>, i64, Vec<u8>);

impl Group {
    pub fn len(&self) -> usize {
        self.arrivals.len() + self.finishes.len()
    }

    fn finish_seqs(&self) -> Vec<i64> {
        self.finishes.iter().map(|finish| finish.seq).collect()
    }
}

/// Writes the group in one transaction: all of it, or an error and nothing.
pub(crate) async fn write(inbox: &Inner, group: &Group) -> Result<Written, sqlx::Error> {
    let now_ms = inbox.clock.now().as_millisecond();
    match (&inbox.db, inbox.ledger.numbers()) {
        (Database::Sqlite { write, .. }, Some(numbers)) => {
            sqlite::write(&inbox.db, write, &inbox.texts, numbers, group, now_ms).await
        }
        (Database::Postgres(pool), _) => postgres::write(&inbox.db, pool, group, now_ms, &inbox.token).await,
        (Database::Sqlite { .. }, None) => Err(sqlx::Error::RowNotFound),
    }
}

/// Names of the messages that were not new.
fn missing_keys<'a>(group: &'a Group, fresh: &HashMap<usize, i64>) -> Vec<&'a [u8; 16]> {
    let missing = group.arrivals.iter().enumerate().filter(|(place, _)| !fresh.contains_key(place));
    missing.filter_map(|(_, arrival)| arrival.key()).collect()
}

fn known(rows: &[KnownRow]) -> Known {
    let hash = |bytes: &[u8]| <[u8; 16]>::try_from(bytes).ok();
    rows.iter().filter_map(|(key, seq, digest)| Some((hash(key)?, (*seq, hash(digest)?)))).collect()
}

/// The answers in the order of the group: `fresh` has the numbers of new messages by their places, `known` the others.
fn judge(group: &Group, fresh: &HashMap<usize, i64>, known: &Known) -> Result<Vec<(Taken, i64)>, sqlx::Error> {
    let one = |(place, arrival): (usize, &Arrival)| {
        if let Some(seq) = fresh.get(&place) {
            return Ok((Taken::Fresh, *seq));
        }
        // Neither new nor known: forgotten between two statements. Nothing may be promised; each message is written alone.
        let work = arrival.work.as_ref().ok_or(sqlx::Error::RowNotFound)?;
        let (seq, digest) = known.get(&work.key).ok_or(sqlx::Error::RowNotFound)?;
        let taken = if *digest == work.digest { Taken::Repeated } else { Taken::Different };
        Ok((taken, *seq))
    };
    group.arrivals.iter().enumerate().map(one).collect()
}

/// Counts messages that came again at their first entry.
async fn count_repeats(tx: &mut Tx, taken: &[(Taken, i64)]) -> Result<(), sqlx::Error> {
    for (_, seq) in taken.iter().filter(|(taken, _)| *taken == Taken::Repeated) {
        ledger::repeat(tx, *seq).await?;
    }
    Ok(())
}
