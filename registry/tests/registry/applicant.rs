//! A participant that wants to join. It serves its site page and answers challenges: rightly, or as the test says.

use std::sync::{Arc, Mutex};

use actix_web::dev::ServerHandle;
use actix_web::{App, HttpResponse, HttpServer, web};
use jiff::{SignedDuration, Timestamp};
use node::testing::listener;
use protocol::clock::wire_timestamp;
use protocol::ids::SubscriberId;
use protocol::keys::{EncryptionKeyPair, EncryptionPublicKey, Signer, SigningKeyPair};
use protocol::randomness::{OsRandomness, Randomness};
use serde_json::{Value, json};

/// What the site page says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Page {
    Right,
    /// Signed with a key that is not being registered.
    OtherKey,
    /// Signed for an earlier request.
    OtherRequest,
    Missing,
    Redirect,
    Empty,
    Huge,
}

/// What is answered to the challenge.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    Right,
    Wrong,
    /// The padding was not removed.
    Padded,
    LowerCase,
    NoJson,
    Fails,
    NoMember,
}

#[derive(Debug)]
struct State {
    page: Page,
    answer: Answer,
    request_id: String,
    signing: SigningKeyPair,
    encryption: EncryptionKeyPair,
    registry_key: EncryptionPublicKey,
    challenges: Vec<String>,
    pages: usize,
}

/// One key pair of an applicant.
#[derive(Clone, Debug)]
pub struct Keys {
    pub name: String,
    pub signing: SigningKeyPair,
    pub encryption: EncryptionKeyPair,
}

impl Keys {
    pub fn new(name: &str) -> Self {
        let (signing, encryption) =
            (SigningKeyPair::generate(&OsRandomness), EncryptionKeyPair::generate(&OsRandomness));
        Self { name: name.to_owned(), signing, encryption }
    }
}

#[derive(Debug)]
pub struct Applicant {
    pub id: SubscriberId,
    pub keys: Keys,
    state: Arc<Mutex<State>>,
    server: ServerHandle,
}

impl Applicant {
    pub fn start(name: &str, world: &super::world::World) -> Self {
        let listener = listener();
        let id = SubscriberId::parse(format!("{name}.localhost:{}", listener.local_addr().unwrap().port())).unwrap();
        let keys = Keys::new("k1");
        let state = Arc::new(Mutex::new(State {
            page: Page::Right,
            answer: Answer::Right,
            request_id: String::new(),
            signing: keys.signing.clone(),
            encryption: keys.encryption.clone(),
            registry_key: world.running.registry.node.keys.encryption().public(),
            challenges: Vec::new(),
            pages: 0,
        }));
        let data = web::Data::from(state.clone());
        let server = HttpServer::new(move || {
            App::new()
                .app_data(data.clone())
                .route("/ondc-site-verification.html", web::get().to(page))
                .route("/network/on_subscribe", web::post().to(on_subscribe))
        })
        .workers(1)
        .disable_signals()
        .listen(listener)
        .unwrap()
        .run();
        let handle = server.handle();
        tokio::spawn(server);
        Self { id, keys, state, server: handle }
    }

    pub fn misbehave(&self, page: Page, answer: Answer) {
        let mut state = self.state.lock().unwrap();
        (state.page, state.answer) = (page, answer);
    }

    /// Signs pages and reads challenges with other keys from now on.
    pub fn use_keys(&mut self, keys: Keys) {
        let mut state = self.state.lock().unwrap();
        (state.signing, state.encryption) = (keys.signing.clone(), keys.encryption.clone());
        drop(state);
        self.keys = keys;
    }

    /// How often the site page and the challenge came.
    pub fn asked(&self) -> (usize, usize) {
        let state = self.state.lock().unwrap();
        (state.pages, state.challenges.len())
    }

    /// The plain texts of the challenges that came.
    pub fn challenges(&self) -> Vec<String> {
        self.state.lock().unwrap().challenges.clone()
    }

