//! The challenge of `/on_subscribe` (ONDC onboarding): AES-256-ECB with PKCS#7 padding under the raw X25519 secret, base64.
//!
//! ECB hides nothing but a random text; so only random texts are ever encrypted here, one use each. A participant's endpoint is a
//! decryption oracle: answer only while a subscription of one's own is pending.

use aes::Aes256;
use aes::cipher::block_padding::Pkcs7;
use aes::cipher::{BlockModeDecrypt, BlockModeEncrypt, KeyInit};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::keys::{EncryptionKeyPair, EncryptionPublicKey, KeyTextError};

const BLOCK: usize = 16;
/// A UUID makes 48 bytes; anything much longer is no challenge.
const CIPHERTEXT_BYTES_MAX: usize = 4096;

/// Why a challenge cannot be made or read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ChallengeError {
    /// The peer's key is weak.
    #[error(transparent)]
    Key(#[from] KeyTextError),
    /// Not standard base64.
    #[error("the challenge is not standard base64 with padding")]
    NotBase64,
    /// Not whole blocks.
    #[error("the challenge has {0} bytes: whole blocks of 16 are expected, at least one, at most 4096 bytes")]
    Length(usize),
    /// The usual sign of another key pair, of another cipher, or of a sender that does not pad.
    #[error(
        "the challenge does not decrypt to padded text: wrong key pair (ours, or the registry's changed), or not AES-256-ECB with PKCS#7"
    )]
    Padding,
    /// Decrypts to bytes that are no text.
    #[error("the challenge decrypts to something that is not UTF-8 text: wrong key pair")]
    NotText,
}

/// Encrypts a challenge for a peer.
///
/// # Errors
/// A weak peer key.
pub fn encrypt(plain: &str, own: &EncryptionKeyPair, peer: &EncryptionPublicKey) -> Result<String, ChallengeError> {
    let secret = own.shared_secret(peer)?;
    let mut buffer = vec![0; plain.len() + BLOCK];
    buffer[..plain.len()].copy_from_slice(plain.as_bytes());
    let cipher = ecb::Encryptor::<Aes256>::new((&*secret).into());
    let encrypted = cipher.encrypt_padded::<Pkcs7>(&mut buffer, plain.len());
    Ok(STANDARD.encode(encrypted.map_err(|_| ChallengeError::Padding)?)) // a whole block of room: cannot fail
}

/// Decrypts a challenge from a peer.
///
/// # Errors
/// Anything that is not a padded text under this pair of keys.
pub fn decrypt(challenge: &str, own: &EncryptionKeyPair, peer: &EncryptionPublicKey) -> Result<String, ChallengeError> {
    let mut bytes = STANDARD.decode(challenge.trim()).map_err(|_| ChallengeError::NotBase64)?;
    if bytes.is_empty() || bytes.len() % BLOCK != 0 || bytes.len() > CIPHERTEXT_BYTES_MAX {
        return Err(ChallengeError::Length(bytes.len()));
    }
    let secret = own.shared_secret(peer)?;
    let cipher = ecb::Decryptor::<Aes256>::new((&*secret).into());
    let plain = cipher.decrypt_padded::<Pkcs7>(&mut bytes).map_err(|_| ChallengeError::Padding)?;
    String::from_utf8(plain.to_vec()).map_err(|_| ChallengeError::NotText)
}

/// Compares an answer with the challenge without telling by its time how much of it was right.
pub fn answer_matches(answer: &str, challenge: &str) -> bool {
    use subtle::ConstantTimeEq as _;
    answer.as_bytes().ct_eq(challenge.as_bytes()).into()
}
