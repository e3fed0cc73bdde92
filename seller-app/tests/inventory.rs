//! The stock room: not one unit is sold twice, whatever crashes; books that are wrong are found and mended.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::disallowed_methods)]

#[path = "inventory/books.rs"]
mod books;
#[path = "inventory/kill.rs"]
mod kill;
#[path = "inventory/lots.rs"]
mod lots;
#[path = "inventory/model.rs"]
mod model;
#[path = "inventory/rules.rs"]
mod rules;
#[path = "inventory/simulation.rs"]
mod simulation;
#[path = "inventory/store_follows.rs"]
mod store_follows;

#[path = "support/shelves.rs"]
mod shelves;
