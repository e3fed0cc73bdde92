//! Background work of the buyer node.

pub mod catalogue_refresh;
pub mod confirm_watch;
pub mod prune;
pub mod refund_payer;
