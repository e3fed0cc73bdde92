//! The wire: messages become commands, effects become messages.

pub mod translate;
