//! Unfinished messages in memory, each transaction in a line of its own (SQLite, where this process is the only one).
//!
//! It holds numbers, no payloads. All unfinished messages up to some number are in it, so the first of a line is the oldest of its
//! transaction. Pure: the lanes tell it what they read and what became of it.

use std::collections::{BTreeSet, HashMap, VecDeque};

use super::store::Open;

/// A message whose turn it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Ticket {
    pub seq: i64,
    pub transaction_key: i64,
    /// Tries that came before.
    pub attempts: i64,
    /// It may be what ended the process that had it last: its try is counted before it begins, and it is the only one of its kind
    /// that runs.
    pub suspect: bool,
}

/// What became of a ticket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// Done, laid aside, or no longer ours.
    Gone,
    /// To be tried again.
    Again { attempts: i64, due_ms: i64 },
}

#[derive(Debug, Default)]
pub(super) struct Backlog {
    lines: HashMap<i64, Line>,
    messages: usize,
    /// First ones of their lines: (seq, transaction).
    ready: BTreeSet<(i64, i64)>,
    /// Those that wait for their time: (due, seq, transaction).
    later: BTreeSet<(i64, i64, i64)>,
    /// Ready ones under suspicion, the least tried first: (attempts, seq, transaction).
    suspects: BTreeSet<(i64, i64, i64)>,
    suspect_runs: bool,
}

#[derive(Debug, Default)]
struct Line {
    waiting: VecDeque<Waiting>,
    /// The first one is with a lane.
    running: bool,
}

#[derive(Clone, Copy, Debug)]
struct Waiting {
    open: Open,
    suspect: bool,
}

impl Backlog {
    /// Messages in it, running ones included.
    pub fn len(&self) -> usize {
        self.messages
    }

    /// Adds a message at its place in its line. True when it is the first there.
    pub fn add(&mut self, open: Open, suspect: bool) -> bool {
        let line = self.lines.entry(open.transaction_key).or_default();
        let place = line.waiting.partition_point(|one| one.open.seq < open.seq);
        if line.waiting.get(place).is_some_and(|one| one.open.seq == open.seq) {
            return false; // known
        }
        let place = place.max(usize::from(line.running));
        let before = line.waiting.front().copied();
        line.waiting.insert(place, Waiting { open, suspect: suspect && place == 0 });
        self.messages += 1;
        if place > 0 {
            return false;
        }
        if let Some(before) = before {
            self.unqueue(before);
        }
        self.queue(open.transaction_key);
        true
    }

    /// The next message to work on; it stays the first of its line until [`ended`](Self::ended).
    pub fn next(&mut self, now_ms: i64) -> Option<Ticket> {
        self.wake(now_ms);
        let suspect = if self.suspect_runs { None } else { self.suspects.pop_first() };
        let (seq, transaction_key) = match suspect {
            Some((_, seq, transaction_key)) => (seq, transaction_key),
            None => self.ready.pop_first()?,
        };
        self.suspect_runs |= suspect.is_some();
        let line = self.lines.get_mut(&transaction_key)?;
        line.running = true;
        let attempts = line.waiting.front()?.open.attempts;
        Some(Ticket { seq, transaction_key, attempts, suspect: suspect.is_some() })
    }

    pub fn ended(&mut self, ticket: Ticket, outcome: Outcome) {
        if ticket.suspect {
            self.suspect_runs = false;
        }
        let Some(line) = self.lines.get_mut(&ticket.transaction_key) else { return };
        line.running = false;
        match outcome {
            Outcome::Gone => {
                line.waiting.pop_front();
                self.messages -= 1;
            }
            Outcome::Again { attempts, due_ms } => {
                if let Some(first) = line.waiting.front_mut() {
                    *first = Waiting { open: Open { attempts, due_ms, ..first.open }, suspect: false };
                }
            }
        }
        if line.waiting.is_empty() {
            self.lines.remove(&ticket.transaction_key);
        } else {
            self.queue(ticket.transaction_key);
        }
    }

    /// When the next waiting message is due.
    pub fn next_due(&self) -> Option<i64> {
        self.later.first().map(|(due_ms, ..)| *due_ms)
    }

    /// Puts the first of a line where it belongs; [`next`](Self::next) finds out whether its time has come.
    fn queue(&mut self, transaction_key: i64) {
        let Some(first) = self.lines.get(&transaction_key).and_then(|line| line.waiting.front()) else { return };
        self.later.insert((first.open.due_ms, first.open.seq, transaction_key));
    }

    fn unqueue(&mut self, first: Waiting) {
        let Open { seq, transaction_key, attempts, due_ms } = first.open;
        self.later.remove(&(due_ms, seq, transaction_key));
        self.ready.remove(&(seq, transaction_key));
        self.suspects.remove(&(attempts, seq, transaction_key));
    }

    fn wake(&mut self, now_ms: i64) {
        while let Some((due_ms, seq, transaction_key)) = self.later.first().copied()
            && due_ms <= now_ms
        {
            self.later.pop_first();
            let first = self.lines.get(&transaction_key).and_then(|line| line.waiting.front());
            match first.filter(|first| first.suspect) {
                Some(first) => self.suspects.insert((first.open.attempts, seq, transaction_key)),
                None => self.ready.insert((seq, transaction_key)),
            };
        }
    }
}

#[cfg(test)]
mod tests;
