//! What every running participant has: settings, database, inbox, outbox, message ledger, keys, metrics, pages, life and death.
//!
//! ```text
//!  main ─ settings ─▶ Node::open ─▶ serve(node, listener, handler, pages) ─▶ Running ─ wait / stop
//!
//!  POST /network/{action} ─▶ receive ─▶ inbox ─▶ lanes ─▶ MessageHandler::handle ─▶ outbox ─▶ counterparty
//!                               └──────────── ledger (both directions) ────────────────┘
//! ```
//!
//! Called by registry, gateway, seller-app, buyer-app and sandbox. It knows nothing of orders, items or money: what a message
//! means is the [`MessageHandler`](handler::MessageHandler)'s business. A node is a value; there are no globals.
//!
//! Start reading at [`node`] and [`handler`], then [`inbox`] and [`outbox`].

pub mod access;
pub mod cli;
pub mod config;
pub mod database;
pub mod handler;
pub mod inbox;
pub mod key_store;
pub mod ledger;
pub mod metrics;
pub mod migration;
pub mod node;
pub mod onboarding;
pub mod outbox;
pub mod pages;
pub mod retry_schedule;
pub mod server;
pub mod settings;
pub mod stop_signal;
pub mod telemetry;
#[cfg(feature = "testing")]
pub mod testing;
pub mod workers;

mod inspect;
mod payload;
mod receive;
mod registry_feed;
mod upkeep;

pub use database::{Database, Tx};
pub use handler::{Accepted, Delivery, HandlerError, Incoming, MessageHandler, Sent};
pub use migration::{Migration, Migrations};
pub use node::{Identity, Node, StartError, Surroundings};
pub use outbox::{Outbox, Outgoing};
pub use server::{Running, serve};
pub use stop_signal::StopSignal;
