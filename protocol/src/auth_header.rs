//! `Authorization` and `X-Gateway-Authorization` (BECKN-006; draft-cavage-12 as ONDC narrowed it).
//!
//! `Signature keyId="{subscriber}|{key}|ed25519",algorithm="ed25519",created="{s}",expires="{s}",headers="(created) (expires) digest",signature="{base64}"`
//!
//! Written in exactly that form. Read a little wider: blanks round commas, any order, bare digits, the scheme in any case, the two
//! spellings of `headers` that the documents print. Never two values for one name: two readers could pick different ones.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::ids::{SubscriberId, UniqueKeyId};

mod parameters;

use parameters::Parameters;

/// Longest header accepted, in bytes.
pub const HEADER_BYTES_MAX: usize = 4096;

/// The one algorithm of the network.
pub const ALGORITHM: &str = "ed25519";

/// What the signing string covers, in this order.
pub const COVERED: &str = "(created) (expires) digest";

/// A signature header, read once; everyone uses this value.
#[derive(Clone, PartialEq, Eq)]
pub struct AuthHeader {
    /// Who says to have signed.
    pub subscriber_id: SubscriberId,
    /// With which of its keys.
    pub unique_key_id: UniqueKeyId,
    /// Unix seconds.
    pub created: i64,
    /// Unix seconds, still valid at that second.
    pub expires: i64,
    /// Ed25519.
    pub signature: [u8; 64],
}

/// Every way a signature header can be malformed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AuthHeaderError {
    /// No header, or an empty one.
    #[error("the header is missing: sign the body's bytes and send `Signature keyId=…`")]
    Missing,
    /// More than one line of it.
    #[error("the header came more than once: send one")]
    Repeated,
    /// Longer than [`HEADER_BYTES_MAX`].
    #[error("the header has {0} bytes: at most 4096 are read")]
    TooLong(usize),
    /// It begins with another word.
    #[error("the header does not begin with `Signature `: no quotes round it, no `Bearer` before it")]
    NotSignature,
    /// Text that is not a list of `name="value"`.
    #[error("the header cannot be read at byte {at}: expected {expected}")]
    Malformed {
        /// Where.
        at: usize,
        /// What should be there.
        expected: &'static str,
    },
    /// A name that is there twice.
    #[error("`{0}` is there twice: each parameter at most once")]
    Duplicate(String),
    /// More unknown parameters than are looked at.
    #[error("too many unknown parameters: six are defined")]
    TooManyParameters,
    /// One of the six is not there, or empty.
    #[error("`{0}` is missing or empty: keyId, algorithm, created, expires, headers and signature are all required")]
    MissingParameter(&'static str),
    /// Not three parts, or a part that is no name.
    #[error("keyId {0:?} is not `subscriber_id|unique_key_id|ed25519`")]
    KeyId(String),
    /// Another algorithm, in either place, or the two differ.
    #[error("keyId says {key_id:?} and algorithm says {algorithm:?}: both must be \"ed25519\"")]
    Algorithm {
        /// Third part of keyId.
        key_id: String,
        /// The parameter.
        algorithm: String,
    },
    /// Something else, or in another order.
    #[error("headers {0:?} is not \"(created) (expires) digest\"")]
    Headers(String),
    /// Not plain Unix seconds.
    #[error("`{name}` {found:?} is not Unix seconds in plain decimal digits{}", if *.milliseconds { " (these look like milliseconds)" } else { "" })]
    Time {
        /// `created` or `expires`.
        name: &'static str,
        /// As it came, shortened.
        found: String,
        /// A likely slip.
        milliseconds: bool,
    },
    /// Not 64 bytes in standard base64 with padding.
    #[error("signature is not 64 bytes in standard base64 with padding (88 characters); it has {0} characters")]
    Signature(usize),
}

impl AuthHeaderError {
    /// The registry operator's code for the same fault (1010 … 1100).
    pub const fn operator_code(&self) -> &'static str {
        match self {
            AuthHeaderError::Missing => "1020",
            AuthHeaderError::Repeated | AuthHeaderError::TooLong(_) | AuthHeaderError::NotSignature => "1015",
            AuthHeaderError::Malformed { .. } | AuthHeaderError::Duplicate(_) | AuthHeaderError::TooManyParameters => {
                "1100"
            }
            AuthHeaderError::MissingParameter(_) | AuthHeaderError::Time { .. } => "1015",
            AuthHeaderError::KeyId(_) => "1010",
            AuthHeaderError::Algorithm { .. } => "1030",
            AuthHeaderError::Headers(_) => "1040",
            AuthHeaderError::Signature(_) => "1045",
        }
    }
}

