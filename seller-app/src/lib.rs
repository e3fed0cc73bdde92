//! Seller node: the network's orders, routed to the stock of a brand's partners and fulfilled by them.
//!
//! ```text
//!  wire ──▶ node (proved, stored, ACKed) ──▶ network/ ──▶ Command ──▶ order::decide ──▶ Decision
//!  desk (console/, api/) ───────────────────────────────▲                │
//!                                                                        ▼ one transaction (processing/)
//!                            store/: order, stock ledger · node's outbox: on_… messages
//! ```
//!
//! Pure rooms (no database, no clock): `order`, `catalogue`, `inventory`, `routing`, `fulfilment`, `returns`, `partners`,
//! `people`, `network::translate`, `desk`. The rest is the shell around them. Started by [`start`]; it never talks to another app
//! except on the wire. Start reading at [`processing`] and [`order`].

pub mod api;
pub mod app;
pub mod carriers;
pub mod catalogue;
pub mod config;
pub mod console;
pub mod desk;
pub mod documents;
pub mod door;
pub mod exports;
pub mod feed;
pub mod fulfilment;
pub mod import;
pub mod intake;
pub mod inventory;
pub mod languages;
pub mod money;
pub mod network;
pub mod network_health;
pub mod order;
pub mod partner_work;
pub mod partners;
pub mod people;
pub mod people_work;
pub mod portal;
pub mod processing;
pub mod public_pages;
pub mod publishing;
pub mod reasons;
pub mod returns;
pub mod routing;
pub mod routing_desk;
mod running;
pub mod state_table;
pub mod stock_room;
pub mod store;
pub mod webhooks;
pub mod workers;

pub use config::SellerConfig;
pub use running::{SellerRunning, open, start};
