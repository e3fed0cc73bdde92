//! Everything the crate promises, in one test program.
#![allow(clippy::unwrap_used)] // helpers of tests may; clippy.toml allows it in the tests themselves only

mod auth_header;
mod envelope;
mod fixture;
mod http;
mod key_texts;
mod records;
mod registry_cache;
mod registry_client;
mod replies;
mod send;
mod server;
mod trust;
mod trust_keys;
mod vectors;
