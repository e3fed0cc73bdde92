//! Which partner sends what, and why: exact, explained, the same answer for the same input.
//!
//! ```text
//!  facts (problem) + rules (policy) ──▶ constraints, weighed costs (instance) ──▶ search with bound ──▶ plan + certificate
//!                                                                                        explain ──▶ why, what would flip it
//! ```
//!
//! Strict profile: the choice is made at catalogue time (`assignment`, by the same constraints and costs for one piece),
//! because after `select` the provider and its location may never change. Native profile: at `select`, by [`solve`].

pub mod assignment;
mod bound;
pub mod concerned;
pub mod constraint;
pub mod cost;
pub mod explain;
mod instance;
pub mod nearest;
pub mod plan;
pub mod policy;
pub mod problem;
pub mod reason;
mod search;
pub mod solve;
pub mod words;
pub mod zoning;

pub use assignment::{Assignment, Facts, Offer, Published, assignment};
pub use concerned::{concerned, serves_otherwise};
pub use constraint::Constraint;
pub use cost::{Term, Terms};
pub use explain::{Alternative, Explanation, Flip, explain};
pub use instance::TooLarge;
pub use nearest::nearest_first;
pub use plan::{Certificate, LineShort, Objective, Outcome, Parcel, Plan, Take};
pub use policy::{Policy, PolicyError, Priority};
pub use problem::{Candidate, Line, Problem, Shelf};
pub use reason::{Considered, Reason, Verdict};
pub use solve::{replay, solve, worth};
pub use zoning::{Place, at_home, zoning};
