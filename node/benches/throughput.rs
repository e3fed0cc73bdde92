//! How many messages a node takes and sends per second, over real sockets and a real database.
//!
//! `cargo bench -p node` (with TEST_POSTGRES_URL also on PostgreSQL). Client, counterparty and node share this machine's cores, so
//! the figures are a floor. Messages are signed beforehand; each gets its durable ACK and one run of the handler.
#![allow(clippy::unwrap_used)]

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use futures_util::StreamExt;
use node::config::Validation;
use node::testing::{Engine, FakeRegistry, Peer, TempDatabase, eventually, listener, node_config, temp_database};
use node::{Accepted, HandlerError, MessageHandler, Migrations, Node, Outgoing, Surroundings, serve};
use protocol::clock::{Clock, SystemClock};
use protocol::participant::Role;
use serde_json::json;
use specs::Action;

const MESSAGES: usize = 3000;
const AT_ONCE: usize = 64;
const DOMAIN: &str = "ONDC:RET10";

struct Count {
    node: Arc<Node>,
    done: AtomicUsize,
}

#[async_trait]
impl MessageHandler for Count {
    fn actions(&self) -> &'static [Action] {
        &[Action::Select]
    }

    async fn handle(&self, message: &Accepted) -> Result<(), HandlerError> {
        let mut tx = self.node.db.begin().await?;
        message.finish(&mut tx).await?;
        tx.commit().await?;
        self.done.fetch_add(1, Ordering::SeqCst);
        Ok(())
    }
}

#[tokio::main]
async fn main() {
    for engine in [Engine::Sqlite, Engine::Postgres] {
        if let Some(db) = temp_database(engine).await {
            run(&db).await;
        }
    }
}

async fn run(db: &TempDatabase) {
    let registry = FakeRegistry::start();
    let buyer = Peer::start("buyer", Role::Buyer);
    registry.add(buyer.participant(DOMAIN));
    let socket = listener();
    let mut config = node_config("seller", &socket, &registry.url, db);
    config.validation = Validation::Warn;
    config.per_peer_in_flight = AT_ONCE;
    let node = Node::open(config, Role::Seller, "seller", Surroundings::system(), Migrations::NONE).await.unwrap();
    registry.add_node(&node, Role::Seller, DOMAIN);
    let handler = Arc::new(Count { node: node.clone(), done: AtomicUsize::new(0) });
    let running = serve(node.clone(), socket, handler.clone(), |_| {}).await.unwrap();
    receive(&running.url, &node, &buyer, &handler, db.engine).await;
    send(&node, &buyer, db.engine).await;
    running.stop().await;
}

async fn receive(url: &str, node: &Node, buyer: &Peer, handler: &Count, engine: Engine) {
    let padding = "x".repeat(1800);
    let messages: Vec<_> = (0..MESSAGES)
        .map(|_| {
            let context = buyer.context(&node.identity.subscriber_id, Action::Select);
            let bytes = protocol::envelope::render(&context, &json!({"order": {"note": padding}}), None);
            let header = buyer.sign(&bytes, SystemClock.now());
            (bytes, header)
        })
        .collect();
    let started = Instant::now();
    let posts = messages.into_iter().map(async |(bytes, header)| {
        let begun = Instant::now();
        let answer = buyer.post_with(url, "select", bytes, &[("authorization", &header)]).await;
        assert_eq!(answer.status, 200);
        begun.elapsed()
    });
    let mut took: Vec<Duration> = futures_util::stream::iter(posts).buffer_unordered(AT_ONCE).collect().await;
    let acked = started.elapsed();
    eventually("all are handled", async || (handler.done.load(Ordering::SeqCst) == MESSAGES).then_some(())).await;
    let handled = started.elapsed();
    took.sort();
    let metrics = node.metrics.text();
    let commits =
        metrics.lines().find_map(|line| line.strip_prefix("haat_commit_group_size_count ")).unwrap_or("?").to_owned();
    println!(
        "{engine:?} receive: {:.0} ACKs/s ({MESSAGES} messages, {AT_ONCE} at once, {commits} commits), p50 {:.1} ms, p99 {:.1} ms; handled {:.0}/s",
        MESSAGES as f64 / acked.as_secs_f64(),
        took[MESSAGES / 2].as_secs_f64() * 1e3,
        took[MESSAGES * 99 / 100].as_secs_f64() * 1e3,
        MESSAGES as f64 / handled.as_secs_f64(),
    );
}

async fn send(node: &Node, buyer: &Peer, engine: Engine) {
    let own = &node.identity;
    let all: Vec<_> = (0..MESSAGES)
        .map(|n| {
            let asked = buyer.context(&own.subscriber_id, Action::Select);
            let context = asked.reply(&own.subscriber_id, &own.url, SystemClock.now()).unwrap();
            Outgoing::new(buyer.id.clone(), Role::Buyer, &context, &json!({"n": n}), None)
        })
        .collect();
    let mut tx = node.db.begin().await.unwrap();
    node.outbox.enqueue_all(&mut tx, all).await.unwrap();
    tx.commit().await.unwrap();
    let started = Instant::now();
    eventually("all are sent", async || (node.outbox.pending().await.unwrap().pending == 0).then_some(())).await;
    println!(
        "{engine:?} send: {:.0} messages/s to one counterparty",
        MESSAGES as f64 / started.elapsed().as_secs_f64()
    );
}
