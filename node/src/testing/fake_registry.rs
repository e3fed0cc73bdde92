//! A registry for tests: answers lookups from a list, and subscribes whoever passes site proof and challenge.

use std::sync::{Arc, Mutex};

use actix_web::dev::ServerHandle;
use actix_web::{App, HttpResponse, HttpServer, web};
use protocol::ack::{ErrorType, NetworkError, Reply};
use protocol::http::{Http, HttpConfig};
use protocol::keys::{EncryptionKeyPair, parse_encryption_public, parse_signing_public};
use protocol::participant::{Participant, Role};
use protocol::randomness::{OsRandomness, Randomness};
use protocol::registry_client::Filter;
use serde_json::{Value, json};

use crate::node::Node;

#[derive(Debug)]
struct State {
    participants: Mutex<Vec<Participant>>,
    subscriptions: Mutex<Vec<Value>>,
    lookups: Mutex<u64>,
    encryption: EncryptionKeyPair,
    http: Http,
}

/// A registry on a free port, until it is dropped.
#[derive(Debug)]
pub struct FakeRegistry {
    pub url: String,
    state: Arc<State>,
    server: ServerHandle,
}

impl FakeRegistry {
    pub fn start() -> Self {
        let listener = super::listener();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let mut http = HttpConfig::default();
        http.address_guard.allow_private = true;
        let state = Arc::new(State {
            participants: Mutex::default(),
            subscriptions: Mutex::default(),
            lookups: Mutex::default(),
            encryption: EncryptionKeyPair::generate(&OsRandomness),
            http: Http::new(http).unwrap(),
        });
        let data = web::Data::from(state.clone());
        let server = HttpServer::new(move || {
            App::new()
                .app_data(data.clone())
                .route("/v2.0/lookup", web::post().to(lookup))
                .route("/lookup", web::post().to(lookup))
                .route("/subscribe", web::post().to(subscribe))
        })
        .workers(1)
        .disable_signals()
        .listen(listener)
        .unwrap()
        .run();
        let handle = server.handle();
        tokio::spawn(server);
        Self { url, state, server: handle }
    }

    /// The key to put into `registry_encryption_keys`.
    pub fn encryption_public_key(&self) -> String {
        self.state.encryption.public_text()
    }

    pub fn add(&self, participant: Participant) {
        self.state.participants.lock().unwrap().push(participant);
    }

    /// Adds a node without the ceremony of a subscription.
    pub fn add_node(&self, node: &Node, role: Role, domain: &str) {
        let keys = node.keys.active();
        let years = jiff::SignedDuration::from_hours(24 * 365 * 10);
        let now = node.clock.now();
        self.add(Participant {
            subscriber_id: node.identity.subscriber_id.clone(),
            unique_key_id: keys.unique_key_id.clone(),
            role,
            domain: domain.to_owned(),
            country: node.config.country.clone(),
            city: node.config.cities.clone(),
            subscriber_url: Some(node.identity.url.clone()),
            signing_public_key: keys.signing.public_text(),
            encr_public_key: keys.encryption.public_text(),
            valid_from: now - years,
            valid_until: now + years,
            status: protocol::participant::Status::Subscribed,
            created: None,
            updated: None,
        });
    }

    /// Bodies of the subscriptions that passed.
    pub fn subscriptions(&self) -> Vec<Value> {
        self.state.subscriptions.lock().unwrap().clone()
    }

    /// Lookups that were answered.
    pub fn lookups(&self) -> u64 {
        *self.state.lookups.lock().unwrap()
    }
}

impl Drop for FakeRegistry {
    fn drop(&mut self) {
        drop(self.server.stop(false));
    }
}

async fn lookup(state: web::Data<State>, body: web::Json<Value>) -> HttpResponse {
    *state.lookups.lock().unwrap() += 1;
    let text = |name: &str| body.get(name).and_then(Value::as_str).map(str::to_owned);
    let filter = Filter {
        subscriber_id: text("subscriber_id").map(|id| id.parse().unwrap()),
        unique_key_id: text("ukId").map(|id| id.parse().unwrap()),
        country: text("country"),
        city: text("city"),
        domain: text("domain"),
        role: text("type").and_then(|role| Role::read(&role)),
    };
    let participants = state.participants.lock().unwrap();
    let found: Vec<&Participant> = participants.iter().filter(|one| filter.matches(one)).collect();
    HttpResponse::Ok().json(found)
}

async fn subscribe(state: web::Data<State>, body: web::Json<Value>) -> HttpResponse {
    let reply = match check(&state, &body).await {
        Ok(()) => {
            state.subscriptions.lock().unwrap().push(body.into_inner());
            Reply::Ack
        }
        Err(why) => Reply::Nack(NetworkError::new(ErrorType::Policy, "132", why)),
    };
    HttpResponse::Ok().content_type("application/json").body(reply.body())
}

/// Site proof, then challenge; the words of a refusal say which failed.
async fn check(state: &State, body: &Value) -> Result<(), String> {
    let text = |path: &str| body.pointer(path).and_then(Value::as_str).ok_or(format!("{path} is missing"));
    let (id, request_id) = (text("/message/entity/subscriber_id")?, text("/message/request_id")?);
    let signing = parse_signing_public(text("/message/entity/key_pair/signing_public_key")?)
        .map_err(|error| error.to_string())?;
    let page = state
        .http
        .get(&format!("http://{id}/ondc-site-verification.html"), &[])
        .await
        .map_err(|error| error.to_string())?;
    let html = String::from_utf8_lossy(&page.body).into_owned();
    protocol::site_proof::verify(&html, request_id, &signing).map_err(|error| format!("site proof: {error}"))?;
    let peer = parse_encryption_public(text("/message/entity/key_pair/encryption_public_key")?)
        .map_err(|error| error.to_string())?;
    let plain = OsRandomness.uuid_v4().to_string();
    let challenge =
        protocol::challenge::encrypt(&plain, &state.encryption, &peer).map_err(|error| error.to_string())?;
    let callback = text("/message/entity/callback_url")?;
    let asked = json!({ "subscriber_id": id, "challenge": challenge }).to_string();
    let answer = state.http.post(&format!("http://{id}{callback}/on_subscribe"), asked.into(), &[]).await;
    let answer = answer.map_err(|error| error.to_string())?;
    let answer: Value = serde_json::from_slice(&answer.body).map_err(|error| error.to_string())?;
    if answer["answer"] == json!(plain) { Ok(()) } else { Err(format!("challenge: {answer}")) }
}
