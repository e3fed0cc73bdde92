//! Key pairs and their texts (ONDC onboarding: Ed25519 raw base64, X25519 DER base64). Secrets are wiped on drop and never printed.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

use crate::ids::{SubscriberId, UniqueKeyId};
use crate::randomness::Randomness;

mod der;

pub use ed25519_dalek::{Signature, VerifyingKey};
pub use x25519_dalek::PublicKey as EncryptionPublicKey;

/// Why a text is not the key it should be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeyTextError {
    /// Not standard base64 with padding.
    #[error("the key is not standard base64 with padding")]
    NotBase64,
    /// A length or a wrapping that no known tool writes.
    #[error("the key has {bytes} bytes: {expected}")]
    Form {
        /// Decoded length.
        bytes: usize,
        /// What is accepted.
        expected: &'static str,
    },
    /// A key of the other curve.
    #[error("the key is for another algorithm: {expected}")]
    Algorithm {
        /// What is accepted.
        expected: &'static str,
    },
    /// The public half of a 64-byte key is not derived from its seed.
    #[error("the two halves of the 64-byte key do not belong together")]
    Halves,
    /// Bytes that are no point, or not in their one canonical form.
    #[error("the key is not a point of the curve in canonical form")]
    NotAPoint,
    /// A small-order point: anyone could sign for it, or agree on a known secret with it.
    #[error("the key is weak (small order): make a new key pair")]
    Weak,
}

/// An Ed25519 key pair.
#[derive(Clone)]
pub struct SigningKeyPair {
    key: ed25519_dalek::SigningKey,
}

impl SigningKeyPair {
    /// A new pair.
    pub fn generate(randomness: &dyn Randomness) -> Self {
        let mut seed = Zeroizing::new([0; 32]);
        randomness.fill(&mut *seed);
        Self { key: ed25519_dalek::SigningKey::from_bytes(&seed) }
    }

    /// Reads base64 of a 32-byte seed, of the 64-byte libsodium form, or of PKCS#8 in any spelling that tools write.
    ///
    /// # Errors
    /// Names what the text is not; for 64 bytes also when the halves differ.
    pub fn from_text(text: &str) -> Result<Self, KeyTextError> {
        let bytes = decode(text)?;
        if let Ok(both) = <&[u8; 64]>::try_from(bytes.as_slice()) {
            let key = ed25519_dalek::SigningKey::from_keypair_bytes(both).map_err(|_| KeyTextError::Halves)?;
            return Ok(Self { key });
        }
        let seed = der::private(&bytes, der::Curve::Ed25519)?;
        Ok(Self { key: ed25519_dalek::SigningKey::from_bytes(&seed) })
    }

    /// Raw 32 bytes, base64: what the registry holds.
    pub fn public_text(&self) -> String {
        STANDARD.encode(self.key.verifying_key().as_bytes())
    }

    /// The 64-byte libsodium form, base64: what ONDC's own tools read. For the key file only.
    pub fn secret_text(&self) -> Zeroizing<String> {
        let both = Zeroizing::new(self.key.to_keypair_bytes());
        Zeroizing::new(STANDARD.encode(*both))
    }

    /// The public half.
    pub fn verifying_key(&self) -> VerifyingKey {
        self.key.verifying_key()
    }

    /// Ed25519 over exactly these bytes, no prehash.
    pub fn sign(&self, message: &[u8]) -> [u8; 64] {
        use ed25519_dalek::Signer as _;
        self.key.sign(message).to_bytes()
    }
}

/// An X25519 key pair.
#[derive(Clone)]
pub struct EncryptionKeyPair {
    key: x25519_dalek::StaticSecret,
}

impl EncryptionKeyPair {
    /// A new pair.
    pub fn generate(randomness: &dyn Randomness) -> Self {
        let mut bytes = Zeroizing::new([0; 32]);
        randomness.fill(&mut *bytes);
        Self { key: x25519_dalek::StaticSecret::from(*bytes) }
    }

