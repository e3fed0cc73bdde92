//! What was just committed, on its way from the writer to the lanes, so that nobody reads it back. Memory is bounded; what finds no room is read from the database when its turn comes.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::arrival::Message;
use super::store::Open;

/// Bounds of what is kept.
const MESSAGES_MAX: usize = 2048;
const BYTES_MAX: usize = 8 * 1024 * 1024;
/// Numbers kept for lanes that do not look.
const NEWS_MAX: usize = 4096;
/// After this time a message makes room for newer ones: another replica has taken it, or its turn is far away.
const STALE: Duration = Duration::from_secs(10);

#[derive(Debug, Default)]
pub(super) struct Shelf {
    inner: Mutex<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    messages: BTreeMap<i64, (Message, Instant)>,
    bytes: usize,
    news: News,
}

/// What happened since the lanes looked last.
#[derive(Debug, Default)]
pub(super) struct News {
    /// New messages in the order of their commit.
    pub open: Vec<Open>,
    /// There were more new messages than `open` has.
    pub missed: bool,
    /// The newest message of all; 0 before the first.
    pub committed: i64,
    /// Messages that an operator starts again.
    pub again: Vec<i64>,
}

impl Shelf {
    /// Takes what one commit has made ours.
    pub fn put(&self, committed: impl IntoIterator<Item = (Open, Message)>) {
        let mut inner = self.lock();
        for (open, message) in committed {
            inner.announce(open);
            inner.keep(open.seq, message);
        }
    }

    pub fn take(&self, seq: i64) -> Option<Message> {
        let mut inner = self.lock();
        let (message, _) = inner.messages.remove(&seq)?;
        inner.bytes -= message.bytes.len();
        Some(message)
    }

    pub fn again(&self, seq: i64) {
        self.lock().news.again.push(seq);
    }

    pub fn news(&self) -> News {
        let mut inner = self.lock();
        let committed = inner.news.committed;
        std::mem::replace(&mut inner.news, News { committed, ..News::default() })
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inner {
    fn announce(&mut self, open: Open) {
        let news = &mut self.news;
        news.committed = news.committed.max(open.seq);
        if news.open.len() < NEWS_MAX {
            news.open.push(open);
        } else {
            news.missed = true;
        }
    }

    fn keep(&mut self, seq: i64, message: Message) {
        let size = message.bytes.len();
        if self.is_full(size) {
            self.forget_stale();
        }
        if !self.is_full(size) {
            self.bytes += size;
            self.messages.insert(seq, (message, Instant::now()));
        }
    }

    fn is_full(&self, more: usize) -> bool {
        self.messages.len() >= MESSAGES_MAX || self.bytes + more > BYTES_MAX
    }

    fn forget_stale(&mut self) {
        while let Some(oldest) = self.messages.first_entry()
            && oldest.get().1.elapsed() > STALE
        {
            self.bytes -= oldest.remove().0.bytes.len();
        }
    }
}
