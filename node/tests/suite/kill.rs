//! kill -9: what was answered with an ACK is there after the next start. A message that ends the process is not tried for ever.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use node::testing::{FakeRegistry, Peer, TempDatabase, eventually};
use protocol::clock::{Clock, SystemClock};
use protocol::participant::Role;
use specs::Action;

use crate::stage::{DOMAIN, Plan, start, verdict};

const DATABASE: &str = "HAAT_TEST_KILL_DATABASE";
const REGISTRY: &str = "HAAT_TEST_KILL_REGISTRY";
const DATA: &str = "HAAT_TEST_KILL_DATA";

/// The message that ends the process, when it is set.
const FATAL: &str = "HAAT_TEST_KILL_FATAL";

/// Starts the node below in a process of its own; also its URL and its subscriber id.
fn spawn(db: &TempDatabase, registry: &FakeRegistry, fatal: &str) -> (Child, String, String) {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["kill::the_node_that_is_killed", "--exact", "--ignored", "--nocapture"])
        .env(DATABASE, &db.url)
        .env(REGISTRY, &registry.url)
        .env(DATA, db.folder.path())
        .env(FATAL, fatal)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let told = |line: String| line.split_once("READY ").map(|(_, told)| told.to_owned());
    let told = lines.find_map(|line| told(line.unwrap())).expect("the child says where it is");
    let (url, id) = told.split_once(' ').unwrap();
    (child, url.to_owned(), id.to_owned())
}

/// True when the process has ended by then.
async fn ends_within(child: &mut Child, time: Duration) -> bool {
    let started = Instant::now();
    while started.elapsed() < time {
        if child.try_wait().unwrap().is_some() {
            return true;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    false
}

node::both_engines! {
    async fn a_message_that_ends_the_process_is_laid_aside_and_no_other(db: TempDatabase) {
        let registry = FakeRegistry::start();
        let buyer = Peer::start("buyer", Role::Buyer);
        registry.add(buyer.participant(DOMAIN));
        let (mut child, url, id) = spawn(&db, &registry, "fatal");
        let own = id.parse().unwrap();
        let message = |message_id: &str| {
            let context = protocol::context::Context { message_id: message_id.parse().unwrap(), ..buyer.context(&own, Action::Select) };
            protocol::envelope::render(&context, &serde_json::json!({}), None)
        };
        // All at once, so that some are unfinished when the process ends; an answer may be lost with it.
        let posts = ["a", "b", "fatal", "c", "d"].map(|message_id| {
            let bytes = message(message_id);
            let header = buyer.sign(&bytes, SystemClock.now());
            let (http, url) = (buyer.http.clone(), format!("{url}/network/select"));
            async move { http.post(&url, bytes, &[("authorization", &header)]).await.is_ok() }
        });
        let acked = futures_util::future::join_all(posts).await;
        let mut ends = 0;
        while ends_within(&mut child, Duration::from_secs(4)).await {
            ends += 1;
            assert!(ends < 6, "it is tried for ever");
            child = spawn(&db, &registry, "fatal").0;
        }
        child.kill().unwrap();
        child.wait().unwrap();
        assert_eq!(ends, 3, "the first try, and the two that are allowed and counted");

        let (node, handler) = start(&db, &registry, |config| config.lease_s = 1).await;
        let inbox = node.node.inbox.clone();
        eventually("nothing waits", async || (inbox.counts().await.unwrap().waiting == 0).then_some(())).await;
        let dead = inbox.dead(10).await.unwrap();
        assert_eq!(dead.iter().map(|one| one.attempts).collect::<Vec<_>>(), [2]);
        assert!(handler.done().iter().all(|seen| seen.message_id != "fatal"));
        let entries = node.node.ledger.recent(10, None).await.unwrap();
        assert!(entries.len() >= acked.iter().filter(|acked| **acked).count());
        assert!(entries.iter().any(|entry| entry.id == dead[0].id && entry.message_id == "fatal"));
        node.stop().await;
    }

    async fn an_acked_message_survives(db: TempDatabase) {
        let registry = FakeRegistry::start();
        let buyer = Peer::start("buyer", Role::Buyer);
        registry.add(buyer.participant(DOMAIN));
        let (mut child, url, id) = spawn(&db, &registry, "");
        let own = id.parse().unwrap();
        let bytes: Vec<_> = (0..40).map(|_| {
            protocol::envelope::render(&buyer.context(&own, Action::Select), &serde_json::json!({}), None)
        }).collect();
        let posts = bytes.iter().map(async |bytes| verdict(&buyer.post(&url, "select", bytes.clone()).await));
        let answers = futures_util::future::join_all(posts).await;
        child.kill().unwrap();
        child.wait().unwrap();
        assert!(answers.iter().all(|answer| answer == "ACK"));

        let (node, handler) = start(&db, &registry, |config| config.lease_s = 1).await;
        eventually("all are handled", async || (handler.done().len() >= 40).then_some(())).await;
        let mut handled: Vec<_> = handler.done().into_iter().map(|seen| seen.bytes).collect();
        let mut expected = bytes;
        handled.sort();
        expected.sort();
        assert_eq!(handled, expected, "each of them, and each once");
        node.stop().await;
    }
}

/// Runs in the child process only: accepts messages and finishes none, or ends at one of them.
#[ignore = "run by the test above in a process of its own"]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_node_that_is_killed() {
    let Ok(url) = std::env::var(DATABASE) else { return };
    let registry_url = std::env::var(REGISTRY).unwrap();
    let socket = node::testing::listener();
    let db = node::testing::temp_database(node::testing::Engine::Sqlite).await.unwrap();
    let mut config = node::testing::node_config("seller", &socket, &registry_url, &db);
    config.database_url = url;
    config.data_dir = std::path::PathBuf::from(std::env::var(DATA).unwrap()).join("seller");
    config.validation = node::config::Validation::Warn;
    config.lease_s = 1;
    config.inbox_attempt_max = 2;
    let (running, handler) = crate::stage::start_with(config, socket).await;
    match std::env::var(FATAL).unwrap() {
        none if none.is_empty() => {
            handler.plans.lock().unwrap().extend((0..100).map(|_| Plan::Pause(Duration::from_secs(600))));
        }
        fatal => *handler.fatal.lock().unwrap() = Some(fatal),
    }
    println!("READY {} {}", running.url, running.node.identity.subscriber_id);
    tokio::time::sleep(Duration::from_secs(60)).await;
}
