//! A registry on a real socket, with participants that behave or misbehave as the test wants.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod applicant;
mod changes;
mod joining;
mod lookups;
mod operators;
mod rotation;
mod tables;
mod world;
