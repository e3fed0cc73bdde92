//! One gateway, one buyer and some sellers for one test.

use std::net::TcpListener;
use std::time::Duration;

use bytes::Bytes;
use gateway::{GatewayConfig, GatewayRunning};
use node::Surroundings;
use node::testing::{FakeRegistry, Peer, TempDatabase, eventually, listener, node_config};
use protocol::ack::{NetworkError, Reply};
use protocol::auth_header::AuthHeader;
use protocol::clock::{Clock, SystemClock};
use protocol::context::Context;
use protocol::http::HttpAnswer;
use protocol::participant::{Participant, Role};
use protocol::signature::{TimeLimits, verify};
use serde_json::{Value, json};
use specs::Action;

pub const DOMAIN: &str = "ONDC:RET10";

pub struct World {
    pub running: GatewayRunning,
    pub registry: FakeRegistry,
    pub buyer: Peer,
    pub db: TempDatabase,
}

impl World {
    pub async fn start(db: TempDatabase, change: impl FnOnce(&mut GatewayConfig)) -> World {
        let registry = FakeRegistry::start();
        let buyer = Peer::start("buyer", Role::Buyer);
        registry.add(buyer.participant(DOMAIN));
        let running = run(&db, &registry, listener(), change).await;
        World { running, registry, buyer, db }
    }

    /// Stops the gateway and starts it again on the same port.
    pub async fn restart(self, change: impl FnOnce(&mut GatewayConfig)) -> World {
        let World { running, registry, buyer, db } = self;
        let address = running.url.trim_start_matches("http://").to_owned();
        running.stop().await;
        let listener = eventually("the port is free again", async || TcpListener::bind(&address).ok()).await;
        let running = run(&db, &registry, listener, change).await;
        World { running, registry, buyer, db }
    }

    /// A seller that serves these cities.
    pub fn seller(&self, name: &str, cities: &[&str]) -> Peer {
        let seller = Peer::start(name, Role::Seller);
        self.registry.add(Participant {
            city: cities.iter().map(|city| (*city).to_owned()).collect(),
            ..seller.participant(DOMAIN)
        });
        seller
    }

    /// The context of an open search.
    pub fn search(&self) -> Context {
        let nobody = "nobody.example.com".parse().unwrap();
        Context { bpp_id: None, bpp_uri: None, ..self.buyer.context(&nobody, Action::Search) }
    }

    pub async fn post(&self, action: &str, bytes: Bytes) -> HttpAnswer {
        self.buyer.post(&self.running.url, action, bytes).await
    }

    /// Posts a search and asserts the ACK.
    pub async fn carried(&self, context: &Context) -> Bytes {
        let bytes = body(context);
        let answer = self.post("search", bytes.clone()).await;
        assert_eq!(Reply::parse(&answer.body), Ok(Reply::Ack), "{}", String::from_utf8_lossy(&answer.body));
        bytes
    }

    pub async fn api(&self, path: &str) -> Value {
        let answer = self.buyer.http.get(&format!("{}{path}", self.running.url), &[]).await.unwrap();
        assert_eq!(answer.status, 200, "{path}");
        serde_json::from_slice(&answer.body).unwrap()
    }

    /// The report of a search, once every seller's answer is known.
    pub async fn report(&self, context: &Context) -> Report {
        eventually("every answer is in the report", async || {
            let found = self.api(&format!("/api/searches?of={}", context.message_id)).await;
            let id = found[0]["id"].as_str()?.to_owned();
            let report = self.api(&format!("/api/search?id={id}")).await;
            let open = report["asked"].as_array().unwrap().iter().any(|ask| ask["state"] == "waiting");
            (!open).then_some(Report { id, value: report })
        })
        .await
    }
}

pub struct Report {
    pub id: String,
    pub value: Value,
}

impl Report {
    /// The row of a seller that was asked.
    pub fn of(&self, seller: &Peer) -> Value {
        let asked = self.value["asked"].as_array().unwrap();
        asked.iter().find(|ask| ask["seller"] == json!(seller.id)).cloned().unwrap_or(Value::Null)
    }

    /// Why a seller was left out.
    pub fn why_not(&self, seller: &str) -> Option<String> {
        let left_out: Value = serde_json::from_str(self.value["search"]["left_out"].as_str().unwrap()).unwrap();
        let found = left_out.as_array().unwrap().iter().find(|one| one["seller"] == json!(seller))?;
        Some(found["why"].as_str().unwrap().to_owned())
    }
}

async fn run(
    db: &TempDatabase,
    registry: &FakeRegistry,
    listener: TcpListener,
    change: impl FnOnce(&mut GatewayConfig),
) -> GatewayRunning {
    let defaults = GatewayConfig::defaults().unwrap();
    let mut node = node_config("gateway", &listener, &registry.url, db);
    // What the gateway's own defaults say about its node.
    node.validation = defaults.node.validation;
    node.retry_schedule_s.clone_from(&defaults.node.retry_schedule_s);
    node.outbox_in_flight = defaults.node.outbox_in_flight;
    node.send_timeout_ms = defaults.node.send_timeout_ms;
    node.connect_timeout_ms = defaults.node.connect_timeout_ms;
    node.registry_encryption_keys = vec![registry.encryption_public_key()];
    let mut config = GatewayConfig { node, ..defaults };
    change(&mut config);
    gateway::start(config, Some(listener), Surroundings::system()).await.unwrap()
}

/// A search as no JSON library of ours would write it: any re-writing changes these bytes.
pub fn body(context: &Context) -> Bytes {
    let context = serde_json::to_string_pretty(context).unwrap();
    let text = format!(
        "{{ \"message\": {{\"intent\":{{\"price\": 1.10, \"big\":12345678901234567890123, \"name\":\"caf\\u00e9 \u{939}\u{91f} \\/\"}} }},\r\n \"context\":{context} }}"
    );
    Bytes::from(text)
}

/// The answer's error.
pub fn nack(answer: &HttpAnswer) -> NetworkError {
    match Reply::parse(&answer.body) {
        Ok(Reply::Nack(error)) => error,
        other => panic!("a NACK was expected, not {other:?}"),
    }
}

/// Waits for the first message that a peer gets.
pub async fn first(peer: &Peer) -> node::testing::Received {
    eventually("a message", async || peer.received().first().cloned()).await
}

/// Waits a moment in which nothing may happen.
pub async fn pause() {
    tokio::time::sleep(Duration::from_millis(300)).await;
}

/// Both signatures are good over the bytes that came: the sender's own, and the gateway's.
pub fn assert_signatures(world: &World, got: &node::testing::Received, sender: &Peer) {
    let limits = TimeLimits::default();
    let own = AuthHeader::parse(&got.headers["authorization"]).unwrap();
    assert_eq!(own.subscriber_id, sender.id);
    verify(&got.bytes, &own, &sender.signer.key.verifying_key(), SystemClock.now(), &limits).unwrap();
    let node = &world.running.gateway.node;
    let carrier = AuthHeader::parse(&got.headers["x-gateway-authorization"]).unwrap();
    assert_eq!(carrier.subscriber_id, node.identity.subscriber_id);
    verify(&got.bytes, &carrier, &node.keys.signer().key.verifying_key(), SystemClock.now(), &limits).unwrap();
}
