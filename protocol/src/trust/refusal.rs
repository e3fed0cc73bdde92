//! Why a message is not trusted, and what its sender is told (BECKN-006 for status and challenge; ONDC error codes by receiver).

use specs::{Action, Side};

use crate::ack::{ErrorType, NetworkError, Reply};
use crate::auth_header::{AuthHeaderError, COVERED};
use crate::envelope::EnvelopeError;
use crate::ids::SubscriberId;
use crate::participant::Role;
use crate::registry_cache::KeyError;
use crate::signature::SignatureError;

/// Which header is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Which {
    /// `Authorization`.
    Authorization,
    /// `X-Gateway-Authorization`.
    Gateway,
}

impl Which {
    /// The header's name.
    pub const fn header(self) -> &'static str {
        match self {
            Which::Authorization => "Authorization",
            Which::Gateway => "X-Gateway-Authorization",
        }
    }

    /// The answer's header that says so.
    pub const fn challenge_header(self) -> &'static str {
        match self {
            Which::Authorization => "WWW-Authenticate",
            Which::Gateway => "Proxy-Authenticate",
        }
    }
}

/// The step at which a message was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Stage {
    /// Reading the header.
    Header,
    /// The clock.
    Time,
    /// Reading the body's envelope.
    Envelope,
    /// Signer, sender and receiver.
    Identity,
    /// The key and its validity.
    Registry,
    /// Ed25519, and the form of the signature.
    Signature,
}

/// Why a message is not trusted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TrustError {
    /// Missing or malformed.
    #[error("{}: {error}", .which.header())]
    Header {
        /// Which header.
        which: Which,
        /// What is wrong with it.
        error: AuthHeaderError,
    },
    /// Not good at this time.
    #[error("{}: {error}", .which.header())]
    Time {
        /// Which header.
        which: Which,
        /// Which rule.
        error: SignatureError,
    },
    /// The body has no readable context.
    #[error("{0}")]
    Envelope(#[from] EnvelopeError),
    /// Posted to another action's path.
    #[error("context.action is {} but the message was posted to /{}", .context.as_str(), .path.as_str())]
    Action {
        /// Last part of the URL.
        path: Action,
        /// In the body.
        context: Action,
    },
    /// The context does not name a side that it must name.
    #[error("context.{} is missing: only an open search may leave it out", member(*.side))]
    MissingParty {
        /// Which side.
        side: Side,
    },
    /// Signed by someone else than the context says.
    #[error("signed by {signer}, but the context names {named} as the sender")]
    Identity {
        /// keyId's subscriber.
        signer: SubscriberId,
        /// The context's.
        named: SubscriberId,
    },
    /// For someone else.
    #[error("the message is for {named}, this is {own}")]
    Addressee {
        /// Which side is named.
        side: Side,
        /// The context's.
        named: SubscriberId,
        /// Us.
        own: SubscriberId,
    },
    /// No key to verify with.
    #[error("{}: {error}", .which.header())]
    Key {
        /// Which header.
        which: Which,
        /// Why.
        error: KeyError,
    },
    /// The signature does not fit.
    #[error("{}: {error}", .which.header())]
    Signature {
        /// Which header.
        which: Which,
        /// Why.
        error: SignatureError,
    },
}

const fn member(side: Side) -> &'static str {
    match side {
        Side::Buyer => "bap_id",
        Side::Seller => "bpp_id",
    }
}

/// Codes a receiver uses before it looks at the business (ONDC error codes).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RefusalCodes {
    /// Signature, key, identity.
    pub signature: &'static str,
    /// Shape of context or payload.
    pub schema: &'static str,
    /// Too old; a gateway has no code of its own for it.
    pub stale: &'static str,
    /// Our own fault, try again.
    pub internal: &'static str,
}

impl RefusalCodes {
    /// By the receiver's role.
    pub const fn of(own_role: Role) -> RefusalCodes {
        match own_role {
            Role::Buyer => RefusalCodes { signature: "20001", schema: "20006", stale: "20002", internal: "23001" },
            Role::Seller => RefusalCodes { signature: "30016", schema: "30000", stale: "30022", internal: "31001" },
            Role::Gateway => RefusalCodes { signature: "10001", schema: "10000", stale: "10000", internal: "10000" },
        }
    }
}

impl TrustError {
    /// Where it failed.
    pub const fn stage(&self) -> Stage {
        match self {
            TrustError::Header { error: AuthHeaderError::Signature(_), .. } => Stage::Signature,
            TrustError::Header { .. } => Stage::Header,
            TrustError::Time { .. } => Stage::Time,
            TrustError::Envelope(_) | TrustError::Action { .. } => Stage::Envelope,
            TrustError::MissingParty { .. } | TrustError::Identity { .. } | TrustError::Addressee { .. } => {
                Stage::Identity
            }
            TrustError::Key { .. } => Stage::Registry,
            TrustError::Signature { .. } => Stage::Signature,
        }
    }

    /// Which header is at fault; `None` when the body is, or our registry.
    pub const fn which(&self) -> Option<Which> {
        match self {
            TrustError::Key { error: KeyError::Unavailable(_), .. } => None,
            TrustError::Header { which, .. }
            | TrustError::Time { which, .. }
            | TrustError::Key { which, .. }
            | TrustError::Signature { which, .. } => Some(*which),
            TrustError::Identity { .. } => Some(Which::Authorization),
            TrustError::Envelope(_)
            | TrustError::Action { .. }
            | TrustError::MissingParty { .. }
            | TrustError::Addressee { .. } => None,
        }
    }

    /// 401 where the sender is not proven, 503 where we cannot tell now, 200 where the context is at fault.
    pub const fn http_status(&self) -> u16 {
        match (self, self.which()) {
            (_, Some(_)) => 401,
            (TrustError::Key { .. }, None) => 503,
            (_, None) => 200,
        }
    }

    /// `WWW-Authenticate` or `Proxy-Authenticate` with its value, where the status is 401.
    pub fn challenge(&self, own_id: &SubscriberId) -> Option<(&'static str, String)> {
        let which = self.which()?;
        Some((which.challenge_header(), format!("Signature realm=\"{own_id}\",headers=\"{COVERED}\"")))
    }

    /// The error of the NACK, with the code of our role.
    pub fn network_error(&self, own_role: Role) -> NetworkError {
        let codes = RefusalCodes::of(own_role);
        let message = self.to_string();
        let context = |code: &str, path: &str| NetworkError::new(ErrorType::Context, code, message.clone()).at(path);
        match self {
            TrustError::Header { .. } | TrustError::Time { .. } | TrustError::Signature { .. } => {
                NetworkError::new(ErrorType::Context, codes.signature, message)
            }
            TrustError::Key { error: KeyError::Unavailable(_), .. } => {
                NetworkError::new(ErrorType::Core, codes.internal, message)
            }
            TrustError::Key { .. } => NetworkError::new(ErrorType::Context, codes.signature, message),
            TrustError::Identity { .. } => NetworkError::new(ErrorType::Context, codes.signature, message),
            TrustError::Envelope(error) if error.path.is_empty() => {
                NetworkError::new(ErrorType::JsonSchema, codes.schema, message)
            }
            TrustError::Envelope(error) => context(codes.schema, &error.path),
            TrustError::Action { .. } => context(codes.schema, "context.action"),
            TrustError::MissingParty { side } | TrustError::Addressee { side, .. } => {
                context(codes.schema, &format!("context.{}", member(*side)))
            }
        }
    }

    /// The whole NACK.
    pub fn reply(&self, own_role: Role) -> Reply {
        Reply::Nack(self.network_error(own_role))
    }
}
