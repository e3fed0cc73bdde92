//! Seller node: the network's orders, routed to the stock of a brand's partners and fulfilled by them.
//!
//! ```text
//!  wire ──▶ node (proved, stored, ACKed) ──▶ network/ ──▶ Command ──▶ order::decide ──▶ Decision
//!  desk (console/, api/) ───────────────────────────────▲                │
//!                                                                        ▼ one transaction
//!                            store/: order, stock ledger · node's outbox: on_… messages
//! ```
//!
//! Pure rooms (no database, no clock): `order`, `catalogue`, `inventory`, `routing`, `fulfilment`, `returns`, `network::translate`.
//! The rest is the shell around them. Started by [`start`]; it never talks to another app except on the wire.

pub mod catalogue;
pub mod fulfilment;
pub mod import;
pub mod inventory;
pub mod money;
pub mod network;
pub mod order;
pub mod returns;
pub mod routing;
pub mod store;
