use protocol::challenge::{self, ChallengeError, answer_matches};
use protocol::keys::parse_signing_public;
use protocol::payload_cipher::{self, PayloadCipherError};
use protocol::randomness::{OsRandomness, Randomness};
use protocol::site_proof;
use protocol::vlookup::{VlookupError, VlookupRequest};
use serde_json::Value;

use super::keys::pair;
use super::{Tally, all, bytes, load, text};

#[test]
fn challenges() {
    let file = load();
    let (registry, subscriber) = (pair(&file, "registry"), pair(&file, "subscriber"));
    let mut tally = Tally::of("on_subscribe positive");
    for case in all(&file, "/on_subscribe/positive") {
        let (name, plain, cipher) = (text(case, "id"), text(case, "plaintext"), text(case, "ciphertext_b64"));
        assert_eq!(challenge::encrypt(plain, &registry, &subscriber.public()).unwrap(), cipher, "{name}");
        let answer = challenge::decrypt(cipher, &subscriber, &registry.public()).unwrap();
        assert!(answer_matches(&answer, plain) && !answer_matches(&format!("{answer} "), plain), "{name}");
        let json: Value = serde_json::from_str(text(case, "answer_json")).unwrap();
        assert_eq!(json["answer"], answer, "{name}");
        tally.one();
    }
    tally.done(11, all(&file, "/on_subscribe/positive").len());
}

#[test]
fn challenges_that_are_none() {
    let file = load();
    let (registry, subscriber) = (pair(&file, "registry"), pair(&file, "subscriber"));
    let mut tally = Tally::of("on_subscribe negative");
    for case in all(&file, "/on_subscribe/negative") {
        let (name, why) = (text(case, "id"), text(case, "expect"));
        let error = challenge::decrypt(text(case, "ciphertext_b64"), &subscriber, &registry.public()).unwrap_err();
        let fits = match error {
            ChallengeError::NotBase64 => why.contains("base64"),
            ChallengeError::Length(_) => why.contains("length"),
            ChallengeError::Padding => why.contains("pad"),
            ChallengeError::NotText | ChallengeError::Key(_) => false,
        };
        assert!(fits, "{name}: {error} instead of {why}");
        tally.one();
    }
    tally.done(8, all(&file, "/on_subscribe/negative").len());
}

/// Gives the nonce of the vector.
#[derive(Debug)]
struct Fixed(Vec<u8>);

impl Randomness for Fixed {
    fn fill(&self, bytes: &mut [u8]) {
        bytes.copy_from_slice(&self.0);
    }
}

#[test]
fn payload_encryption() {
    let file = load();
    let (one, two) = (pair(&file, "registry"), pair(&file, "subscriber"));
    let case = &file["p2p_aes_gcm"];
    let plain = text(case, "plaintext_utf8");
    let nonce = Fixed(bytes(case, "nonce_b64"));
    let wire = payload_cipher::encrypt(plain.as_bytes(), &one, &two.public(), &nonce).unwrap();
    assert_eq!(wire, text(case, "wire_b64"));
    assert_eq!(payload_cipher::decrypt(&wire, &two, &one.public()).unwrap(), plain.as_bytes());

    let again = payload_cipher::encrypt(plain.as_bytes(), &one, &two.public(), &OsRandomness).unwrap();
    assert_ne!(again, wire, "a fresh nonce each time");
    assert_eq!(payload_cipher::decrypt(&again, &two, &one.public()).unwrap(), plain.as_bytes());
    let other = pair(&file, "other");
    assert_eq!(payload_cipher::decrypt(&wire, &other, &one.public()), Err(PayloadCipherError::Forged));
    assert_eq!(payload_cipher::decrypt("U2FsdGVkX1", &two, &one.public()), Err(PayloadCipherError::Form));
    println!("vectors: p2p_aes_gcm 1 of 1");
}

#[test]
fn vlookup() {
    let file = load();
    let mut tally = Tally::of("vlookup");
    for case in all(&file, "/vlookup") {
        let name = text(case, "id");
        let request: VlookupRequest = serde_json::from_value(case["request"].clone()).unwrap();
        let key = parse_signing_public(text(&file["keys"]["bap"], "signing_public_key")).unwrap();
        let verdict = request.verify(&key);
        match text(case, "expect") {
            "accept" => {
                assert_eq!(request.search_parameters.signing_string().unwrap(), text(case, "string"), "{name}");
                assert_eq!(verdict, Ok(()), "{name}");
            }
            // Tools disagree what an absent member signs as: only the empty place is taken.
            "reject" | "ambiguous" => assert_eq!(verdict, Err(VlookupError::Signature), "{name}"),
            other => panic!("{other}"),
        }
        assert_eq!(request.search_parameters.complete(), !name.starts_with("missing"), "{name}");
        assert_eq!(serde_json::to_value(&request).unwrap(), case["request"], "{name}: written as it was read");
        tally.one();
    }
    tally.done(9, all(&file, "/vlookup").len());
}

#[test]
fn vlookup_delimiter() {
    let file = load();
    let mut request: VlookupRequest = serde_json::from_value(file["vlookup"][0]["request"].clone()).unwrap();
    request.search_parameters.country = Some("IND|ONDC:RET10".to_owned());
    request.search_parameters.domain = None;
    let key = parse_signing_public(text(&file["keys"]["bap"], "signing_public_key")).unwrap();
    assert_eq!(request.verify(&key), Err(VlookupError::Delimiter));
}

#[test]
fn site_pages() {
    let file = load();
    let site = &file["site_verification"];
    let key = parse_signing_public(text(&file["keys"][text(site, "key")], "signing_public_key")).unwrap();
    let request_id = text(site, "request_id");
    let mut tally = Tally::of("site_verification");
    for case in all(&file, "/site_verification/html_cases") {
        let accepted = site_proof::verify(text(case, "html"), request_id, &key);
        assert_eq!(accepted.is_ok(), text(case, "expect") == "accept", "{}: {accepted:?}", text(case, "id"));
        tally.one();
    }
    tally.done(9, all(&file, "/site_verification/html_cases").len());

    let own = protocol::keys::SigningKeyPair::from_text(text(&file["keys"]["bap"], "seed_b64")).unwrap();
    let page = site_proof::render(request_id, &own);
    assert!(page.contains(text(site, "signed_request_id")));
    assert_eq!(site_proof::verify(&page, request_id, &key), Ok(()));
    let hidden = format!("<html><script>var x = \"{}\"</script>", page.replace('"', "'"));
    assert!(site_proof::verify(&hidden, request_id, &key).is_err(), "a script's text is no element");
    let long = page + &" ".repeat(site_proof::PAGE_BYTES_MAX);
    assert_eq!(site_proof::verify(&long, request_id, &key), Err(site_proof::SiteProofError::TooLong));
}
