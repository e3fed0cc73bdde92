//! Group commit: all that waits is written in one transaction, so it shares one flush to disk.

use std::sync::atomic::Ordering;

use tokio_util::sync::CancellationToken;

use super::Inner;
use super::arrival::{Arrival, Finish, Item, Message, NotStored, Taken};
use super::store::{self, Group, Open, Written};

pub(super) async fn run(inbox: &Inner, stop: CancellationToken) {
    let mut waiting = inbox.waiting.lock().await;
    let mut items = Vec::with_capacity(inbox.group_max);
    loop {
        tokio::select! {
            biased;
            count = waiting.recv_many(&mut items, inbox.group_max) => {
                if count == 0 {
                    return; // closed, and nothing is left
                }
                commit(inbox, Group::of(items.drain(..))).await;
            }
            () = stop.cancelled(), if !waiting.is_closed() => waiting.close(),
        }
    }
}

impl Group {
    fn of(items: impl IntoIterator<Item = Item>) -> Self {
        let mut group = Self::default();
        for item in items {
            match item {
                Item::Arrival(arrival) => group.arrivals.push(*arrival),
                Item::Finish(finish) => group.finishes.push(finish),
            }
        }
        group
    }

    /// The same, each in a group of its own.
    fn each(self) -> impl Iterator<Item = Self> {
        let arrivals = self.arrivals.into_iter().map(|one| Self { arrivals: vec![one], finishes: Vec::new() });
        arrivals.chain(self.finishes.into_iter().map(|one| Self { arrivals: Vec::new(), finishes: vec![one] }))
    }
}

/// Writes a group; when the group fails, each message alone, so that one bad message harms no other.
async fn commit(inbox: &Inner, group: Group) {
    if !group.arrivals.is_empty() {
        inbox.metrics.group(group.arrivals.len());
    }
    match store::write(inbox, &group).await {
        Ok(written) => answer(inbox, group, written),
        Err(error) if group.len() > 1 => {
            tracing::warn!(%error, messages = group.len(), "a group of messages could not be stored; storing each alone");
            for one in group.each() {
                match store::write(inbox, &one).await {
                    Ok(written) => answer(inbox, one, written),
                    Err(error) => refuse(one, &error),
                }
            }
        }
        Err(error) => refuse(group, &error),
    }
}

fn answer(inbox: &Inner, group: Group, written: Written) {
    let watched = inbox.ledger.is_watched();
    let mut fresh = Vec::new();
    for (arrival, (taken, seq)) in group.arrivals.into_iter().zip(written.taken) {
        let Arrival { entry, work, answer } = arrival;
        if let Some(answer) = answer {
            // An error only says that the sender hung up; its message is stored all the same.
            let _ = answer.send(Ok(taken));
        }
        if taken != Taken::Fresh {
            continue;
        }
        if let Some(work) = work {
            fresh.push((open(seq, entry.transaction_key, &work.message), work.message));
        }
        if watched {
            inbox.ledger.announce(entry.stored(seq));
        }
    }
    for (finish, found) in group.finishes.into_iter().zip(written.finished) {
        let _ = finish.answer.send(Ok(found));
    }
    if !fresh.is_empty() {
        inbox.shelf.put(fresh);
        if inbox.hungry.load(Ordering::SeqCst) {
            inbox.work.notify_one();
        }
    }
}

fn open(seq: i64, transaction_key: i64, message: &Message) -> Open {
    Open { seq, transaction_key, attempts: 0, due_ms: message.received_ms }
}

fn refuse(group: Group, error: &sqlx::Error) {
    for Arrival { entry, answer, .. } in group.arrivals {
        let entry = entry.entry;
        tracing::error!(%error, peer = entry.peer, action = entry.action, message_id = entry.message_id, "a message could not be stored");
        if let Some(answer) = answer {
            let _ = answer.send(Err(NotStored));
        }
    }
    for Finish { seq, answer } in group.finishes {
        tracing::error!(%error, seq, "a message that is done could not be closed");
        let _ = answer.send(Err(NotStored));
    }
}
