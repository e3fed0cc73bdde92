//! The outbox: order, limits, tries, outcomes, replicas.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use node::ledger::{Direction, Verdict};
use node::testing::{Behaviour, Engine, Peer, TempDatabase, eventually, temp_database};
use node::{Delivery, Outgoing};
use protocol::ack::{ErrorType, NetworkError, Reply};
use protocol::auth_header::AuthHeader;
use protocol::clock::{Clock, SystemClock};
use protocol::participant::Role;
use protocol::signature::{TimeLimits, verify};
use serde_json::json;
use specs::Action;

use crate::stage::{DOMAIN, Stage, stage, start};

/// An `on_select` to the buyer, the `n`th of a transaction.
fn outgoing(stage: &Stage, to: &Peer, transaction: &str, n: usize) -> Outgoing {
    let own = &stage.seller.node.identity;
    let mut asked = to.context(&own.subscriber_id, Action::Select);
    asked.transaction_id = transaction.parse().unwrap();
    asked.message_id = format!("{transaction}-{n}").parse().unwrap();
    let context = asked.reply(&own.subscriber_id, &own.url, SystemClock.now()).unwrap();
    Outgoing::new(to.id.clone(), Role::Buyer, &context, &json!({"n": n}), None)
}

async fn enqueue(stage: &Stage, all: Vec<Outgoing>) -> Vec<String> {
    let mut tx = stage.seller.node.db.begin().await.unwrap();
    let ids = stage.seller.node.outbox.enqueue_all(&mut tx, all).await.unwrap();
    tx.commit().await.unwrap();
    ids
}

async fn sent(peer: &Peer, count: usize) -> Vec<node::testing::Received> {
    eventually("the messages arrive", async || {
        let received = peer.received();
        (received.len() >= count).then_some(received)
    })
    .await
}

async fn settled(stage: &Stage) {
    let outbox = stage.seller.node.outbox.clone();
    eventually("the outbox is empty", async || (outbox.pending().await.unwrap().pending == 0).then_some(())).await;
}

