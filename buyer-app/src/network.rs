//! Between the wire and the rooms: messages out, callbacks in, and which callback answers which request.

pub mod correlation;
pub mod delivered;
pub mod destination;
pub mod handler;
pub mod intake;
pub mod messages;
pub mod outgoing;
pub mod screening;
mod subject;
