//! Keys in their texts: what we write our reader and others' tools read; secrets do not print.

use protocol::keys::{
    EncryptionKeyPair, EncryptionPublicKey, KeyTextError, SigningKeyPair, VerifyingKey, parse_encryption_public,
    parse_signing_public,
};
use protocol::randomness::{OsRandomness, SeededRandomness};

#[test]
fn our_own_texts_are_read_back() {
    let signing = SigningKeyPair::generate(&OsRandomness);
    let again = SigningKeyPair::from_text(&signing.secret_text()).unwrap();
    assert_eq!(again.public_text(), signing.public_text());
    assert_eq!(parse_signing_public(&signing.public_text()).unwrap(), signing.verifying_key());

    let encryption = EncryptionKeyPair::generate(&OsRandomness);
    let again = EncryptionKeyPair::from_text(&encryption.secret_text()).unwrap();
    assert_eq!(again.public_text(), encryption.public_text());
    assert_eq!(parse_encryption_public(&encryption.public_text()).unwrap(), encryption.public());
    assert_eq!((signing.public_text().len(), encryption.public_text().len()), (44, 60));
    assert!(encryption.public_text().starts_with("MCowBQYDK2VuAyEA"));
}

#[test]
fn secrets_do_not_print() {
    let signing = SigningKeyPair::generate(&SeededRandomness::new(5));
    let encryption = EncryptionKeyPair::generate(&SeededRandomness::new(6));
    let printed = format!("{signing:?} {encryption:?}");
    assert!(!printed.contains(&signing.secret_text()[..40]));
    assert!(!printed.contains(&encryption.secret_text()[24..]));
    assert!(printed.contains(&signing.public_text()) && printed.contains("secret hidden"));
}

#[test]
fn wrong_keys_are_named() {
    let (one, two) =
        (SigningKeyPair::generate(&SeededRandomness::new(1)), SigningKeyPair::generate(&SeededRandomness::new(2)));
    use base64::Engine as _;
    let base64 = base64::engine::general_purpose::STANDARD;
    let mut mixed = base64.decode(&*one.secret_text()).unwrap();
    mixed[32..].copy_from_slice(two.verifying_key().as_bytes());
    assert_eq!(SigningKeyPair::from_text(&base64.encode(mixed)).unwrap_err(), KeyTextError::Halves);

    assert_eq!(SigningKeyPair::from_text("not base64!").unwrap_err(), KeyTextError::NotBase64);
    assert!(matches!(SigningKeyPair::from_text("AAAA"), Err(KeyTextError::Form { bytes: 3, .. })));
    let encryption = EncryptionKeyPair::generate(&SeededRandomness::new(3));
    assert!(matches!(SigningKeyPair::from_text(&encryption.secret_text()), Err(KeyTextError::Algorithm { .. })));
    assert!(matches!(parse_signing_public(&encryption.public_text()), Err(KeyTextError::Form { bytes: 44, .. })));
}

proptest::proptest! {
    #[test]
    fn any_text_is_answered(bytes in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..90)) {
        use base64::Engine as _;
        let text = base64::engine::general_purpose::STANDARD.encode(&bytes);
        let _ = (SigningKeyPair::from_text(&text).is_ok(), EncryptionKeyPair::from_text(&text).is_ok());
        let _ = (parse_signing_public(&text).is_ok(), parse_encryption_public(&text).is_ok());
    }
}

/// p + y names the same point as y: two texts for one key would pass a registry's test for uniqueness.
#[test]
fn a_second_spelling_of_a_point_is_refused() {
    use base64::Engine as _;
    let mut points = 0;
    for low in 0xed..=0xff_u8 {
        let mut bytes = [0xff; 32];
        (bytes[0], bytes[31]) = (low, 0x7f);
        let strong = VerifyingKey::from_bytes(&bytes).is_ok_and(|key| !key.is_weak());
        points += usize::from(strong);
        let text = base64::engine::general_purpose::STANDARD.encode(bytes);
        assert_eq!(parse_signing_public(&text), Err(KeyTextError::NotAPoint), "{low:#x}");
    }
    assert!(points > 0, "some of them would pass as strong keys");
}

#[test]
fn no_secret_is_shared_with_a_weak_key() {
    let own = EncryptionKeyPair::generate(&SeededRandomness::new(6));
    let weak = EncryptionPublicKey::from([0; 32]);
    assert_eq!(own.shared_secret(&weak).err(), Some(KeyTextError::Weak));
    let weak_key = protocol::challenge::ChallengeError::Key(KeyTextError::Weak);
    assert_eq!(protocol::challenge::encrypt("text", &own, &weak), Err(weak_key));
}
