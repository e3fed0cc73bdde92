#![allow(clippy::unwrap_used)]

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use protocol::clock::{Clock, ManualClock};
use protocol::randomness::{OsRandomness, Randomness};

use super::*;
use crate::migration::Migrations;
use crate::testing::TempDatabase;

/// Writes a try to send a body, a new one or that of an earlier try. Returns the ids of entry and body.
async fn write(ledger: &Ledger, at: Timestamp, body: Option<&str>) -> (String, String) {
    let entry = LedgerEntry {
        id: String::new(),
        at_ms: at.as_millisecond(),
        direction: Direction::Out,
        peer: "buyer".to_owned(),
        action: "on_select".to_owned(),
        transaction_id: "t".to_owned(),
        message_id: "m".to_owned(),
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
    let body_id = body.map_or_else(|| OsRandomness.uuid_v7(at).to_string(), str::to_owned);
    let mut tx = ledger.db.begin().await.unwrap();
    if body.is_none() {
        insert_body(&mut tx, &body_id, b"{}").await.unwrap();
    }
    let new = NewEntry::new(entry, "{}".to_owned(), Body::Kept(body_id.clone()));
    let numbers = ledger.insert_sent(&mut tx, &[new]).await.unwrap();
    tx.commit().await.unwrap();
    (entry_id::of(numbers[0]), body_id)
}

crate::both_engines! {
    async fn old_entries_go_and_bodies_stay_while_something_speaks_of_them(db: TempDatabase) {
        let open = db.open("test", Migrations::NONE).await;
        let start: Timestamp = "2026-01-01T00:00:00Z".parse().unwrap();
        let clock = ManualClock::new(start);
        let ledger = Ledger::open(open.clone(), Arc::new(clock.clone()), "own").await.unwrap();
        let (first, body) = write(&ledger, start, None).await;
        let (_, alone) = write(&ledger, start, None).await;
        clock.advance(SignedDuration::from_hours(24 * 20));
        let (again, _) = write(&ledger, clock.now(), Some(&body)).await;

        assert_eq!(ledger.prune(30).await.unwrap(), 0);
        clock.advance(SignedDuration::from_hours(24 * 11));
        assert_eq!(ledger.prune(30).await.unwrap(), 2);
        assert!(ledger.entry(&first).await.unwrap().is_none());
        assert_eq!(ledger.entry(&again).await.unwrap().unwrap().bytes, "{}", "its body came with an older entry");
        let left: Vec<(String,)> = crate::read!(open, |c| sqlx::query_as("select id from node_body").fetch_all(c).await.unwrap());
        assert_eq!(left, [(body,)], "nothing speaks of {alone} any more");
    }

    async fn pages_of_recent_entries_join_without_gap(db: TempDatabase) {
        let open = db.open("test", Migrations::NONE).await;
        let start: Timestamp = "2026-01-01T00:00:00Z".parse().unwrap();
        let ledger = Ledger::open(open.clone(), Arc::new(ManualClock::new(start)), "own").await.unwrap();
        let mut written = Vec::new();
        for _ in 0..5 {
            written.push(write(&ledger, start, None).await.0);
        }
        written.reverse();
        let first = ledger.recent(3, None).await.unwrap();
        let second = ledger.recent(3, Some(&first[2].id)).await.unwrap();
        let shown: Vec<_> = first.into_iter().chain(second).map(|entry| entry.id).collect();
        assert_eq!(shown, written);
    }
}
