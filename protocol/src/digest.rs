//! Digest of a body: BLAKE2b-512 (RFC 7693) over the raw bytes, base64 with padding. `BLAKE-512=` in the signing string is only a label.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use blake2::{Blake2b512, Digest as _};

/// Base64 characters of a digest.
pub const DIGEST_CHARS: usize = 88;

/// A body's digest in its wire form, without a heap allocation.
#[derive(Clone, PartialEq, Eq)]
pub struct Digest([u8; DIGEST_CHARS]);

impl Digest {
    /// Digest of the bytes as they travelled.
    pub fn of(bytes: &[u8]) -> Digest {
        let mut text = [b'='; DIGEST_CHARS];
        // 64 bytes always make 88 characters, so the slice is never too small.
        let _ = STANDARD.encode_slice(Blake2b512::digest(bytes), &mut text);
        Digest(text)
    }

    /// The base64 text.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default() // base64 is ASCII
    }
}

impl std::fmt::Debug for Digest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Digest({})", self.as_str())
    }
}

/// Base64 of the BLAKE2b-512 of the bytes.
pub fn digest(bytes: &[u8]) -> String {
    Digest::of(bytes).as_str().to_owned()
}
