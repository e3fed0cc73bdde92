//! A participant that is known already: the same key again, a further key, keys that ran out, requests that are replayed.

use jiff::SignedDuration;
use node::testing::{Engine, TempDatabase, temp_database};
use serde_json::{Value, json};

use crate::applicant::{Applicant, Keys, entry};
use crate::world::{World, assert_ack, nack};

async fn member(db: TempDatabase) -> (World, Applicant) {
    let world = World::start(db, |_| ()).await;
    let seller = Applicant::start("seller", &world);
    world.granted(&seller.application(world.now())).await;
    (world, seller)
}

async fn sqlite_member() -> (World, Applicant) {
    member(temp_database(Engine::Sqlite).await.unwrap()).await
}

node::both_engines! {
    async fn a_second_key_is_vouched_for_by_the_first_and_both_live(db: TempDatabase) {
        let (world, mut seller) = member(db).await;
        let old = seller.signer();
        seller.use_keys(Keys::new("k2"));
        let body = seller.application(world.now()).to_string();
        let now = world.now().as_second();
        let vouched = protocol::signature::sign(body.as_bytes(), &old, now, now + 60);
        let refused = nack(&world.post("/subscribe", body.clone(), &[]).await);
        assert!(refused.message.starts_with("Subscriber id already exists"), "{refused}");
        assert_ack(&world.post("/subscribe", body, &[("authorization", &vouched)]).await);
        let keys: Vec<Value> = world.records_of(seller.id.as_str()).await.into_iter().map(|one| one["ukId"].clone()).collect();
        assert_eq!(keys.len(), 2);
        assert!(keys.contains(&json!("k1")) && keys.contains(&json!("k2")));
        let retire = json!({ "subscriber_id": seller.id, "ukId": "k1" }).to_string();
        assert_eq!(world.post("/api/keys/retire", retire, &[]).await.status, 200);
        let left = world.records_of(seller.id.as_str()).await;
        assert_eq!((left.len(), &left[0]["ukId"]), (1, &json!("k2")), "a retired key is not told from that moment");
    }

    async fn the_same_request_again_is_the_same_answer_without_work(db: TempDatabase) {
        let (world, seller) = member(db).await;
        let body = seller.application(world.now());
        world.granted(&body).await;
        let before = seller.asked();
        world.granted(&body).await;
        assert_eq!(seller.asked(), before);
        let mut changed = body.clone();
        changed["message"]["network_participant"][0]["city_code"] = json!(["*"]);
        let error = world.refused(&changed).await;
        assert_eq!(error.path.as_deref(), Some("message.request_id"), "an old page proves nothing new: {error}");
        assert_eq!(world.records_of(seller.id.as_str()).await[0]["city"], "std:080");
    }

    async fn keys_end_when_they_say_so(db: TempDatabase) {
        let (world, seller) = member(db).await;
        let id = seller.id.as_str();
        assert_eq!(world.records_of(id).await.len(), 1);
        world.pass(SignedDuration::from_hours(24 * 365) + SignedDuration::from_secs(1));
        assert!(world.records_of(id).await.is_empty(), "no kept answer outlives the key");
        let expired = registry::operator::expire(&world.running.registry).await.unwrap();
        assert!(expired <= 1, "the worker may have been first");
        assert_eq!(world.status(id).await.as_deref(), Some("EXPIRED"));
    }

    async fn after_all_keys_ran_out_an_operator_lets_the_name_in_again(db: TempDatabase) {
        let (world, mut seller) = member(db).await;
        let id = seller.id.to_string();
        let more = seller.application_for(world.now(), 2, &[entry("ONDC:RET11", "sellerApp", &["*"])]);
        world.granted(&more).await;
        world.pass(SignedDuration::from_hours(24 * 366));
        seller.use_keys(Keys::new("k2"));
        world.granted(&seller.application(world.now())).await;
        assert_eq!(world.status(&id).await.as_deref(), Some("INITIATED"));
        assert!(world.records_of(&id).await.is_empty(), "not even in the domain that it did not ask for again");
        world.granted(&seller.application(world.now())).await;
        let third = seller.application_for(world.now(), 2, &[entry("ONDC:RET12", "sellerApp", &["*"])]);
        world.granted(&third).await;
        assert!(world.records_of(&id).await.is_empty(), "nothing goes round the operator");
        assert_eq!(world.decide(&id, "approve").await.status, 200);
        assert_eq!(world.records_of(&id).await.len(), 1);
    }
}

#[tokio::test]
async fn a_renewal_changes_cities_and_adds_domains() {
    let (world, seller) = sqlite_member().await;
    let entries = [entry("ONDC:RET10", "sellerApp", &["*"]), entry("ONDC:RET11", "sellerApp", &["std:011"])];
    world.granted(&seller.application_for(world.now(), 2, &entries)).await;
    let mut found: Vec<(Value, Value)> = world
        .records_of(seller.id.as_str())
        .await
        .into_iter()
        .map(|one| (one["domain"].clone(), one["city"].clone()))
        .collect();
    found.sort_by_key(|(domain, _)| domain.to_string());
    assert_eq!(found, [(json!("ONDC:RET10"), json!("*")), (json!("ONDC:RET11"), json!("std:011"))]);
}

#[tokio::test]
async fn other_keys_under_the_same_key_id_are_refused() {
    let (world, mut seller) = sqlite_member().await;
    seller.use_keys(Keys::new("k1"));
    let error = world.refused(&seller.application(world.now())).await;
    assert_eq!(error.path.as_deref(), Some("message.entity.unique_key_id"), "{error}");
}

#[tokio::test]
async fn nobody_vouches_for_another_name() {
    let (world, mut seller) = sqlite_member().await;
    let stranger = Applicant::start("stranger", &world);
    world.granted(&stranger.application(world.now())).await;
    seller.use_keys(Keys::new("k2"));
    let body = seller.application(world.now()).to_string();
    let by_stranger = stranger.sign(body.as_bytes(), world.now());
    let error = nack(&world.post("/subscribe", body.clone(), &[("authorization", &by_stranger)]).await);
    assert!(error.message.contains("signed by stranger"), "{error}");
    let by_itself = seller.sign(body.as_bytes(), world.now());
    let error = nack(&world.post("/subscribe", body, &[("authorization", &by_itself)]).await);
    assert!(error.message.contains("the signature does not count"), "the new key vouches for itself: {error}");
    assert_eq!(world.records_of(seller.id.as_str()).await.len(), 1);
}

#[tokio::test]
async fn who_was_put_out_stays_out_until_approved() {
    let (world, seller) = sqlite_member().await;
    let id = seller.id.as_str();
    assert_eq!(world.decide(id, "suspend").await.status, 200);
    assert!(world.records_of(id).await.is_empty());
    let error = world.refused(&seller.application(world.now())).await;
    assert!(error.message.contains("unsubscribed"), "{error}");
    assert_eq!(world.decide(id, "approve").await.status, 200);
    assert_eq!(world.records_of(id).await.len(), 1);
}
