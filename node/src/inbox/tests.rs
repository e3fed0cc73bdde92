#![allow(clippy::unwrap_used)]

use std::sync::Arc;

use bytes::Bytes;
use protocol::clock::SystemClock;
use protocol::digest::Digest;
use serde_json::json;
use tokio_util::sync::CancellationToken;

use super::*;
use crate::config::NodeConfig;
use crate::ledger::{Body, Direction, LedgerEntry, Verdict, hash};
use crate::migration::Migrations;
use crate::testing::TempDatabase;

const BYTES: Bytes = Bytes::from_static(b"{}");

async fn inbox(db: &TempDatabase) -> Inbox {
    let config = NodeConfig::defaults().unwrap();
    let (open, clock) = (db.open("test", Migrations::NONE).await, Arc::new(SystemClock));
    let ledger = Ledger::open(open.clone(), clock.clone(), "own").await.unwrap();
    Inbox::new(&config, open, clock, ledger, Arc::new(Metrics::new()), "token".to_owned())
}

fn entry(message_id: &str) -> NewEntry {
    let entry = LedgerEntry {
        id: String::new(),
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
    NewEntry::new(entry, "{}".to_owned(), Body::Own(BYTES))
}

fn digest(text: &str) -> [u8; 16] {
    hash::short(&Digest::of(text.as_bytes()))
}

fn key(sender: &str, message_id: &str) -> [u8; 16] {
    hash::message(sender, "select", message_id)
}

fn work(message_id: &str, text: &str) -> Work {
    let context = json!({
        "domain": "d", "action": "select", "country": "IND", "city": "*", "core_version": "1", "bap_id": "buyer", "bap_uri": "u",
        "transaction_id": "t", "message_id": message_id, "timestamp": "2026-01-01T00:00:00.000Z",
    });
    let bytes = json!({ "context": context, "message": {} }).to_string().into();
    let message = Message::read(bytes, "buyer", "Signature".to_owned(), 0).unwrap();
    Work { key: key("buyer", message_id), digest: digest(text), message }
}

async fn accept(inbox: &Inbox, message_id: &str, text: &str) -> Option<Taken> {
    inbox.accept(entry(message_id), work(message_id, text)).await.ok()
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
        assert_eq!((count(Taken::Fresh), count(Taken::Repeated), count(Taken::Different)), (2, 18, 1));
        let repeats: Vec<_> = inbox.inner.ledger.transaction("t").await.unwrap().iter().map(|entry| entry.repeats).collect();
        assert_eq!(repeats, [18, 0]);
        assert_eq!(inbox.counts().await.unwrap().waiting, 2);
        assert_eq!(inbox.known(&key("buyer", "n"), &digest("d")).await.unwrap(), Some(Taken::Repeated));
        assert_eq!(inbox.known(&key("buyer", "n"), &digest("x")).await.unwrap(), Some(Taken::Different));
        assert_eq!(inbox.known(&key("other", "n"), &digest("d")).await.unwrap(), None, "another sender may use the same id");
    }

    async fn a_message_that_cannot_be_stored_harms_no_other(db: TempDatabase) {
        let inbox = inbox(&db).await;
        let refusing = inbox.inner.db.sql(
            "create trigger bad before insert on node_ledger when new.message_id = 'bad' begin select raise(abort, 'bad'); end",
            "alter table node_ledger add constraint bad check (message_id <> 'bad')",
        );
        let mut tx = inbox.inner.db.begin().await.unwrap();
        crate::run!(tx, |c| sqlx::raw_sql(refusing).execute(c).await.map(|_| ())).unwrap();
        tx.commit().await.unwrap();
        let taken = with_writer(&inbox, async {
            let good = together(&inbox, (0..5).map(|n| (format!("m-{n}"), "d")));
            tokio::join!(accept(&inbox, "bad", "d"), good)
        })
        .await;
        assert_eq!(taken.0, None, "nothing is promised for the bad one");
        assert!(taken.1.iter().all(|taken| *taken == Some(Taken::Fresh)));
        assert_eq!(inbox.counts().await.unwrap().waiting, 5);
        assert_eq!(inbox.known(&key("buyer", "bad"), &digest("d")).await.unwrap(), None, "and it may come again");
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
