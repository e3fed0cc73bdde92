//! What the gateway does not carry.

use node::testing::{Engine, temp_database};
use protocol::clock::{Clock, SystemClock};
use protocol::context::Context;
use rstest::rstest;
use specs::Action;

use crate::world::{World, body, nack, pause};

async fn world() -> World {
    World::start(temp_database(Engine::Sqlite).await.unwrap(), |_| ()).await
}

#[rstest]
#[case::word("Bengaluru")]
#[case::short("std:80")]
#[case::two("std:080,std:011")]
#[case::blank(" *")]
#[tokio::test]
async fn a_malformed_city(#[case] city: &str) {
    let world = world().await;
    let seller = world.seller("one", &["*"]);
    let context = Context { city: city.to_owned(), ..world.search() };
    let answer = world.post("search", body(&context)).await;
    let error = nack(&answer);
    assert_eq!((answer.status, error.code.as_str(), error.path.as_deref()), (200, "10002", Some("context.city")));
    pause().await;
    assert!(seller.received().is_empty());
}

#[tokio::test]
async fn a_body_that_was_changed_after_signing() {
    let world = world().await;
    let seller = world.seller("one", &["*"]);
    let bytes = body(&world.search());
    let header = world.buyer.sign(&bytes, SystemClock.now());
    let minified: serde_json::Value = serde_json::from_slice(&bytes).unwrap();
    let answer = world
        .buyer
        .post_with(&world.running.url, "search", minified.to_string().into(), &[("authorization", &header)])
        .await;
    assert_eq!((answer.status, nack(&answer).code.as_str()), (401, "10001"));
    assert!(answer.header("www-authenticate").unwrap().starts_with("Signature realm="));
    pause().await;
    assert!(seller.received().is_empty());
}

#[tokio::test]
async fn a_search_without_a_signature_or_with_a_gateways_only() {
    let world = world().await;
    let bytes = body(&world.search());
    let header = world.buyer.sign(&bytes, SystemClock.now());
    for headers in [&[][..], &[("x-gateway-authorization", header.as_str())][..]] {
        let answer = world.buyer.post_with(&world.running.url, "search", bytes.clone(), headers).await;
        assert_eq!((answer.status, nack(&answer).code.as_str()), (401, "10001"));
    }
}

#[tokio::test]
async fn a_gateways_header_that_came_in_does_not_go_out() {
    let world = world().await;
    let seller = world.seller("one", &["*"]);
    let bytes = body(&world.search());
    let header = world.buyer.sign(&bytes, SystemClock.now());
    let forged = [
        ("authorization", header.as_str()),
        ("x-gateway-authorization", header.as_str()),
        ("proxy-authorization", header.as_str()),
    ];
    world.buyer.post_with(&world.running.url, "search", bytes, &forged).await;
    let got = crate::world::first(&seller).await;
    crate::world::assert_signatures(&world, &got, &world.buyer);
    assert!(!got.headers.contains_key("proxy-authorization"));
}

#[tokio::test]
async fn a_stranger_and_a_seller_cannot_search() {
    let world = world().await;
    let seller = world.seller("one", &["*"]);
    let stranger = node::testing::Peer::start("stranger", protocol::participant::Role::Buyer);
    for peer in [&seller, &stranger] {
        let context = Context { bap_id: peer.id.clone(), ..world.search() };
        let answer = peer.post(&world.running.url, "search", body(&context)).await;
        assert_eq!((answer.status, nack(&answer).code.as_str()), (401, "10001"), "{}", peer.id);
    }
    let answer = stranger.post(&world.running.url, "search", body(&world.search())).await;
    assert_eq!(answer.status, 401, "in the name of another buyer");
}

#[tokio::test]
async fn everything_else_goes_from_participant_to_participant() {
    let world = world().await;
    let seller = world.seller("one", &["*"]);
    for action in [Action::Select, Action::Confirm, Action::OnSearch] {
        let context = world.buyer.context(&seller.id, action);
        let answer = world.post(action.as_str(), body(&context)).await;
        let error = nack(&answer);
        assert_eq!((error.code.as_str(), error.path.as_deref()), ("10000", Some("context.action")), "{error}");
    }
}

#[tokio::test]
async fn a_buyer_has_a_quota_and_others_have_their_own() {
    let world =
        World::start(temp_database(Engine::Sqlite).await.unwrap(), |config| config.searches_per_minute = 2).await;
    for _ in 0..2 {
        world.carried(&world.search()).await;
    }
    let answer = world.post("search", body(&world.search())).await;
    assert!(nack(&answer).message.contains("2 searches in a minute"));
    let other = node::testing::Peer::start("other", protocol::participant::Role::Buyer);
    world.registry.add(other.participant("ONDC:RET10"));
    let context = Context { bap_id: other.id.clone(), ..world.search() };
    let answer = other.post(&world.running.url, "search", body(&context)).await;
    assert_eq!(protocol::ack::Reply::parse(&answer.body), Ok(protocol::ack::Reply::Ack));
}

#[tokio::test]
async fn a_stale_search() {
    let world = world().await;
    let context = Context { timestamp: SystemClock.now() - jiff::SignedDuration::from_secs(31), ..world.search() };
    assert_eq!(nack(&world.post("search", body(&context)).await).path.as_deref(), Some("context.timestamp"));
}
