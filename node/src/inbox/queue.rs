//! Where the lanes get their next message from: memory on SQLite, claims on PostgreSQL.

use std::collections::{HashMap, VecDeque};
use std::time::{Duration, Instant};

use sqlx::PgPool;

use super::Inner;
use super::backlog::{Backlog, Outcome, Ticket};
use super::store;

/// Messages whose numbers are held in memory; the rest waits in the database.
const BACKLOG_MAX: usize = 50_000;
/// Numbers that are read at once.
const READ: i64 = 5_000;
/// With nothing to do the whole inbox is looked through this often, for rows that were left behind for any reason.
const SWEEP: Duration = Duration::from_secs(60);
/// Claims for each lane: the next messages are at hand when a lane gets free.
const CLAIMS_PER_LANE: usize = 4;

#[derive(Debug)]
pub(super) enum Queue {
    Memory(Memory),
    Claims(Claims),
}

/// SQLite: everything unfinished up to `end` is in the backlog.
#[derive(Debug)]
pub(super) struct Memory {
    backlog: Backlog,
    end: i64,
    /// There are newer messages in the database than the backlog has.
    behind: bool,
    swept: Instant,
    /// How many more may be suspected: the last process cannot have tried more at once. Only what the first look finds.
    suspects: usize,
}

/// PostgreSQL: what this replica has claimed.
#[derive(Debug, Default)]
pub(super) struct Claims {
    ready: VecDeque<Ticket>,
    suspects: Vec<Ticket>,
    suspect_runs: bool,
    /// Ready or running: number → tries before.
    held: HashMap<i64, i64>,
    look: bool,
}

impl Queue {
    pub fn new(inbox: &Inner) -> Self {
        if inbox.db.is_postgres() {
            return Self::Claims(Claims { look: true, ..Claims::default() });
        }
        let backlog = Backlog::default();
        Self::Memory(Memory { backlog, end: 0, behind: true, swept: Instant::now(), suspects: inbox.lanes })
    }

    /// There may be new work.
    pub fn wake(&mut self) {
        match self {
            Self::Memory(_) => {}
            Self::Claims(claims) => claims.look = true,
        }
    }

    pub async fn fill(&mut self, inbox: &Inner) {
        let filled = match (self, inbox.postgres()) {
            (Self::Claims(claims), Some(pool)) => claims.fill(inbox, pool).await,
            (Self::Memory(memory), _) => memory.fill(inbox).await,
            (Self::Claims(_), None) => Ok(()),
        };
        if let Err(error) = filled {
            tracing::error!(%error, "the inbox cannot be read");
        }
    }

    pub fn next(&mut self, now_ms: i64) -> Option<Ticket> {
        match self {
            Self::Memory(memory) => memory.backlog.next(now_ms),
            Self::Claims(claims) => claims.next(),
        }
    }

    pub fn ended(&mut self, ticket: Ticket, outcome: Outcome) {
        match self {
            Self::Memory(memory) => memory.backlog.ended(ticket, outcome),
            Self::Claims(claims) => claims.ended(ticket),
        }
    }

    /// How long nothing will be due, as far as is known.
    pub fn idle_ms(&self, now_ms: i64) -> Option<u64> {
        match self {
            Self::Memory(memory) => {
                memory.backlog.next_due().map(|due_ms| u64::try_from(due_ms - now_ms).unwrap_or_default())
            }
            Self::Claims(_) => None,
        }
    }

    /// Numbers of what is claimed; nothing where claims live in memory.
    pub fn held(&self) -> Vec<i64> {
        match self {
            Self::Memory(_) => Vec::new(),
            Self::Claims(claims) => claims.held.keys().copied().collect(),
        }
    }
}

impl Memory {
    async fn fill(&mut self, inbox: &Inner) -> Result<(), sqlx::Error> {
        let news = inbox.shelf.news();
        for seq in news.again {
            if seq <= self.end
                && let Some(open) = store::open_one(&inbox.db, seq).await?
            {
                self.backlog.add(open, false);
            }
        }
        if self.backlog.len() == 0 && self.swept.elapsed() > SWEEP {
            (self.behind, self.end, self.swept) = (true, 0, Instant::now());
        }
        let room = self.backlog.len() + news.open.len() <= BACKLOG_MAX;
        if !self.behind && !news.missed && room {
            for open in news.open.into_iter().filter(|open| open.seq > self.end) {
                self.backlog.add(open, false);
            }
            self.end = self.end.max(news.committed);
            return Ok(());
        }
        self.behind = true;
        if self.backlog.len() < BACKLOG_MAX / 2 {
            self.read(inbox, news.committed).await?;
        }
        Ok(())
    }

    /// Reads on from where the backlog ends. `committed` was there before the look, so a look that finds little has seen it.
    async fn read(&mut self, inbox: &Inner, committed: i64) -> Result<(), sqlx::Error> {
        let now_ms = inbox.clock.now().as_millisecond();
        let found = store::open_after(&inbox.db, self.end, READ).await?;
        self.behind = i64::try_from(found.len()).is_ok_and(|count| count >= READ);
        for open in &found {
            let suspect = self.suspects > 0 && open.due_ms <= now_ms;
            if self.backlog.add(*open, suspect) && suspect {
                self.suspects -= 1;
            }
            self.end = open.seq;
        }
        self.suspects = 0;
        if !self.behind {
            self.end = self.end.max(committed);
        }
        Ok(())
    }
}

impl Claims {
    async fn fill(&mut self, inbox: &Inner, pool: &PgPool) -> Result<(), sqlx::Error> {
        if !self.look || self.ready.len() > inbox.lanes / 2 {
            return Ok(());
        }
        self.look = false;
        let limit = i64::try_from(inbox.lanes * CLAIMS_PER_LANE).unwrap_or(i64::MAX);
        let now_ms = inbox.clock.now().as_millisecond();
        let claimed = store::claim(pool, now_ms, limit, &inbox.token, inbox.lease_until()).await?;
        self.look = i64::try_from(claimed.len()).is_ok_and(|count| count >= limit);
        for one in claimed {
            self.held.insert(one.seq, one.attempts);
            let ticket = Ticket { seq: one.seq, transaction_key: 0, attempts: one.attempts, suspect: one.lapsed };
            if one.lapsed { self.suspects.push(ticket) } else { self.ready.push_back(ticket) }
        }
        // Taken from the end: the least tried, then the oldest.
        self.suspects.sort_by_key(|ticket| std::cmp::Reverse((ticket.attempts, ticket.seq)));
        Ok(())
    }

    fn next(&mut self) -> Option<Ticket> {
        if !self.suspect_runs
            && let Some(suspect) = self.suspects.pop()
        {
            self.suspect_runs = true;
            return Some(suspect);
        }
        self.ready.pop_front()
    }

    fn ended(&mut self, ticket: Ticket) {
        self.suspect_runs &= !ticket.suspect;
        self.look = true; // the next message of that transaction may be waiting
        // When the lease was lost it may be held again already, for its next try.
        if self.held.get(&ticket.seq) == Some(&ticket.attempts) {
            self.held.remove(&ticket.seq);
        }
    }
}
