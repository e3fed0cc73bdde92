#![allow(clippy::unwrap_used)]

use std::sync::Arc;

use protocol::clock::SystemClock;
use protocol::randomness::{OsRandomness, Randomness};
use tokio_util::sync::CancellationToken;

use super::*;
use crate::config::NodeConfig;
use crate::ledger::{Direction, LedgerEntry, Verdict};
use crate::migration::Migrations;
use crate::testing::TempDatabase;

async fn inbox(db: &TempDatabase) -> Inbox {
    let config = NodeConfig::defaults().unwrap();
    let (open, clock) = (db.open("test", Migrations::NONE).await, Arc::new(SystemClock));
    let ledger = Ledger::new(open.clone(), clock.clone(), "own");
    Inbox::new(&config, open, clock, ledger, Arc::new(Metrics::new()), "token".to_owned())
}

fn entry(message_id: &str) -> NewEntry {
    let id = OsRandomness.uuid_v7(SystemClock.now()).to_string();
    let entry = LedgerEntry {
        id: id.clone(),
        at_ms: SystemClock.now().as_millisecond(),
        direction: Direction::In,
        peer: "buyer".to_owned(),
        action: "select".to_owned(),
        transaction_id: "t".to_owned(),
        message_id: message_id.to_owned(),
        verdict: Verdict::Ack,
        code: None,
        detail: None,
        http_status: 200,
        took_us: 1,
        bytes_len: 2,
        attempt: 1,
        repeats: 0,
        url: None,
        outbox_id: None,
    };
    NewEntry { entry, headers: "{}".to_owned(), body_id: Some(id) }
}

async fn accept(inbox: &Inbox, message_id: &str, digest: &str) -> Option<Taken> {
    let work = Work { digest: digest.to_owned(), auth_header: "Signature".to_owned() };
    inbox.accept(entry(message_id), Bytes::from_static(b"{}"), work).await.ok()
}

async fn together(inbox: &Inbox, messages: impl IntoIterator<Item = (String, &str)>) -> Vec<Option<Taken>> {
    futures_util::future::join_all(messages.into_iter().map(async |(id, digest)| accept(inbox, &id, digest).await))
        .await
}

/// All that is waiting is taken in one go, as when the writer was busy: messages first, then the writer.
async fn with_writer<T>(inbox: &Inbox, work: impl Future<Output = T>) -> T {
    let stop = CancellationToken::new();
    let (result, ()) = tokio::join!(
        async {
            let result = work.await;
            stop.cancel();
            result
        },
        inbox.write(stop.clone())
    );
    result
}

fn commits(inbox: &Inbox) -> usize {
    let text = inbox.inner.metrics.text();
    text.lines().find_map(|line| line.strip_prefix("haat_commit_group_size_count ")?.parse().ok()).unwrap()
}

crate::both_engines! {
    async fn waiting_messages_share_a_commit(db: TempDatabase) {
        let inbox = inbox(&db).await;
        let many = (0..200).map(|n| (format!("m-{n}"), "d"));
        let taken = with_writer(&inbox, together(&inbox, many)).await;
        assert!(taken.iter().all(|taken| *taken == Some(Taken::Fresh)));
        assert!(commits(&inbox) <= 3, "200 messages took {} commits", commits(&inbox));
        assert_eq!(inbox.counts().await.unwrap().waiting, 200);
        assert_eq!(inbox.inner.ledger.recent(1000, None).await.unwrap().len(), 200);
    }

    async fn the_same_name_is_taken_once_also_within_a_group(db: TempDatabase) {
        let inbox = inbox(&db).await;
        let same = (0..20).map(|n| ("m".to_owned(), if n == 7 { "other" } else { "d" })).chain([("n".to_owned(), "d")]);
        let taken = with_writer(&inbox, together(&inbox, same)).await;
        let count = |kind: Taken| taken.iter().filter(|taken| **taken == Some(kind)).count();
        // On PostgreSQL any of the twenty may come first within the group.
        assert_eq!((count(Taken::Fresh), count(Taken::Repeated) + count(Taken::Different)), (2, 19));
        assert!(count(Taken::Different) >= 1);
        assert_eq!(inbox.counts().await.unwrap().waiting, 2);
        assert_eq!(inbox.known("buyer", "select", "n", "d").await.unwrap(), Some(Taken::Repeated));
        assert_eq!(inbox.known("buyer", "select", "n", "x").await.unwrap(), Some(Taken::Different));
        assert_eq!(inbox.known("other", "select", "n", "d").await.unwrap(), None, "another sender may use the same id");
    }

    async fn a_message_that_cannot_be_stored_harms_no_other(db: TempDatabase) {
        let inbox = inbox(&db).await;
        let taken = with_writer(&inbox, async {
            let mut bad = entry("bad");
            // A second ledger entry with the same id: the insert fails on both engines.
            let twin = entry("twin");
            bad.entry.id = twin.entry.id.clone();
            let note = inbox.note(twin, Bytes::new());
            let work = Work { digest: "d".to_owned(), auth_header: String::new() };
            let bad = inbox.accept(bad, Bytes::new(), work);
            let good = together(&inbox, (0..5).map(|n| (format!("m-{n}"), "d")));
            tokio::join!(note, bad, good)
        })
        .await;
        assert!(taken.1.is_err(), "nothing is promised for the bad one");
        assert!(taken.2.iter().all(|taken| *taken == Some(Taken::Fresh)));
        assert_eq!(inbox.counts().await.unwrap().waiting, 5);
    }

    async fn messages_that_wait_at_the_stop_are_still_written(db: TempDatabase) {
        let inbox = inbox(&db).await;
        let stop = CancellationToken::new();
        stop.cancel();
        let (taken, ()) = tokio::join!(together(&inbox, (0..5).map(|n| (format!("m-{n}"), "d"))), inbox.write(stop));
        assert!(taken.iter().all(|taken| *taken == Some(Taken::Fresh)));
        assert_eq!(accept(&inbox, "late", "d").await, None, "after the stop nothing is promised");
    }
}
