//! Group commit: all messages that wait are written in one transaction, so they share one flush to disk.

use tokio_util::sync::CancellationToken;

use super::{Arrival, Inner, NotStored, Taken, store};
use crate::database::Database;

pub(super) async fn run(inbox: &Inner, stop: CancellationToken) {
    let mut waiting = inbox.waiting.lock().await;
    let mut group = Vec::with_capacity(inbox.group_max);
    loop {
        tokio::select! {
            biased;
            count = waiting.recv_many(&mut group, inbox.group_max) => {
                if count == 0 {
                    return; // closed, and nothing is left
                }
                commit(inbox, std::mem::take(&mut group)).await;
            }
            () = stop.cancelled(), if !waiting.is_closed() => waiting.close(),
        }
    }
}

/// Writes a group; when the group fails, each message alone, so that one bad message harms no other.
async fn commit(inbox: &Inner, group: Vec<Arrival>) {
    inbox.metrics.group(group.len());
    let written = match &inbox.db {
        Database::Postgres(_) if group.len() > 1 => store::write_together(&inbox.db, &group).await,
        Database::Sqlite { .. } | Database::Postgres(_) => store::write_each(&inbox.db, &group).await,
    };
    match written {
        Ok(taken) => answer(inbox, group, taken),
        Err(error) if group.len() > 1 => {
            tracing::warn!(%error, messages = group.len(), "a group of messages could not be stored; storing each alone");
            for one in group {
                commit_one(inbox, one).await;
            }
        }
        Err(error) => group.into_iter().for_each(|one| refuse(one, &error)),
    }
}

async fn commit_one(inbox: &Inner, one: Arrival) {
    let one = [one];
    match store::write_each(&inbox.db, &one).await {
        Ok(taken) => answer(inbox, one.into(), taken),
        Err(error) => one.into_iter().for_each(|one| refuse(one, &error)),
    }
}

fn answer(inbox: &Inner, group: Vec<Arrival>, taken: Vec<Taken>) {
    let watched = inbox.ledger.is_watched();
    let mut fresh = false;
    for (arrival, taken) in group.into_iter().zip(taken) {
        fresh |= taken == Taken::Fresh && arrival.work.is_some();
        if watched && taken == Taken::Fresh {
            inbox.ledger.announce(arrival.entry.entry);
        }
        if let Some(answer) = arrival.answer {
            // An error only says that the sender hung up; its message is stored all the same.
            let _ = answer.send(Ok(taken));
        }
    }
    if fresh {
        inbox.work.notify_one();
    }
}

fn refuse(arrival: Arrival, error: &sqlx::Error) {
    let entry = &arrival.entry.entry;
    tracing::error!(%error, peer = entry.peer, action = entry.action, message_id = entry.message_id, "a message could not be stored");
    if let Some(answer) = arrival.answer {
        let _ = answer.send(Err(NotStored));
    }
}
