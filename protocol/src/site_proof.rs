//! `ondc-site-verification.html`: proof that a participant controls its domain (ONDC onboarding).
//!
//! A `meta` element holds Ed25519 over the UTF-8 bytes of the request id: not hashed, no line end, with the key that is being registered.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use html5gum::{DefaultEmitter, Token, Tokenizer};

use crate::keys::{SigningKeyPair, VerifyingKey};

/// Name of the `meta` element.
pub const META_NAME: &str = "ondc-site-verification";

/// Path of the page under the participant's name.
pub const PAGE: &str = "/ondc-site-verification.html";

/// Longest page that should be read, in bytes.
pub const PAGE_BYTES_MAX: usize = 64 * 1024;

/// Why a page proves nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SiteProofError {
    /// Longer than [`PAGE_BYTES_MAX`].
    #[error("the page has more than 65536 bytes")]
    TooLong,
    /// No such element.
    #[error("the page has no <meta name='ondc-site-verification' content='…'>")]
    Missing,
    /// Which one counts?
    #[error("the page has more than one ondc-site-verification element: leave one")]
    Several,
    /// Not 64 bytes in base64.
    #[error("the element's content is not the base64 of a 64-byte signature")]
    NotASignature,
    /// Another key, or another text.
    #[error(
        "the signature is not this key's over the request id (sign its plain text: no hash, no line end, no quotes)"
    )]
    Mismatch,
}

/// The page for one request id.
pub fn render(request_id: &str, key: &SigningKeyPair) -> String {
    let signature = STANDARD.encode(key.sign(request_id.as_bytes()));
    format!(
        "<html>\n  <head>\n    <meta name='{META_NAME}' content='{signature}' />\n  </head>\n  <body>\n    Site verification page\n  </body>\n</html>\n"
    )
}

/// The signature in a page, as a browser would see it: comments, scripts and texts do not count.
///
/// # Errors
/// None, several, or not a signature.
pub fn find(html: &str) -> Result<[u8; 64], SiteProofError> {
    if html.len() > PAGE_BYTES_MAX {
        return Err(SiteProofError::TooLong);
    }
    let mut emitter = DefaultEmitter::default();
    emitter.naively_switch_states(true);
    let mut found = None;
    for token in Tokenizer::new_with_emitter(html, emitter) {
        let Ok(Token::StartTag(tag)) = token else { continue };
        let attribute = |name: &str| tag.attributes.get(name.as_bytes()).map(|value| value.value.as_slice());
        if tag.name.as_slice() != b"meta" || attribute("name") != Some(META_NAME.as_bytes()) {
            continue;
        }
        if found.replace(attribute("content").unwrap_or_default().to_vec()).is_some() {
            return Err(SiteProofError::Several);
        }
    }
    let content = found.ok_or(SiteProofError::Missing)?;
    let bytes = STANDARD.decode(content.trim_ascii()).map_err(|_| SiteProofError::NotASignature)?;
    bytes.try_into().map_err(|_| SiteProofError::NotASignature)
}

/// Does the page prove that the holder of `key` controls it, for this request?
///
/// # Errors
/// Says what is wrong with the page.
pub fn verify(html: &str, request_id: &str, key: &VerifyingKey) -> Result<(), SiteProofError> {
    let signature = ed25519_dalek::Signature::from_bytes(&find(html)?);
    key.verify_strict(request_id.as_bytes(), &signature).map_err(|_| SiteProofError::Mismatch)
}
