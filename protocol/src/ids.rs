//! Names that travel: parsed once at the border, printed exactly as they came.
//!
//! Compared byte for byte (the registry is case sensitive). Lengths are ours: longer than any name seen, short enough to index.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Longest identifier accepted, in bytes.
pub const ID_BYTES_MAX: usize = 256;

/// Why a text is not an identifier.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IdError {
    /// Nothing was given.
    #[error("{kind} is empty: give the name as the registry has it")]
    Empty {
        /// Which identifier.
        kind: &'static str,
    },
    /// More than [`ID_BYTES_MAX`] bytes.
    #[error("{kind} has {bytes} bytes: at most 256 are accepted")]
    TooLong {
        /// Which identifier.
        kind: &'static str,
        /// How long it was.
        bytes: usize,
    },
    /// A character that would break the header or the signing string it travels in.
    #[error("{kind} contains {found:?}: remove it")]
    Forbidden {
        /// Which identifier.
        kind: &'static str,
        /// The first character that is not allowed.
        found: char,
    },
}

macro_rules! id {
    ($(#[$doc:meta])* $name:ident, $kind:literal, $forbidden:expr) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// Checks the text once; afterwards it is trusted to be printable where this identifier travels.
            ///
            /// # Errors
            /// Empty, longer than 256 bytes, or a forbidden character.
            pub fn parse(text: impl Into<String>) -> Result<Self, IdError> {
                let text = text.into();
                if text.is_empty() {
                    return Err(IdError::Empty { kind: $kind });
                }
                if text.len() > ID_BYTES_MAX {
                    return Err(IdError::TooLong { kind: $kind, bytes: text.len() });
                }
                let forbidden: fn(char) -> bool = $forbidden;
                match text.chars().find(|c| forbidden(*c)) {
                    Some(found) => Err(IdError::Forbidden { kind: $kind, found }),
                    None => Ok(Self(text)),
                }
            }

            /// The text, unchanged.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({})", stringify!($name), self.0)
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }

        impl std::str::FromStr for $name {
            type Err = IdError;
            fn from_str(text: &str) -> Result<Self, IdError> {
                Self::parse(text)
            }
        }

        impl TryFrom<String> for $name {
            type Error = IdError;
            fn try_from(text: String) -> Result<Self, IdError> {
                Self::parse(text)
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> String {
                id.0
            }
        }

        impl PartialEq<str> for $name {
            fn eq(&self, other: &str) -> bool {
                self.0 == other
            }
        }

        impl PartialEq<&str> for $name {
            fn eq(&self, other: &&str) -> bool {
                self.0 == *other
            }
        }
    };
}

/// Printable without quoting inside `keyId="a|b|c"`.
fn breaks_key_id(c: char) -> bool {
    c == '|' || c == '"' || c == '\\' || c.is_whitespace() || c.is_control()
}

id!(
    /// A participant's name in the registry: a host name, for old participants with a path (`host/option1`), on one machine with a port.
    SubscriberId,
    "subscriber id",
    breaks_key_id
);
id!(
    /// The name of one key pair of a participant (`ukId` in the registry).
    UniqueKeyId,
    "unique key id",
    breaks_key_id
);
id!(
    /// One shopping session. Any text on the wire; a UUID in practice.
    TransactionId,
    "transaction id",
    char::is_control
);
id!(
    /// One request and its solicited callback. Any text on the wire; a UUID in practice.
    MessageId,
    "message id",
    char::is_control
);

impl TransactionId {
    /// A new session's id.
    pub fn new(randomness: &dyn crate::randomness::Randomness) -> Self {
        Self(randomness.uuid_v4().to_string())
    }
}

impl MessageId {
    /// A new message's id.
    pub fn new(randomness: &dyn crate::randomness::Randomness) -> Self {
        Self(randomness.uuid_v4().to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_the_text_and_refuses_what_breaks_a_header() {
        assert_eq!(SubscriberId::parse("seller.example.com/ondc/bpp").unwrap().as_str(), "seller.example.com/ondc/bpp");
        assert_eq!(SubscriberId::parse("seller.localhost:8082").unwrap().to_string(), "seller.localhost:8082");
        for bad in ["", "a|b", "a b", "a\"b", "a\nb", "a\\b"] {
            assert!(SubscriberId::parse(bad).is_err(), "{bad:?}");
            assert!(UniqueKeyId::parse(bad).is_err(), "{bad:?}");
        }
        assert!(MessageId::parse("x".repeat(257)).is_err());
        assert!(TransactionId::parse("any text, with blanks").is_ok());
    }

    #[test]
    fn json_is_the_bare_text() {
        let id: MessageId = serde_json::from_str("\"m-1\"").unwrap();
        assert_eq!(serde_json::to_string(&id).unwrap(), "\"m-1\"");
        assert!(serde_json::from_str::<MessageId>("\"\"").is_err());
    }
}
