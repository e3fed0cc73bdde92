//! The change feed and the sealed history, over HTTP, on both engines.

use std::time::{Duration, Instant};

use node::testing::{Engine, temp_database};
use registry::chain::{RegistryKeys, Verifier};
use rstest::rstest;
use serde_json::{Value, json};

use crate::applicant::Applicant;
use crate::world::World;

async fn get(world: &World, path: &str) -> String {
    let answer = world.http.get(&format!("{}{path}", world.running.url), &[]).await.unwrap();
    assert_eq!(answer.status, 200, "{path}: {}", String::from_utf8_lossy(&answer.body));
    String::from_utf8(answer.body.to_vec()).unwrap()
}

async fn changes(world: &World, query: &str) -> Value {
    serde_json::from_str(&get(world, &format!("/changes{query}")).await).unwrap()
}

async fn keys(world: &World) -> RegistryKeys {
    RegistryKeys::read(&get(world, "/public-keys").await).unwrap()
}

async fn retire(world: &World, id: &str, key: &str) {
    let body = json!({ "subscriber_id": id, "ukId": key, "note": "stolen" }).to_string();
    assert_eq!(world.post("/api/keys/retire", body, &[]).await.status, 200);
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn every_change_has_a_sealed_line_and_refusals_have_none(#[case] engine: Engine) {
    let Some(db) = temp_database(engine).await else { return };
    let world = World::start(db, |_| ()).await;
    let seller = Applicant::start("seller", &world);
    let id = seller.id.as_str();
    world.granted(&seller.application(world.now())).await;
    world.refused(&json!({})).await;
    assert_eq!(world.decide(id, "suspend").await.status, 200);
    assert_eq!(world.decide(id, "approve").await.status, 200);
    retire(&world, id, "k1").await;

    let name = world.running.registry.node.identity.subscriber_id.to_string();
    let world = world.restart(|config| config.node.subscriber_id = name).await;
    assert_eq!(world.decide("b.example.com", "whitelist").await.status, 200);
    let text = get(&world, "/changes.ndjson").await;
    let mut verifier = Verifier::new(keys(&world).await);
    let mut events = Vec::new();
    for line in text.lines() {
        verifier.follow_text(line).unwrap();
        let (change, _) = verifier.head().unwrap();
        events.push(format!("{} {}", change.event, change.subscriber_id));
    }
    // Housekeeping may find at any moment that the last key is gone.
    events.retain(|event| *event != format!("expire {id}"));
    let mut expected = ["subscribe", "suspend", "approve", "retire_key"].map(|event| format!("{event} {id}")).to_vec();
    expected.push("whitelist b.example.com".to_owned());
    assert_eq!(events, expected);
    assert!(text.contains("key k1 (stolen)"), "the reason stands in it");
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn who_waits_is_told_at_once(#[case] engine: Engine) {
    let Some(db) = temp_database(engine).await else { return };
    let world = World::start(db, |_| ()).await;
    assert_eq!(changes(&world, "").await, json!({ "head": 0, "changes": [] }));
    let started = Instant::now();
    let (told, ()) = tokio::join!(changes(&world, "?after=0&wait_s=20"), async {
        tokio::time::sleep(Duration::from_millis(200)).await;
        world.decide("a.example.com", "whitelist").await;
    });
    assert!(started.elapsed() < Duration::from_secs(10), "it waited for {:?}", started.elapsed());
    assert_eq!((&told["head"], &told["changes"][0]["subscriber_id"]), (&json!(1), &json!("a.example.com")));
    assert_eq!(changes(&world, "?after=1").await["changes"], json!([]), "nothing newer, and nobody asked to wait");
    assert_eq!(changes(&world, "?after=0").await["changes"][0], told["changes"][0]);
}

#[tokio::test]
async fn a_replica_tells_what_another_one_changed() {
    let Some(db) = temp_database(Engine::Postgres).await else { return };
    let one = World::start(db, |_| ()).await;
    let url = one.db.url.clone();
    let two = World::start(temp_database(Engine::Sqlite).await.unwrap(), |config| config.node.database_url = url).await;
    let seller = Applicant::start("seller", &one);
    one.granted(&seller.application(one.now())).await;
    assert_eq!(two.records_of(seller.id.as_str()).await.len(), 1);
    let (told, ()) = tokio::join!(changes(&two, "?after=1&wait_s=20"), async {
        tokio::time::sleep(Duration::from_millis(200)).await;
        one.decide(seller.id.as_str(), "suspend").await;
    });
    assert_eq!(told["changes"][0]["seq"], 2);
    assert_eq!(two.records_of(seller.id.as_str()).await, Vec::<Value>::new(), "and it does not serve the old answer");
}

#[tokio::test]
async fn too_many_who_wait_are_sent_away_and_a_stop_ends_the_wait() {
    let world = World::start(temp_database(Engine::Sqlite).await.unwrap(), |config| config.feed_waiters_max = 1).await;
    let url = format!("{}/changes?after=0&wait_s=40", world.running.url);
    let (http, first) = (world.http.clone(), url.clone());
    let waiting = tokio::spawn(async move { http.get(&first, &[]).await });
    tokio::time::sleep(Duration::from_millis(300)).await;
    let second = world.http.get(&url, &[]).await.unwrap();
    assert_eq!((second.status, second.header("retry-after")), (503, Some("60")));
    assert_eq!(changes(&world, "?after=0").await["head"], 0, "who does not wait needs no place");
    let started = Instant::now();
    world.running.stop().await;
    assert_eq!(waiting.await.unwrap().unwrap().status, 200);
    assert!(started.elapsed() < Duration::from_secs(8), "the stop took {:?}", started.elapsed());
}

#[tokio::test]
async fn a_stream_goes_on_where_it_ended() {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let world = World::start(temp_database(Engine::Sqlite).await.unwrap(), |_| ()).await;
    for id in ["a.example.com", "b.example.com"] {
        world.decide(id, "whitelist").await;
    }
    let address = world.running.url.trim_start_matches("http://").to_owned();
    let mut stream = tokio::net::TcpStream::connect(&address).await.unwrap();
    let request =
        format!("GET /changes HTTP/1.1\r\nhost: {address}\r\naccept: text/event-stream\r\nlast-event-id: 1\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut text = String::new();
    let read = async {
        while !text.contains("c.example.com") {
            let mut buffer = [0; 4096];
            let count = stream.read(&mut buffer).await.unwrap();
            assert_ne!(count, 0, "it ended: {text}");
            text.push_str(&String::from_utf8_lossy(&buffer[..count]));
            if text.contains("b.example.com") && !text.contains("c.example.com") {
                world.decide("c.example.com", "whitelist").await;
            }
        }
    };
    tokio::time::timeout(Duration::from_secs(20), read).await.unwrap();
    assert!(text.contains("id: 2\nevent: change\n") && text.contains("id: 3\n") && !text.contains("a.example.com"));
}