    /// A seller's application with a new request id; the page is made for it.
    pub fn application(&self, now: Timestamp) -> Value {
        let request_id = OsRandomness.uuid_v4().to_string();
        self.state.lock().unwrap().request_id.clone_from(&request_id);
        let key_pair = json!({
            "signing_public_key": self.keys.signing.public_text(),
            "encryption_public_key": self.keys.encryption.public_text(),
            "valid_from": wire_timestamp(now - SignedDuration::from_mins(1)),
            "valid_until": wire_timestamp(now + SignedDuration::from_hours(24 * 365)),
        });
        json!({
            "context": { "operation": { "ops_no": 2 } },
            "message": {
                "request_id": request_id,
                "timestamp": wire_timestamp(now),
                "entity": {
                    "country": "IND", "subscriber_id": self.id, "unique_key_id": self.keys.name, "callback_url": "/network",
                    "key_pair": key_pair,
                },
                "network_participant": [entry("ONDC:RET10", "sellerApp", &["std:080"])],
            }
        })
    }

    /// An application with its entries replaced.
    pub fn application_for(&self, now: Timestamp, ops_no: i64, entries: &[Value]) -> Value {
        let mut body = self.application(now);
        body["context"]["operation"]["ops_no"] = json!(ops_no);
        body["message"]["network_participant"] = json!(entries);
        body
    }

    pub fn signer(&self) -> Signer {
        let unique_key_id = self.keys.name.parse().unwrap();
        Signer { subscriber_id: self.id.clone(), unique_key_id, key: self.keys.signing.clone() }
    }

    /// `Authorization` over these bytes, made at `now`.
    pub fn sign(&self, bytes: &[u8], now: Timestamp) -> String {
        protocol::signature::sign(bytes, &self.signer(), now.as_second(), now.as_second() + 60)
    }
}

impl Drop for Applicant {
    fn drop(&mut self) {
        drop(self.server.stop(false));
    }
}

/// One entry of `network_participant`.
pub fn entry(domain: &str, kind: &str, cities: &[&str]) -> Value {
    json!({ "subscriber_url": "/network", "domain": domain, "type": kind, "msn": false, "city_code": cities })
}

async fn page(state: web::Data<Mutex<State>>) -> HttpResponse {
    let mut state = state.lock().unwrap();
    state.pages += 1;
    let html = |key: &SigningKeyPair, request_id: &str| {
        HttpResponse::Ok().content_type("text/html").body(protocol::site_proof::render(request_id, key))
    };
    match state.page {
        Page::Right => html(&state.signing, &state.request_id),
        Page::OtherKey => html(&SigningKeyPair::generate(&OsRandomness), &state.request_id),
        Page::OtherRequest => html(&state.signing, "an earlier request"),
        Page::Missing => HttpResponse::NotFound().finish(),
        Page::Redirect => HttpResponse::Found().insert_header(("location", "/elsewhere.html")).finish(),
        Page::Empty => HttpResponse::Ok().body(""),
        Page::Huge => HttpResponse::Ok().body("x".repeat(70_000)),
    }
}

async fn on_subscribe(state: web::Data<Mutex<State>>, body: web::Json<Value>) -> HttpResponse {
    let mut state = state.lock().unwrap();
    let challenge = body["challenge"].as_str().unwrap();
    let plain = protocol::challenge::decrypt(challenge, &state.encryption, &state.registry_key).unwrap();
    state.challenges.push(plain.clone());
    let answer = |text: &str| HttpResponse::Ok().json(json!({ "answer": text }));
    match state.answer {
        Answer::Right => answer(&plain),
        Answer::Wrong => answer("BCA53D77-A9F5-4C6B-829E-B5A93CC9BF43"),
        Answer::Padded => answer(&format!("{plain}{}", "\u{c}".repeat(12))),
        Answer::LowerCase => answer(&plain.to_lowercase()),
        Answer::NoJson => HttpResponse::Ok().body(plain),
        Answer::Fails => HttpResponse::InternalServerError().finish(),
        Answer::NoMember => HttpResponse::Ok().json(json!({ "plain": plain })),
    }
}
