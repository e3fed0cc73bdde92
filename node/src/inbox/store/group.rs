//! One commit for a whole group: what it takes, what comes back.

use std::collections::HashMap;

use super::super::arrival::{Arrival, Finish, Taken};
use crate::database::{Database, Tx};
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

/// Number and digest of messages that are known already.
type Known = HashMap<[u8; 16], (i64, [u8; 16])>;

impl Group {
    pub fn len(&self) -> usize {
        self.arrivals.len() + self.finishes.len()
    }

    fn finish_seqs(&self) -> Vec<i64> {
        self.finishes.iter().map(|finish| finish.seq).collect()
    }
}

/// Writes the group in one transaction: all of it, or an error and nothing.
pub(crate) async fn write(
    db: &Database,
    texts: &Texts,
    group: &Group,
    now_ms: i64,
    token: &str,
) -> Result<Written, sqlx::Error> {
    match db {
        Database::Sqlite { .. } => sqlite::write(db, texts, group, now_ms).await,
        Database::Postgres(pool) => postgres::write(db, pool, group, now_ms, token).await,
    }
}

/// Numbers the messages in the order of the group, from the number after `last` on; one whose name is known keeps the number of the first.
fn number(group: &Group, mut known: Known, mut last: i64) -> Vec<(Taken, i64)> {
    let mut number = |arrival: &Arrival| {
        let Some(work) = &arrival.work else {
            last += 1;
            return (Taken::Fresh, last);
        };
        match known.get(&work.key) {
            Some((seq, digest)) if *digest == work.digest => (Taken::Repeated, *seq),
            Some((seq, _)) => (Taken::Different, *seq),
            None => {
                last += 1;
                known.insert(work.key, (last, work.digest));
                (Taken::Fresh, last)
            }
        }
    };
    group.arrivals.iter().map(&mut number).collect()
}

/// Counts messages that came again at their first entry.
async fn count_repeats(tx: &mut Tx, taken: &[(Taken, i64)]) -> Result<(), sqlx::Error> {
    for (_, seq) in taken.iter().filter(|(taken, _)| *taken == Taken::Repeated) {
        ledger::repeat(tx, *seq).await?;
    }
    Ok(())
}

/// A hash as the database gives it back; nothing for a row that this program cannot have written.
fn hash(bytes: &[u8]) -> Option<[u8; 16]> {
    bytes.try_into().ok()
}
