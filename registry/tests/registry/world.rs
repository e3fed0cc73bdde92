//! One registry for one test, with a clock that the test moves.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use jiff::{SignedDuration, Timestamp};
use node::Surroundings;
use node::testing::{TempDatabase, listener, node_config};
use protocol::ack::{NetworkError, Reply};
use protocol::clock::{Clock, ManualClock, SystemClock};
use protocol::http::{Http, HttpAnswer, HttpConfig};
use registry::{RegistryConfig, RegistryRunning};
use serde_json::{Value, json};

pub struct World {
    pub running: RegistryRunning,
    pub clock: ManualClock,
    pub http: Http,
    pub db: TempDatabase,
}

impl World {
    /// A registry with the defaults; `change` may alter them.
    pub async fn start(db: TempDatabase, change: impl FnOnce(&mut RegistryConfig)) -> World {
        let clock = ManualClock::new(SystemClock.now());
        let running = run(&db, &clock, change).await;
        let mut http = HttpConfig { timeout: Duration::from_secs(20), ..HttpConfig::default() };
        http.address_guard.allow_private = true;
        World { running, clock, http: Http::new(http).unwrap(), db }
    }

    /// The same registry after a restart.
    pub async fn restart(self, change: impl FnOnce(&mut RegistryConfig)) -> World {
        let World { running, clock, http, db } = self;
        running.stop().await;
        let running = run(&db, &clock, change).await;
        World { running, clock, http, db }
    }

    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    pub fn pass(&self, time: SignedDuration) {
        self.clock.advance(time);
    }

    pub async fn post(&self, path: &str, body: impl Into<Bytes>, headers: &[(&str, &str)]) -> HttpAnswer {
        self.http.post(&format!("{}{path}", self.running.url), body.into(), headers).await.unwrap()
    }

    /// The NACK of a refused subscription.
    pub async fn refused(&self, body: &Value) -> NetworkError {
        let answer = self.post("/subscribe", body.to_string(), &[]).await;
        assert_eq!(answer.status, 200);
        nack(&answer)
    }

    /// Asserts an ACK.
    pub async fn granted(&self, body: &Value) {
        let answer = self.post("/subscribe", body.to_string(), &[]).await;
        assert_ack(&answer);
    }

    /// Records of the open lookup.
    pub async fn lookup(&self, question: Value) -> Vec<Value> {
        let answer = self.post("/lookup", question.to_string(), &[]).await;
        records(&answer)
    }

    /// All records of one participant.
    pub async fn records_of(&self, id: &str) -> Vec<Value> {
        self.lookup(json!({ "subscriber_id": id, "country": "IND" })).await
    }

    /// A decision through the operator's API.
    pub async fn decide(&self, id: &str, decision: &str) -> HttpAnswer {
        let body =
            json!({ "subscriber_id": id, "domain": "ONDC:RET10", "type": "BPP", "decision": decision, "note": "test" });
        self.post("/api/decisions", body.to_string(), &[]).await
    }

    /// The status of the retail entry as operators see it.
    pub async fn status(&self, id: &str) -> Option<String> {
        let url = format!("{}/api/participant?id={}", self.running.url, node::pages::url_encode(id));
        let answer: Value = serde_json::from_slice(&self.http.get(&url, &[]).await.unwrap().body).unwrap();
        answer["entries"]
            .as_array()
            .unwrap()
            .iter()
            .find(|one| one["domain"] == "ONDC:RET10")
            .map(|one| one["status"].as_str().unwrap().to_owned())
    }
}

async fn run(db: &TempDatabase, clock: &ManualClock, change: impl FnOnce(&mut RegistryConfig)) -> RegistryRunning {
    let listener = listener();
    let node = node_config("registry", &listener, "http://unused.localhost:1", db);
    let mut config = RegistryConfig { node, ..RegistryConfig::defaults().unwrap() };
    config.node.registry_follow = false;
    change(&mut config);
    let surroundings = Surroundings { clock: Arc::new(clock.clone()), ..Surroundings::system() };
    registry::start(config, Some(listener), surroundings).await.unwrap()
}

pub fn assert_ack(answer: &HttpAnswer) {
    let text = String::from_utf8_lossy(&answer.body);
    assert_eq!(
        text,
        r#"{"message":{"ack":{"status":"ACK"}},"error":{"type":null,"code":null,"path":null,"message":null}}"#
    );
    assert_eq!(answer.status, 200);
}

pub fn nack(answer: &HttpAnswer) -> NetworkError {
    match Reply::parse(&answer.body) {
        Ok(Reply::Nack(error)) => error,
        other => panic!("a NACK was expected, not {other:?}"),
    }
}

pub fn records(answer: &HttpAnswer) -> Vec<Value> {
    assert_eq!(answer.status, 200, "{}", String::from_utf8_lossy(&answer.body));
    serde_json::from_slice(&answer.body).unwrap()
}
