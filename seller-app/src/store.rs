//! The seller's tables. Statements only: what a change means is decided in the core, when it happens is decided by the caller.

pub mod accounts;
pub mod api_tokens;
pub mod audit;
pub mod b2b_requests;
pub mod body;
pub mod bookings;
pub mod changes;
pub mod decisions;
pub mod events;
pub mod exports;
pub mod feeds;
pub mod finder_fees;
pub mod idempotency;
pub mod items;
pub mod lots;
pub mod offers;
pub mod order_list;
pub mod orders;
pub mod partner_claims;
pub mod partner_history;
pub mod partner_ledger;
pub mod partner_places;
pub mod partner_proposals;
pub mod partner_scores;
pub mod partners;
pub mod rebuild;
pub mod reservation;
pub mod returns;
pub mod sessions;
pub mod shelf;
pub mod sign_in_tries;
pub mod stamp;
pub mod stock;
pub mod subscriptions;
pub mod tickets;
pub mod watches;
pub mod webhook_deliveries;
pub mod webhook_events;
pub mod webhooks;

/// The seller's own tables; the node's come first.
pub const MIGRATIONS: node::migration::Migrations = node::migrations!(
    "0001_seller",
    "0002_partners",
    "0004_routing",
    "0005_fulfilment",
    "0006_claim_decisions",
    "0010_b2b",
    "0007_inventory",
    "0008_returns",
    "0009_doors",
    "0011_api",
    "0012_webhooks",
    "0013_indexes",
);
