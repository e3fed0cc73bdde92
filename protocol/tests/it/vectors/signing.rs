use std::sync::Arc;

use bytes::Bytes;
use jiff::Timestamp;
use protocol::auth_header::AuthHeader;
use protocol::clock::ManualClock;
use protocol::digest::digest;
use protocol::envelope::RawMessage;
use protocol::keys::{Signer, SigningKeyPair, parse_signing_public};
use protocol::participant::Role;
use protocol::participant::read::records;
use protocol::registry_cache::{CacheLimits, RegistryCache};
use protocol::signature::{TimeLimits, sign, verify};
use protocol::signing_string::signing_string;
use protocol::trust::{Credentials, Stage, TrustError, TrustPolicy, Verified, verify as trust};
use serde_json::Value;
use specs::Action;

use super::{Tally, all, bytes, load, text};
use crate::fixture::{FakeRegistry, id, key_id};

pub(super) fn at(now: &Value) -> Timestamp {
    Timestamp::from_second(now.as_i64().unwrap()).unwrap()
}

pub(super) fn registry(file: &Value, now: Timestamp) -> RegistryCache {
    let read = records(&file["registry_records"]);
    assert!(read.refused.is_empty(), "{:?}", read.refused);
    let source = Arc::new(FakeRegistry::with(read.participants));
    RegistryCache::new(source, Arc::new(ManualClock::new(now)), CacheLimits::default())
}

fn body(case: &Value) -> Vec<u8> {
    match case.get("body_repeat") {
        None => bytes(case, "body_b64"),
        Some(repeat) => {
            let count = usize::try_from(repeat["count"].as_u64().unwrap()).unwrap();
            let body = text(repeat, "prefix").to_owned() + &text(repeat, "unit").repeat(count) + text(repeat, "suffix");
            body.into_bytes()
        }
    }
}

fn signer(file: &Value, name: &str) -> Signer {
    let key = &file["keys"][name];
    Signer {
        subscriber_id: id(text(key, "subscriber_id")),
        unique_key_id: key_id(text(key, "unique_key_id")),
        key: SigningKeyPair::from_text(text(key, "secret_key64_b64")).unwrap(),
    }
}

/// Digest, signing string, signature and header come out bit for bit, and verify.
#[test]
fn positive() {
    let file = load();
    let mut tally = Tally::of("signing_positive");
    for case in all(&file, "/signing_positive") {
        let name = text(case, "id");
        let body = body(case);
        assert_eq!(body.len() as u64, case["body_len"].as_u64().unwrap(), "{name}");
        assert_eq!(digest(&body), text(case, "digest_b64"), "{name}");
        let (created, expires) = (case["created"].as_i64().unwrap(), case["expires"].as_i64().unwrap());
        assert_eq!(signing_string(created, expires, &digest(&body)), text(case, "signing_string"), "{name}");
        let signer = signer(&file, text(case, "key"));
        assert_eq!(sign(&body, &signer, created, expires), text(case, "header"), "{name}");

        let header = AuthHeader::parse(text(case, "header")).unwrap();
        assert_eq!(header.to_string(), text(case, "header"), "{name}");
        assert_eq!(header.signature.as_slice(), bytes(case, "signature_b64"), "{name}");
        let key = parse_signing_public(text(&file["keys"][text(case, "key")], "signing_public_key")).unwrap();
        let now = Timestamp::from_second(created).unwrap();
        assert_eq!(verify(&body, &header, &key, now, &TimeLimits::default()), Ok(()), "{name}");
        let mut changed = body;
        changed.push(b' ');
        assert!(verify(&changed, &header, &key, now, &TimeLimits::default()).is_err(), "{name}, one byte more");
        tally.one();
    }
    tally.done(23, all(&file, "/signing_positive").len());
}

/// A good signature over a bad body is a bad request, never a 401.
#[tokio::test]
async fn positive_through_trust() {
    let file = load();
    let mut bad_bodies = Vec::new();
    for case in all(&file, "/signing_positive") {
        let name = text(case, "id");
        let now = Timestamp::from_second(case["created"].as_i64().unwrap()).unwrap();
        let action = if name.starts_with("bpp") { Action::OnSearch } else { Action::Search };
        let (own, role) = if name.starts_with("bpp") {
            ("buyer.example.com", Role::Buyer)
        } else {
            ("seller.example.com", Role::Seller)
        };
        let raw = RawMessage { bytes: body(case).into() };
        let credentials = Credentials { authorization: Some(text(case, "header")), gateway: None };
        match trust(raw, action, credentials, &registry(&file, now), now, &TrustPolicy::new(id(own), role)).await {
            Ok(verified) => assert_eq!(verified.sender.subscriber_id, verified.authorization.subscriber_id),
            // This body says on_search but is signed by whom it does not name: it has no bpp_id.
            Err(TrustError::MissingParty { .. }) if name.starts_with("bpp") => bad_bodies.push(name),
            Err(error) => {
                assert_eq!((error.http_status(), error.stage()), (200, Stage::Envelope), "{name}: {error}");
                bad_bodies.push(name);
            }
        }
    }
    let expected = ["utf8-bom", "invalid-utf8", "empty-body", "empty-object", "not-json", "bpp-with-path-and-uuid-key"];
    assert_eq!(bad_bodies, expected);
}

async fn judge(file: &Value, case: &Value) -> Result<Verified, TrustError> {
    let now = at(&case["now"]);
    let raw = RawMessage { bytes: Bytes::from(bytes(case, "body_b64")) };
    let credentials = Credentials { authorization: Some(text(case, "header")), gateway: None };
    let policy = TrustPolicy::new(id("seller.example.com"), Role::Seller);
    trust(raw, Action::Search, credentials, &registry(file, now), now, &policy).await
}

/// Each is refused at its stage with 401 and WWW-Authenticate, or accepted.
#[tokio::test]
async fn negative() {
    let file = load();
    let mut tally = Tally::of("signing_negative");
    let mut wrong = Vec::new();
    for case in all(&file, "/signing_negative") {
        let name = text(case, "id");
        let stage = match text(case, "stage") {
            "header" => Some(Stage::Header),
            "time" => Some(Stage::Time),
            "registry" => Some(Stage::Registry),
            "signature" => Some(Stage::Signature),
            "identity" => Some(Stage::Identity),
            "none" => None,
            other => panic!("unknown stage {other}"),
        };
        match (text(case, "expect"), judge(&file, case).await) {
            ("accept", Ok(_)) => {}
            ("reject", Err(error)) => {
                let (header, value) = error.challenge(&id("seller.example.com")).unwrap_or_default();
                let told = (Some(error.stage()), u64::from(error.http_status()), header);
                if told != (stage, case["http_status"].as_u64().unwrap(), "WWW-Authenticate") {
                    wrong.push(format!("{name}: {told:?} instead of {stage:?}: {error}"));
                }
                assert_eq!(value, r#"Signature realm="seller.example.com",headers="(created) (expires) digest""#);
                assert_eq!(error.network_error(Role::Seller).code, "30016", "{name}");
            }
            (expected, result) => wrong.push(format!("{name}: {expected} expected, {:?}", result.err())),
        }
        tally.one();
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    tally.done(100, all(&file, "/signing_negative").len());
}

#[tokio::test]
async fn lenient() {
    let file = load();
    let mut tally = Tally::of("signing_lenient");
    for case in all(&file, "/signing_lenient") {
        let accepted = judge(&file, case).await.is_ok();
        assert_eq!(accepted, text(case, "recommended") == "accept", "{}", text(case, "id"));
        tally.one();
    }
    tally.done(8, all(&file, "/signing_lenient").len());
}
