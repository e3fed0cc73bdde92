//! Context and envelope: read leniently, written exactly, faults named by their path.

use std::time::Duration;

use jiff::SignedDuration;
use protocol::ack::{ErrorType, NetworkError};
use protocol::context::Context;
use protocol::envelope::{Envelope, RawMessage, render};
use protocol::ids::MessageId;
use specs::{Action, Side};

use crate::fixture::{id, message, now};

fn context(action: &str) -> Context {
    let raw = RawMessage::from(message(action, "buyer.example.com", "seller.example.com"));
    Envelope::parse(&raw).unwrap().context
}

#[test]
fn a_rendered_message_is_exactly_this() {
    let bytes = render(&context("select"), &serde_json::json!({"order": {}}), None);
    insta::assert_snapshot!(String::from_utf8(bytes.to_vec()).unwrap(), @r#"{"context":{"domain":"ONDC:RET10","action":"select","country":"IND","city":"std:080","core_version":"1.2.5","bap_id":"buyer.example.com","bap_uri":"https://buyer.example.com/network","bpp_id":"seller.example.com","bpp_uri":"https://seller.example.com/network","transaction_id":"t-1","message_id":"m-1","timestamp":"2025-10-09T08:54:20.000Z","ttl":"PT30S"},"message":{"order":{}}}"#);
    let error = NetworkError::new(ErrorType::Domain, "40002", "two left");
    let bytes = render(&context("on_select"), &serde_json::json!({}), Some(&error));
    let text = String::from_utf8(bytes.to_vec()).unwrap();
    assert!(
        text.ends_with(r#""message":{},"error":{"type":"DOMAIN-ERROR","code":"40002","message":"two left"}}"#),
        "{text}"
    );
}

#[test]
fn the_envelope_keeps_the_messages_own_text() {
    let bytes = r#"{ "message" : {"n": 1.10, "b": 12345678901234567890123}, "extra": 1, "context": CONTEXT, "error": {"code": 40002} }"#;
    let raw_context = serde_json::to_string(&context("on_select")).unwrap();
    let raw = RawMessage { bytes: bytes.replace("CONTEXT", &raw_context).into() };
    let envelope = Envelope::parse(&raw).unwrap();
    assert_eq!(envelope.message.unwrap().get(), r#"{"n": 1.10, "b": 12345678901234567890123}"#);
    assert_eq!(envelope.error.unwrap().code, "40002");
    assert_eq!(envelope.context, context("on_select"));
}

#[test]
fn who_sends_and_who_receives() {
    let select = context("select");
    assert_eq!((select.sender(), select.receiver()), (Some(&id("buyer.example.com")), Some(&id("seller.example.com"))));
    let on_select = context("on_select");
    assert_eq!((on_select.sender(), on_select.receiver()), (select.receiver(), select.sender()));
    let raw = RawMessage::from(message("search", "buyer.example.com", ""));
    let search = Envelope::parse(&raw).unwrap().context;
    assert_eq!((search.receiver(), search.party(Side::Buyer)), (None, Some(&id("buyer.example.com"))));
}

#[test]
fn a_reply_keeps_the_ids_and_an_unsolicited_message_has_its_own() {
    let raw = RawMessage::from(message("search", "buyer.example.com", ""));
    let search = Envelope::parse(&raw).unwrap().context;
    let later = now() + SignedDuration::from_millis(1500);
    let reply = search.reply(&id("seller.example.com"), "https://seller.example.com/network", later).unwrap();
    assert_eq!((reply.action, reply.message_id.as_str(), reply.timestamp), (Action::OnSearch, "m-1", later));
    assert_eq!(reply.bpp_id, Some(id("seller.example.com")));
    assert!(reply.reply(&id("buyer.example.com"), "x", later).is_none(), "a callback has no callback");
    let status = reply.unsolicited(Action::OnStatus, MessageId::parse("m-2").unwrap(), later);
    assert_eq!((status.message_id.as_str(), status.transaction_id.as_str()), ("m-2", "t-1"));
}

#[test]
fn ttl_is_a_length_of_time() {
    let ttl = |text: &str| Context { ttl: Some(text.to_owned()), ..context("select") }.ttl();
    assert_eq!(ttl("PT30S"), Some(Duration::from_secs(30)));
    assert_eq!(ttl("P1D"), Some(Duration::from_secs(86_400)));
    assert_eq!(ttl("P1M"), Some(Duration::from_secs(30 * 86_400)));
    assert_eq!(ttl("P1W"), Some(Duration::from_secs(7 * 86_400)));
    for bad in ["30", "", "-PT1S", "soon", "P99999999999D"] {
        assert_eq!(ttl(bad), None, "{bad}");
    }
    assert_eq!(Context { ttl: None, ..context("select") }.ttl(), None);
}

#[test]
fn empty_optional_members_are_absent() {
    let text = String::from_utf8(message("search", "buyer.example.com", "").to_vec()).unwrap();
    let text = text.replace(r#""ttl":"PT30S""#, r#""ttl":null,"bpp_id":"","bpp_uri":"","key":null,"location":{}"#);
    let raw = RawMessage { bytes: text.into() };
    let context = Envelope::parse(&raw).unwrap().context;
    assert_eq!((context.bpp_id, context.bpp_uri, context.ttl, context.key), (None, None, None, None));
}

#[test]
fn faults_are_named_by_their_path() {
    let fault = |change: fn(String) -> String| {
        let text = String::from_utf8(message("select", "buyer.example.com", "seller.example.com").to_vec()).unwrap();
        let raw = RawMessage { bytes: change(text).into() };
        let error = Envelope::parse(&raw).unwrap_err();
        (error.path.clone(), error.to_string())
    };
    let (path, text) = fault(|t| t.replace(r#""action":"select""#, r#""action":"buy""#));
    assert_eq!(path, "context.action");
    assert!(text.contains("buy"), "{text}");
    assert_eq!(fault(|t| t.replace("2025-10-09T08:54:20.000Z", "yesterday")).0, "context.timestamp");
    assert_eq!(fault(|t| t.replace(r#""message_id":"m-1""#, r#""message_id":"""#)).0, "context.message_id");
    assert!(fault(|t| t.replace(r#""transaction_id":"t-1","#, "")).1.contains("transaction_id"));
    let (_, twice) = fault(|t| t.replace(r#""bap_id""#, r#""bap_id":"evil.example.net","bap_id""#));
    assert!(twice.contains("duplicate"), "two readers could take different ones: {twice}");
    assert!(fault(|_| String::new()).1.contains("empty"));
    assert!(fault(|t| t + "x").1.contains("body"));
    assert!(fault(|_| "{}".to_owned()).1.contains("context"));
    let not_utf8 = RawMessage { bytes: vec![b'"', 0xff, b'"'].into() };
    assert!(Envelope::parse(&not_utf8).unwrap_err().hint.contains("UTF-8"));
}

proptest::proptest! {
    #[test]
    fn any_bytes_are_answered(bytes in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..200)) {
        let _ = Envelope::parse(&RawMessage { bytes: bytes.into() });
    }

    #[test]
    fn what_is_written_is_read_back(city in "std:[0-9]{3,5}", message_id in "[a-z0-9-]{1,36}", ms in 0..4_102_444_800_000_i64) {
        let mut context = context("on_status");
        context.city = city;
        context.message_id = MessageId::parse(message_id).unwrap();
        context.timestamp = jiff::Timestamp::from_millisecond(ms).unwrap();
        let raw = RawMessage { bytes: render(&context, &serde_json::json!({"a": 1}), None) };
        proptest::prop_assert_eq!(Envelope::parse(&raw).unwrap().context, context);
    }
}
