//! Tests of the node over real sockets and real databases. One binary, because linking is what takes time.
#![allow(clippy::unwrap_used)]

mod inbox;
mod inspect;
mod keys;
mod kill;
mod migrations;
mod onboarding;
mod outbox;
mod receive;
mod shutdown;
mod stage;
