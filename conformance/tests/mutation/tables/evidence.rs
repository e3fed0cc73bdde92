//! What needs more than the messages: headers, bytes, answers, clocks, what is missing, what the recording claims.

use conformance::recording::{Answer, Claim, Recorded};
use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::flow::Flow;
use crate::mutated::Mutation;
use crate::stories;

pub fn all() -> Vec<Mutation> {
    let story = stories::delivered("1.2.5");
    let mut all = headers(&story);
    all.extend(answers(&story));
    all.extend(clocks(&story));
    all.extend(steps(&story));
    all.extend(names(&story));
    all
}

fn recorded(story: &Flow, what: &str, message: &str, place: &str, change: impl FnOnce(&mut Recorded)) -> Mutation {
    let mut flow = story.clone();
    change(flow.recorded(message));
    Mutation::of(flow, format!("{message}: {what}"), message, place)
}

fn headers(story: &Flow) -> Vec<Mutation> {
    let authorization = |what: &str, from: &str, to: &str| {
        recorded(story, what, "init", "", |one| {
            let (_, value) = one.headers.iter_mut().find(|(name, _)| name == "authorization").unwrap();
            assert!(value.contains(from), "{from} in {value}");
            *value = value.replace(from, to);
        })
    };
    let digest = ("digest".to_owned(), "BLAKE-512=AAAA".to_owned());
    vec![
        recorded(story, "no signature", "init", "", |one| one.headers.retain(|(name, _)| name != "authorization"))
            .fires("transport/AUTHORIZATION_MISSING"),
        authorization("no key", "keyId=", "key=").fires("transport/AUTHORIZATION_FORM"),
        authorization("another scheme", "Signature ", "Basic ").fires("transport/AUTHORIZATION_FORM"),
        authorization("another's key", "buyer.localhost:8083|", "someone.example|").fires("transport/KEY_OF_SENDER"),
        authorization("from the future", "created=\"1795", "created=\"1895").fires("transport/SIGNATURE_TIMES"),
        authorization("long expired", "expires=\"1795", "expires=\"1695").fires("transport/SIGNATURE_TIMES"),
        recorded(story, "a digest of other bytes", "on_init", "", |one| one.headers.push(digest))
            .fires("transport/DIGEST"),
    ]
}

fn answers(story: &Flow) -> Vec<Mutation> {
    let answer = |what: &str, status: u16, body: Value| {
        recorded(story, what, "confirm", "", |one| {
            one.answer = Some(Answer { status: Some(status), body, took_ms: None })
        })
    };
    let ack = json!({"message": {"ack": {"status": "ACK"}}});
    let nack = |error: Value| json!({"message": {"ack": {"status": "NACK"}}, "error": error});
    vec![
        answer("ACK with 202", 202, ack).fires("transport/ANSWER_STATUS"),
        answer("an empty answer", 200, Value::Null).fires("transport/ANSWER_FORM"),
        answer("an answer without ack", 200, json!({"message": {}})).fires("transport/ANSWER_FORM"),
        answer("a NACK without words", 200, nack(Value::Null)).fires("transport/NACK_FORM"),
        answer("refused for its form", 200, nack(json!({"type": "JSON-SCHEMA-ERROR", "code": "30000", "path": "$"})))
            .fires("transport/NACKED_GOOD_MESSAGE"),
        Mutation::set(story, "confirm", "/message/order/state", json!("Nowhere"))
            .fires("transport/ACKED_BAD_MESSAGE")
            .at("confirm", "")
            .also(&["RET10.confirm.schema.const"]),
    ]
}

fn clocks(story: &Flow) -> Vec<Mutation> {
    let mut unclocked = story.clone();
    for one in &mut unclocked.messages {
        one.recorded.at = None;
        one.recorded.headers.clear();
    }
    let late = |flow: &mut Flow| {
        for at in flow.position("on_init")..flow.messages.len() {
            let one = &mut flow.messages[at].recorded;
            one.at = one.at.map(|at| at + SignedDuration::from_secs(8));
        }
        // Nothing of the messages themselves changes.
    };
    let mut slow = story.clone();
    late(&mut slow);
    let time = "/context/timestamp";
    vec![
        Mutation::of(slow, "on_init arrives 8 s later", "on_init", time).fires("timing/CALLBACK_LATE"),
        Mutation::set(&unclocked, "select", time, json!("2026-11-23T09:10:10.000Z"))
            .fires("timing/CALLBACK_LATE_CLAIMED")
            .at("on_select", time)
            .also(&["history/CATALOGUE_BEFORE_SELECT"]),
        Mutation::set(&unclocked, "select", time, json!("2026-11-23T09:10:10.000Z"))
            .fires("history/CATALOGUE_BEFORE_SELECT")
            .also(&["timing/CALLBACK_LATE_CLAIMED"]),
        Mutation::set(story, "init", "/context/ttl", json!("PT0.001S")).fires("timing/TTL_PASSED").at("on_init", time),
        Mutation::set(story, "select", "/context/ttl", json!("PT1M")).fires("timing/TTL_LIMIT"),
    ]
}

fn steps(story: &Flow) -> Vec<Mutation> {
    let without = |name: &str| story.clone().without(name);
    let claiming = |flow: Flow| Flow { claim: Claim { flow: Some("2".to_owned()), ..Claim::default() }, ..flow };
    let old = stories::delivered("1.2.0");
    let mut twice = story.clone();
    let again = twice.messages[twice.position("on_status_packed")].clone();
    twice.messages.insert(twice.position("on_status_packed"), again);
    twice.messages[story.position("on_status_packed") + 1].name = "on_status_packed_2".to_owned();
    vec![
        Mutation::of(claiming(old.without("on_status_order_picked_up")), "claims flow 2, nothing is picked up", "", "")
            .fires("flow/STEP_MISSING")
            .also(&["history/FULFILMENT_STATE_SKIPPED"]),
        Mutation::of(without("on_status_packed"), "nothing is packed", "", "")
            .fires("flow/STEP_NOT_SEEN")
            .also(&["history/FULFILMENT_STATE_SKIPPED"]),
        Mutation::of(without("init"), "on_init without init", "on_init", "/context/message_id")
            .fires("flow/REQUEST_MISSING"),
        Mutation::of(without("on_init"), "init without on_init", "init", "/context/message_id")
            .fires("flow/ANSWER_MISSING")
            .also(&["flow/STEP_NOT_SEEN"]),
        Mutation::of(twice, "packed twice", "on_status_packed_2", "/context/message_id").fires("flow/DUPLICATE"),
        Mutation::of(without("on_search"), "selected unseen", "", "").fires("flow/STEP_NOT_SEEN"),
    ]
}

fn names(story: &Flow) -> Vec<Mutation> {
    vec![
        Mutation::set(story, "on_status_agent_assigned", "/context/action", json!("on_stats"))
            .fires("message/KNOWN_ACTION"),
        Mutation::set(story, "on_status_agent_assigned", "/context/domain", json!("ONDC:XYZ99"))
            .fires("message/KNOWN_BOOK")
            .also(&["history/on_status/CONTEXT/DOMAIN_KEPT"]),
    ]
}
