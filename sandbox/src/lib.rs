//! The whole network in one place: registry, gateway, a brand's seller node and a marketplace's buyer node.
//!
//! ```text
//!  members   which programs there are, and the settings of each
//!  network   all of them in this process, on ports of their own        (main, and most tests)
//!  processes the same as compiled programs                             (tests that kill one)
//!  seed      the brand: its partners, items, stock
//!  journey   what a shopper and the brand's staff do, over HTTP only: search … delivered … returned, refunded
//!  timeline  each message as a line that a person can read
//!  day       a seeded day of a brand in simulated time, with everything that goes wrong on it
//! ```
//!
//! Nothing here can do what a participant could not do from outside; only `day` holds the seller's clock and acts as its staff.

pub mod day;
pub mod journey;
pub mod members;
pub mod network;
pub mod processes;
pub mod seed;
pub mod timeline;
pub mod verdict;
