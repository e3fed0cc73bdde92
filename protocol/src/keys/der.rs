//! The DER spellings of keys that participants' tools really write (RFC 8410 and its misreadings), matched byte for byte.
//!
//! | bytes | who writes it |
//! |---|---|
//! | 48, version 0 | Python, Java, Node |
//! | 48, version 1 without the public key | Go, the network's sample code |
//! | 83, version 1 with the public key | BouncyCastle |
//! | 46, version 2 without the inner OCTET STRING | the .NET utility |

use zeroize::Zeroizing;

use super::KeyTextError;

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Curve {
    Ed25519,
    X25519,
}

impl Curve {
    /// Last byte of the object identifier 1.3.101.x.
    const fn oid(self) -> u8 {
        match self {
            Curve::Ed25519 => 0x70,
            Curve::X25519 => 0x6e,
        }
    }

    const fn expected(self) -> &'static str {
        match self {
            Curve::Ed25519 => "an Ed25519 private key: 32 or 64 raw bytes, or PKCS#8",
            Curve::X25519 => "an X25519 private key: 32 raw bytes, or PKCS#8",
        }
    }
}

const X25519_PUBLIC: &str = "an X25519 public key: 32 raw bytes, or 44 bytes of DER";

/// SEQUENCE { SEQUENCE { OID 1.3.101.oid }, BIT STRING (32) }
const fn public_prefix(oid: u8) -> [u8; 12] {
    [0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, oid, 0x03, 0x21, 0x00]
}

/// SEQUENCE { INTEGER version, SEQUENCE { OID }, OCTET STRING { OCTET STRING (32) } }
const fn private_prefix(length: u8, version: u8, oid: u8) -> [u8; 16] {
    [0x30, length, 0x02, 0x01, version, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, oid, 0x04, 0x22, 0x04, 0x20]
}

/// As above without the inner OCTET STRING.
const fn flat_prefix(oid: u8) -> [u8; 14] {
    [0x30, 0x2c, 0x02, 0x01, 0x02, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, oid, 0x04, 0x20]
}

/// Offset of the object identifier's last byte in every private form.
const PRIVATE_OID_AT: usize = 11;

pub(super) fn private(bytes: &[u8], curve: Curve) -> Result<Zeroizing<[u8; 32]>, KeyTextError> {
    let form = KeyTextError::Form { bytes: bytes.len(), expected: curve.expected() };
    if bytes.len() != 32 && bytes.starts_with(&[0x30]) {
        let oid = bytes.get(PRIVATE_OID_AT);
        if [Curve::Ed25519.oid(), Curve::X25519.oid()].iter().any(|o| oid == Some(o)) && oid != Some(&curve.oid()) {
            return Err(KeyTextError::Algorithm { expected: curve.expected() });
        }
    }
    let oid = curve.oid();
    let secret = match bytes.len() {
        32 => bytes,
        46 => bytes.strip_prefix(&flat_prefix(oid)).ok_or(form)?,
        48 => {
            let version_0 = bytes.strip_prefix(&private_prefix(0x2e, 0, oid));
            version_0.or_else(|| bytes.strip_prefix(&private_prefix(0x2e, 1, oid))).ok_or(form)?
        }
        83 => {
            let rest = bytes.strip_prefix(&private_prefix(0x51, 1, oid)).ok_or(form)?;
            let (secret, public) = rest.split_at_checked(32).ok_or(form)?;
            if !public.starts_with(&[0x81, 0x21, 0x00]) {
                return Err(form);
            }
            secret
        }
        _ => return Err(form),
    };
    let mut raw = Zeroizing::new([0; 32]);
    if secret.len() != raw.len() {
        return Err(form);
    }
    raw.copy_from_slice(secret);
    Ok(raw)
}

pub(super) fn public(bytes: &[u8]) -> Result<[u8; 32], KeyTextError> {
    let form = KeyTextError::Form { bytes: bytes.len(), expected: X25519_PUBLIC };
    if bytes.len() == 44 && bytes.starts_with(&public_prefix(Curve::Ed25519.oid())) {
        return Err(KeyTextError::Algorithm { expected: X25519_PUBLIC });
    }
    let raw = match bytes.len() {
        32 => bytes,
        44 => bytes.strip_prefix(&public_prefix(Curve::X25519.oid())).ok_or(form)?,
        _ => return Err(form),
    };
    raw.try_into().map_err(|_| form)
}

pub(super) fn public_x25519(raw: &[u8; 32]) -> [u8; 44] {
    let mut der = [0; 44];
    der[..12].copy_from_slice(&public_prefix(Curve::X25519.oid()));
    der[12..].copy_from_slice(raw);
    der
}

pub(super) fn private_x25519(raw: &[u8; 32]) -> Zeroizing<[u8; 48]> {
    let mut der = Zeroizing::new([0; 48]);
    der[..16].copy_from_slice(&private_prefix(0x2e, 0, Curve::X25519.oid()));
    der[16..].copy_from_slice(raw);
    der
}
