//! kill -9: what was answered with an ACK is there after the next start.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};
use std::time::Duration;

use node::testing::{FakeRegistry, Peer, TempDatabase, eventually};
use protocol::participant::Role;
use specs::Action;

use crate::stage::{DOMAIN, Plan, start, verdict};

const DATABASE: &str = "HAAT_TEST_KILL_DATABASE";
const REGISTRY: &str = "HAAT_TEST_KILL_REGISTRY";
const DATA: &str = "HAAT_TEST_KILL_DATA";

node::both_engines! {
    async fn an_acked_message_survives(db: TempDatabase) {
        let registry = FakeRegistry::start();
        let buyer = Peer::start("buyer", Role::Buyer);
        registry.add(buyer.participant(DOMAIN));
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["kill::the_node_that_is_killed", "--exact", "--ignored", "--nocapture"])
            .env(DATABASE, &db.url)
            .env(REGISTRY, &registry.url)
            .env(DATA, db.folder.path())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let (url, id) = loop {
            let line = lines.next().expect("the child says where it is").unwrap();
            if let Some((_, told)) = line.split_once("READY ") {
                break told.split_once(' ').map(|(url, id)| (url.to_owned(), id.to_owned())).unwrap();
            }
        };
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

/// Runs in the child process only: accepts messages, finishes none, until it is killed.
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
    let (running, handler) = crate::stage::start_with(config, socket).await;
    handler.plans.lock().unwrap().extend((0..100).map(|_| Plan::Pause(Duration::from_secs(600))));
    println!("READY {} {}", running.url, running.node.identity.subscriber_id);
    tokio::time::sleep(Duration::from_secs(60)).await;
}
