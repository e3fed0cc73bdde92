//! A programmable counterparty: signs messages, and answers those that it gets as the test wants.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use actix_web::dev::ServerHandle;
use actix_web::{App, HttpRequest, HttpResponse, HttpServer, web};
use bytes::Bytes;
use jiff::Timestamp;
use protocol::ack::Reply;
use protocol::clock::{Clock, SystemClock};
use protocol::context::Context;
use protocol::http::{Http, HttpAnswer, HttpConfig};
use protocol::ids::{MessageId, SubscriberId, TransactionId, UniqueKeyId};
use protocol::keys::{EncryptionKeyPair, Signer, SigningKeyPair};
use protocol::participant::{Participant, Role, Status};
use protocol::randomness::{OsRandomness, Randomness};
use serde_json::Value;
use specs::Action;

/// As much as a node takes: catalogues are large.
const BODY_BYTES_MAX: usize = 16 * 1024 * 1024;

/// How a [`Peer`] answers.
#[derive(Clone, Debug)]
pub enum Behaviour {
    Reply(Reply),
    /// This HTTP status with this `Retry-After`.
    Status(u16, Option<u64>),
    /// Waits, then ACKs.
    Slow(Duration),
}

/// A message that a [`Peer`] got.
#[derive(Clone, Debug)]
pub struct Received {
    pub action: String,
    pub bytes: Bytes,
    pub headers: HashMap<String, String>,
    pub at: std::time::Instant,
}

impl Received {
    /// The body as a value.
    pub fn value(&self) -> Value {
        serde_json::from_slice(&self.bytes).unwrap()
    }
}

#[derive(Debug)]
struct State {
    behaviour: Mutex<Behaviour>,
    once: Mutex<Vec<Behaviour>>,
    received: Mutex<Vec<Received>>,
    in_flight: Mutex<(usize, usize)>,
}

/// A participant that a test plays. It listens on a free port until it is dropped.
#[derive(Debug)]
pub struct Peer {
    pub id: SubscriberId,
    pub role: Role,
    pub signer: Signer,
    pub encryption: EncryptionKeyPair,
    pub url: String,
    pub http: Http,
    state: Arc<State>,
    server: ServerHandle,
}

impl Peer {
    /// Starts one that ACKs everything.
    pub fn start(name: &str, role: Role) -> Self {
        let listener = super::listener();
        let port = listener.local_addr().unwrap().port();
        let id = SubscriberId::parse(format!("{name}.localhost:{port}")).unwrap();
        let unique_key_id = UniqueKeyId::parse(OsRandomness.uuid_v4().to_string()).unwrap();
        let signer = Signer { subscriber_id: id.clone(), unique_key_id, key: SigningKeyPair::generate(&OsRandomness) };
        let state = Arc::new(State {
            behaviour: Mutex::new(Behaviour::Reply(Reply::Ack)),
            once: Mutex::default(),
            received: Mutex::default(),
            in_flight: Mutex::default(),
        });
        let data = web::Data::from(state.clone());
        let server = HttpServer::new(move || {
            let large = web::PayloadConfig::new(BODY_BYTES_MAX);
            App::new().app_data(data.clone()).app_data(large).route("/network/{action}", web::post().to(answer))
        })
        .workers(1)
        .disable_signals()
        .listen(listener)
        .unwrap()
        .run();
        let handle = server.handle();
        tokio::spawn(server);
        let mut http = HttpConfig { timeout: Duration::from_secs(20), ..HttpConfig::default() };
        http.address_guard.allow_private = true;
        Self {
            url: format!("http://{id}/network"),
            id,
            role,
            signer,
            encryption: EncryptionKeyPair::generate(&OsRandomness),
            http: Http::new(http).unwrap(),
            state,
            server: handle,
        }
    }

    /// From now on it answers like this.
    pub fn behave(&self, behaviour: Behaviour) {
        *self.state.behaviour.lock().unwrap() = behaviour;
    }

    /// The next messages are answered like this, one each; then as [`behave`](Self::behave) says.
    pub fn behave_once(&self, behaviours: impl IntoIterator<Item = Behaviour>) {
        let mut once: Vec<_> = behaviours.into_iter().collect();
        once.reverse();
        *self.state.once.lock().unwrap() = once;
    }

    /// What it got, oldest first.
    pub fn received(&self) -> Vec<Received> {
        self.state.received.lock().unwrap().clone()
    }

