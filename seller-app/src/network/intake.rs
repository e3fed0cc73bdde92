//! A received message in the core's words.

use node::handler::{Accepted, Incoming};
use protocol::context::Context;
use serde_json::Value;

use crate::network::translate::{self, Incoming as Meant};
use crate::order::Refusal;

/// Reads a message before its ACK.
///
/// # Errors
/// A refusal that names the field.
pub fn of_incoming(incoming: &Incoming<'_>) -> Result<Meant, Refusal> {
    read(incoming.context, incoming.payload)
}

/// Reads a message that was accepted.
///
/// # Errors
/// A refusal that names the field; it was accepted only because another version of this program read it otherwise.
pub fn of_accepted(message: &Accepted) -> Result<Meant, Refusal> {
    read(&message.context, &message.payload)
}

fn read(context: &Context, payload: &Value) -> Result<Meant, Refusal> {
    translate::parse(context, payload.get("message").unwrap_or(&Value::Null))
}
