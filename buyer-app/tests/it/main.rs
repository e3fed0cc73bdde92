//! Tests of the whole buyer node against a programmable gateway, seller and registry. One binary: fast to link.
#![allow(clippy::unwrap_used)]

mod boundaries;
mod catalogue;
mod correlation;
mod life;
mod openapi;
mod program;
mod seller;
mod shop;
mod world;
