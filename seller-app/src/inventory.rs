//! Stock as the core counts it: what is on the shelf, what is promised, what may still be sold.
//!
//! Pure. The shell guards the same arithmetic in SQL, so that nothing is sold twice.

pub mod demand;
pub mod hold;
pub mod stock;

pub use demand::{Shortage, StockMove, demand, shortages};
pub use hold::Hold;
pub use stock::StockLine;
