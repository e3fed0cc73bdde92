//! Why an ask was not sent.

use crate::order::decide::Refusal;
use crate::store::orders::StoreError;

#[derive(Debug, thiserror::Error)]
pub enum AskError {
    #[error("there is no {what} `{id}`")]
    NotFound { what: &'static str, id: String },
    /// A field of the call is missing or wrong.
    #[error("{field}: {message}")]
    Invalid { field: &'static str, message: String },
    /// The order or the checkout does not allow it.
    #[error("{0}")]
    Refused(#[from] Refusal),
    /// Our own book refuses the message that the call would make.
    #[error("the message would break the rules of {book}: {}", .violations.first().map(ToString::to_string).unwrap_or_default())]
    RuleBroken { book: String, violations: Vec<specs::Violation> },
    #[error("the registry knows no {role} for {domain}")]
    NoPeer { role: &'static str, domain: String },
    #[error("the registry does not answer: {0}")]
    Registry(String),
    #[error("this Idempotency-Key was used with another body")]
    KeyReused,
    /// The key was used before; this is the message it made.
    #[error("repeated call")]
    Repeated { message_id: String },
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<sqlx::Error> for AskError {
    fn from(error: sqlx::Error) -> AskError {
        AskError::Store(StoreError::Database(error))
    }
}

impl AskError {
    pub fn invalid(field: &'static str, message: impl Into<String>) -> AskError {
        AskError::Invalid { field, message: message.into() }
    }

    pub fn not_found(what: &'static str, id: &str) -> AskError {
        AskError::NotFound { what, id: id.to_owned() }
    }

    /// Another writer was faster; the same ask may succeed on the new state.
    pub fn is_conflict(&self) -> bool {
        matches!(self, AskError::Store(StoreError::Conflict(_)))
    }
}
