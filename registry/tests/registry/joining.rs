//! `/subscribe`: the handshake, and every way it fails.

use node::testing::{Engine, TempDatabase, temp_database};
use registry::Approve;
use rstest::rstest;
use serde_json::{Value, json};

use crate::applicant::{Answer, Applicant, Page, entry};
use crate::world::{World, nack};

async fn sqlite() -> TempDatabase {
    temp_database(Engine::Sqlite).await.unwrap()
}

async fn world() -> World {
    World::start(sqlite().await, |_| ()).await
}

node::both_engines! {
    async fn a_seller_joins_and_is_found(db: TempDatabase) {
        let world = World::start(db, |_| ()).await;
        let seller = Applicant::start("seller", &world);
        world.granted(&seller.application(world.now())).await;
        assert_eq!(seller.asked(), (1, 1), "site page and challenge, once each");
        let found = world.records_of(seller.id.as_str()).await;
        assert_eq!(found.len(), 1);
        let record = &found[0];
        assert_eq!(record["ukId"], "k1");
        assert_eq!(record["type"], "BPP");
        assert_eq!(record["status"], "SUBSCRIBED");
        assert_eq!(record["city"], "std:080");
        assert_eq!(record["country"], "IND");
        assert_eq!(record["subscriber_url"], json!(format!("http://{}/network", seller.id)));
        assert_eq!(record["signing_public_key"], json!(seller.keys.signing.public_text()));
        assert_eq!(record["encr_public_key"], json!(seller.keys.encryption.public_text()));
        for time in ["valid_from", "valid_until", "created", "updated"] {
            assert!(record[time].as_str().unwrap().ends_with('Z'), "{time}");
        }
        let again = world.restart(|_| ()).await;
        assert_eq!(again.records_of(seller.id.as_str()).await, found, "a restart changes nothing");
    }

    async fn a_buyer_a_seller_and_a_gateway(db: TempDatabase) {
        let world = World::start(db, |_| ()).await;
        let both = Applicant::start("both", &world);
        let entries = [entry("ONDC:RET10", "buyerApp", &["*"]), entry("ONDC:RET10", "sellerApp", &["std:080", "std:011"])];
        world.granted(&both.application_for(world.now(), 4, &entries)).await;
        let gateway = Applicant::start("gateway", &world);
        world.granted(&gateway.application_for(world.now(), 1, &[entry("ONDC:RET10", "gateway", &["*"])])).await;
        let mut kinds: Vec<(Value, Value)> = world.lookup(json!({ "country": "IND", "domain": "ONDC:RET10" })).await
            .into_iter().map(|one| (one["type"].clone(), one["city"].clone())).collect();
        kinds.sort_by_key(|(kind, _)| kind.to_string());
        assert_eq!(kinds, [(json!("BAP"), json!("*")), (json!("BG"), json!("*")), (json!("BPP"), json!("std:080,std:011"))]);
    }

    async fn two_names_cannot_have_one_key(db: TempDatabase) {
        let world = World::start(db, |_| ()).await;
        let first = Applicant::start("first", &world);
        world.granted(&first.application(world.now())).await;
        let mut second = Applicant::start("second", &world);
        second.use_keys(first.keys.clone());
        let error = world.refused(&second.application(world.now())).await;
        assert_eq!(error.path.as_deref(), Some("message.entity.key_pair.signing_public_key"), "{error}");
        assert_eq!(second.asked(), (0, 0), "nobody is called for nothing");
        assert!(world.records_of(second.id.as_str()).await.is_empty());
    }

    async fn of_two_that_race_for_one_key_one_wins(db: TempDatabase) {
        let world = World::start(db, |_| ()).await;
        let first = Applicant::start("first", &world);
        let mut second = Applicant::start("second", &world);
        second.use_keys(first.keys.clone());
        let (a, b) = (first.application(world.now()).to_string(), second.application(world.now()).to_string());
        let (a, b) = tokio::join!(world.post("/subscribe", a, &[]), world.post("/subscribe", b, &[]));
        let acks = [&a, &b].into_iter().filter(|answer| answer.body.windows(5).any(|part| part == b"\"ACK\"")).count();
        assert_eq!(acks, 1);
        let found = world.lookup(json!({ "ukId": "k1", "country": "IND" })).await;
        assert_eq!(found.len(), 1, "{found:?}");
    }
}