impl AuthHeader {
    /// Reads the value of one header line.
    ///
    /// # Errors
    /// Each malformed case has its own variant.
    pub fn parse(value: &str) -> Result<AuthHeader, AuthHeaderError> {
        if value.len() > HEADER_BYTES_MAX {
            return Err(AuthHeaderError::TooLong(value.len()));
        }
        if value.trim().is_empty() {
            return Err(AuthHeaderError::Missing);
        }
        let given = Parameters::read(value)?;
        let key_id = required(given.key_id, "keyId")?;
        let algorithm = given.algorithm.ok_or(AuthHeaderError::MissingParameter("algorithm"))?;
        let (subscriber_id, unique_key_id) = read_key_id(key_id, algorithm)?;
        read_headers(required(given.headers, "headers")?)?;
        Ok(AuthHeader {
            subscriber_id,
            unique_key_id,
            created: read_time("created", given.created)?,
            expires: read_time("expires", given.expires)?,
            signature: read_signature(required(given.signature, "signature")?)?,
        })
    }
}

fn required<'a>(value: Option<&'a str>, name: &'static str) -> Result<&'a str, AuthHeaderError> {
    value.filter(|text| !text.is_empty()).ok_or(AuthHeaderError::MissingParameter(name))
}

fn read_key_id(key_id: &str, algorithm: &str) -> Result<(SubscriberId, UniqueKeyId), AuthHeaderError> {
    let wrong = || AuthHeaderError::KeyId(shortened(key_id));
    let mut parts = key_id.split('|');
    let (Some(subscriber), Some(key), Some(third), None) = (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return Err(wrong());
    };
    let subscriber = SubscriberId::parse(subscriber).map_err(|_| wrong())?;
    let key = UniqueKeyId::parse(key).map_err(|_| wrong())?;
    if third.trim() != third || third.is_empty() {
        return Err(wrong());
    }
    if third != ALGORITHM || algorithm != ALGORITHM {
        return Err(AuthHeaderError::Algorithm { key_id: shortened(third), algorithm: shortened(algorithm) });
    }
    Ok((subscriber, key))
}

/// The documents print `(created)(expires)digest` too; the signing string is the same.
fn read_headers(headers: &str) -> Result<(), AuthHeaderError> {
    match headers.trim_matches(' ') {
        COVERED | "(created)(expires)digest" => Ok(()),
        _ => Err(AuthHeaderError::Headers(shortened(headers))),
    }
}

/// Ten digits reach the year 2286; thirteen are milliseconds.
fn read_time(name: &'static str, value: Option<&str>) -> Result<i64, AuthHeaderError> {
    let text = required(value, name)?;
    let digits = text.bytes().all(|b| b.is_ascii_digit());
    let wrong = || AuthHeaderError::Time { name, found: shortened(text), milliseconds: digits && text.len() == 13 };
    if !digits || text.len() > 10 || (text.len() > 1 && text.starts_with('0')) {
        return Err(wrong());
    }
    text.parse().map_err(|_| wrong())
}

fn read_signature(text: &str) -> Result<[u8; 64], AuthHeaderError> {
    let wrong = || AuthHeaderError::Signature(text.len());
    if text.len() != 88 {
        return Err(wrong());
    }
    let mut bytes = [0; 66]; // the decoder wants room for three bytes per four characters
    match STANDARD.decode_slice(text, &mut bytes) {
        Ok(64) => bytes[..64].try_into().map_err(|_| wrong()),
        _ => Err(wrong()),
    }
}

/// What is quoted back to a stranger is short.
fn shortened(text: &str) -> String {
    text.chars().take(80).collect()
}

/// Without the signature: a log must not hold what could be replayed.
impl fmt::Debug for AuthHeader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "AuthHeader({}|{}, {}..{})", self.subscriber_id, self.unique_key_id, self.created, self.expires)
    }
}

impl fmt::Display for AuthHeader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "Signature keyId=\"{}|{}|{ALGORITHM}\",algorithm=\"{ALGORITHM}\",created=\"{}\",expires=\"{}\",headers=\"{COVERED}\",signature=\"{}\"",
            self.subscriber_id,
            self.unique_key_id,
            self.created,
            self.expires,
            STANDARD.encode(self.signature)
        )
    }
}
