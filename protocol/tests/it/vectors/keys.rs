use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use protocol::auth_header::AuthHeader;
use protocol::clock::ManualClock;
use protocol::keys::{EncryptionKeyPair, SigningKeyPair, VerifyingKey, parse_encryption_public, parse_signing_public};
use protocol::participant::Role;
use protocol::registry_cache::{CacheLimits, KeyError, RegistryCache};
use protocol::signature::{TimeLimits, verify};
use serde_json::Value;

use super::{Tally, all, bytes, load, text};
use crate::fixture::{FakeRegistry, id, key_id, record, signer};

#[test]
fn signing_keys_in_all_their_texts() {
    let file = load();
    let mut tally = Tally::of("keys");
    for (name, key) in file["keys"].as_object().unwrap() {
        let public = text(key, "signing_public_key");
        let long = SigningKeyPair::from_text(text(key, "secret_key64_b64")).unwrap();
        let short = SigningKeyPair::from_text(text(key, "seed_b64")).unwrap();
        assert_eq!((long.public_text(), short.public_text()), (public.to_owned(), public.to_owned()), "{name}");
        assert_eq!(*short.secret_text(), text(key, "secret_key64_b64"), "{name}");
        assert!(parse_signing_public(text(key, "signing_public_key_spki_der_b64")).is_err(), "{name}: not DER");
        tally.one();
    }
    tally.done(6, file["keys"].as_object().unwrap().len());
}

/// A small-order or malformed key never becomes a key, and strict verification would refuse it besides.
#[tokio::test]
async fn weak_signing_keys() {
    let file = load();
    let body = bytes(&file["signing_positive"][0], "body_b64");
    let mut header = AuthHeader::parse(text(&file["signing_positive"][0], "header")).unwrap();
    let now = "2025-10-09T08:54:20Z".parse().unwrap();
    let mut tally = Tally::of("ed25519_weak");
    for case in all(&file, "/ed25519_weak") {
        let (name, key) = (text(case, "id"), text(case, "signing_public_key"));
        assert!(parse_signing_public(key).is_err(), "{name}");

        let raw = STANDARD.decode(key).unwrap();
        if let Ok(point) = <[u8; 32]>::try_from(raw) {
            header.signature = bytes(case, "signature_b64").try_into().unwrap();
            let point = VerifyingKey::from_bytes(&point).unwrap();
            assert!(verify(&body, &header, &point, now, &TimeLimits::default()).is_err(), "{name}: forged");
        }

        let mut weak = record(&signer("weak.example.com", 9), Role::Buyer);
        weak.signing_public_key = key.to_owned();
        let clock = Arc::new(ManualClock::new(now));
        let cache = RegistryCache::new(Arc::new(FakeRegistry::with(vec![weak])), clock, CacheLimits::default());
        let error = cache.key(&id("weak.example.com"), &key_id("k1")).await.unwrap_err();
        assert!(matches!(error, KeyError::BadKey(_)), "{name}: {error}");
        tally.one();
    }
    tally.done(5, all(&file, "/ed25519_weak").len());
}

pub(super) fn pair(file: &Value, name: &str) -> EncryptionKeyPair {
    EncryptionKeyPair::from_text(text(&file["on_subscribe"][name], "private_raw_b64")).unwrap()
}

#[test]
fn encryption_keys_in_all_their_texts() {
    let file = load();
    let mut tally = Tally::of("on_subscribe keys");
    for name in ["registry", "subscriber", "other"] {
        let texts = file["on_subscribe"][name].as_object().unwrap();
        let expected = pair(&file, name);
        for (form, value) in texts {
            let value = value.as_str().unwrap();
            if form.starts_with("private") {
                let read = EncryptionKeyPair::from_text(value).unwrap_or_else(|error| panic!("{form}: {error}"));
                assert_eq!(read.public(), expected.public(), "{name} {form}");
            } else {
                assert_eq!(parse_encryption_public(value), Ok(expected.public()), "{name} {form}");
            }
            tally.one();
        }
        assert_eq!(expected.public_text(), texts["public_spki_der_b64"], "{name}");
        assert_eq!(*expected.secret_text(), texts["private_pkcs8_v0_der_b64"], "{name}");
    }
    tally.done(21, 21);
}

#[test]
fn bad_encryption_keys() {
    let file = load();
    let bad = file["on_subscribe"]["bad_public_keys"].as_object().unwrap();
    let mut tally = Tally::of("bad_public_keys");
    for (name, key) in bad {
        assert!(parse_encryption_public(key.as_str().unwrap()).is_err(), "{name}");
        tally.one();
    }
    tally.done(6, bad.len());
}

#[test]
fn the_shared_secret() {
    let file = load();
    let (registry, subscriber) = (pair(&file, "registry"), pair(&file, "subscriber"));
    let secret = bytes(&file["on_subscribe"], "shared_secret_b64");
    assert_eq!(registry.shared_secret(&subscriber.public()).unwrap().as_slice(), secret);
    assert_eq!(subscriber.shared_secret(&registry.public()).unwrap().as_slice(), secret);
}
