//! Background work of the buyer node.

pub mod catalogue_refresh;
pub mod confirm_watch;
pub mod refund_payer;