    /// Reads base64 of 32 raw bytes or of PKCS#8 in any spelling that tools write.
    ///
    /// # Errors
    /// Names what the text is not.
    pub fn from_text(text: &str) -> Result<Self, KeyTextError> {
        let bytes = decode(text)?;
        let secret = der::private(&bytes, der::Curve::X25519)?;
        Ok(Self { key: x25519_dalek::StaticSecret::from(*secret) })
    }

    /// DER (SubjectPublicKeyInfo), base64, 60 characters: what the registry holds.
    pub fn public_text(&self) -> String {
        STANDARD.encode(der::public_x25519(self.public().as_bytes()))
    }

    /// PKCS#8 version 0, base64: what most tools read. For the key file only.
    pub fn secret_text(&self) -> Zeroizing<String> {
        Zeroizing::new(STANDARD.encode(*der::private_x25519(self.key.as_bytes())))
    }

    /// The public half.
    pub fn public(&self) -> EncryptionPublicKey {
        EncryptionPublicKey::from(&self.key)
    }

    /// The raw Diffie-Hellman secret with a peer; the network derives nothing further from it.
    ///
    /// # Errors
    /// [`KeyTextError::Weak`] when the peer's key makes the secret known to all.
    pub fn shared_secret(&self, peer: &EncryptionPublicKey) -> Result<Zeroizing<[u8; 32]>, KeyTextError> {
        let shared = self.key.diffie_hellman(peer);
        if !shared.was_contributory() {
            return Err(KeyTextError::Weak);
        }
        Ok(Zeroizing::new(*shared.as_bytes()))
    }
}

impl fmt::Debug for SigningKeyPair {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SigningKeyPair(public {}, secret hidden)", self.public_text())
    }
}

impl fmt::Debug for EncryptionKeyPair {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "EncryptionKeyPair(public {}, secret hidden)", self.public_text())
    }
}

/// Who signs, as the registry knows it.
#[derive(Debug, Clone)]
pub struct Signer {
    /// Our name.
    pub subscriber_id: SubscriberId,
    /// The name of the key.
    pub unique_key_id: UniqueKeyId,
    /// The key.
    pub key: SigningKeyPair,
}

/// Reads a registered signing key: 32 raw bytes, canonical, not weak. Use at registration and when a cache is filled.
///
/// # Errors
/// Names what is wrong; DER is refused, as other participants' tools would fail on it.
pub fn parse_signing_public(text: &str) -> Result<VerifyingKey, KeyTextError> {
    let bytes = decode(text)?;
    let raw: &[u8; 32] = bytes.as_slice().try_into().map_err(|_| KeyTextError::Form {
        bytes: bytes.len(),
        expected: "an Ed25519 public key is its 32 raw bytes in base64 (44 characters), not DER",
    })?;
    if !canonical(raw) {
        return Err(KeyTextError::NotAPoint);
    }
    let key = VerifyingKey::from_bytes(raw).map_err(|_| KeyTextError::NotAPoint)?;
    if key.is_weak() { Err(KeyTextError::Weak) } else { Ok(key) }
}

/// Reads a registered encryption key: DER (ONDC) or 32 raw bytes (Beckn), and refuses one that makes the secret known.
///
/// # Errors
/// Names what is wrong.
pub fn parse_encryption_public(text: &str) -> Result<EncryptionPublicKey, KeyTextError> {
    let bytes = decode(text)?;
    let key = EncryptionPublicKey::from(der::public(&bytes)?);
    // Any secret tells: the product with a small-order point is zero whatever is multiplied.
    let probe = x25519_dalek::StaticSecret::from([0x40; 32]);
    if probe.diffie_hellman(&key).was_contributory() { Ok(key) } else { Err(KeyTextError::Weak) }
}

/// y < 2^255 - 19: each point has one encoding.
fn canonical(bytes: &[u8; 32]) -> bool {
    let top = bytes[31] & 0x7f == 0x7f && bytes[1..31].iter().all(|b| *b == 0xff);
    !(top && bytes[0] >= 0xed)
}

fn decode(text: &str) -> Result<Zeroizing<Vec<u8>>, KeyTextError> {
    STANDARD.decode(text.trim()).map(Zeroizing::new).map_err(|_| KeyTextError::NotBase64)
}