#[rstest]
#[case::signed_by_another_key(Page::OtherKey, "130", "Domain verification is failed")]
#[case::proof_of_another_request(Page::OtherRequest, "130", "Domain verification is failed")]
#[case::no_page(Page::Missing, "132", "ondc-site-verification file is not found")]
#[case::elsewhere(Page::Redirect, "132", "ondc-site-verification file is not found")]
#[case::empty(Page::Empty, "130", "Domain verification is failed")]
#[case::too_long(Page::Huge, "129", "Domain verification is failed")]
#[tokio::test]
async fn a_site_page_that_proves_nothing(#[case] page: Page, #[case] code: &str, #[case] text: &str) {
    let world = world().await;
    let seller = Applicant::start("seller", &world);
    seller.misbehave(page, Answer::Right);
    let error = world.refused(&seller.application(world.now())).await;
    assert_eq!(error.code, code, "{error}");
    assert!(error.message.contains(text), "{error}");
    assert_eq!(seller.asked().1, 0, "no challenge before the domain is proved");
    assert!(world.records_of(seller.id.as_str()).await.is_empty());
}

#[rstest]
#[case::another_text(Answer::Wrong, "not the decrypted challenge")]
#[case::padding_left(Answer::Padded, "remove the PKCS#7 bytes")]
#[case::other_case(Answer::LowerCase, "same case")]
#[case::no_json(Answer::NoJson, "not JSON")]
#[case::error(Answer::Fails, "HTTP 500")]
#[case::other_member(Answer::NoMember, "no member `answer`")]
#[tokio::test]
async fn a_challenge_that_is_not_answered(#[case] answer: Answer, #[case] hint: &str) {
    let world = world().await;
    let seller = Applicant::start("seller", &world);
    seller.misbehave(Page::Right, answer);
    let error = world.refused(&seller.application(world.now())).await;
    assert_eq!(error.code, "131", "{error}");
    assert!(error.message.contains("Encryption verification is failed") && error.message.contains(hint), "{error}");
    assert!(world.records_of(seller.id.as_str()).await.is_empty());
    seller.misbehave(Page::Right, Answer::Right);
    world.granted(&seller.application(world.now())).await;
    let challenges = seller.challenges();
    assert_ne!(challenges[0], challenges[1], "each challenge is fresh");
}

#[tokio::test]
async fn a_name_without_a_server_is_refused() {
    let world = world().await;
    let seller = Applicant::start("seller", &world);
    let mut body = seller.application(world.now());
    let port = { node::testing::listener().local_addr().unwrap().port() };
    body["message"]["entity"]["subscriber_id"] = json!(format!("nobody.localhost:{port}"));
    let error = world.refused(&body).await;
    assert_eq!(error.code, "129", "{error}");
}

#[tokio::test]
async fn without_private_addresses_the_registry_calls_no_machine_of_its_own() {
    let mut world = world().await;
    world = world.restart(|config| config.node.danger_allow_private_addresses = false).await;
    let seller = Applicant::start("seller", &world);
    let mut body = seller.application(world.now());
    body["message"]["entity"]["subscriber_id"] = json!("seller.localhost");
    let error = world.refused(&body).await;
    assert!(error.code == "129" && error.message.contains("not a public address"), "{error}");
    assert_eq!(seller.asked(), (0, 0));
}

#[rstest]
#[case::stale(-301)]
#[case::ahead(301)]
#[tokio::test]
async fn a_timestamp_outside_of_the_window(#[case] seconds: i64) {
    let world = world().await;
    let seller = Applicant::start("seller", &world);
    let body = seller.application(world.now() + jiff::SignedDuration::from_secs(seconds));
    let error = world.refused(&body).await;
    assert!(error.message.starts_with("Timestamp is invalid"), "{error}");
    assert_eq!((error.code.as_str(), error.path.as_deref()), ("132", Some("message.timestamp")));
    assert_eq!(seller.asked(), (0, 0));
}

#[tokio::test]
async fn a_weak_key_is_refused() {
    let world = world().await;
    let seller = Applicant::start("seller", &world);
    let mut body = seller.application(world.now());
    body["message"]["entity"]["key_pair"]["signing_public_key"] = json!("AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=");
    let error = world.refused(&body).await;
    assert!(error.message.contains("weak"), "{error}");
}

#[rstest]
#[case(3)]
#[case(5)]
#[tokio::test]
async fn sellers_on_record_are_told_what_to_use(#[case] ops_no: i64) {
    let world = world().await;
    let seller = Applicant::start("seller", &world);
    let body = seller.application_for(world.now(), ops_no, &[entry("ONDC:RET10", "sellerApp", &["*"])]);
    let error = world.refused(&body).await;
    assert!(error.message.contains("use 1 (buyer app), 2 (seller app) or 4 (both)"), "{error}");
}

