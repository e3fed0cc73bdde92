//! The core's words as messages of the network. Every member is written in one place only.

pub mod fulfilment;
pub mod init;
pub mod order;
pub mod payment;
pub mod quote;
pub mod select;
pub mod service;
pub mod tag;

pub use init::on_init;
pub use order::order;
pub use select::on_select;
