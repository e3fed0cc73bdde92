//! The wire: messages become commands, effects become messages.

pub mod handler;
pub mod intake;
pub mod reply;
pub mod translate;
