//! Short hashes of names: what is random and long in a message becomes a small key of an index.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use protocol::digest::Digest;

/// Base64 characters that are decoded, and the bytes of them that are kept.
const CHARS: usize = 24;
const BYTES: usize = 16;

/// 128 bits of a digest. A finder of collisions could only make two messages of his own look alike.
pub(crate) fn short(digest: &Digest) -> [u8; BYTES] {
    let mut decoded = [0; CHARS / 4 * 3];
    // The text of a digest always has 88 characters of base64.
    let _ = STANDARD.decode_slice(digest.as_str().get(..CHARS).unwrap_or_default(), &mut decoded);
    let mut kept = [0; BYTES];
    kept.copy_from_slice(&decoded[..BYTES]);
    kept
}

/// The name under which a message is known. The lengths keep ("a", "bc") and ("ab", "c") apart.
pub(crate) fn message(sender: &str, action: &str, message_id: &str) -> [u8; BYTES] {
    let name = format!("{}:{sender}{}:{action}{message_id}", sender.len(), action.len());
    short(&Digest::of(name.as_bytes()))
}

/// Two transactions with one key only wait for each other, and lists compare the whole id.
pub(crate) fn transaction(transaction_id: &str) -> i64 {
    let [a, b, c, d, e, f, g, h, ..] = short(&Digest::of(transaction_id.as_bytes()));
    i64::from_le_bytes([a, b, c, d, e, f, g, h])
}
