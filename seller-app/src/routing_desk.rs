//! Routing at work: reads the facts, decides, keeps what was decided, changes the policy only after a replay.
//!
//! The choice itself is pure and in `routing`; this is the shell around it.

pub mod carts;
pub mod facts;
pub mod policies;
pub mod standing;
pub mod what_if;
