//! What the network sells: reading on_search, what can be delivered where, text search. The tables are in `store`.

pub mod geo;
pub mod item;
pub mod reading;
pub mod serviceability;
pub mod words;
