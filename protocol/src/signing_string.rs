//! What is signed (developer-docs/registry/signing-verification.md in the form that its own example verifies over; BECKN-006).
//!
//! Three lines, LF between them, one blank after each colon, no LF at the end. Method, path and host are not covered.

use std::fmt::Write as _;

/// The exact text that Ed25519 signs. Times in Unix seconds.
pub fn signing_string(created: i64, expires: i64, digest: &str) -> String {
    let mut text = String::with_capacity(160);
    let _ = write!(text, "(created): {created}\n(expires): {expires}\ndigest: BLAKE-512={digest}"); // a String takes all
    text
}
