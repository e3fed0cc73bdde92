//! Stock as the core counts it: what is on the shelf, what is promised, what may still be sold, and by which rules.
//!
//! Pure. The store asks [`ledger::decide`] under the lock of a shelf's row and writes what it says, so that the rules which
//! the simulation proves are the rules that run.

pub mod demand;
pub mod ledger;
pub mod lots;
pub mod rules;
pub mod safety;

pub use demand::{Shortage, StockMove, demand, shortages};
pub use ledger::{Balance, Channel, Command, Correction, Delta, Limits, Refused, decide};
pub use lots::Lot;
pub use rules::StockRules;
pub use safety::{SafetyRules, Trust};
