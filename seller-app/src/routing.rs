//! Which partner sells what where, and why.
//!
//! Strict profile: the choice is made at catalogue time, because after `select` the provider and its
//! location may never change. Pure, exact, the same answer for the same input.

pub mod assignment;
pub mod choose;
pub mod concerned;
pub mod reason;
pub mod zoning;

pub use assignment::{Assignment, Offer, assignment};
pub use choose::{Candidate, choose};
pub use concerned::{concerned, serves_otherwise};
pub use reason::{Considered, Reason, Verdict};
pub use zoning::{Place, at_home, zoning};