node::both_engines! {
    async fn a_message_is_signed_when_it_is_sent_and_every_try_is_kept(db: TempDatabase) {
        let stage = stage(db, |_| {}).await;
        stage.buyer.behave_once([Behaviour::Status(503, None), Behaviour::Status(502, None)]);
        let message = outgoing(&stage, &stage.buyer, "t", 0);
        let bytes = message.bytes.clone();
        let ids = enqueue(&stage, vec![message]).await;
        let received = sent(&stage.buyer, 3).await;
        settled(&stage).await;
        assert!(received.iter().all(|one| one.bytes == bytes && one.action == "on_select"));
        let header = AuthHeader::parse(&received[2].headers["authorization"]).unwrap();
        let key = stage.seller.node.keys.active().signing.verifying_key();
        verify(&bytes, &header, &key, SystemClock.now(), &TimeLimits::default()).unwrap();
        let mut tries = stage.seller.node.ledger.transaction("t").await.unwrap();
        tries.sort_by_key(|entry| entry.attempt);
        let told: Vec<_> = tries.iter().map(|one| (one.attempt, one.verdict, one.http_status)).collect();
        assert_eq!(told, [(1, Verdict::Failed, 503), (2, Verdict::Failed, 502), (3, Verdict::Ack, 200)]);
        assert!(tries.iter().all(|one| one.direction == Direction::Out && one.outbox_id.as_ref() == Some(&ids[0])));
        let record = stage.seller.node.ledger.entry(&tries[2].id).await.unwrap().unwrap();
        assert_eq!(record.headers["authorization"], received[2].headers["authorization"], "the ledger has the header that was on the wire");
        assert_eq!(record.bytes, bytes);
        assert_eq!(record.entry.url, Some(format!("{}/on_select", stage.buyer.url)));
        let told = stage.handler.told.lock().unwrap().clone();
        assert_eq!(told.len(), 1);
        assert_eq!((told[0].0.outbox_id.as_str(), told[0].0.attempts, &told[0].1), (ids[0].as_str(), 3, &Delivery::Acked));
        stage.seller.stop().await;
    }

    async fn one_transaction_leaves_in_order_also_over_failures(db: TempDatabase) {
        let stage = stage(db, |_| {}).await;
        stage.buyer.behave_once([Behaviour::Status(500, None), Behaviour::Status(500, None), Behaviour::Status(500, None)]);
        let mut all: Vec<_> = (0..5).map(|n| outgoing(&stage, &stage.buyer, "a", n)).collect();
        all.extend((0..5).map(|n| outgoing(&stage, &stage.buyer, "b", n)));
        enqueue(&stage, all).await;
        settled(&stage).await;
        let mut orders: HashMap<String, Vec<i64>> = HashMap::new();
        for one in stage.buyer.received() {
            let value = one.value();
            let list = orders.entry(value["context"]["transaction_id"].as_str().unwrap().to_owned()).or_default();
            let n = value["message"]["n"].as_i64().unwrap();
            if list.last() != Some(&n) {
                list.push(n); // a repeated try of the same message
            }
        }
        assert_eq!((orders["a"].as_slice(), orders["b"].as_slice()), (&[0, 1, 2, 3, 4][..], &[0, 1, 2, 3, 4][..]));
        assert_eq!(stage.buyer.received().len(), 13);
        stage.seller.stop().await;
    }

    async fn a_slow_counterparty_delays_only_itself_and_never_has_more_than_its_share(db: TempDatabase) {
        let stage = stage(db, |config| config.per_peer_in_flight = 3).await;
        let quick = Peer::start("quick", Role::Buyer);
        stage.registry.add(quick.participant(DOMAIN));
        stage.buyer.behave(Behaviour::Slow(Duration::from_millis(300)));
        let started = Instant::now();
        enqueue(&stage, (0..12).map(|n| outgoing(&stage, &stage.buyer, &format!("slow-{n}"), n)).collect()).await;
        enqueue(&stage, (0..30).map(|n| outgoing(&stage, &quick, &format!("quick-{n}"), n)).collect()).await;
        sent(&quick, 30).await;
        let quick_took = started.elapsed();
        settled(&stage).await;
        assert_eq!(stage.buyer.received().len(), 12);
        assert_eq!(stage.buyer.most_in_flight(), 3);
        assert!(started.elapsed() >= Duration::from_millis(1200), "twelve messages, three at a time, 300 ms each");
        assert!(quick_took < started.elapsed(), "the quick one waited for the slow one: {quick_took:?}");
        stage.seller.stop().await;
    }

    async fn refused_given_up_and_impossible_are_told_and_can_be_resent(db: TempDatabase) {
        let stage = stage(db, |config| config.give_up_after_s = 1).await;
        let nack = NetworkError::new(ErrorType::Domain, "20006", "not so");
        stage.buyer.behave_once([Behaviour::Reply(Reply::Nack(nack.clone()))]);
        let refused = enqueue(&stage, vec![outgoing(&stage, &stage.buyer, "refused", 0)]).await;
        settled(&stage).await;
        let gone = Peer::start("gone", Role::Buyer);
        stage.registry.add(gone.participant(DOMAIN));
        gone.behave(Behaviour::Status(500, None));
        let mut late = outgoing(&stage, &gone, "given-up", 0);
        late.give_up_at = Some(SystemClock.now() + jiff::SignedDuration::from_millis(1500));
        enqueue(&stage, vec![late]).await;
        let stranger = Peer::start("stranger", Role::Buyer);
        enqueue(&stage, vec![outgoing(&stage, &stranger, "no-address", 0)]).await;
        settled(&stage).await;
        let told = stage.handler.told.lock().unwrap().clone();
        let of = |transaction: &str| told.iter().find(|(sent, _)| sent.context.transaction_id == *transaction).unwrap().1.clone();
        assert_eq!(of("refused"), Delivery::Nacked(nack));
        assert!(matches!(of("given-up"), Delivery::GaveUp(why) if why.contains("given up after") && why.contains("HTTP 500")));
        assert!(matches!(of("no-address"), Delivery::GaveUp(why) if why.contains("no address")));
        assert!(gone.received().len() > 1);
        let counts = stage.seller.node.outbox.pending().await.unwrap();
        assert_eq!((counts.pending, counts.refused, counts.dead), (0, 1, 2));
        assert!(stage.seller.node.outbox.resend(&refused[0]).await.unwrap());
        settled(&stage).await;
        assert_eq!(stage.handler.told.lock().unwrap().last().unwrap().1, Delivery::Acked);
        assert_eq!(stage.seller.node.outbox.pending().await.unwrap().refused, 0);
        assert!(!stage.seller.node.outbox.resend(&refused[0]).await.unwrap(), "it is delivered now");
        stage.seller.stop().await;
    }

    async fn the_counterparty_may_ask_for_time(db: TempDatabase) {
        let stage = stage(db, |_| {}).await;
        stage.buyer.behave_once([Behaviour::Status(429, Some(1))]);
        enqueue(&stage, vec![outgoing(&stage, &stage.buyer, "t", 0)]).await;
        let received = sent(&stage.buyer, 2).await;
        let pause = received[1].at - received[0].at;
        assert!(pause >= Duration::from_millis(950) && pause < Duration::from_secs(4), "{pause:?}");
        stage.seller.stop().await;
    }

    async fn nothing_leaves_before_its_time_or_from_a_rolled_back_transaction(db: TempDatabase) {
        let stage = stage(db, |_| {}).await;
        let mut tx = stage.seller.node.db.begin().await.unwrap();
        stage.seller.node.outbox.enqueue(&mut tx, outgoing(&stage, &stage.buyer, "never", 0)).await.unwrap();
        tx.rollback().await.unwrap();
        let mut later = outgoing(&stage, &stage.buyer, "later", 0);
        later.not_before = Some(SystemClock.now() + jiff::SignedDuration::from_millis(600));
        let started = Instant::now();
        enqueue(&stage, vec![later]).await;
        let received = sent(&stage.buyer, 1).await;
        assert!(started.elapsed() >= Duration::from_millis(550));
        settled(&stage).await;
        assert_eq!(received.len(), 1);
        assert_eq!(received[0].value()["context"]["transaction_id"], "later");
        stage.seller.stop().await;
    }

    async fn a_reaction_that_fails_once_does_not_lose_the_outcome(db: TempDatabase) {
        let stage = stage(db, |_| {}).await;
        *stage.handler.fail_delivered.lock().unwrap() = 2;
        enqueue(&stage, (0..3).map(|n| outgoing(&stage, &stage.buyer, &format!("t-{n}"), n)).collect()).await;
        settled(&stage).await;
        let mut told: Vec<_> = stage.handler.told.lock().unwrap().iter().map(|(sent, _)| sent.outbox_id.clone()).collect();
        told.sort();
        told.dedup();
        assert_eq!(told.len(), 3);
        assert_eq!(stage.buyer.received().len(), 3, "nothing had to be sent again");
        stage.seller.stop().await;
    }

    async fn a_search_to_many_is_stored_once_and_keeps_the_first_signature(db: TempDatabase) {
        let stage = stage(db, |_| {}).await;
        let peers: Vec<_> = (0..5).map(|n| Peer::start(&format!("many-{n}"), Role::Buyer)).collect();
        let first = outgoing(&stage, &peers[0], "fan", 0);
        let original = stage.buyer.sign(&first.bytes, SystemClock.now());
        let all = peers.iter().map(|peer| {
            stage.registry.add(peer.participant(DOMAIN));
            Outgoing { to: peer.id.clone(), forwarded_authorization: Some(original.clone()), ..first.clone() }
        });
        enqueue(&stage, all.collect()).await;
        for peer in &peers {
            let got = sent(peer, 1).await;
            assert_eq!(got[0].headers["authorization"], original);
            let own = AuthHeader::parse(&got[0].headers["x-gateway-authorization"]).unwrap();
            assert_eq!(own.subscriber_id, stage.seller.node.identity.subscriber_id);
            assert_eq!(got[0].bytes, first.bytes);
        }
        settled(&stage).await;
        let bodies: (i64,) = node::read!(stage.seller.node.db, |c| sqlx::query_as("select count(*) from node_body").fetch_one(c).await.unwrap());
        assert_eq!(bodies.0, 1);
        stage.seller.stop().await;
    }
}

