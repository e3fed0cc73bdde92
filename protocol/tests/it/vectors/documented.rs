//! What the published documents print, right or wrong.

use protocol::auth_header::AuthHeader;
use protocol::challenge;
use protocol::digest::digest;
use protocol::ids::{SubscriberId, UniqueKeyId};
use protocol::keys::{EncryptionKeyPair, SigningKeyPair, VerifyingKey, parse_encryption_public, parse_signing_public};
use protocol::signature::{TimeLimits, verify};
use protocol::signing_string::signing_string;
use protocol::site_proof;
use serde_json::Value;

use super::{Tally, all, bytes, load, text};

fn verifies(case: &Value, signature: &str) -> bool {
    let (created, expires) = (case["created"].as_i64().unwrap(), case["expires"].as_i64().unwrap());
    let body = text(case, "body_utf8").as_bytes();
    assert_eq!(digest(body), text(case, "digest_b64"));
    assert_eq!(signing_string(created, expires, &digest(body)), text(case, "signing_string"));
    let header = AuthHeader {
        subscriber_id: SubscriberId::parse("a").unwrap(),
        unique_key_id: UniqueKeyId::parse("b").unwrap(),
        created,
        expires,
        signature: bytes(case, signature).try_into().unwrap(),
    };
    let key = parse_signing_public(text(case, "signing_public_key")).unwrap();
    verify(body, &header, &key, jiff::Timestamp::from_second(created).unwrap(), &TimeLimits::default()).is_ok()
}

fn signs_alike(case: &Value, message: &[u8]) {
    let pair = SigningKeyPair::from_text(text(case, "secret_key64_b64")).unwrap();
    assert_eq!(pair.public_text(), text(case, "signing_public_key"));
    assert_eq!(pair.sign(message).as_slice(), bytes(case, "signature_b64"));
}

fn judge(file: &Value, case: &Value) {
    match text(case, "id") {
        "doc-authorization" => {
            assert!(verifies(case, "signature_b64"));
            signs_alike(case, text(case, "signing_string").as_bytes());
        }
        "doc-python-readme" => {
            assert!(verifies(case, "signature_b64"));
            let header = AuthHeader::parse(text(case, "header")).unwrap();
            assert_eq!(header.signature.as_slice(), bytes(case, "signature_b64"));
            assert_eq!((header.subscriber_id.as_str(), header.unique_key_id.as_str()), ("buyer-app.ondc.org", "207"));
        }
        "doc-beckn006-gateway" => {
            assert!(!verifies(case, "signature_b64"), "the page prints a secret key there");
            assert!(verifies(case, "correct_signature_b64"));
        }
        "doc-site-verification" => {
            signs_alike(case, text(case, "message").as_bytes());
            let page = format!("<meta name='{}' content='{}'>", site_proof::META_NAME, text(case, "signature_b64"));
            let key = parse_signing_public(text(case, "signing_public_key")).unwrap();
            assert_eq!(site_proof::verify(&page, text(case, "message"), &key), Ok(()));
            let misspelt = page.replace("ondc-site-verification", "ondc-siteverification");
            assert_eq!(
                site_proof::verify(&misspelt, text(case, "message"), &key),
                Err(site_proof::SiteProofError::Missing)
            );
        }
        "doc-onsubscribe-preprod-capture" => {
            decrypts(case, "private_pkcs8_v0_der_b64", "registry_public_spki_der_b64");
        }
        "doc-readme-encrypt" => decrypts(case, "private_pkcs8_v1_der_no_pub_b64", "public_spki_der_b64"),
        "doc-dh-pair" => {
            let secret = bytes(case, "shared_secret_b64");
            for (own, peer) in [("np1_private", "np2_public"), ("np2_private", "np1_public")] {
                let own = EncryptionKeyPair::from_text(text(case, own)).unwrap();
                let peer = parse_encryption_public(text(case, peer)).unwrap();
                assert_eq!(own.shared_secret(&peer).unwrap().as_slice(), secret);
            }
        }
        "doc-vlookup-signature" => {
            let signature = ed25519_dalek::Signature::from_slice(&bytes(case, "signature_b64")).unwrap();
            for key in all(file, "/documented").iter().filter_map(|c| c["signing_public_key"].as_str()) {
                let key: VerifyingKey = parse_signing_public(key).unwrap();
                for asked in all(file, "/vlookup") {
                    assert!(key.verify_strict(text(asked, "string").as_bytes(), &signature).is_err());
                }
            }
        }
        "doc-beckn006-blake" => assert_eq!(digest(text(case, "message").as_bytes()), text(case, "digest_b64")),
        unknown => panic!("no test for {unknown}"),
    }
}

fn decrypts(case: &Value, own: &str, peer: &str) {
    let own = EncryptionKeyPair::from_text(text(case, own)).unwrap();
    let peer = parse_encryption_public(text(case, peer)).unwrap();
    let plain = challenge::decrypt(text(case, "ciphertext_b64"), &own, &peer).unwrap();
    assert_eq!(plain, text(case, "plaintext"));
}

#[test]
fn documented_examples() {
    let file = load();
    let mut tally = Tally::of("documented");
    for case in all(&file, "/documented") {
        judge(&file, case);
        tally.one();
    }
    tally.done(9, all(&file, "/documented").len());
}
