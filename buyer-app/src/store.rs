//! SQL of the buyer node, one file per table. Writers take the caller's transaction, so that a message and the change
//! it causes happen together or not at all.

pub mod carts;
pub mod catalogue;
pub mod checkouts;
pub mod events;
pub mod idempotency;
pub mod orders;
pub mod payments;
pub mod refunds;
pub mod requests;
pub mod shelf;