#[tokio::test]
async fn a_malformed_body_is_told_where() {
    let world = world().await;
    let error =
        world.refused(&json!({ "context": { "operation": { "ops_no": 2 } }, "message": { "request_id": 7 } })).await;
    assert_eq!((error.code.as_str(), error.path.as_deref()), ("1056", Some("message.request_id")), "{error}");
    assert!(error.message.starts_with("JSON Request Invalid format"), "{error}");
}

#[tokio::test]
async fn with_manual_approval_an_operator_decides() {
    let world = World::start(sqlite().await, |config| config.approve = Approve::Manual).await;
    let seller = Applicant::start("seller", &world);
    world.granted(&seller.application(world.now())).await;
    let id = seller.id.as_str();
    assert_eq!(world.status(id).await.as_deref(), Some("INITIATED"));
    assert!(world.records_of(id).await.is_empty(), "who waits is not told");
    let body = json!({ "country": "IND", "domain": "ONDC:RET10" }).to_string();
    let signed = seller.sign(body.as_bytes(), world.now());
    assert_eq!(
        world.post("/v2.0/lookup", body, &[("authorization", &signed)]).await.status,
        401,
        "who waits may not ask"
    );
    assert_eq!(world.decide(id, "approve").await.status, 200);
    assert_eq!(world.records_of(id).await.len(), 1, "the answer changes at once");
}

#[tokio::test]
async fn only_the_whitelisted_where_the_whitelist_is_on() {
    let world = World::start(sqlite().await, |config| config.require_whitelist = true).await;
    let seller = Applicant::start("seller", &world);
    let error = world.refused(&seller.application(world.now())).await;
    assert!(error.message.starts_with("Subscriber Id is not whitelisted"), "{error}");
    assert_eq!(seller.asked(), (0, 0));
    assert_eq!(world.decide(seller.id.as_str(), "whitelist").await.status, 200);
    assert_eq!(world.status(seller.id.as_str()).await.as_deref(), Some("WHITELISTED"));
    world.granted(&seller.application(world.now())).await;
    assert_eq!(world.status(seller.id.as_str()).await.as_deref(), Some("SUBSCRIBED"));
}

#[tokio::test]
async fn one_address_cannot_subscribe_without_end() {
    let world = World::start(sqlite().await, |config| config.subscribe_per_minute = 3).await;
    let mut statuses = Vec::new();
    for _ in 0..4 {
        statuses.push(world.post("/subscribe", "{}", &[]).await.status);
    }
    assert_eq!(statuses, [200, 200, 200, 429]);
    let answer = world.post("/subscribe", "{}", &[]).await;
    assert_eq!(answer.header("retry-after"), Some("60"));
    nack(&answer);
}

#[tokio::test]
async fn a_node_of_ours_joins_by_itself() {
    use node::onboarding::{Kind, NetworkEntry, ensure_subscribed};
    let world = world().await;
    let listener = node::testing::listener();
    let db = sqlite().await;
    let mut config = node::testing::node_config("seller", &listener, &world.running.url, &db);
    config.registry_encryption_keys = vec![world.running.registry.node.keys.encryption().public_text()];
    let surroundings =
        node::Surroundings { clock: std::sync::Arc::new(world.clock.clone()), ..node::Surroundings::system() };
    let opened =
        node::Node::open(config, protocol::participant::Role::Seller, "seller", surroundings, node::Migrations::NONE)
            .await
            .unwrap();
    let running = node::serve(opened.clone(), listener, std::sync::Arc::new(Silent), |_| ()).await.unwrap();
    let entries = [NetworkEntry { domain: "ONDC:RET10".to_owned(), kind: Kind::Seller, cities: vec!["*".to_owned()] }];
    ensure_subscribed(&opened, &entries).await.unwrap();
    ensure_subscribed(&opened, &entries).await.unwrap();
    let id = opened.identity.subscriber_id.clone();
    assert_eq!(world.records_of(id.as_str()).await.len(), 1);
    let key = opened.registry.key(&id, &opened.identity.unique_key_id).await.unwrap();
    assert_eq!(key.url().as_deref(), Some(opened.identity.url.as_str()), "found through the signed lookup");
    running.stop().await;
}

struct Silent;

#[async_trait::async_trait]
impl node::MessageHandler for Silent {
    fn actions(&self) -> &'static [specs::Action] {
        &[]
    }

    async fn handle(&self, _message: &node::Accepted) -> Result<(), node::HandlerError> {
        Ok(())
    }
}
