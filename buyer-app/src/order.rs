//! The order as the buyer side knows it: pure, no clock, no database, no wire client.
//!
//! `record` holds the order, `report` is what a seller's callback says, `decide` folds one into the other and
//! names what must be done (refund the shopper), `state` holds the tables that say which moves are legal.

pub mod decide;
pub mod fold;
pub mod fulfilment_kind;
pub mod quote;
pub mod record;
pub mod refund;
pub mod report;
pub mod request;
pub mod return_state;
pub mod state;
