//! Encryption of a field or payload between two participants (developer-docs encryption_and_decryption.md).
//!
//! AES-256-GCM under the raw X25519 secret, 12-byte nonce, 16-byte tag, no associated data; on the wire base64 of
//! `{"encrypted_data":…,"hmac":…,"nonce":…}`.

use aes_gcm::aead::{AeadInOut, KeyInit};
use aes_gcm::{Aes256Gcm, Nonce, Tag};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};

use crate::keys::{EncryptionKeyPair, EncryptionPublicKey, KeyTextError};
use crate::randomness::Randomness;

#[derive(Serialize, Deserialize)]
struct Wire {
    encrypted_data: String,
    hmac: String,
    nonce: String,
}

/// Why a value cannot be encrypted or read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PayloadCipherError {
    /// The peer's key is weak.
    #[error(transparent)]
    Key(#[from] KeyTextError),
    /// Not base64 of the JSON with three base64 members.
    #[error(
        "the value is not base64 of {{\"encrypted_data\",\"hmac\",\"nonce\"}} with a 12-byte nonce and a 16-byte hmac"
    )]
    Form,
    /// Changed on the way, or for another pair of keys.
    #[error("the value does not decrypt: changed on the way, or encrypted for another pair of keys")]
    Forged,
    /// More than AES-GCM takes.
    #[error("the value is too long")]
    TooLong,
}

/// Encrypts for a peer, under a fresh nonce.
///
/// # Errors
/// A weak peer key.
pub fn encrypt(
    plain: &[u8],
    own: &EncryptionKeyPair,
    peer: &EncryptionPublicKey,
    randomness: &dyn Randomness,
) -> Result<String, PayloadCipherError> {
    let secret = own.shared_secret(peer)?;
    let mut nonce = [0; 12];
    randomness.fill(&mut nonce);
    let mut data = plain.to_vec();
    let cipher = Aes256Gcm::new((&*secret).into());
    let tag = cipher
        .encrypt_inout_detached(&Nonce::from(nonce), &[], data.as_mut_slice().into())
        .map_err(|_| PayloadCipherError::TooLong)?;
    let wire =
        Wire { encrypted_data: STANDARD.encode(&data), hmac: STANDARD.encode(tag), nonce: STANDARD.encode(nonce) };
    let json = serde_json::to_string(&wire).map_err(|_| PayloadCipherError::Form)?; // three texts: cannot fail
    Ok(STANDARD.encode(json))
}

/// Decrypts what a peer sent.
///
/// # Errors
/// Not in this form, or not for this pair of keys.
pub fn decrypt(wire: &str, own: &EncryptionKeyPair, peer: &EncryptionPublicKey) -> Result<Vec<u8>, PayloadCipherError> {
    let decode = |text: &str| STANDARD.decode(text.trim()).map_err(|_| PayloadCipherError::Form);
    let wire: Wire = serde_json::from_slice(&decode(wire)?).map_err(|_| PayloadCipherError::Form)?;
    let nonce: [u8; 12] = decode(&wire.nonce)?.try_into().map_err(|_| PayloadCipherError::Form)?;
    let tag: [u8; 16] = decode(&wire.hmac)?.try_into().map_err(|_| PayloadCipherError::Form)?;
    let mut data = decode(&wire.encrypted_data)?;
    let secret = own.shared_secret(peer)?;
    let cipher = Aes256Gcm::new((&*secret).into());
    cipher
        .decrypt_inout_detached(&Nonce::from(nonce), &[], data.as_mut_slice().into(), &Tag::from(tag))
        .map_err(|_| PayloadCipherError::Forged)?;
    Ok(data)
}