/// Two replicas on one PostgreSQL send each message once, in order, and what one has no room for the other takes. (A replica with
/// room takes all that a counterparty may have in flight; nothing is gained when another one sends a part of it.)
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn replicas_share_the_work() {
    let Some(db) = temp_database(Engine::Postgres).await else { return };
    let half = |config: &mut node::config::NodeConfig| (config.per_peer_in_flight, config.outbox_in_flight) = (4, 2);
    let stage = stage(db, half).await;
    let (second, other) = start(&stage.db, &stage.registry, half).await;
    stage.registry.add_node(&second.node, Role::Seller, DOMAIN);
    stage.buyer.behave(Behaviour::Slow(Duration::from_millis(20)));
    let all = (0..20).flat_map(|n| (0..10).map(move |t| (format!("t-{t}"), n)));
    enqueue(&stage, all.map(|(transaction, n)| outgoing(&stage, &stage.buyer, &transaction, n)).collect()).await;
    settled(&stage).await;
    let received = stage.buyer.received();
    assert_eq!(received.len(), 200, "each message once");
    let mut next: HashMap<String, i64> = HashMap::new();
    for one in received {
        let value = one.value();
        let expected = next.entry(value["context"]["transaction_id"].as_str().unwrap().to_owned()).or_default();
        assert_eq!(value["message"]["n"].as_i64().unwrap(), *expected);
        *expected += 1;
    }
    assert_eq!(stage.handler.told.lock().unwrap().len() + other.told.lock().unwrap().len(), 200);
    assert!(
        !other.told.lock().unwrap().is_empty() && !stage.handler.told.lock().unwrap().is_empty(),
        "both replicas worked"
    );
    second.stop().await;
    stage.seller.stop().await;
}
