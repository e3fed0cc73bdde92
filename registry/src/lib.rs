//! The registry: who is on the network, with which keys, allowed to do what.
//!
//! ```text
//!  POST /subscribe ─▶ application (read) ─▶ admission (pure) ─▶ proof: site page, challenge ─▶ store ─▶ ACK
//!  POST /v2.0/lookup /lookup /vlookup ─▶ question ─▶ directory (short memory) ─▶ store
//!  GET /changes ─▶ feed ─▶ store::chain: what changed, sealed (chain), for those who keep keys in memory
//!  operator: console, API ─▶ operator ─▶ participant_state (total table) ─▶ store
//! ```
//!
//! It is a participant itself, with keys of its own: the challenge is encrypted with its encryption key. It takes no network
//! messages. Start reading at [`subscribe`] and [`admission`], then [`directory`].

pub mod address;
pub mod admission;
pub mod application;
pub mod chain;
pub mod config;
pub mod console;
pub mod counters;
pub mod directory;
pub mod feed;
mod feed_routes;
pub mod lookup;
pub mod operator;
pub mod participant_state;
pub mod proof;
pub mod question;
mod rate_limit;
pub mod refusal;
pub mod registry;
pub mod routes;
pub mod store;
pub mod subscribe;

use std::net::TcpListener;
use std::sync::Arc;
use std::time::Duration;

use actix_web::web::Data;
use async_trait::async_trait;
use node::{Accepted, HandlerError, MessageHandler, Migrations, Node, Running, StartError, StopSignal, Surroundings};
use protocol::participant::Role;
use specs::Action;

pub use config::{Approve, RegistryConfig};
pub use registry::Registry;

/// The registry's tables.
pub const MIGRATIONS: Migrations = node::migrations!("0001_registry", "0002_chain");

/// How often ended keys are written down.
const UPKEEP: Duration = Duration::from_secs(60);
/// How often the changes of other replicas are looked for.
const REPLICAS: Duration = Duration::from_millis(500);

/// A registry that serves.
#[derive(Debug)]
pub struct RegistryRunning {
    /// Where it listens: `http://127.0.0.1:PORT`.
    pub url: String,
    pub registry: Arc<Registry>,
    running: Running,
}

impl RegistryRunning {
    /// Stops listening, finishes what runs, closes the database.
    pub async fn stop(self) {
        self.registry.feed.close();
        self.running.stop().await;
    }

    /// Runs until the program is told to stop, then stops.
    pub async fn wait(self, stop: StopSignal) {
        stop.came().await;
        self.stop().await;
    }
}

/// Opens the database and serves. Without a listener it binds `config.node.listen`.
///
/// # Errors
/// Settings, database, keys or the socket.
pub async fn start(
    config: RegistryConfig,
    listener: Option<TcpListener>,
    surroundings: Surroundings,
) -> Result<RegistryRunning, StartError> {
    config.check()?;
    let listener = match listener {
        Some(listener) => listener,
        None => TcpListener::bind(config.node.listen)
            .map_err(|source| StartError::Listen { address: config.node.listen.to_string(), source })?,
    };
    // The network has no role for a registry; it sends nothing in this one.
    let node = Node::open(config.node.clone(), Role::Gateway, "registry", surroundings, MIGRATIONS).await?;
    let registry = Arc::new(Registry::new(node.clone(), config));
    let upkeep = registry.clone();
    node.workers.every("registry-upkeep", UPKEEP, move || keep_up(upkeep.clone()));
    if node.db.is_postgres() {
        let replicas = registry.clone();
        node.workers.every("registry-replicas", REPLICAS, move || feed::hear_replicas(replicas.clone()));
    }
    let shared = registry.clone();
    let pages = move |app: &mut actix_web::web::ServiceConfig| {
        app.app_data(Data::from(shared.clone()))
            .configure(routes::mount)
            .configure(feed_routes::mount)
            .configure(console::mount);
    };
    let running = node::serve(node, listener, Arc::new(NoMessages), pages).await?;
    Ok(RegistryRunning { url: running.url.clone(), registry, running })
}

async fn keep_up(registry: Arc<Registry>) {
    let step = async {
        operator::expire(&registry).await?;
        operator::count_ending_keys(&registry).await
    };
    if let Err(error) = step.await {
        tracing::error!(%error, "ended keys could not be written down; tried again in a minute");
    }
}

/// A registry takes part in no transaction.
struct NoMessages;

#[async_trait]
impl MessageHandler for NoMessages {
    fn actions(&self) -> &'static [Action] {
        &[]
    }

    async fn handle(&self, _message: &Accepted) -> Result<(), HandlerError> {
        Ok(())
    }
}
