use rstest::rstest;
use serde_json::{Value, json};

use super::*;

const NOW: &str = "2025-10-09T08:53:20Z";

fn now() -> Timestamp {
    NOW.parse().unwrap()
}

fn rules() -> Rules {
    let addresses = Addresses { scheme: "https", ports: false };
    Rules { addresses, timestamp_window_s: 300, key_validity_days_max: 3660 }
}

/// Made for this test; the keys are those of the base points 1 and 9 and belong to nobody.
fn body() -> Value {
    json!({
        "context": { "operation": { "ops_no": 2 } },
        "message": {
            "request_id": "0c29d1be-3322-11ed-a261-0242ac120002",
            "timestamp": "2025-10-09T08:53:00.000Z",
            "entity": {
                "gst": { "legal_entity_name": "x" }, "mobile_no": 9000000000u64, "address_of_authorised Signatory": "y",
                "country": "IND", "subscriber_id": "seller.example.com", "unique_key_id": "k1", "callback_url": "/ondc",
                "key_pair": {
                    "signing_public_key": signing(), "encryption_public_key": encryption(),
                    "valid_from": "2025-10-01T00:00:00.000Z", "valid_until": "2030-10-01T00:00:00.000Z"
                }
            },
            "network_participant": [
                { "subscriber_url": "/ondc/bpp", "domain": "ONDC:RET10", "type": "sellerApp", "msn": "false", "city_code": ["std:080"] }
            ]
        }
    })
}

fn signing() -> String {
    use protocol::keys::SigningKeyPair;
    SigningKeyPair::generate(&protocol::randomness::SeededRandomness::new(1)).public_text()
}

fn encryption() -> String {
    use protocol::keys::EncryptionKeyPair;
    EncryptionKeyPair::generate(&protocol::randomness::SeededRandomness::new(2)).public_text()
}

fn with(pointer: &str, value: Value) -> Value {
    let mut body = body();
    *body.pointer_mut(pointer).unwrap() = value;
    body
}

fn read(body: &Value) -> Result<Application, Refusal> {
    Application::read(body.to_string().as_bytes(), now(), &rules())
}

#[test]
fn reads_a_seller_as_the_documents_write_it() {
    let application = read(&body()).unwrap();
    assert_eq!(application.operation, Operation::Seller);
    assert_eq!(application.callback_path, "/ondc");
    let entry = OfferedEntry {
        domain: "ONDC:RET10".to_owned(),
        role: Role::Seller,
        url: "https://seller.example.com/ondc/bpp".to_owned(),
        cities: vec!["std:080".to_owned()],
    };
    assert_eq!(application.entries, [entry]);
    assert_eq!(application.entity["mobile_no"], json!(9000000000u64), "what we do not need is kept");
}

#[rstest]
#[case::seller_on_record(3)]
#[case::buyer_and_seller_on_record(5)]
#[case::unheard_of(0)]
#[case::also(6)]
fn operations_that_are_gone_or_never_were(#[case] ops_no: i64) {
    let refusal = read(&with("/context/operation/ops_no", json!(ops_no))).unwrap_err();
    assert_eq!(refusal, Refusal::Operation(ops_no));
    let error = refusal.network_error();
    assert_eq!((error.code.as_str(), error.path.as_deref()), ("132", Some("context.operation.ops_no")));
}

#[rstest]
#[case::buyer_in_2(2, &["buyerApp"], "[0]")]
#[case::seller_in_1(1, &["buyerApp", "sellerApp"], "[1]")]
#[case::half_of_4(4, &["sellerApp"], "[0]")]
#[case::unknown(2, &["LSP"], "[0]")]
fn types_must_fit_the_operation(#[case] ops_no: i64, #[case] kinds: &[&str], #[case] at: &str) {
    let refusal = read(&of_kinds(ops_no, kinds)).unwrap_err();
    let text = refusal.to_string();
    assert!(text.starts_with(&format!("Please provide valid Network Participant {at} Type")), "{text}");
}

#[rstest]
#[case::buyer(1, &["buyerApp"])]
#[case::both(4, &["buyerApp", "sellerApp"])]
#[case::gateway(1, &["gateway"])]
#[case::gateway_with_any(2, &["gateway"])]
fn types_that_fit(#[case] ops_no: i64, #[case] kinds: &[&str]) {
    assert_eq!(read(&of_kinds(ops_no, kinds)).unwrap().entries.len(), kinds.len());
}

fn of_kinds(ops_no: i64, kinds: &[&str]) -> Value {
    let entry = |kind: &&str| json!({ "subscriber_url": "/", "domain": "ONDC:RET10", "type": kind, "msn": false, "city_code": ["*"] });
    let mut body = with("/message/network_participant", kinds.iter().map(entry).collect());
    body["context"]["operation"]["ops_no"] = json!(ops_no);
    body
}

