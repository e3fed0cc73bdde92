//! A seller node with a handler that the test steers, a buyer that the test plays, and a registry that knows both.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use node::config::{NodeConfig, Validation};
use node::testing::{FakeRegistry, Peer, TempDatabase, listener, node_config};
use node::{
    Accepted, Delivery, HandlerError, Incoming, MessageHandler, Migrations, Node, Running, Sent, Surroundings, Tx,
    serve,
};
use protocol::ack::{ErrorType, NetworkError};
use protocol::participant::Role;
use serde_json::json;
use specs::Action;

pub const DOMAIN: &str = "ONDC:RET10";

/// One run of the handler.
#[derive(Clone, Debug)]
pub struct Seen {
    pub id: String,
    pub transaction_id: String,
    pub message_id: String,
    pub bytes: Bytes,
    pub authorization: String,
    pub attempt: u32,
    pub done: bool,
}

/// What the handler does with the next message; without a plan it finishes it.
#[derive(Debug)]
pub enum Plan {
    Fail,
    Panic,
    Pause(Duration),
    /// Returns `Ok` without finishing.
    Forget,
}

#[derive(Debug, Default)]
pub struct Handler {
    node: OnceLock<Arc<Node>>,
    pub seen: Mutex<Vec<Seen>>,
    pub plans: Mutex<VecDeque<Plan>>,
    pub told: Mutex<Vec<(Sent, Delivery)>>,
    pub refuse: AtomicBool,
    pub fail_delivered: Mutex<u32>,
    /// The message with this id ends the process, as a stack overflow or the kernel for want of memory would.
    pub fatal: Mutex<Option<String>>,
}

impl Handler {
    pub fn done(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().iter().filter(|seen| seen.done).cloned().collect()
    }
}

#[async_trait]
impl MessageHandler for Handler {
    fn actions(&self) -> &'static [Action] {
        &[Action::Search, Action::OnSearch, Action::Select, Action::Init, Action::Confirm, Action::Status]
    }

    async fn screen(&self, _incoming: &Incoming<'_>) -> Result<(), NetworkError> {
        if self.refuse.load(Ordering::SeqCst) {
            return Err(NetworkError::new(ErrorType::Domain, "30018", "no such order").at("message.order.id"));
        }
        Ok(())
    }

    async fn handle(&self, message: &Accepted) -> Result<(), HandlerError> {
        let mut seen = Seen {
            id: message.id.clone(),
            transaction_id: message.context.transaction_id.to_string(),
            message_id: message.context.message_id.to_string(),
            bytes: message.bytes.clone(),
            authorization: message.authorization.clone(),
            attempt: message.attempt,
            done: true,
        };
        if self.fatal.lock().unwrap().as_deref() == Some(message.context.message_id.as_str()) {
            std::process::abort();
        }
        let plan = self.plans.lock().unwrap().pop_front();
        seen.done = !matches!(plan, Some(Plan::Fail | Plan::Panic));
        match plan {
            Some(Plan::Fail) => {
                self.seen.lock().unwrap().push(seen);
                return Err(HandlerError::NotReady("planned"));
            }
            Some(Plan::Panic) => {
                self.seen.lock().unwrap().push(seen);
                panic!("planned");
            }
            Some(Plan::Forget) => {
                self.seen.lock().unwrap().push(seen);
                return Ok(());
            }
            Some(Plan::Pause(pause)) => tokio::time::sleep(pause).await,
            None => {}
        }
        let mut tx = self.node.get().unwrap().db.begin().await?;
        message.finish(&mut tx).await?;
        tx.commit().await?;
        self.seen.lock().unwrap().push(seen);
        Ok(())
    }

    async fn delivered(&self, _tx: &mut Tx, sent: &Sent, delivery: &Delivery) -> Result<(), HandlerError> {
        let mut fail = self.fail_delivered.lock().unwrap();
        if *fail > 0 {
            *fail -= 1;
            return Err(HandlerError::Conflict("planned"));
        }
        drop(fail);
        self.told.lock().unwrap().push((sent.clone(), delivery.clone()));
        Ok(())
    }
}

pub struct Stage {
    pub registry: Arc<FakeRegistry>,
    pub buyer: Peer,
    pub seller: Running,
    pub handler: Arc<Handler>,
    pub db: TempDatabase,
}

/// Starts it; `change` may change the settings of the node.
pub async fn stage(db: TempDatabase, change: impl FnOnce(&mut NodeConfig)) -> Stage {
    let registry = Arc::new(FakeRegistry::start());
    let buyer = Peer::start("buyer", Role::Buyer);
    registry.add(buyer.participant(DOMAIN));
    let (seller, handler) = start(&db, &registry, change).await;
    registry.add_node(&seller.node, Role::Seller, DOMAIN);
    Stage { registry, buyer, seller, handler, db }
}

/// One more node on the same database.
pub async fn start(
    db: &TempDatabase,
    registry: &FakeRegistry,
    change: impl FnOnce(&mut NodeConfig),
) -> (Running, Arc<Handler>) {
    let socket = listener();
    let mut config = node_config("seller", &socket, &registry.url, db);
    config.validation = Validation::Warn;
    config.retry_schedule_s = vec![0];
    change(&mut config);
    start_with(config, socket).await
}

pub async fn start_with(config: NodeConfig, socket: std::net::TcpListener) -> (Running, Arc<Handler>) {
    let node = Node::open(config, Role::Seller, "seller", Surroundings::system(), Migrations::NONE).await.unwrap();
    let handler = Arc::new(Handler::default());
    handler.node.set(node.clone()).unwrap();
    let running = serve(node, socket, handler.clone(), |_| {}).await.unwrap();
    (running, handler)
}

impl Stage {
    /// A signed-ready message from the buyer.
    pub fn message(&self, action: Action) -> Bytes {
        self.message_in(&self.buyer.context(&self.seller.node.identity.subscriber_id, action))
    }

    pub fn message_in(&self, context: &protocol::context::Context) -> Bytes {
        protocol::envelope::render(context, &json!({"order": {"id": "o-1"}}), None)
    }

    pub async fn post(&self, action: &str, bytes: Bytes) -> protocol::http::HttpAnswer {
        self.buyer.post(&self.seller.url, action, bytes).await
    }

    pub async fn ledger(&self) -> Vec<node::ledger::LedgerEntry> {
        self.seller.node.ledger.recent(1000, None).await.unwrap()
    }

    pub fn metric(&self, line: &str) -> f64 {
        let text = self.seller.node.metrics.text();
        let found = text.lines().find_map(|one| one.strip_prefix(line)?.trim().parse().ok());
        found.unwrap_or(0.0)
    }
}

/// `ACK`, or the code of the NACK.
pub fn verdict(answer: &protocol::http::HttpAnswer) -> String {
    match protocol::ack::Reply::parse(&answer.body).unwrap() {
        protocol::ack::Reply::Ack => "ACK".to_owned(),
        protocol::ack::Reply::Nack(error) => error.code,
    }
}

pub fn error(answer: &protocol::http::HttpAnswer) -> NetworkError {
    match protocol::ack::Reply::parse(&answer.body).unwrap() {
        protocol::ack::Reply::Ack => panic!("an ACK"),
        protocol::ack::Reply::Nack(error) => error,
    }
}
