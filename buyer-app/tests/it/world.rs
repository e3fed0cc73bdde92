//! A buyer node with a registry, a gateway and a seller that the test plays.

use std::sync::Arc;
use std::time::Duration;

use buyer_app::BuyerRunning;
use buyer_app::buyer::Buyer;
use buyer_app::config::BuyerConfig;
use bytes::Bytes;
use node::node::Surroundings;
use node::testing::{FakeRegistry, Peer, TempDatabase, eventually, listener, node_config};
use protocol::ack::Reply;
use protocol::clock::{Clock, SystemClock};
use protocol::context::Context;
use protocol::http::{Http, HttpAnswer, HttpConfig};
use protocol::participant::Role;
use serde_json::{Value, json};
use specs::Action;

pub const DOMAIN: &str = "ONDC:RET10";

pub struct World {
    pub db: TempDatabase,
    pub registry: FakeRegistry,
    pub gateway: Peer,
    pub seller: Peer,
    pub running: BuyerRunning,
    pub http: Http,
    pub version: String,
}

/// What the API answered.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub location: Option<String>,
    pub content_type: String,
    pub body: Value,
}

impl World {
    pub async fn start(db: TempDatabase) -> World {
        World::start_with(db, "1.2.5", |_| {}).await
    }

    pub async fn start_with(db: TempDatabase, version: &str, change: impl FnOnce(&mut BuyerConfig)) -> World {
        let registry = FakeRegistry::start();
        let gateway = Peer::start("gateway", Role::Gateway);
        let seller = Peer::start("seller", Role::Seller);
        registry.add(gateway.participant(DOMAIN));
        registry.add(seller.participant(DOMAIN));
        let socket = listener();
        let mut config = BuyerConfig::defaults().unwrap();
        config.node = node_config("buyer", &socket, &registry.url, &db);
        config.node.registry_encryption_keys = vec![registry.encryption_public_key()];
        config.node.core_versions = vec!["1.2.5".into(), "1.2.0".into()];
        config.catalogue_refresh_s = 0;
        config.refund_retry_s = vec![1];
        change(&mut config);
        let running = buyer_app::start(config, Some(socket), Surroundings::system()).await.unwrap();
        registry.add_node(&running.buyer.node, Role::Buyer, DOMAIN);
        let mut http = HttpConfig { timeout: Duration::from_secs(40), ..HttpConfig::default() };
        http.address_guard.allow_private = true;
        World { db, registry, gateway, seller, running, http: Http::new(http).unwrap(), version: version.to_owned() }
    }

    pub fn buyer(&self) -> &Arc<Buyer> {
        &self.running.buyer
    }

    pub async fn stop(self) {
        self.running.stop().await;
    }

    pub async fn get(&self, path: &str) -> Answer {
        answer(self.http.get(&format!("{}{path}", self.running.url), &[]).await.unwrap())
    }

    pub async fn post(&self, path: &str, body: Value) -> Answer {
        self.post_with(path, body, &[]).await
    }

    pub async fn post_with(&self, path: &str, body: Value, headers: &[(&str, &str)]) -> Answer {
        let mut all = vec![("content-type", "application/json")];
        all.extend_from_slice(headers);
        answer(
            self.http.post(&format!("{}{path}", self.running.url), Bytes::from(body.to_string()), &all).await.unwrap(),
        )
    }

    /// Asks and takes the message that reaches the peer.
    pub async fn asked(&self, path: &str, body: Value) -> (Answer, Value) {
        let answer = self.post(path, body).await;
        assert_eq!(answer.status, 202, "{path}: {}", answer.body);
        let id = answer.body["message_id"].as_str().unwrap().to_owned();
        let peer = if path == "/api/search" { &self.gateway } else { &self.seller };
        let message = eventually("the message reaches the peer", || async {
            peer.received().into_iter().map(|r| r.value()).find(|v| v["context"]["message_id"] == id.as_str())
        })
        .await;
        (answer, message)
    }

    /// The seller's solicited callback to a request.
    pub async fn reply(&self, request: &Value, message: Value) -> Reply {
        self.reply_with(request, message, None).await
    }

    pub async fn reply_with(&self, request: &Value, message: Value, error: Option<Value>) -> Reply {
        let mut context = self.context_of(request);
        context.action = context.action.callback().unwrap();
        self.send(context, message, error).await
    }

    /// A callback that answers nothing: a new message id.
    pub async fn announce(&self, request: &Value, action: Action, message: Value) -> Reply {
        let mut context = self.context_of(request);
        context.action = action;
        context.message_id = protocol::ids::MessageId::new(&protocol::randomness::OsRandomness);
        self.send(context, message, None).await
    }

    pub fn context_of(&self, request: &Value) -> Context {
        let mut context: Context = serde_json::from_value(request["context"].clone()).unwrap();
        context.bpp_id = Some(self.seller.id.clone());
        context.bpp_uri = Some(self.seller.url.clone());
        // Later than the request, as peers must be, and to the millisecond, as the wire is.
        context.timestamp = SystemClock.now().max(context.timestamp + jiff::SignedDuration::from_millis(1));
        context
    }

    pub async fn send(&self, context: Context, message: Value, error: Option<Value>) -> Reply {
        let action = context.action;
        let mut payload = json!({"context": context, "message": message});
        if let Some(error) = error {
            payload["error"] = error;
        }
        let answer = self.seller.post(&self.running.url, action.as_str(), Bytes::from(payload.to_string())).await;
        Reply::parse(&answer.body)
            .unwrap_or_else(|e| panic!("{action}: {e}: {:?}", String::from_utf8_lossy(&answer.body)))
    }

    /// The request resource once it has the status.
    pub async fn request(&self, message_id: &str, status: &str) -> Value {
        eventually(&format!("request becomes {status}"), || async {
            let answer = self.get(&format!("/api/requests/{message_id}")).await;
            (answer.body["status"] == status).then_some(answer.body)
        })
        .await
    }

    /// The order once it fits.
    pub async fn order(&self, id: &str, fits: impl Fn(&Value) -> bool) -> Value {
        let started = std::time::Instant::now();
        loop {
            let order = self.get(&format!("/api/orders/{id}")).await.body;
            if fits(&order) {
                return order;
            }
            assert!(started.elapsed() < Duration::from_secs(20), "the order never became right: {order:#}");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }
}

fn answer(answer: HttpAnswer) -> Answer {
    let text = |name: &str| answer.header(name).map(str::to_owned);
    Answer {
        status: answer.status,
        location: text("location"),
        content_type: text("content-type").unwrap_or_default(),
        body: serde_json::from_slice(&answer.body)
            .unwrap_or_else(|_| Value::String(String::from_utf8_lossy(&answer.body).into_owned())),
    }
}

/// Fails with the refusal's words.
#[track_caller]
pub fn acked(reply: Reply) {
    if let Reply::Nack(error) = reply {
        panic!("NACK: {error}");
    }
}

/// The code of the NACK.
#[track_caller]
pub fn nack_code(reply: Reply) -> String {
    match reply {
        Reply::Nack(error) => error.code,
        Reply::Ack => panic!("ACK, but a NACK was due"),
    }
}
