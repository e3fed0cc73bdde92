#![allow(clippy::unwrap_used)]

use protocol::address_guard::AddressGuard;
use protocol::clock::Clock;
use protocol::clock::{ManualClock, SystemClock};
use protocol::http::{Http, HttpConfig};
use protocol::participant::Participant;
use protocol::registry_cache::CacheLimits;
use protocol::registry_client::Changed;
use serde_json::json;

use super::*;

fn follower() -> Follower {
    let http = HttpConfig { address_guard: AddressGuard { allow_private: true }, ..HttpConfig::default() };
    let clock = Arc::new(ManualClock::new(SystemClock.now()));
    let nobody: Vec<Participant> = Vec::new();
    let cache = RegistryCache::new(Arc::new(nobody), clock.clone(), CacheLimits::default());
    let client = RegistryClient::new(Http::new(http).unwrap(), "http://127.0.0.1:1", None, clock);
    Follower::new(client, Arc::new(cache))
}

fn changes(head: i64, seqs: &[i64]) -> Changes {
    let changed = |seq: &i64| Changed { seq: *seq, subscriber_id: "a.example.com".to_owned() };
    Changes { head, changes: seqs.iter().map(changed).collect() }
}

#[tokio::test]
async fn it_keeps_its_place_and_begins_anew_when_the_registry_lost_its_history() {
    let mut follower = follower();
    follower.take_in(changes(7, &[])).await;
    assert_eq!(follower.last, Some(7), "what was before it came is not its business");
    follower.take_in(changes(700, &[8, 9])).await;
    assert_eq!(follower.last, Some(9), "there is more to fetch");
    follower.take_in(changes(9, &[])).await;
    assert_eq!(follower.last, Some(9));
    follower.take_in(changes(3, &[])).await;
    assert_eq!(follower.last, Some(3));
}

#[tokio::test]
async fn failures_slow_it_down() {
    let mut follower = follower();
    let pauses: Vec<u64> = [follower.step().await, follower.step().await].iter().map(Duration::as_secs).collect();
    assert_eq!(pauses, [1, 5]);
}

#[test]
fn a_name_that_cannot_be_read_stops_nothing() {
    let odd: Changes = serde_json::from_value(
        json!({ "head": 1, "changes": [{ "seq": 1, "subscriber_id": "no host!", "line": "" }] }),
    )
    .unwrap();
    assert_eq!(odd.changes[0].subscriber(), None);
}
