//! A gateway on a real socket, with a buyer and sellers that behave or misbehave as the test wants.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod answers;
mod carrying;
mod console;
mod refusing;
mod resuming;
mod tables;
mod world;