#[rstest]
#[case::edge_before("2025-10-09T08:48:20Z", true)]
#[case::edge_after("2025-10-09T08:58:20Z", true)]
#[case::stale("2025-10-09T08:48:19.999Z", false)]
#[case::ahead("2025-10-09T08:58:20.001Z", false)]
fn the_timestamp_has_a_window(#[case] timestamp: &str, #[case] good: bool) {
    let outcome = read(&with("/message/timestamp", json!(timestamp)));
    assert_eq!(outcome.is_ok(), good);
    if let Err(refusal) = outcome {
        assert!(refusal.to_string().starts_with("Timestamp is invalid"), "{refusal}");
    }
}

#[rstest]
#[case::identity_point("signing_public_key", "AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")]
#[case::order_two("signing_public_key", "7P///////////////////////////////////////38=")]
#[case::no_base64("signing_public_key", "not a key")]
#[case::zero("encryption_public_key", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")]
#[case::ed25519_in_der("encryption_public_key", "MCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=")]
fn bad_keys_are_named(#[case] member: &'static str, #[case] key: &str) {
    let refusal = read(&with(&format!("/message/entity/key_pair/{member}"), json!(key))).unwrap_err();
    assert!(matches!(refusal, Refusal::Key { member: found, .. } if found == member), "{refusal:?}");
}

#[rstest]
#[case::ends_before_it_begins("2025-10-02T00:00:00Z", "2025-10-01T00:00:00Z")]
#[case::over("2020-10-02T00:00:00Z", "2025-10-09T08:53:20Z")]
#[case::too_long("2025-10-01T00:00:00Z", "2125-10-01T00:00:00Z")]
fn validity_must_make_sense(#[case] from: &str, #[case] until: &str) {
    let mut body = with("/message/entity/key_pair/valid_from", json!(from));
    body["message"]["entity"]["key_pair"]["valid_until"] = json!(until);
    assert!(matches!(read(&body), Err(Refusal::Validity(_))));
}

#[rstest]
#[case("/message/entity/subscriber_id", json!("user@seller.example.com"), "message.entity.subscriber_id")]
#[case("/message/entity/subscriber_id", json!("seller.example.com:8443"), "message.entity.subscriber_id")]
#[case("/message/entity/subscriber_id", json!(7), "message.entity.subscriber_id")]
#[case("/message/entity/callback_url", json!("https://other.example.com/x"), "message.entity.callback_url")]
#[case("/message/network_participant/0/subscriber_url", json!("https://other.example.com/x"), "message.network_participant[0].subscriber_url")]
#[case("/message/network_participant/0/msn", json!("true"), "message.network_participant[0].msn")]
#[case("/message/network_participant/0/city_code", json!([]), "message.network_participant[0].city_code")]
#[case("/message/network_participant/0/city_code", json!(["a,b"]), "message.network_participant[0].city_code")]
#[case("/message/network_participant/0/domain", json!("a b"), "message.network_participant[0].domain")]
#[case("/message/network_participant", json!([]), "message.network_participant")]
#[case("/message/timestamp", json!("yesterday"), "message.timestamp")]
#[case("/message/request_id", json!(""), "message.request_id")]
fn refusals_name_the_place(#[case] pointer: &str, #[case] value: Value, #[case] path: &str) {
    let error = read(&with(pointer, value)).unwrap_err().network_error();
    assert_eq!(error.path.as_deref(), Some(path), "{error}");
}

#[test]
fn one_entry_for_each_domain_and_type() {
    let entry = body()["message"]["network_participant"][0].clone();
    let refusal = read(&with("/message/network_participant", json!([entry, entry]))).unwrap_err();
    assert!(matches!(refusal, Refusal::Repeated { index: 1, .. }));
}

#[test]
fn no_json_and_text_after_it() {
    for body in ["", "{", "[]", "null"] {
        assert!(
            matches!(Application::read(body.as_bytes(), now(), &rules()), Err(Refusal::Malformed { .. })),
            "{body:?}"
        );
    }
    let twice = format!("{}{}", body(), body());
    assert!(matches!(Application::read(twice.as_bytes(), now(), &rules()), Err(Refusal::Malformed { .. })));
}

proptest::proptest! {
    #[test]
    fn any_bytes_are_refused_without_a_panic(bytes in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..300)) {
        proptest::prop_assert!(Application::read(&bytes, now(), &rules()).is_err());
    }

    #[test]
    fn a_url_that_is_taken_lies_under_the_own_host(path in "(https?://[a-z.@:]{0,30})?/?[a-zA-Z0-9./@:%?#_-]{0,40}") {
        let application = read(&with("/message/network_participant/0/subscriber_url", json!(path)));
        if let Ok(application) = application {
            let url = &application.entries[0].url;
            let rest = url.strip_prefix("https://seller.example.com");
            proptest::prop_assert!(rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/')), "{url}");
        }
    }
}
