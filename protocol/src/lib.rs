//! How two participants talk: bytes, digest, signature, headers, ACK and NACK, the registry's client and cache, the sender.
//!
//! ```text
//!  received bytes + headers                              bytes of a new message
//!        │                                                     │ envelope::render
//!  trust::verify ── auth_header, envelope, registry_cache  signature::sign (now, per attempt)
//!        │           digest, signing_string, signature         │
//!     Verified                                             send::Sender ── http, address_guard ──▶ Outcome
//! ```
//!
//! Read `ids`, `context`, `envelope`, `ack`; then `auth_header`, `signature`; then `trust`. Called by every participant and by
//! the conformance suite. Never here: a database, a web server, a business rule.
#![warn(missing_docs)]

pub mod ack;
pub mod address_guard;
pub mod auth_header;
pub mod challenge;
pub mod clock;
pub mod context;
pub mod digest;
pub mod envelope;
pub mod http;
pub mod ids;
pub mod keys;
pub mod participant;
pub mod payload_cipher;
pub mod randomness;
pub mod registry_cache;
pub mod registry_client;
pub mod send;
pub mod signature;
pub mod signing_string;
pub mod site_proof;
pub mod trust;
pub mod vlookup;
