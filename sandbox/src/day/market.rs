//! The rest of the network, played: a buyer app that signs and takes callbacks, and a registry that knows both.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use actix_web::dev::ServerHandle;
use actix_web::{App, HttpResponse, HttpServer, web};
use anyhow::Context as _;
use jiff::{SignedDuration, Timestamp};
use node::Node;
use protocol::ack::Reply;
use protocol::context::Context;
use protocol::http::{Http, HttpConfig};
use protocol::ids::{MessageId, SubscriberId, TransactionId, UniqueKeyId};
use protocol::keys::{EncryptionKeyPair, Signer, SigningKeyPair};
use protocol::participant::{Participant, Role, Status};
use protocol::randomness::Randomness;
use protocol::registry_client::Filter;
use serde_json::{Value, json};
use specs::Action;
use tokio::sync::Notify;

pub const DOMAIN: &str = "ONDC:RET10";
/// Real time that a callback may take before it counts as lost.
const PATIENCE: Duration = Duration::from_secs(20);

#[derive(Debug, Default)]
struct Shared {
    participants: Mutex<Vec<Participant>>,
    /// Callbacks by message id.
    answers: Mutex<HashMap<String, Value>>,
    counts: Mutex<BTreeMap<String, u64>>,
    came: Notify,
}

fn locked<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The played part of the network; it listens on a free port until it is dropped.
#[derive(Debug)]
pub struct Market {
    pub id: SubscriberId,
    pub registry_url: String,
    signer: Signer,
    encryption: EncryptionKeyPair,
    http: Http,
    shared: Arc<Shared>,
    server: ServerHandle,
}

impl Market {
    pub fn start(randomness: &dyn Randomness, now: Timestamp) -> anyhow::Result<Self> {
        let listener = std::net::TcpListener::bind("127.0.0.1:0")?;
        let port = listener.local_addr()?.port();
        let id = SubscriberId::parse(format!("buyer.localhost:{port}"))?;
        let unique_key_id = UniqueKeyId::parse(randomness.uuid_v4().to_string())?;
        let signer = Signer { subscriber_id: id.clone(), unique_key_id, key: SigningKeyPair::generate(randomness) };
        let shared = Arc::new(Shared::default());
        let data = web::Data::from(shared.clone());
        let server = HttpServer::new(move || {
            App::new()
                .app_data(data.clone())
                .app_data(web::PayloadConfig::new(16 * 1024 * 1024))
                .route("/v2.0/lookup", web::post().to(lookup))
                .route("/lookup", web::post().to(lookup))
                .route("/network/{action}", web::post().to(callback))
        })
        .workers(1)
        .disable_signals()
        .listen(listener)?
        .run();
        let handle = server.handle();
        tokio::spawn(server);
        let mut http = HttpConfig { timeout: PATIENCE, ..HttpConfig::default() };
        http.address_guard.allow_private = true;
        let market = Self {
            registry_url: format!("http://127.0.0.1:{port}"),
            id,
            signer,
            encryption: EncryptionKeyPair::generate(randomness),
            http: Http::new(http)?,
            shared,
            server: handle,
        };
        let own = market.participant(now);
        locked(&market.shared.participants).push(own);
        Ok(market)
    }

    fn participant(&self, now: Timestamp) -> Participant {
        let years = SignedDuration::from_hours(24 * 365);
        Participant {
            subscriber_id: self.id.clone(),
            unique_key_id: self.signer.unique_key_id.clone(),
            role: Role::Buyer,
            domain: DOMAIN.to_owned(),
            country: "IND".to_owned(),
            city: vec!["*".to_owned()],
            subscriber_url: Some(format!("http://{}/network", self.id)),
            signing_public_key: self.signer.key.public_text(),
            encr_public_key: self.encryption.public_text(),
            valid_from: now - years,
            valid_until: now + years,
            status: Status::Subscribed,
            created: None,
            updated: None,
        }
    }

