//! Returns: a buyer sends goods back, the seller approves, collects and gets them, or refuses, or lets the
//! buyer keep them (NETWORK-SPEC 10).

pub mod eligibility;
pub mod request;
pub mod state;

pub use request::ReturnRequest;
pub use state::{ReturnEvent, ReturnState};
