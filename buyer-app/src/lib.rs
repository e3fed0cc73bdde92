//! The buyer node: searches the network, keeps its catalogue, takes shoppers from basket to refund, through a small local
//! API for marketplaces and a storefront to start from.
//!
//! ```text
//!   api / storefront ──▶ asks ──▶ checkout, order (pure)        ┌─▶ screen ──▶ ACK or NACK
//!                          │  └──▶ network::outgoing ──▶ outbox │
//!                          ▼                                    │   network::handler ◀── inbox ◀── seller, gateway
//!                        store (SQL) ◀──────────────────────────┘
//!   workers: catalogue refresh, refunds, unanswered confirms
//! ```
//!
//! A node is a value: [`start`] gives a [`BuyerRunning`], several live in one process.

use std::net::TcpListener;
use std::sync::Arc;
use std::time::Duration;

use actix_web::web;
use node::migration::Migrations;
use node::node::{Node, StartError, Surroundings};
use node::onboarding::{Kind, NetworkEntry, ensure_subscribed};
use node::server::{Running, serve};
use node::stop_signal::StopSignal;
use node::workers::CancellationToken;
use protocol::participant::Role;

pub mod api;
pub mod asks;
pub mod buyer;
pub mod cart;
pub mod catalogue;
pub mod checkout;
pub mod config;
pub mod money;
pub mod network;
pub mod order;
pub mod payment;
pub mod store;
pub mod storefront;
pub mod words;
pub mod workers;

use buyer::Buyer;
use config::BuyerConfig;
use network::handler::BuyerHandler;
use payment::Collector;
use payment::fake::FakeCollector;

/// The tables of the buyer node; the node's own come first.
pub const MIGRATIONS: Migrations = node::migrations!("0001_start");

/// Pause between tries to join the network.
const ONBOARDING_RETRY: Duration = Duration::from_secs(2);
const REFUND_POLL: Duration = Duration::from_millis(500);
const CONFIRM_POLL: Duration = Duration::from_secs(1);
const PRUNE_POLL: Duration = Duration::from_secs(3600);

/// A buyer node that serves.
#[derive(Debug)]
pub struct BuyerRunning {
    /// Where it listens: `http://127.0.0.1:PORT`.
    pub url: String,
    pub buyer: Arc<Buyer>,
    /// The payment provider's double, to be told to fail.
    pub fake_collector: Arc<FakeCollector>,
    running: Running,
}

impl BuyerRunning {
    /// Ends open event streams, then stops as every node does.
    pub async fn stop(self) {
        self.buyer.closing.cancel();
        self.running.stop().await;
    }

    /// Runs until the program is told to stop, then stops.
    pub async fn wait(self, stop: StopSignal) {
        stop.came().await;
        self.stop().await;
    }
}

/// Starts a buyer node: opens the database, serves, joins the network in the background and keeps trying until the registry
/// has it. Without a listener it binds `config.node.listen`.
///
/// # Errors
/// Settings, database, keys, specs or the address to listen on.
pub async fn start(
    config: BuyerConfig,
    listener: Option<TcpListener>,
    surroundings: Surroundings,
) -> Result<BuyerRunning, StartError> {
    config.check()?;
    let listener = match listener {
        Some(listener) => listener,
        None => TcpListener::bind(config.node.listen)
            .map_err(|source| StartError::Listen { address: config.node.listen.to_string(), source })?,
    };
    let node = Node::open(config.node.clone(), Role::Buyer, "buyer", surroundings, MIGRATIONS).await?;
    let words = words::Words::embedded().map_err(|error| StartError::app("words", error))?;
    let fake_collector = Arc::new(FakeCollector::default());
    let buyer = Arc::new(Buyer {
        config,
        node: node.clone(),
        waiters: Default::default(),
        collector: fake_collector.clone() as Arc<dyn Collector>,
        words,
        closing: CancellationToken::new(),
    });
    let data = web::Data::from(buyer.clone());
    let shop = buyer.config.shop;
    let pages = move |app: &mut web::ServiceConfig| {
        app.app_data(data.clone()).configure(api::mount);
        if shop {
            app.configure(storefront::mount);
        }
    };
    let running = serve(node, listener, Arc::new(BuyerHandler { buyer: buyer.clone() }), pages).await?;
    start_workers(&buyer);
    Ok(BuyerRunning { url: running.url.clone(), buyer, fake_collector, running })
}

fn start_workers(buyer: &Arc<Buyer>) {
    let workers = &buyer.node.workers;
    let own = buyer.clone();
    workers.spawn("onboarding", move |stop| onboard(own.clone(), stop));
    let own = buyer.clone();
    workers.every("refunds", REFUND_POLL, move || workers::refund_payer::pay_due(own.clone()));
    let own = buyer.clone();
    workers.every("prune", PRUNE_POLL, move || workers::prune::prune(own.clone()));
    let own = buyer.clone();
    workers.every("confirm-watch", CONFIRM_POLL, move || workers::confirm_watch::watch(own.clone()));
}

/// Joins the network, then begins to keep the catalogue.
async fn onboard(buyer: Arc<Buyer>, stop: CancellationToken) {
    let node = &buyer.node;
    let entry = |domain: &String| NetworkEntry {
        domain: domain.clone(),
        kind: Kind::Buyer,
        cities: node.config.cities.clone(),
    };
    let entries: Vec<NetworkEntry> = node.config.domains.iter().map(entry).collect();
    while let Err(error) = ensure_subscribed(node, &entries).await {
        tracing::warn!(%error, "not on the network yet; trying again");
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(ONBOARDING_RETRY) => {}
        }
    }
    tracing::info!(subscriber_id = %node.identity.subscriber_id, "on the network");
    workers::catalogue_refresh::run(buyer.clone(), stop).await;
}