    /// Lists the seller without the ceremony of a subscription.
    pub fn list(&self, node: &Node, now: Timestamp) {
        let keys = node.keys.active();
        let seller = Participant {
            subscriber_id: node.identity.subscriber_id.clone(),
            unique_key_id: keys.unique_key_id.clone(),
            role: Role::Seller,
            subscriber_url: Some(node.identity.url.clone()),
            signing_public_key: keys.signing.public_text(),
            encr_public_key: keys.encryption.public_text(),
            ..self.participant(now)
        };
        locked(&self.shared.participants).push(seller);
    }

    /// A context for the seller with a new message id.
    pub fn context(
        &self,
        seller: &SubscriberId,
        action: Action,
        ids: (&str, String),
        now: Timestamp,
    ) -> anyhow::Result<Context> {
        Ok(Context {
            domain: DOMAIN.to_owned(),
            action,
            country: "IND".to_owned(),
            city: "std:080".to_owned(),
            core_version: "1.2.5".to_owned(),
            bap_uri: format!("http://{}/network", self.id),
            bap_id: self.id.clone(),
            bpp_uri: Some(format!("http://{seller}/network")),
            bpp_id: Some(seller.clone()),
            transaction_id: TransactionId::parse(ids.0)?,
            message_id: MessageId::parse(ids.1)?,
            timestamp: now,
            ttl: Some("PT30S".to_owned()),
            key: None,
        })
    }

    /// Signs at `now`, posts, reads the answer.
    pub async fn post(&self, url: &str, context: &Context, message: &Value, now: Timestamp) -> anyhow::Result<Reply> {
        let bytes = protocol::envelope::render(context, message, None);
        let header = protocol::signature::sign(&bytes, &self.signer, now.as_second(), now.as_second() + 300);
        let to = format!("{url}/network/{}", context.action.as_str());
        let answer = self.http.post(&to, bytes, &[("authorization", &header)]).await?;
        Reply::parse(&answer.body).with_context(|| format!("{}: no ACK and no NACK", context.action.as_str()))
    }

    /// The callback of a request; `None` when it does not come.
    pub async fn answer(&self, message_id: &MessageId) -> Option<Value> {
        let waiting = async {
            loop {
                let came = self.shared.came.notified();
                tokio::pin!(came);
                came.as_mut().enable();
                if let Some(found) = locked(&self.shared.answers).remove(message_id.as_str()) {
                    return found;
                }
                came.await;
            }
        };
        tokio::time::timeout(PATIENCE, waiting).await.ok()
    }

    /// Messages that came, by action.
    pub fn counts(&self) -> BTreeMap<String, u64> {
        locked(&self.shared.counts).clone()
    }
}

impl Drop for Market {
    fn drop(&mut self) {
        drop(self.server.stop(false));
    }
}

async fn callback(action: web::Path<String>, bytes: web::Bytes, shared: web::Data<Shared>) -> HttpResponse {
    let value: Value = serde_json::from_slice(&bytes).unwrap_or_default();
    let id = value["context"]["message_id"].as_str().unwrap_or_default().to_owned();
    *locked(&shared.counts).entry(action.into_inner()).or_default() += 1;
    if value["context"]["action"] != "on_status" {
        locked(&shared.answers).insert(id, value);
    }
    shared.came.notify_waiters();
    HttpResponse::Ok().content_type("application/json").body(Reply::Ack.body())
}

async fn lookup(shared: web::Data<Shared>, body: web::Json<Value>) -> HttpResponse {
    let text = |name: &str| body.get(name).and_then(Value::as_str).map(str::to_owned);
    let filter = Filter {
        subscriber_id: text("subscriber_id").and_then(|id| id.parse().ok()),
        unique_key_id: text("ukId").and_then(|id| id.parse().ok()),
        country: text("country"),
        city: text("city"),
        domain: text("domain"),
        role: text("type").and_then(|role| Role::read(&role)),
    };
    let participants = locked(&shared.participants);
    let found: Vec<&Participant> = participants.iter().filter(|one| filter.matches(one)).collect();
    HttpResponse::Ok().json(json!(found))
}
