//! Why a command is refused, in the network's error codes (NETWORK-SPEC 14).

use protocol::ack::{ErrorType, NetworkError};
use serde::{Deserialize, Serialize};

/// A refusal changes nothing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{code} {message}")]
pub struct Refusal {
    pub code: String,
    /// Where in the message, as a JSON path.
    pub path: Option<String>,
    pub message: String,
}

/// Codes that the core uses. Their meaning is in the specification's error list.
pub mod code {
    pub const INVALID_REQUEST: &str = "30000";
    pub const PROVIDER_NOT_FOUND: &str = "30001";
    pub const LOCATION_NOT_FOUND: &str = "30002";
    pub const ITEM_NOT_FOUND: &str = "30004";
    pub const INVALID_RETURN: &str = "30005";
    pub const OFFER_INVALID: &str = "30006";
    pub const NOT_SERVICEABLE: &str = "30009";
    pub const TOO_FAR: &str = "30010";
    pub const CANCEL_REASON: &str = "30012";
    pub const TAT_DIFFERS: &str = "30013";
    pub const TAT_NOT_BREACHED: &str = "30014";
    pub const RATING_VALUE: &str = "30015";
    pub const MERCHANT_UNAVAILABLE: &str = "30017";
    pub const ORDER_NOT_FOUND: &str = "30018";
    pub const CONFIRM_ERROR: &str = "30019";
    pub const MERCHANT_INACTIVE: &str = "30021";
    pub const BELOW_ORDER_VALUE: &str = "30023";
    pub const VALIDATION: &str = "31002";
    pub const UNSUPPORTED: &str = "40001";
    pub const QUANTITY_UNAVAILABLE: &str = "40002";
    pub const QUOTE_UNAVAILABLE: &str = "40003";
    pub const PAYMENT_TYPE: &str = "40004";
    pub const NO_TRACKING: &str = "40005";
    pub const QUANTITY_CHANGED: &str = "40007";
    pub const QUOTE_CHANGED: &str = "40008";
    /// A code that proves who somebody is, and is wrong.
    pub const CODE_WRONG: &str = "40011";
    pub const ABOVE_MAXIMUM: &str = "40009";
    pub const BELOW_MINIMUM: &str = "40012";
    pub const FINDER_FEE: &str = "41001";
    pub const CANCEL_NOT_POSSIBLE: &str = "50001";
    pub const UPDATE_NOT_POSSIBLE: &str = "50002";
    pub const BUYER_TERMS: &str = "50005";
    pub const TERMS_NOT_ACCEPTED: &str = "50006";
    pub const FULFILMENT_NOT_FOUND: &str = "50007";
    pub const FULFILMENT_TERMINAL: &str = "50008";
}

impl Refusal {
    pub fn new(code: &str, message: impl Into<String>) -> Refusal {
        Refusal { code: code.to_owned(), path: None, message: message.into() }
    }

    #[must_use]
    pub fn at(mut self, path: impl Into<String>) -> Refusal {
        self.path = Some(path.into());
        self
    }

    /// The `error` object of a NACK or callback.
    pub fn network_error(&self) -> NetworkError {
        let kind = if self.code.starts_with('5') { ErrorType::Policy } else { ErrorType::Domain };
        let error = NetworkError::new(kind, self.code.clone(), self.message.clone());
        match &self.path {
            Some(path) => error.at(path.clone()),
            None => error,
        }
    }
}