    /// Most messages that were with it at the same time.
    pub fn most_in_flight(&self) -> usize {
        self.state.in_flight.lock().unwrap().1
    }

    /// Its record in the registry.
    pub fn participant(&self, domain: &str) -> Participant {
        let now = SystemClock.now();
        let years = jiff::SignedDuration::from_hours(24 * 365 * 10);
        Participant {
            subscriber_id: self.id.clone(),
            unique_key_id: self.signer.unique_key_id.clone(),
            role: self.role,
            domain: domain.to_owned(),
            country: "IND".to_owned(),
            city: vec!["*".to_owned()],
            subscriber_url: Some(self.url.clone()),
            signing_public_key: self.signer.key.public_text(),
            encr_public_key: self.encryption.public_text(),
            valid_from: now - years,
            valid_until: now + years,
            status: Status::Subscribed,
            created: None,
            updated: None,
        }
    }

    /// A context from this peer to `to`, with new ids, made now.
    pub fn context(&self, to: &SubscriberId, action: Action) -> Context {
        let (bap, bpp) = match self.role {
            Role::Seller => (to.clone(), self.id.clone()),
            Role::Buyer | Role::Gateway => (self.id.clone(), to.clone()),
        };
        Context {
            domain: "ONDC:RET10".to_owned(),
            action,
            country: "IND".to_owned(),
            city: "std:080".to_owned(),
            core_version: "1.2.5".to_owned(),
            bap_uri: format!("http://{bap}/network"),
            bap_id: bap,
            bpp_uri: Some(format!("http://{bpp}/network")),
            bpp_id: Some(bpp),
            transaction_id: TransactionId::new(&OsRandomness),
            message_id: MessageId::new(&OsRandomness),
            timestamp: SystemClock.now(),
            ttl: Some("PT30S".to_owned()),
            key: None,
        }
    }

    /// The `Authorization` header for these bytes, made at `at` for 300 s.
    pub fn sign(&self, bytes: &[u8], at: Timestamp) -> String {
        protocol::signature::sign(bytes, &self.signer, at.as_second(), at.as_second() + 300)
    }

    /// Signs and posts to a node's base URL; the answer as it came.
    pub async fn post(&self, base: &str, action: &str, bytes: Bytes) -> HttpAnswer {
        let header = self.sign(&bytes, SystemClock.now());
        self.post_with(base, action, bytes, &[("authorization", &header)]).await
    }

    /// Posts with the given headers only.
    pub async fn post_with(&self, base: &str, action: &str, bytes: Bytes, headers: &[(&str, &str)]) -> HttpAnswer {
        self.http.post(&format!("{base}/network/{action}"), bytes, headers).await.unwrap()
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        // The stop is sent at once; only its end would have to be waited for.
        drop(self.server.stop(false));
    }
}

async fn answer(
    request: HttpRequest,
    action: web::Path<String>,
    bytes: web::Bytes,
    state: web::Data<State>,
) -> HttpResponse {
    let text = |value: &actix_web::http::header::HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
    let headers = request.headers().iter().map(|(name, value)| (name.as_str().to_owned(), text(value))).collect();
    let got = Received { action: action.into_inner(), bytes, headers, at: std::time::Instant::now() };
    state.received.lock().unwrap().push(got);
    let once = state.once.lock().unwrap().pop();
    let behaviour = once.unwrap_or_else(|| state.behaviour.lock().unwrap().clone());
    count(&state, true);
    let answer = match behaviour {
        Behaviour::Reply(reply) => HttpResponse::Ok().content_type("application/json").body(reply.body()),
        Behaviour::Status(status, after) => {
            let mut answer = HttpResponse::build(actix_web::http::StatusCode::from_u16(status).unwrap());
            if let Some(after) = after {
                answer.insert_header(("retry-after", after.to_string()));
            }
            answer.finish()
        }
        Behaviour::Slow(pause) => {
            tokio::time::sleep(pause).await;
            HttpResponse::Ok().content_type("application/json").body(Reply::Ack.body())
        }
    };
    count(&state, false);
    answer
}

fn count(state: &State, begins: bool) {
    let mut in_flight = state.in_flight.lock().unwrap();
    in_flight.0 = if begins { in_flight.0 + 1 } else { in_flight.0 - 1 };
    in_flight.1 = in_flight.1.max(in_flight.0);
}
