//! Checks that need more than the messages: the claim of a recording, headers, bytes, answers, several catalogues.

use std::sync::Arc;

use conformance::recording::{Answer, RecordedFlow};
use protocol::digest::digest;
use serde_json::{Value, json};
use specs::{Fault, Specs};

use crate::story::Story;
use crate::{found_in, recorded, rules};

fn fired(flow: &RecordedFlow) -> Vec<String> {
    rules(found_in(&Specs::builtin().unwrap(), flow)).into_iter().collect()
}

#[test]
fn a_claimed_flow_has_every_step() {
    let mut flow = recorded(Story::returned().without("on_status_picked"));
    flow.claim.flow = Some("2".to_owned());
    let found = found_in(&Specs::builtin().unwrap(), &flow);
    let missing: Vec<_> = found.iter().filter(|found| found.rule == "flow/STEP_MISSING").collect();
    assert_eq!(missing.len(), 1);
    assert_eq!(missing[0].expected.as_deref(), Some("on_status: Order-picked-up"));
    assert_eq!(missing[0].message, None);
}

#[test]
fn an_order_without_discovery_misses_nothing() {
    assert_eq!(fired(&recorded(Story::ordered().without("search").without("on_search"))), Vec::<String>::new());
}

#[test]
fn a_request_without_its_answer_and_an_answer_without_its_request() {
    assert_eq!(fired(&recorded(Story::cancelled().without("on_cancel"))), ["flow/ANSWER_MISSING"]);
    assert_eq!(fired(&recorded(Story::ordered().without("select"))), ["flow/REQUEST_MISSING"]);
}

#[test]
fn a_refused_request_needs_no_answer() {
    let mut flow = recorded(Story::cancelled().without("on_cancel"));
    let nack = json!({"message": {"ack": {"status": "NACK"}}, "error": {"type": "DOMAIN-ERROR", "code": "50001"}});
    answer_last(&mut flow, 200, nack);
    assert_eq!(fired(&flow), Vec::<String>::new());
}

fn answer_last(flow: &mut RecordedFlow, status: u16, body: Value) {
    flow.messages.last_mut().unwrap().answer = Some(Answer { status: Some(status), body, took_ms: None });
}

#[test]
fn a_message_that_was_recorded_twice() {
    let mut story = Story::cancelled();
    let again = story.messages.last().unwrap().clone();
    story.messages.push(again);
    assert_eq!(fired(&recorded(story)), ["flow/DUPLICATE"]);
}

#[test]
fn answers_have_a_form_and_are_right() {
    let ordered = || recorded(Story::ordered().without("on_confirm"));
    let said = |status: u16, body: Value| {
        let mut flow = ordered();
        answer_last(&mut flow, status, body);
        let mut rules = fired(&flow);
        rules.retain(|rule| rule.starts_with("transport/"));
        rules
    };
    assert_eq!(said(200, json!({"ok": true})), ["transport/ANSWER_FORM"]);
    assert_eq!(said(200, json!({"message": {"ack": {"status": "NACK"}}})), ["transport/NACK_FORM"]);
    // This confirm lacks much of what its schema demands: a telephone number, an address, a name.
    let ack = || json!({"message": {"ack": {"status": "ACK"}}, "error": {"type": null, "code": null}});
    assert_eq!(said(200, ack()), ["transport/ACKED_BAD_MESSAGE"]);
    assert_eq!(said(202, ack()), ["transport/ACKED_BAD_MESSAGE", "transport/ANSWER_STATUS"]);
}

#[test]
fn an_ack_of_a_bad_message_is_the_receivers_fault() {
    let mut flow = recorded(Story::ordered());
    answer_last(&mut flow, 200, json!({"message": {"ack": {"status": "ACK"}}}));
    let found = found_in(&Specs::builtin().unwrap(), &flow);
    let acked = found.iter().find(|found| found.rule == "transport/ACKED_BAD_MESSAGE").unwrap();
    assert_eq!(acked.fault, Some(Fault::Receiver));
}

