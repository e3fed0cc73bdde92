//! The gateway: carries a search to the sellers that it is for, unchanged, and keeps a report of who got it.
//!
//! ```text
//!  buyer ─ search ─▶ node: verify, screen (city, quota), store, ACK
//!                       └─▶ carry: registry ─▶ audience (pure) ─▶ one outbox row per seller ─▶ same bytes, both signatures
//!                                                    seller's ACK ─▶ delivered ─▶ report (console, API)
//! ```
//!
//! Sellers answer the buyer directly; with `relay_on_search` the answer comes back this way too. Start reading at [`gateway`] and
//! [`audience`].

pub mod audience;
pub mod city;
pub mod config;
pub mod console;
pub mod counters;
pub mod gateway;
mod joining;
pub mod quota;
pub mod store;
pub mod time_limit;

use std::net::TcpListener;
use std::sync::Arc;
use std::time::Duration;

use actix_web::web::Data;
use jiff::SignedDuration;
use node::{Migrations, Node, Running, StartError, StopSignal, Surroundings};
use protocol::participant::Role;

pub use config::GatewayConfig;
pub use gateway::Gateway;

/// The gateway's tables.
pub const MIGRATIONS: Migrations = node::migrations!("0001_gateway");

/// How often old reports are forgotten.
const UPKEEP: Duration = Duration::from_secs(600);

/// A gateway that serves.
#[derive(Debug)]
pub struct GatewayRunning {
    /// Where it listens: `http://127.0.0.1:PORT`.
    pub url: String,
    pub gateway: Arc<Gateway>,
    running: Running,
}

impl GatewayRunning {
    /// Stops listening, finishes what runs, closes the database.
    pub async fn stop(self) {
        self.running.stop().await;
    }

    /// Runs until the program is told to stop, then stops.
    pub async fn wait(self, stop: StopSignal) {
        self.running.wait(stop).await;
    }
}

/// Opens the database, serves, and joins the network in the background. Without a listener it binds `config.node.listen`.
///
/// # Errors
/// Settings, database, keys or the socket.
pub async fn start(
    config: GatewayConfig,
    listener: Option<TcpListener>,
    surroundings: Surroundings,
) -> Result<GatewayRunning, StartError> {
    config.check()?;
    let listener = match listener {
        Some(listener) => listener,
        None => TcpListener::bind(config.node.listen)
            .map_err(|source| StartError::Listen { address: config.node.listen.to_string(), source })?,
    };
    let node = Node::open(config.node.clone(), Role::Gateway, "gateway", surroundings, MIGRATIONS).await?;
    let gateway = Arc::new(Gateway::new(node.clone(), config)?);
    let old = gateway.clone();
    node.workers.every("gateway-upkeep", UPKEEP, move || forget(old.clone()));
    let shared = gateway.clone();
    let pages = move |app: &mut actix_web::web::ServiceConfig| {
        app.app_data(Data::from(shared.clone())).configure(console::mount);
    };
    let running = node::serve(node.clone(), listener, gateway.clone(), pages).await?;
    joining::start(&node);
    Ok(GatewayRunning { url: running.url.clone(), gateway, running })
}

async fn forget(gateway: Arc<Gateway>) {
    let keep = SignedDuration::from_hours(gateway.config.search_keep_hours);
    let Ok(before) = gateway.node.clock.now().checked_sub(keep) else { return };
    if let Err(error) = store::forget(&gateway.node.db, before.as_millisecond()).await {
        tracing::warn!(%error, "old searches could not be forgotten; tried again later");
    }
}
