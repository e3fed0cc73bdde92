//! Joining the network at a registry that checks site proof and challenge.

use node::onboarding::{Kind, NetworkEntry, OnboardingError, ensure_subscribed, subscribe};
use node::testing::{Engine, FakeRegistry, temp_database};
use protocol::keys::EncryptionKeyPair;
use protocol::participant::Role;
use protocol::randomness::OsRandomness;
use serde_json::json;

use crate::stage::{DOMAIN, start};

fn entries() -> Vec<NetworkEntry> {
    vec![NetworkEntry { domain: DOMAIN.to_owned(), kind: Kind::Seller, cities: vec!["std:080".to_owned()] }]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_node_joins_and_answers_challenges_only_then() {
    let db = temp_database(Engine::Sqlite).await.unwrap();
    let registry = FakeRegistry::start();
    let old_key = EncryptionKeyPair::generate(&OsRandomness).public_text();
    let (seller, _) = start(&db, &registry, |config| {
        config.registry_encryption_keys = vec![old_key, registry.encryption_public_key()];
    })
    .await;
    let (own, http) = (seller.node.identity.subscriber_id.clone(), seller.node.http.clone());
    let page = async || http.get(&format!("{}/ondc-site-verification.html", seller.url), &[]).await.unwrap();
    assert_eq!(page().await.status, 404, "no proof before it is asked for");

    subscribe(&seller.node, &entries()).await.unwrap();
    let body = registry.subscriptions().pop().unwrap();
    assert_eq!(body["context"]["operation"]["ops_no"], 2);
    assert_eq!(body["message"]["network_participant"][0]["type"], "sellerApp");
    assert_eq!(body["message"]["network_participant"][0]["city_code"], json!(["std:080"]));
    assert_eq!(page().await.status, 200);

    let challenge = json!({"subscriber_id": own, "challenge": "AAAAAAAAAAAAAAAAAAAAAA=="}).to_string();
    let answer = http.post(&format!("{}/network/on_subscribe", seller.url), challenge.into(), &[]).await.unwrap();
    assert_eq!(answer.status, 403);
    assert!(String::from_utf8_lossy(&answer.body).contains("no subscription is under way"));

    registry.add_node(&seller.node, Role::Seller, DOMAIN);
    ensure_subscribed(&seller.node, &entries()).await.unwrap();
    assert_eq!(registry.subscriptions().len(), 1, "who is known does not ask again");
    seller.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_wrong_registry_key_is_told() {
    let db = temp_database(Engine::Sqlite).await.unwrap();
    let registry = FakeRegistry::start();
    let (seller, _) = start(&db, &registry, |config| {
        config.registry_encryption_keys = vec![EncryptionKeyPair::generate(&OsRandomness).public_text()];
    })
    .await;
    let error = subscribe(&seller.node, &entries()).await.unwrap_err();
    assert!(
        matches!(&error, OnboardingError::Refused(nack) if nack.message.contains("registry_encryption_keys")),
        "{error}"
    );
    assert!(matches!(subscribe(&seller.node, &[]).await, Err(OnboardingError::NoEntry)));
    seller.stop().await;
}