#[test]
fn headers_name_the_sender_and_hold_now() {
    let body = br#"{"context":{}}"#;
    let signed = |id: &str, created: i64, digest_of: &[u8]| {
        let mut flow = recorded(Story::ordered());
        let select = &mut flow.messages[2];
        let signature = "A".repeat(86) + "==";
        let header = format!(
            "Signature keyId=\"{id}|k1|ed25519\",algorithm=\"ed25519\",created=\"{created}\",expires=\"{}\",headers=\"(created) (expires) digest\",signature=\"{signature}\"",
            created + 60
        );
        select.headers = vec![
            ("authorization".to_owned(), header),
            ("digest".to_owned(), format!("BLAKE-512={}", digest(digest_of))),
        ];
        select.raw = Some(Arc::from(body.as_slice()));
        fired(&flow)
    };
    let now = 1_740_823_260; // of the select
    assert_eq!(signed("buyer.example", now, body), ["transport/SIGNATURE_UNVERIFIED"]);
    assert_eq!(signed("other.example", now, body), ["transport/KEY_OF_SENDER", "transport/SIGNATURE_UNVERIFIED"]);
    assert_eq!(
        signed("buyer.example", now - 3600, body),
        ["transport/SIGNATURE_TIMES", "transport/SIGNATURE_UNVERIFIED"]
    );
    assert_eq!(signed("buyer.example", now, b"{}"), ["transport/DIGEST", "transport/SIGNATURE_UNVERIFIED"]);
    let mut unsigned = recorded(Story::ordered());
    unsigned.messages[2].headers = vec![("content-type".to_owned(), "application/json".to_owned())];
    assert_eq!(fired(&unsigned), ["transport/AUTHORIZATION_MISSING"]);
    unsigned.messages[2].headers = vec![("authorization".to_owned(), "Bearer x".to_owned())];
    assert_eq!(fired(&unsigned), ["transport/AUTHORIZATION_FORM"]);
}

#[test]
fn a_measured_delay_is_an_error_and_a_claimed_one_is_not() {
    let mut flow = recorded(Story::ordered());
    let at = |text: &str| Some(text.parse().unwrap());
    (flow.messages[2].at, flow.messages[3].at) = (at("2025-03-01T10:01:00Z"), at("2025-03-01T10:01:05.5Z"));
    assert_eq!(fired(&flow), ["timing/CALLBACK_LATE"]);
}

/// A catalogue of changes after the whole one.
fn with_changes(provider: Value, id: &str) -> Story {
    let mut story = Story::ordered();
    let mut search = story.messages[0].1.clone();
    search["context"]["city"] = json!("*");
    for (key, value) in [("transaction_id", "T2"), ("message_id", "c0"), ("timestamp", "2025-03-01T10:30:00.000Z")] {
        search["context"][key] = json!(value);
    }
    search["message"]["intent"]["tags"] =
        json!([{"code": "catalog_inc", "list": [{"code": "mode", "value": "start"}]}]);
    let mut changes = search.clone();
    changes["context"]["action"] = json!("on_search");
    changes["context"]["bpp_id"] = json!("seller.example");
    changes["context"]["message_id"] = json!(id);
    changes["context"]["timestamp"] = json!("2025-03-01T10:31:00.000Z");
    changes["message"] = json!({"catalog": {"bpp/providers": [provider]}});
    story.messages.extend([("search_changes".to_owned(), search), ("changes".to_owned(), changes)]);
    story
}

#[test]
fn changes_of_a_catalogue() {
    let said = |provider: Value, id: &str| fired(&recorded(with_changes(provider, id)));
    assert_eq!(said(json!({"id": "P1", "items": [{"id": "I1"}]}), "c1"), Vec::<String>::new());
    assert_eq!(said(json!({"id": "P1"}), "c0"), ["catalogue/CHANGE_MESSAGE_ID"]);
    assert_eq!(said(json!({"id": "P9"}), "c1"), ["catalogue/CHANGE_KNOWN"]);
    assert_eq!(said(json!({"id": "P1", "locations": [{"id": "L9"}]}), "c1"), ["catalogue/CHANGE_KNOWN"]);
    assert_eq!(said(json!({"id": "P1", "items": [{"id": "I9"}]}), "c1"), ["catalogue/CHANGE_NEW_ITEM"]);
    let off = json!({"id": "P1", "time": {"label": "disable"}, "items": [{"id": "I1"}]});
    assert_eq!(said(off, "c1"), ["catalogue/CHANGE_OF_DISABLED"]);
}
