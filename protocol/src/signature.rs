//! Signing and verifying a body (BECKN-006). Strict Ed25519: small-order keys and second forms of a signature are refused.

use jiff::Timestamp;

use crate::auth_header::AuthHeader;
use crate::digest::Digest;
use crate::keys::{Signer, VerifyingKey};
use crate::signing_string::signing_string;

/// How far clocks may differ and how long a signature may live, in seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TimeLimits {
    /// `created` may lie this far ahead of our clock. `expires` gets no allowance.
    pub skew_s: i64,
    /// Longest `expires - created`.
    pub lifetime_s_max: i64,
}

impl Default for TimeLimits {
    fn default() -> Self {
        Self { skew_s: 5, lifetime_s_max: 3600 }
    }
}

/// Why a well-formed header does not prove the body.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SignatureError {
    /// Made in the future.
    #[error("created {created} is {ahead_s} s ahead of this server's time {now}: set the sender's clock")]
    CreatedAhead {
        /// Unix seconds.
        created: i64,
        /// Our clock.
        now: i64,
        /// The difference.
        ahead_s: i64,
    },
    /// No longer good.
    #[error(
        "the signature expired at {expires}, this server's time is {now}: sign when sending, and set the sender's clock"
    )]
    Expired {
        /// Unix seconds.
        expires: i64,
        /// Our clock.
        now: i64,
    },
    /// Ends before it begins.
    #[error("expires {expires} lies before created {created}")]
    ExpiresBeforeCreated {
        /// Unix seconds.
        created: i64,
        /// Unix seconds.
        expires: i64,
    },
    /// Good for too long.
    #[error("the signature lives {lifetime_s} s: at most {max_s} s are accepted")]
    LivesTooLong {
        /// `expires - created`.
        lifetime_s: i64,
        /// The limit.
        max_s: i64,
    },
    /// It is not this key's signature over these bytes.
    #[error("the signature does not fit the body's bytes and the registered key: sign exactly the bytes that are sent")]
    Mismatch,
}

/// Signs a body. Times in Unix seconds.
pub fn sign_header(bytes: &[u8], signer: &Signer, created: i64, expires: i64) -> AuthHeader {
    let text = signing_string(created, expires, Digest::of(bytes).as_str());
    AuthHeader {
        subscriber_id: signer.subscriber_id.clone(),
        unique_key_id: signer.unique_key_id.clone(),
        created,
        expires,
        signature: signer.key.sign(text.as_bytes()),
    }
}

/// Signs a body; gives the header's value. Times in Unix seconds.
pub fn sign(bytes: &[u8], signer: &Signer, created: i64, expires: i64) -> String {
    sign_header(bytes, signer, created, expires).to_string()
}

/// Is the header's time acceptable now? Cheap: do it before any lookup.
///
/// # Errors
/// The first time rule that it breaks.
pub fn check_time(header: &AuthHeader, now: Timestamp, limits: &TimeLimits) -> Result<(), SignatureError> {
    let (created, expires, now) = (header.created, header.expires, now.as_second());
    if expires < created {
        return Err(SignatureError::ExpiresBeforeCreated { created, expires });
    }
    if expires - created > limits.lifetime_s_max {
        return Err(SignatureError::LivesTooLong { lifetime_s: expires - created, max_s: limits.lifetime_s_max });
    }
    if created > now + limits.skew_s {
        return Err(SignatureError::CreatedAhead { created, now, ahead_s: created - now });
    }
    if now > expires {
        return Err(SignatureError::Expired { expires, now });
    }
    Ok(())
}

/// Is it this key's signature over a body with this digest?
///
/// # Errors
/// [`SignatureError::Mismatch`].
pub fn verify_digest(digest: &Digest, header: &AuthHeader, key: &VerifyingKey) -> Result<(), SignatureError> {
    let text = signing_string(header.created, header.expires, digest.as_str());
    let signature = ed25519_dalek::Signature::from_bytes(&header.signature);
    key.verify_strict(text.as_bytes(), &signature).map_err(|_| SignatureError::Mismatch)
}

/// Time and signature of a body whose key is known.
///
/// # Errors
/// The first rule that it breaks.
pub fn verify(
    bytes: &[u8],
    header: &AuthHeader,
    key: &VerifyingKey,
    now: Timestamp,
    limits: &TimeLimits,
) -> Result<(), SignatureError> {
    check_time(header, now, limits)?;
    verify_digest(&Digest::of(bytes), header, key)
}
