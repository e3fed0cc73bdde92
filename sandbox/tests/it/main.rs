//! Tests of the whole network: real sockets, real keys, both database engines, compiled programs, a browser.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod bad_input;
mod browser;
mod chromium;
mod conformance;
mod gate;
mod partners;
mod processes;
mod revoked;
mod setting;
mod story;
mod stranger;
mod territories;
mod why;
