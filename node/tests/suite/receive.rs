//! The receive path over a real socket.

use std::sync::atomic::Ordering;

use bytes::Bytes;
use jiff::SignedDuration;
use node::config::Validation;
use node::ledger::{Direction, Verdict};
use node::testing::{Engine, Peer, TempDatabase, eventually, temp_database};
use protocol::clock::{Clock, SystemClock};
use protocol::participant::Role;
use protocol::randomness::{OsRandomness, Randomness};
use serde_json::json;
use specs::Action;

use crate::stage::{DOMAIN, Stage, error, stage, start, verdict};

async fn sqlite() -> TempDatabase {
    temp_database(Engine::Sqlite).await.unwrap()
}

async fn seller() -> Stage {
    stage(sqlite().await, |_| {}).await
}

node::both_engines! {
    async fn a_valid_message_is_acked_kept_and_handled(db: TempDatabase) {
        let stage = stage(db, |_| {}).await;
        let bytes = stage.message(Action::Select);
        let answer = stage.post("select", bytes.clone()).await;
        assert_eq!((answer.status, verdict(&answer).as_str()), (200, "ACK"));
        assert_eq!(&answer.body[..], br#"{"message":{"ack":{"status":"ACK"}}}"#);
        let seen = eventually("the handler runs", async || stage.handler.done().first().cloned()).await;
        assert_eq!(seen.bytes, bytes, "the handler gets the bytes that were signed");
        let entries = stage.ledger().await;
        assert_eq!(entries.len(), 1);
        let record = stage.seller.node.ledger.entry(&entries[0].id).await.unwrap().unwrap();
        assert_eq!((record.entry.direction, record.entry.verdict), (Direction::In, Verdict::Ack));
        assert_eq!(record.bytes, bytes);
        assert_eq!(record.headers["authorization"], seen.authorization);
        assert!(seen.authorization.starts_with("Signature keyId="));
        stage.seller.stop().await;
    }

    async fn a_repeated_message_gets_the_same_answer_and_no_work(db: TempDatabase) {
        let stage = stage(db, |_| {}).await;
        let context = stage.buyer.context(&stage.seller.node.identity.subscriber_id, Action::Confirm);
        let bytes = stage.message_in(&context);
        for _ in 0..3 {
            assert_eq!(verdict(&stage.post("confirm", bytes.clone()).await), "ACK");
        }
        // A second look would refuse it now; the first answer stands.
        stage.handler.refuse.store(true, Ordering::SeqCst);
        assert_eq!(verdict(&stage.post("confirm", bytes.clone()).await), "ACK");
        stage.handler.refuse.store(false, Ordering::SeqCst);
        let mut other = bytes.to_vec();
        other.push(b'\n');
        let answer = stage.post("confirm", Bytes::from(other)).await;
        assert_eq!((answer.status, error(&answer).path.as_deref()), (200, Some("context.message_id")));
        eventually("the handler runs", async || (!stage.handler.done().is_empty()).then_some(())).await;
        tokio::time::sleep(std::time::Duration::from_millis(300)).await;
        assert_eq!(stage.handler.seen.lock().unwrap().len(), 1);
        let entries = stage.ledger().await;
        let repeats: Vec<_> = entries.iter().map(|entry| (entry.verdict, entry.repeats)).collect();
        assert_eq!(repeats, [(Verdict::Nack, 0), (Verdict::Ack, 2)]);
        stage.seller.stop().await;
    }

    async fn a_refused_message_is_in_the_ledger_with_its_reason(db: TempDatabase) {
        let stage = stage(db, |_| {}).await;
        stage.handler.refuse.store(true, Ordering::SeqCst);
        let answer = stage.post("status", stage.message(Action::Status)).await;
        assert_eq!((answer.status, verdict(&answer).as_str()), (200, "30018"));
        let entry = eventually("the ledger has it", async || stage.ledger().await.pop()).await;
        assert_eq!((entry.verdict, entry.code.as_deref()), (Verdict::Nack, Some("30018")));
        assert_eq!(entry.detail.as_deref(), Some("no such order (at message.order.id)"));
        assert!(stage.handler.seen.lock().unwrap().is_empty());
        stage.seller.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_is_not_proved_gets_401_and_leaves_only_a_count() {
    let stage = seller().await;
    let bytes = stage.message(Action::Select);
    let now = SystemClock.now();
    let url = &stage.seller.url;
    let good = stage.buyer.sign(&bytes, now);

    let mut forger = Peer::start("forger", Role::Buyer);
    forger.signer.subscriber_id = stage.buyer.id.clone();
    forger.signer.unique_key_id = stage.buyer.signer.unique_key_id.clone();
    let forged = forger.sign(&bytes, now);
    let stale = stage.buyer.sign(&bytes, now - SignedDuration::from_hours(1));
    let early = stage.buyer.sign(&bytes, now + SignedDuration::from_secs(60));
    let cases: [(&str, Vec<(&str, &str)>); 6] = [
        ("no header", vec![]),
        ("signed with another key", vec![("authorization", &forged)]),
        ("expired signature", vec![("authorization", &stale)]),
        ("signature from the future", vec![("authorization", &early)]),
        ("two headers", vec![("authorization", &good), ("authorization", &forged)]),
        ("not our scheme", vec![("authorization", "Bearer x")]),
    ];
    for (case, headers) in cases {
        let answer = stage.buyer.post_with(url, "select", bytes.clone(), &headers).await;
        assert_eq!((answer.status, verdict(&answer).as_str()), (401, "30016"), "{case}");
        let challenge = answer.header("www-authenticate").unwrap();
        assert!(challenge.contains(stage.seller.node.identity.subscriber_id.as_str()), "{case}: {challenge}");
    }

    let pretty = serde_json::to_vec_pretty(&serde_json::from_slice::<serde_json::Value>(&bytes).unwrap()).unwrap();
    let signed_pretty = stage.buyer.sign(&pretty, now);
    let answer = stage.buyer.post_with(url, "select", bytes.clone(), &[("authorization", &signed_pretty)]).await;
    assert_eq!(answer.status, 401, "a signature over another serialisation of the same JSON");

    let stranger = Peer::start("stranger", Role::Buyer);
    let from_stranger = protocol::envelope::render(
        &stranger.context(&stage.seller.node.identity.subscriber_id, Action::Select),
        &json!({}),
        None,
    );
    let answer = stranger.post(url, "select", from_stranger).await;
    assert_eq!((answer.status, verdict(&answer).as_str()), (401, "30016"), "unknown subscriber");

    let answer = stage
        .buyer
        .post_with(url, "select", bytes.clone(), &[("authorization", &good), ("x-gateway-authorization", &forged)])
        .await;
    assert_eq!(answer.status, 401, "a gateway header that is not good");
    assert!(answer.header("proxy-authenticate").is_some());

    assert!(stage.ledger().await.is_empty(), "strangers cannot fill the ledger");
    assert!(stage.handler.seen.lock().unwrap().is_empty());
    assert!(stage.metric("haat_unproved_total{reason=\"signature\"}") >= 2.0);
    assert_eq!(
        verdict(&stage.post("select", bytes).await),
        "ACK",
        "the same message, rightly signed, is still welcome"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn wrong_envelopes_are_nacked_with_the_place() {
    let stage = seller().await;
    let own = stage.seller.node.identity.subscriber_id.clone();
    let nack = async |action: &str, bytes: Bytes| {
        let answer = stage.post(action, bytes).await;
        assert_eq!(answer.status, 200);
        let error = error(&answer);
        (error.code, error.path.unwrap_or_default())
    };
    let case = |code: &str, path: &str| (code.to_owned(), path.to_owned());

    assert_eq!(nack("select", Bytes::from_static(b"{\"context\": ")).await, case("30000", "context"), "malformed JSON");
    assert_eq!(
        nack("confirm", stage.message(Action::Select)).await,
        case("30000", "context.action"),
        "posted to another action"
    );
    assert_eq!(
        nack("rating", stage.message(Action::Rating)).await,
        case("30000", "context.action"),
        "an action that is not received here"
    );
    assert_eq!(
        nack("teleport", stage.message(Action::Select)).await,
        case("30000", "context.action"),
        "an action that does not exist"
    );

    let mut for_other = stage.buyer.context(&own, Action::Select);
    for_other.bpp_id = Some("other.localhost:1".parse().unwrap());
    assert_eq!(nack("select", stage.message_in(&for_other)).await, case("30000", "context.bpp_id"), "for someone else");

    let mut late = stage.buyer.context(&own, Action::Select);
    late.timestamp = SystemClock.now() - SignedDuration::from_secs(31);
    assert_eq!(nack("select", stage.message_in(&late)).await, case("30022", "context.timestamp"), "its time is over");
    late.timestamp = SystemClock.now() + SignedDuration::from_secs(30);
    assert_eq!(nack("select", stage.message_in(&late)).await, case("30022", "context.timestamp"), "from the future");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_body_over_the_limit_gets_413_that_can_be_read() {
    let stage = seller().await;
    let huge = Bytes::from(vec![b' '; 20 * 1024 * 1024]);
    for action in ["select", "on_search"] {
        let answer = stage.post(action, huge.clone()).await;
        assert_eq!((answer.status, verdict(&answer).as_str()), (413, "30000"), "{action}");
    }
    assert_eq!(verdict(&stage.post("select", stage.message(Action::Select)).await), "ACK", "the node goes on");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_compressed_body_is_refused() {
    let stage = seller().await;
    let bytes = stage.message(Action::Select);
    let signature = stage.buyer.sign(&bytes, SystemClock.now());
    let headers = [("authorization", signature.as_str()), ("content-encoding", "gzip")];
    let answer = stage.buyer.post_with(&stage.seller.url, "select", bytes, &headers).await;
    assert!(error(&answer).message.contains("uncompressed"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rules_are_enforced_or_only_counted() {
    let strict = stage(sqlite().await, |config| config.validation = Validation::Enforce).await;
    let answer = strict.post("select", strict.message(Action::Select)).await;
    let refused = error(&answer);
    assert_eq!((answer.status, refused.code.as_str()), (200, "30000"));
    assert!(refused.path.is_some_and(|path| path.contains("message")), "{}", refused.message);
    let mut unknown = strict.buyer.context(&strict.seller.node.identity.subscriber_id, Action::Select);
    unknown.core_version = "9.9.9".to_owned();
    assert_eq!(
        error(&strict.post("select", strict.message_in(&unknown)).await).path.as_deref(),
        Some("context.core_version")
    );

    let elsewhere = |config: &mut node::config::NodeConfig| {
        config.validation = Validation::Enforce;
        config.domains = vec!["ONDC:RET11".to_owned()];
    };
    let other = stage(sqlite().await, elsewhere).await;
    let refused = error(&other.post("select", other.message(Action::Select)).await);
    assert_eq!(refused.path.as_deref(), Some("context.domain"), "the law knows it, this node does not serve it");

    let lenient = seller().await;
    assert_eq!(verdict(&lenient.post("select", lenient.message(Action::Select)).await), "ACK");
    assert!(lenient.metric("haat_rule_warnings_total") >= 1.0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn strictness_can_depend_on_the_counterparty() {
    let strict = stage(sqlite().await, |config| config.validation = Validation::Enforce).await;
    let (id, db) = (strict.buyer.id.to_string(), sqlite().await);
    let (patient, _) = start(&db, &strict.registry, |config| {
        config.validation = Validation::Enforce;
        config.warn_for = vec![id.clone()];
    })
    .await;
    strict.registry.add_node(&patient.node, Role::Seller, DOMAIN);
    let context = strict.buyer.context(&patient.node.identity.subscriber_id, Action::Select);
    let answer = strict.buyer.post(&patient.url, "select", strict.message_in(&context)).await;
    assert_eq!(verdict(&answer), "ACK", "patient with this one");
    assert_eq!(error(&strict.post("select", strict.message(Action::Select)).await).code, "30000");

    let mut both = patient.node.config.clone();
    both.enforce_for = vec![id.clone()];
    assert_eq!(both.validation_for(&id), Validation::Enforce, "strictness comes first");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_large_catalogue_is_taken() {
    let stage = seller().await;
    let mut random = vec![0; 4 * 1024 * 1024];
    OsRandomness.fill(&mut random);
    let filler: String = random.iter().map(|byte| char::from(b'a' + byte % 26)).collect();
    // Any action takes the path; only on_search has the large limit. The seller stands for a buyer here.
    let mut context = stage.buyer.context(&stage.seller.node.identity.subscriber_id, Action::OnSearch);
    std::mem::swap(&mut context.bap_id, context.bpp_id.as_mut().unwrap());
    let mut record = stage.buyer.participant(crate::stage::DOMAIN);
    record.role = Role::Seller;
    stage.registry.add(record);
    let bytes = protocol::envelope::render(&context, &json!({"catalog": {"filler": filler}}), None);
    let answer = stage.post("on_search", bytes.clone()).await;
    assert_eq!(verdict(&answer), "ACK", "{:?}", String::from_utf8_lossy(&answer.body));
    let seen = eventually("the handler runs", async || stage.handler.done().first().cloned()).await;
    assert_eq!(seen.bytes, bytes);
}
